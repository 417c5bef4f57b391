"""Hits and bounces of a script in the video's time."""

from tennalytix.synthetic.clock import Clock
from tennalytix.synthetic.physics import BALL_RADIUS_M
from tennalytix.synthetic.script import Script
from tennalytix.synthetic.truth import STATUS, EventTruth

Events = tuple[EventTruth, ...]


def events_of(script: Script, clock: Clock, frame_count: int) -> tuple[Events, Events]:
    """Hits and bounces that fall between the first and the last frame."""
    hits = [
        _event(
            "hit",
            s.time_s,
            (float(s.ball_m[0]), float(s.ball_m[1])),
            float(s.ball_m[2]),
            clock,
            script.players[s.player].role,
            s.player + 1,
        )
        for s in script.strokes
    ]
    bounces = [_event("bounce", b.time_s, b.court_xy_m, BALL_RADIUS_M, clock) for b in script.bounces]
    hits_inside, bounces_inside = (
        tuple(e for e in events if 0 <= e.frame <= frame_count - 1) for events in (hits, bounces)
    )
    return hits_inside, bounces_inside


def status_by_frame(hits: Events, bounces: Events) -> dict[int, int]:
    """The status that each event's nearest frame carries."""
    return {round(e.frame): STATUS[e.kind] for e in (*bounces, *hits)}


def _event(
    kind: str,
    time_s: float,
    xy: tuple[float, float],
    height_m: float,
    clock: Clock,
    role: str | None = None,
    track_id: int | None = None,
) -> EventTruth:
    frame = float(clock.frame_position(float(time_s)))
    return EventTruth(kind, frame, frame / float(clock.frame_rate), xy, height_m, role, track_id)
