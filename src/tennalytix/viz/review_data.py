"""What a review page needs to know of a clip, small enough to stand in the page."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tennalytix.core.court import LINES
from tennalytix.schema.tracks import Ball, Player, Tracks

STATES = {"detected": "d", "interpolated": "i", "corrected": "c", None: "-"}
"""One letter a frame for how a position is known; `-` where it is missing."""


@dataclass(frozen=True, slots=True)
class ClipSummary:
    """One row of the list of clips. Coverages are shares of the clip's frames."""

    clip_id: str
    duration_s: float
    frame_count: int
    ball_coverage: float
    near_coverage: float
    far_coverage: float
    hit_count: int
    bounce_count: int
    warnings: tuple[str, ...]


def summarise(tracks: Tracks) -> ClipSummary:
    """What the list of clips says of a clip."""
    kinds = Counter(event.kind for event in tracks.events)
    return ClipSummary(
        clip_id=tracks.clip_id,
        duration_s=max(0.0, tracks.clip.end_s - tracks.clip.start_s),
        frame_count=len(tracks.frames),
        ball_coverage=tracks.summary.ball_coverage,
        near_coverage=tracks.summary.near_coverage,
        far_coverage=tracks.summary.far_coverage,
        hit_count=kinds["hit"],
        bounce_count=kinds["bounce"],
        warnings=tuple(tracks.summary.warnings),
    )


def review_data(tracks: Tracks) -> dict[str, Any]:
    """The data that a clip's page draws from, ready for JSON.

    Columns have one entry a frame. Times are whole milliseconds from the clip's first frame, which is the time of the
    overlay video; `states` holds a letter of `STATES` a frame; court positions are metres to the centimetre, pixels
    are given to a tenth.
    """
    start_s = tracks.frames[0].time_s if tracks.frames else tracks.clip.start_s
    lanes = player_lanes(tracks)
    balls = [frame.ball for frame in tracks.frames]
    return {
        "clip_id": tracks.clip_id,
        "size_wh": [tracks.video.width, tracks.video.height],
        "start_s": round(start_s, 6),
        "frame_index": [frame.frame_index for frame in tracks.frames],
        "time_ms": [round((frame.time_s - start_s) * 1000) for frame in tracks.frames],
        "ball": {"states": states(balls), "xy": [_rounded(ball.xy, 1) if ball else None for ball in balls]},
        "players": [_lane(lane_name(key, lanes), key, players) for key, players in lanes.items()],
        "events": [
            {
                "kind": event.kind,
                "frame_index": event.frame_index,
                "time_ms": round((event.time_s - start_s) * 1000),
                "player": event.player,
                "court_xy_m": _rounded(event.court_xy_m, 2),
            }
            for event in tracks.events
        ],
        "court_lines_m": [[round(v, 3) for v in (*line.start, *line.end)] for line in LINES],
    }


def player_lanes(tracks: Tracks) -> dict[tuple[int, str], list[Player | None]]:
    """Every player's entry for each frame, None where missing, by (track_id, role): near ones first, then by number."""
    lanes: dict[tuple[int, str], list[Player | None]] = {}
    for k, frame in enumerate(tracks.frames):
        for player in frame.players:
            key = (player.track_id, player.role)
            if key not in lanes:
                lanes[key] = [None] * len(tracks.frames)
            lanes[key][k] = player
    return dict(sorted(lanes.items(), key=lambda lane: (lane[0][1] != "near", lane[0][0])))


def states(entries: Iterable[Ball | Player | None]) -> str:
    """One letter an entry, see `STATES`."""
    return "".join(STATES[entry.source if entry else None] for entry in entries)


def lane_name(key: tuple[int, str], keys: Collection[tuple[int, str]]) -> str:
    """`Near` or `Far`, numbered where the clip has several of them."""
    track_id, role = key
    return role.capitalize() + (f" {track_id}" if sum(other[1] == role for other in keys) > 1 else "")


def _lane(name: str, key: tuple[int, str], players: Sequence[Player | None]) -> dict[str, Any]:
    return {
        "name": name,
        "track_id": key[0],
        "role": key[1],
        "states": states(players),
        "court_xy_m": [_rounded(player.court_xy_m, 2) if player else None for player in players],
    }


def _rounded(point: tuple[float, float] | None, digits: int) -> list[float] | None:
    return None if point is None else [round(point[0], digits), round(point[1], digits)]
