"""Looks for the ball in long shots of the court: where it flies, somebody plays."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court import BASELINE_Y_M
from tennalytix.core.court_view import CourtView
from tennalytix.core.tables import FrameTable
from tennalytix.cutting.flights import Candidates, FlightFinder
from tennalytix.video.clip import Clip

FindBalls = Callable[[Clip], Iterator[tuple[int, Candidates]]]
"""A ball detector's answers for the frames of a clip that could be read, each with its index in the source video."""

# Shorter stretches hold no two rallies and a pause; in a shot so long there are others to compare with.
LONG_S, LONG_SHOT_S = 20.0, 60.0
# The court's far end and a place behind its near one, between which metres are measured at so many places.
NEAREST_Y_M, PLACES = -20.0, 200
# So many pictures a second are enough to see a ball fly.
ENOUGH_HZ = 30.0

Floats = NDArray[np.float64]


def worth_looking(spans: Sequence[tuple[int, int]], time_s: Floats) -> bool:
    """Whether stretches of a shot, first and last rows of it, are so long that rallies may have to be parted."""
    longest_s = max(float(time_s[last] - time_s[first]) for first, last in spans)
    return longest_s >= LONG_S or float(time_s[-1] - time_s[0]) >= LONG_SHOT_S


def find_flights(clip: Clip, court: CourtView, find_balls: FindBalls) -> list[tuple[float, float]]:
    """Start and end of each flight of a ball, seconds, by its start.

    Args:
        clip: a shot.
        court: how a court lies in it.
        find_balls: is asked once.
    """
    finder = FlightFinder(_px_per_m(court))
    table = _thinned(clip.table)
    row_of = {int(index): row for row, index in enumerate(table.frame_index)}
    for index, candidates in find_balls(replace(clip, table=table)):
        row = row_of[index]
        finder.feed(float(table.time_s[row]), int(table.segment[row]), table.reference_from_image[row], candidates)
    return finder.finish()


def _px_per_m(court: CourtView) -> Callable[[Floats], Floats]:
    """How large a metre is on the ground in each row of the picture, between the far baseline and the camera."""
    y_m = np.linspace(BASELINE_Y_M, NEAREST_Y_M, PLACES)
    left, right = (court.court_to_image(np.column_stack([np.full(PLACES, x), y_m])) for x in (-0.5, 0.5))
    ahead = np.isfinite(left + right).all(axis=1)
    rows, size = ((left + right) / 2)[ahead, 1], np.hypot(*(right - left)[ahead].T)
    order = np.argsort(rows)
    return lambda y: np.interp(y, rows[order], size[order])


def _thinned(table: FrameTable) -> FrameTable:
    """Every picture once, and no more of them a second than are needed."""
    new = table.take(~table.repeated)
    length_s = float(new.time_s[-1] - new.time_s[0]) if len(new) else 0.0
    rate_hz = (len(new) - 1) / length_s if length_s > 0 else ENOUGH_HZ
    return new.take(np.arange(0, len(new), max(1, round(rate_hz / ENOUGH_HZ))))
