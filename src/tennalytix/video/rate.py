"""The frame rate, from the times of the frames rather than from what a header claims."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

# A rate is that of the usual spacing where at least this share of the frames keep it: dropped frames do not change it.
STEADY_SHARE = 0.9
# Ticks of 1/1000 s cannot tell 30000/1001 from 29.97: of the fractions in question the simplest is taken.
MAX_DENOMINATOR = 1001
# Longer pauses are no pauses but clocks that were set anew; see `timeline`. Ticks beyond these limits are noise.
MAX_STEP_S = 3600
MAX_TICKS = 2**61
MAX_RATE = 1000


def rate_and_duration(pts: Sequence[int], count: int, time_base: Fraction, claimed: Fraction) -> tuple[Fraction, float]:
    """Frames per second, and seconds from the first frame to the end of the last.

    The rate is that of the steady spacing, or the mean rate where the spacing varies; the claimed rate where the frames
    bear it out to within a tick over the whole, and where they have no times.

    Args:
        pts: times of the shown packets that have one, in ticks, in any order.
        count: number of shown packets.
        time_base: seconds per tick.
        claimed: frames per second.
    """
    ticks = np.unique(np.array(pts, dtype=np.int64))
    spacing = np.diff(ticks[np.abs(ticks) < MAX_TICKS])
    spacing = spacing[spacing <= int(MAX_STEP_S / time_base)]
    if not len(spacing):
        return claimed, float(count / claimed)
    span_s = int(spacing.sum()) * time_base
    spacing_s, slack_s = _usual_spacing(spacing, time_base)
    if spacing_s * MAX_RATE < 1:
        return claimed, float(count / claimed)
    rate = claimed if abs(1 / claimed - spacing_s) <= slack_s else (1 / spacing_s).limit_denominator(MAX_DENOMINATOR)
    return rate, float(span_s + 1 / rate)


def _usual_spacing(spacing: NDArray[np.int64], time_base: Fraction) -> tuple[Fraction, Fraction]:
    """Seconds between frames, and how far rounding to ticks may have put that off."""
    steady = np.abs(spacing - int(np.median(spacing))) <= 1
    usual = spacing[steady] if steady.mean() >= STEADY_SHARE else spacing
    return Fraction(int(usual.sum()), len(usual)) * time_base, 2 * time_base / len(usual)
