"""Short gaps of a ball's path, filled by smooth curves."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FIT_POINTS = 4
_FASTER = 1.5
_SLOW_PX_S = 100.0


def fill_gap(time_s: Floats, xy: Floats, before: int, gap_time_s: Floats, max_speed_px_s: float) -> Floats | None:
    """Positions at `gap_time_s`, between points `before` and `before + 1` of a path; None where no curve may join them.

    A cubic that leaves and arrives with the velocities found on either side. It is refused where it is faster than a
    ball, and where the ball turns round or speeds up in between: with a contact inside the gap, its place is not known.
    """
    left = _velocity(
        time_s[max(0, before - _FIT_POINTS + 1) : before + 1], xy[max(0, before - _FIT_POINTS + 1) : before + 1], -1
    )
    right = _velocity(time_s[before + 1 : before + 1 + _FIT_POINTS], xy[before + 1 : before + 1 + _FIT_POINTS], 0)
    start, end = xy[before], xy[before + 1]
    span_s = time_s[before + 1] - time_s[before]
    chord = (end - start) / span_s
    if np.hypot(*chord) > max_speed_px_s:
        return None
    left, right = (chord if v is None else v for v in (left, right))
    if not _one_flight(left, chord, right):
        return None
    s = ((gap_time_s - time_s[before]) / span_s)[:, None]
    curve: Floats = (
        (2 * s**3 - 3 * s**2 + 1) * start
        + (s**3 - 2 * s**2 + s) * span_s * left
        + (3 * s**2 - 2 * s**3) * end
        + (s**3 - s**2) * span_s * right
    )
    return curve


def _one_flight(left: Floats, chord: Floats, right: Floats) -> bool:
    """Whether a ball may fly on from one velocity to another and be as fast on the way, without a contact."""
    fastest = max(float(np.hypot(*left)), float(np.hypot(*right)))
    return bool(left @ right >= 0) and float(np.hypot(*chord)) <= _FASTER * fastest + _SLOW_PX_S


def _velocity(time_s: Floats, xy: Floats, at: int) -> Floats | None:
    """Slope of a parabola (a line through three points, None below two) at the first or last of the points."""
    if len(time_s) < 2:
        return None
    degree = 2 if len(time_s) >= 4 else 1
    fit = np.polynomial.polynomial.polyfit(time_s - time_s[at], xy, degree)
    result: Floats = fit[1]
    return result
