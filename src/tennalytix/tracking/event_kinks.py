"""How a ball's path bends between its frames: parabolas fitted on either side of every instant between two frames."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# A hair more than six and a half frames of 25 a second: rounding is not to decide whether the seventh point counts.
_SPAN_S = 0.2601
_FADE_S = 0.12
_LONG_SPAN_S = 0.6
_LONG_FADE_S = 0.4
_NOISE_PX = 1.2
_SPEED_PX_S = 1500.0
_ACCELERATION_PX_S2 = 900.0
_FALL_PX_S2 = 400.0


@dataclass(frozen=True, eq=False, slots=True)
class Kinks:
    """One row for every instant halfway between two neighbouring points of a path.

    Attributes:
        time_s: (m,), the instants.
        contact_s: (m,), where the curves of the two sides come closest, within the step between the two points.
        contact_xy: (m, 2), the mean of both curves there.
        strength: (m,), squared Mahalanobis distance of the two sides' position and velocity: 2 to 4 in plain flight.
        before, after: (m, 2), velocity just before and just after, px/s.
        long_before, long_after: (m, 2), the same averaged over half a second or so.
        xy: (m, 2), where the ball is.
    """

    time_s: Floats
    contact_s: Floats
    contact_xy: Floats
    strength: Floats
    before: Floats
    after: Floats
    long_before: Floats
    long_after: Floats
    xy: Floats


def find_kinks(time_s: Floats, xy: Floats) -> Kinks:
    """Kinks of a path of at least two points, in pixels of a picture with the diagonal of 1280x720.

    Each side's parabola is a weighted least-squares fit, points fading with their distance in time, with a prior on
    velocity and acceleration: two points alone give a sensible velocity.
    """
    middle_s = (time_s[:-1] + time_s[1:]) / 2
    left, left_cov = _fit(time_s, xy, middle_s, -1, _SPAN_S, _FADE_S)
    right, right_cov = _fit(time_s, xy, middle_s, 1, _SPAN_S, _FADE_S)
    jump = (right - left)[:, :2]
    strength = np.einsum("mik,mij,mjk->m", jump, np.linalg.inv((left_cov + right_cov)[:, :2, :2]), jump)
    position, velocity = jump[:, 0], jump[:, 1]
    half_s = np.diff(time_s) / 2
    offset_s = -(position * velocity).sum(axis=1) / np.maximum((velocity**2).sum(axis=1), 1.0)
    offset_s = np.clip(offset_s, -half_s, half_s)
    at = (_along(left, offset_s) + _along(right, offset_s)) / 2
    long_left, _ = _fit(time_s, xy, middle_s, -1, _LONG_SPAN_S, _LONG_FADE_S, acceleration_px_s2=1.0)
    long_right, _ = _fit(time_s, xy, middle_s, 1, _LONG_SPAN_S, _LONG_FADE_S, acceleration_px_s2=1.0)
    return Kinks(
        middle_s, middle_s + offset_s, at, strength, left[:, 1], right[:, 1], long_left[:, 1], long_right[:, 1],
        (left[:, 0] + right[:, 0]) / 2,
    )  # fmt: skip


def _along(fit: Floats, offset_s: Floats) -> Floats:
    t = offset_s[:, None]
    result: Floats = fit[:, 0] + fit[:, 1] * t + fit[:, 2] * t**2 / 2
    return result


def _rows_within(time_s: Floats, at_s: Floats, span_s: float) -> NDArray[np.int64]:
    """Rows about each instant, (m, k): at least those within the span; work grows with the path's length only."""
    first = np.searchsorted(time_s, at_s - span_s)
    count = int((np.searchsorted(time_s, at_s + span_s, side="right") - first).max(initial=1))
    start = np.minimum(first, max(len(time_s) - count, 0))
    rows: NDArray[np.int64] = start[:, None] + np.arange(min(count, len(time_s)))
    return rows


def _fit(
    time_s: Floats,
    xy: Floats,
    at_s: Floats,
    side: int,
    span_s: float,
    fade_s: float,
    acceleration_px_s2: float = _ACCELERATION_PX_S2,
) -> tuple[Floats, Floats]:
    """Position, velocity, acceleration at each instant from the points on one side, (m, 3, 2); covariance (m, 3, 3)."""
    near = _rows_within(time_s, at_s, span_s)
    offset = time_s[near] - at_s[:, None]
    used = (offset * side > 0) & (np.abs(offset) <= span_s)
    weight = used * np.exp(-np.abs(offset) / fade_s) / _NOISE_PX**2
    basis = np.stack([np.ones_like(offset), offset, offset**2 / 2], axis=-1)
    normal = np.einsum("mn,mni,mnj->mij", weight, basis, basis)
    normal += np.diag([1e-9, _SPEED_PX_S**-2, acceleration_px_s2**-2])
    right = np.einsum("mn,mni,mnk->mik", weight, basis, xy[near])
    if acceleration_px_s2 == _ACCELERATION_PX_S2:
        right[:, 2, 1] += _FALL_PX_S2 / acceleration_px_s2**2
    covariance = np.linalg.inv(normal)
    return covariance @ right, covariance
