"""Hits and bounces that a person added or struck out."""

from collections.abc import Sequence

import numpy as np

from tennalytix.core.tables import BallEvent, BallTrajectory, FrameTable
from tennalytix.schema.corrections import EventCorrection
from tennalytix.tracking.correct_rows import check_inside

SAME_S = 0.1
"""Two events of a kind no further apart are one: a person's word about one frame is about the event found beside it."""


def correct_events(
    events: Sequence[BallEvent],
    marks: Sequence[EventCorrection],
    ball: BallTrajectory,
    frames: FrameTable,
    size_wh: tuple[int, int],
) -> list[BallEvent]:
    """The events without those struck out or set anew, and with those a person added, in order of time.

    Args:
        events: as found on the corrected ball.
        marks: possibly none.
        ball: says where an event is that came without a place.
        frames: the clip's frames.
        size_wh: of the frames.

    Raises:
        ValueError: a mark outside the clip or the picture, or one without a place where the ball is not known either.
    """
    if not marks:
        return list(events)
    said = [(mark, _time_s(mark, frames)) for mark in marks]
    kept = [e for e in events if not any(_same(e, mark, time_s) for mark, time_s in said)]
    added = [_event(mark, time_s, ball, size_wh) for mark, time_s in said if not mark.deleted]
    return sorted([*kept, *added], key=lambda e: (e.time_s, e.kind))


def _same(event: BallEvent, mark: EventCorrection, time_s: float) -> bool:
    near = abs(event.time_s - time_s) <= SAME_S or event.frame_index == mark.frame_index
    return event.kind == mark.kind and near


def _time_s(mark: EventCorrection, frames: FrameTable) -> float:
    row = np.flatnonzero(frames.frame_index == mark.frame_index)
    if not len(row):
        first, last = frames.frame_index[0], frames.frame_index[-1]
        raise ValueError(f"frame_index must lie in the clip, frames {first} to {last}, got {mark.frame_index}.")
    return float(frames.time_s[row[0]])


def _event(mark: EventCorrection, time_s: float, ball: BallTrajectory, size_wh: tuple[int, int]) -> BallEvent:
    xy = mark.xy
    if xy is None:
        row = np.flatnonzero(ball.frame_index == mark.frame_index)
        if not len(row):
            raise ValueError(
                f"xy of the {mark.kind} in frame {mark.frame_index} must be given, got null. No ball is known."
            )
        xy = (float(ball.xy[row[0], 0]), float(ball.xy[row[0], 1]))
    else:
        check_inside("xy", xy, mark.frame_index, size_wh)
    return BallEvent(mark.kind, mark.frame_index, time_s, xy, mark.player, 1.0, corrected=True)
