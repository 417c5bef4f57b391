"""When frames were taken that a conversion to a lower rate has left over: unevenly, though they are shown evenly."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.tables import BallEvent, BallTable, FrameTable
from tennalytix.tracking.ball_steps import FEW, OUTLIER, straight_steps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_RATIOS = ((3, 2), (5, 2), (4, 3), (5, 3), (5, 4), (6, 5), (8, 5), (12, 5))
"""Pictures taken to frames shown, as from 50 to 30 frames a second (5 to 3), 60 or 30 to 25, 30 or 25 to 20."""
_SLIP = 4.0
"""What it costs, in log ratios, that the pattern slips, as where a video was edited after its conversion."""
_BETTER = 0.6
"""The pattern is believed if pairs of steps differ from it by at most that share of what they do from even ones."""
_EVEN, _LEAST_EVEN = 0.1, 0.95
"""So near to a whole number of intervals, for such a share of the steps, a file's own times are taken to be even."""
_MOST_REPEATS = 0.02


def undo_decimation(frames: FrameTable, balls: BallTable, size_wh: tuple[int, int]) -> FrameTable:
    """The same frames with the times at which they were taken, where balls in flight show that these are uneven.

    A conversion from 50 frames a second to 30 goes on by one picture, by two and by two again, and shows each for
    1/30 s: a ball that flies evenly leaps. The very same table where nothing speaks for that.

    Args:
        frames: of a clip, as they are shown.
        balls: candidates; the surest of each frame counts.
        size_wh: of the frames.
    """
    steps = _intervals(frames)
    if steps is None:
        return frames
    number = np.concatenate([[0], np.cumsum(steps)])
    pairs = straight_steps(frames, balls, size_wh)
    whole = (steps[pairs.row] == 1) & (steps[pairs.row + 1] == 1)
    at, log_ratio = number[pairs.row[whole]], pairs.log_ratio[whole]
    if len(at) < FEW:
        return frames
    fits = [_fit(at, log_ratio, taken, shown) for taken, shown in _RATIOS]
    best = int(np.argmin([cost for cost, _ in fits]))
    if fits[best][0] > _BETTER * np.minimum(np.abs(log_ratio), OUTLIER).sum():
        return frames
    taken, shown = _RATIOS[best]
    phase = fits[best][1][np.clip(np.searchsorted(at, number), 0, len(at) - 1)]
    late = (number * taken + phase) % shown
    interval_s = float(np.median(np.diff(frames.time_s)))
    time_s = frames.time_s + interval_s * ((shown - 1) / 2 - late) / taken
    # Where the file itself shows a frame for a moment only, its times are not what they seem.
    return replace(frames, time_s=time_s) if (np.diff(time_s) > 0).all() else frames


def as_shown(events: list[BallEvent], taken: FrameTable, shown: FrameTable) -> list[BallEvent]:
    """Events on the clock of `taken` at the times at which they are shown, as all times in the JSON are."""
    if taken is shown:
        return events
    return [replace(e, time_s=float(np.interp(e.time_s, taken.time_s, shown.time_s))) for e in events]


def _intervals(frames: FrameTable) -> Ints | None:
    """How many intervals lie between frames; None where they are not shown evenly, or are repeated."""
    if len(frames) < FEW or frames.repeated.mean() > _MOST_REPEATS:
        return None
    step_s = np.diff(frames.time_s)
    ratio = step_s / np.median(step_s)
    whole = np.maximum(np.rint(ratio), 1)
    return whole.astype(np.int64) if (np.abs(ratio - whole) < _EVEN).mean() >= _LEAST_EVEN else None


def _fit(number: Ints, log_ratio: Floats, taken: int, shown: int) -> tuple[float, Ints]:
    """How badly a conversion of `taken` pictures to `shown` frames explains pairs of steps, and its phase at each.

    Args:
        number: (n,), of the interval before each pair, rising.
        log_ratio: (n,), by how much its second step is longer.
        taken: pictures that become `shown` frames.
        shown: these.
    """
    phases = np.arange(shown)
    at = number[:, None] + np.arange(3)
    picture = (at[..., None] * taken + phases) // shown  # (n, 3, phases)
    step = np.diff(picture, axis=1)
    cost = np.minimum(np.abs(log_ratio[:, None] - np.log(step[:, 1] / step[:, 0])), OUTLIER)
    total, before = cost[0], np.zeros((len(cost), shown), dtype=np.int64)
    for row in range(1, len(cost)):
        slips = total.min() + _SLIP < total
        before[row] = np.where(slips, total.argmin(), phases)
        total = np.where(slips, total.min() + _SLIP, total) + cost[row]
    phase = np.zeros(len(cost), dtype=np.int64)
    phase[-1] = total.argmin()
    for row in range(len(cost) - 1, 0, -1):
        phase[row - 1] = before[row, phase[row]]
    return float(total.min()), phase
