"""Puts court, players, ball and events of a clip together into the file that users read."""

from collections.abc import Sequence

import numpy as np

from tennalytix.core.boxes import centre_xy, foot_xy
from tennalytix.core.camera import Camera
from tennalytix.core.court import BALL_DIAMETER_M
from tennalytix.core.court_view import CourtTrack, CourtView
from tennalytix.core.tables import BallEvent, BallTrajectory, Floats, FrameTable, PlayerTrack
from tennalytix.schema.tracks import Ball, ClipSpan, Event, Player, Provenance, TrackedFrame, Tracks, Video
from tennalytix.tracking.assemble_court import court_is_static, court_model, frame_matrices
from tennalytix.tracking.assemble_numbers import metres, pixels, score, seconds, source
from tennalytix.tracking.assemble_summary import summarise


def build_tracks(
    clip_id: str,
    video: Video,
    frames: FrameTable,
    court: CourtTrack,
    players: Sequence[PlayerTrack],
    ball: BallTrajectory,
    events: Sequence[BallEvent],
    provenance: Provenance,
    warnings: Sequence[str] = (),
) -> Tracks:
    """The tracks of one clip. A repeated frame carries the players and the ball of the frame it repeats.

    Args:
        clip_id: names the clip.
        video: its source.
        frames: its frames.
        court: the court in them, possibly none.
        players: the players; rows outside the clip are left out.
        ball: the ball; likewise.
        events: hits and bounces; likewise.
        provenance: what they were found with.
        warnings: what is known to be odd already, in plain sentences; what is missing is added.

    Raises:
        ValueError: the clip has no frames.
    """
    if not len(frames):
        raise ValueError(f"frames must have at least one row, got none for {clip_id}. Leave empty clips out.")
    tracked = _frames(frames, court, players, ball)
    inside = [e for e in events if frames.frame_index[0] <= e.frame_index <= frames.frame_index[-1]]
    return Tracks(
        clip_id=clip_id,
        video=video,
        clip=_span(frames, court),
        provenance=provenance,
        court=court_model(court, frames),
        frames=tracked,
        events=[_event(e, court) for e in sorted(inside, key=lambda e: (e.time_s, e.kind))],
        summary=summarise(tracked, court, warnings),
    )


def _span(frames: FrameTable, court: CourtTrack) -> ClipSpan:
    return ClipSpan(
        first_frame=int(frames.frame_index[0]),
        last_frame=int(frames.frame_index[-1]),
        start_s=seconds(frames.time_s[0]),
        end_s=seconds(frames.time_s[-1]),
        view="court" if court.stretches else "unknown",
    )


def _frames(
    frames: FrameTable, court: CourtTrack, players: Sequence[PlayerTrack], ball: BallTrajectory
) -> list[TrackedFrame]:
    people = _players_by_frame(players, court)
    balls = _ball_by_frame(ball)
    matrices = {} if court_is_static(court, frames) else frame_matrices(court, frames)
    result: list[TrackedFrame] = []
    for index, time_s, repeated in zip(frames.frame_index.tolist(), frames.time_s, frames.repeated, strict=True):
        copied = result[-1] if repeated and result else None
        result.append(
            TrackedFrame(
                frame_index=index,
                time_s=seconds(time_s),
                repeated=bool(repeated),
                players=copied.players if copied else people.get(index, []),
                ball=copied.ball if copied else balls.get(index),
                court_from_image=matrices.get(index),
            )
        )
    return result


def _players_by_frame(players: Sequence[PlayerTrack], court: CourtTrack) -> dict[int, list[Player]]:
    result: dict[int, list[Player]] = {}
    for track in sorted(players, key=lambda t: t.track_id):
        for row, index in enumerate(track.frame_index.tolist()):
            result.setdefault(index, []).append(_player(track, row, court.view_at(index)))
    return result


def _player(track: PlayerTrack, row: int, view: CourtView | None) -> Player:
    box = track.xyxy[[row]]
    foot = foot_xy(box)
    return Player.model_validate(
        {
            "track_id": track.track_id,
            "role": track.role,
            "xyxy": pixels(box[0]),
            "centre": pixels(centre_xy(box)[0]),
            "foot": pixels(foot[0]),
            "court_xy_m": None if view is None else metres(view.image_to_court(foot)[0]),
            "score": score(track.score[row]),
            "source": source(row, track.interpolated, track.corrected),
        }
    )


def _ball_by_frame(ball: BallTrajectory) -> dict[int, Ball]:
    return {
        index: Ball.model_validate(
            {
                "xy": pixels(ball.xy[row]),
                "score": score(ball.score[row]),
                "source": source(row, ball.interpolated, ball.corrected),
            }
        )
        for row, index in enumerate(ball.frame_index.tolist())
    }


def _event(event: BallEvent, court: CourtTrack) -> Event:
    view = court.view_at(event.frame_index) if event.kind == "bounce" else None
    return Event.model_validate(
        {
            "kind": event.kind,
            "frame_index": event.frame_index,
            "time_s": seconds(event.time_s),
            "xy": pixels(event.xy),
            "court_xy_m": None if view is None else metres(ball_on_ground_m(view, np.array([event.xy]))[0]),
            "player": event.player,
            "score": score(event.score),
            "source": "corrected" if event.corrected else "detected",
        }
    )


def ball_on_ground_m(view: CourtView, xy: Floats) -> Floats:
    """Where balls that lie on the ground touch it, seen with their middles at `xy`, (n, 2) to (n, 2), metres.

    The middle is a radius above the ground, so the line of sight meets the ground behind the ball: from a broadcast
    camera by some 15 cm at the far baseline.
    """
    ground_m = view.image_to_court(xy)
    camera = Camera.from_court_view(view)
    if camera is None:
        return ground_m
    x_m, y_m, height_m = camera.position_m
    result: Floats = ground_m + (np.array([x_m, y_m]) - ground_m) * (BALL_DIAMETER_M / 2 / height_m)
    return result
