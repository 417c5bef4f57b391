"""Looks for the ball in long shots of the court: where it flies, somebody plays."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court import BASELINE_Y_M
from tennalytix.core.court_view import CourtView
from tennalytix.core.tables import FrameTable
from tennalytix.cutting.flights import Candidates, FlightFinder, joined
from tennalytix.video.clip import Clip

FindBalls = Callable[[Clip], Iterator[tuple[int, Candidates]]]
"""A ball detector's answers for the frames of a clip that could be read, each with its index in the source video."""

# Shorter stretches hold no two rallies and a pause; in a shot so long there are others to compare with.
LONG_S, LONG_SHOT_S = 20.0, 60.0
# The court's far end and a place behind its near one, between which metres are measured at so many places.
NEAREST_Y_M, PLACES = -20.0, 200
# More pictures a second than this are not needed to see a ball fly: of 60 every other one is left, of 40 all.
ENOUGH_HZ = 45.0
# Fewer are too few, for so long or longer: at 15 Hz whole halves of rallies go unseen.
LEAST_HZ, BLIND_S = 22.0, 3.0

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
        find_balls: is asked once at most, for frames of which there are enough; see `blind_spans`.
    """
    finder = FlightFinder(_px_per_m(court))
    table = _thinned(clip.table)
    if not len(table):
        return []
    row_of = {int(index): row for row, index in enumerate(table.frame_index)}
    for index, candidates in find_balls(replace(clip, table=table)):
        row = row_of[index]
        finder.feed(float(table.time_s[row]), int(table.segment[row]), table.reference_from_image[row], candidates)
    return finder.finish()


def blind_spans(table: FrameTable) -> list[tuple[float, float]]:
    """Start and end of each stretch of whole seconds whose pictures are too few to see a ball fly.

    Gaps are none, nor are single seconds in which the camera stalls.
    """
    new_s = table.time_s[~table.repeated]
    if not len(new_s):
        return []
    first_s = float(new_s[0])
    counts = np.bincount((new_s - first_s).astype(np.int64))
    # The last second is not whole.
    few = np.flatnonzero((counts[:-1] > 0) & (counts[:-1] < LEAST_HZ))
    stretches = joined([(first_s + second, first_s + second + 1.0) for second in few.tolist()], 0.5)
    return [(first, end) for first, end in stretches if end - first >= BLIND_S]


def _px_per_m(court: CourtView) -> Callable[[Floats], Floats]:
    """How large a metre is on the ground in each row of the picture, between the far baseline and the camera."""
    y_m = np.linspace(BASELINE_Y_M, NEAREST_Y_M, PLACES)
    left, right = (court.court_to_image(np.column_stack([np.full(PLACES, x), y_m])) for x in (-0.5, 0.5))
    ahead = np.isfinite(left + right).all(axis=1)
    rows, size = ((left + right) / 2)[ahead, 1], np.hypot(*(right - left)[ahead].T)
    order = np.argsort(rows)
    return lambda y: np.interp(y, rows[order], size[order])


def _thinned(table: FrameTable) -> FrameTable:
    """Every picture once, no more of them a second than are needed, and none where they are too few."""
    blind = np.zeros(len(table), bool)
    for first_s, end_s in blind_spans(table):
        blind |= (table.time_s >= first_s) & (table.time_s < end_s)
    new = table.take(~table.repeated & ~blind)
    kept: list[int] = []
    last_s = -np.inf
    for row, time_s in enumerate(new.time_s.tolist()):
        if time_s - last_s >= 1 / ENOUGH_HZ:
            kept.append(row)
            last_s = time_s
    return new.take(np.array(kept, dtype=np.int64))
