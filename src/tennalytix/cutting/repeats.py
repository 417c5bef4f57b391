"""Replays known by what they show again: whatever moves in them moved just so shortly before."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from tennalytix.core.court_view import CourtView
from tennalytix.cutting.packed import PackedGrids
from tennalytix.cutting.rallies import on_court
from tennalytix.cutting.views import SeenShot

# A replay begins so soon after what it shows has ended.
WITHIN_S = 30.0
# So much from the middle of a shot is compared, and so much of play it must show.
COMPARED_S, LEAST_S = 6.0, 1.5
# How many times slower than play a replay runs.
SLOWNESS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
# Correlation of motion, field by field and frame by frame. Stretches of 3 to 6 s of 10 real clips, encoded anew at
# crf 32 and 38, have 0.83 to 1.0 with their originals, at half speed 0.87 to 0.98; with the rest of their own clip at
# most 0.41, with other clips at most 0.57. Two rallies of one rendered match had 0.74. To leave out a rally is worse
# than to keep a replay.
SAME = 0.8
# Changed share of a field, mean over fields and frames, below which nothing moves that could be known again.
LEAST_MOTION = 1e-4
# Times are rounded to a millisecond in some containers.
_ROUNDED_S = 2e-3

Floats = NDArray[np.float64]


def mark_repeats(
    seen: Sequence[SeenShot], shares: PackedGrids, time_s: Floats, size_wh: tuple[int, int]
) -> list[SeenShot]:
    """The same shots; those of the court that show again what was just shown are replays.

    Args:
        seen: all shots, in order.
        shares: n of (9, 16), changed share of each field of every frame, 255 for all (see `ActivityMeter`).
        time_s: (n,)
        size_wh: of the video's frames.
    """
    return [_marked(shot, shares, time_s, size_wh) for shot in seen]


def _marked(seen: SeenShot, shares: PackedGrids, time_s: Floats, size_wh: tuple[int, int]) -> SeenShot:
    if seen.view != "court" or seen.court is None or seen.shot.first == 0:
        return seen
    found = _found_before(seen, seen.court, shares, time_s, size_wh)
    if found is None:
        return seen
    first, last, slowness = found
    pace = "" if slowness == 1 else f" at 1/{slowness:g} of its speed"
    reason = f"{seen.reason} What moves in it did so in frames {first} to {last}; it shows them again{pace}."
    return replace(seen, view="replay", reason=reason)


def _found_before(
    seen: SeenShot, court: CourtView, shares: PackedGrids, time_s: Floats, size_wh: tuple[int, int]
) -> tuple[int, int, float] | None:
    """First and last frame of the stretch before the shot that it shows again, and how much slower."""
    begin = seen.shot.first
    middle_s = (time_s[seen.shot.clean_first] + time_s[seen.shot.clean_last]) / 2
    inside = np.abs(time_s - middle_s) <= COMPARED_S / 2
    inside[: seen.shot.clean_first] = inside[seen.shot.clean_last + 1 :] = False
    rows = np.flatnonzero(inside)
    if not len(rows):
        return None
    length_s = float(time_s[rows[-1]] - time_s[rows[0]])
    if length_s < LEAST_S:
        return None
    fields = on_court(court, size_wh)
    start_s = max(float(time_s[0]), float(time_s[begin]) - WITHIN_S - length_s)
    # Frames need not come evenly: both are compared at times that do.
    step_s = length_s / (len(rows) - 1)
    earlier = _shown(time_s, start_s, float(time_s[begin - 1]), step_s)
    end = int(np.searchsorted(time_s, time_s[rows[-1]] + 2 * _ROUNDED_S, side="right"))
    shown = shares.between(int(earlier[0]), end).reshape(-1, fields.size)[:, fields] / 255.0
    before = shown[earlier - earlier[0]]
    best, found = SAME, None
    for slowness in SLOWNESS:
        picked = _shown(time_s, float(time_s[rows[0]]), float(time_s[rows[-1]]), slowness * step_s)
        if length_s / slowness < LEAST_S or len(picked) > len(before):
            continue
        alike = correlations(before, shown[picked - earlier[0]])
        k = int(alike.argmax())
        if alike[k] > best:
            best, found = float(alike[k]), (int(earlier[k]), int(earlier[k + len(picked) - 1]), slowness)
    return found


def _shown(time_s: Floats, first_s: float, last_s: float, step_s: float) -> NDArray[np.int64]:
    """Rows of the frames in the picture at even times from the first to the last."""
    wanted_s = np.arange(first_s, last_s + _ROUNDED_S, step_s)
    return np.searchsorted(time_s, wanted_s + _ROUNDED_S, side="right") - 1


def correlations(before: Floats, now: Floats) -> Floats:
    """How much each stretch of one series is like another, [-1, 1], means of all columns taken out; 0 where still.

    Args:
        before: (n, c)
        now: (m, c), m at most n.

    Returns:
        (n - m + 1,), one for each row of `before` at which a stretch may begin.
    """
    rows = len(now)
    if float(now.mean() if now.size else 0) < LEAST_MOTION:
        return np.zeros(len(before) - rows + 1)
    centred = now - now.mean(axis=0)
    product = fftconvolve(before, centred[::-1], mode="valid", axes=0).sum(axis=1)
    sums = np.concatenate([np.zeros((1, before.shape[1])), np.cumsum(before, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum((before**2).sum(axis=1))])
    spread = squares[rows:] - squares[:-rows] - ((sums[rows:] - sums[:-rows]) ** 2).sum(axis=1) / rows
    scale = np.sqrt(np.clip(spread, 0, None) * (centred**2).sum())
    result: Floats = np.where(scale > 1e-6, product / np.maximum(scale, 1e-6), 0.0)
    return result
