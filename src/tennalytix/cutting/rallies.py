"""Where play pauses in a long shot of the court."""

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court_view import CourtView
from tennalytix.core.homography import apply_homography
from tennalytix.cutting.activity import GRID_WH
from tennalytix.cutting.options import CuttingOptions

# The ground on which play takes place, metres from the middle of the net.
REACH_X_M, REACH_Y_M = 9.0, 18.5
# A body's height: it uncovers and covers ground in proportion to it and to its speed.
BODY_M = 1.7
# A pixel further off than this says nothing.
COARSEST_M = 0.2
# Activity is judged by its median over so long, which a single swing or a flicker does not change.
STEADY_S = 1.0

Floats = NDArray[np.float64]


def motion_mps(shares: NDArray[np.uint8], apart_s: Floats, court: CourtView, size_wh: tuple[int, int]) -> Floats:
    """How fast whatever moves on a court does, added up, as if it were people; (n,), m/s, NaN where it is not known.

    A person who moves by d changes about twice d times their height of the picture.

    Args:
        shares: (n, 9, 16), changed share of each field, 255 for all (see `ActivityMeter`).
        apart_s: (n,), time between the pictures compared.
        court: how the court lies.
        size_wh: of the video's frames.
    """
    area_m2 = _field_m2(court, size_wh)
    moved_m2 = (shares.reshape(len(shares), -1) / 255.0) @ area_m2
    with np.errstate(divide="ignore", invalid="ignore"):
        speed: Floats = np.where(apart_s > 0, moved_m2 / (2 * BODY_M * apart_s), np.nan)
    return speed


def split_at_pauses(speed_mps: Floats, time_s: Floats, options: CuttingOptions) -> list[tuple[int, int]]:
    """First and last rows of the rallies in a shot: one that spans it all where no pause is certain.

    Args:
        speed_mps: (n,), see `motion_mps`.
        time_s: (n,)
        options: how long and how quiet a pause is, and the margins around play.
    """
    quiet = _steady(speed_mps, time_s) < options.pause_speed_mps
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    starts, last = [0], len(time_s) - 1
    ends: list[int] = []
    for first, end in zip(edges[::2], edges[1::2] - 1, strict=True):
        inside = first > 0 and end < last
        if inside and time_s[end] - time_s[first] >= options.min_pause_s:
            ends.append(int(np.searchsorted(time_s, time_s[first] + options.margin_after_s)))
            starts.append(int(np.searchsorted(time_s, time_s[end] - options.margin_before_s)))
    return list(zip(starts, [*ends, last], strict=True))


def on_court(court: CourtView, size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    """Which fields of the picture lie on the ground on which play takes place; (144,)."""
    return _field_m2(court, size_wh) > 0


def _steady(speed_mps: Floats, time_s: Floats) -> Floats:
    """Median over a second around each row; infinite where too little is known."""
    first = np.searchsorted(time_s, time_s - STEADY_S / 2)
    end = np.searchsorted(time_s, time_s + STEADY_S / 2, "right")
    known = np.isfinite(speed_mps)
    steady = np.full(len(time_s), np.inf)
    for row, (a, b) in enumerate(zip(first, end, strict=True)):
        if known[a:b].sum() * 2 > b - a:
            steady[row] = np.nanmedian(speed_mps[a:b])
    return steady


def _field_m2(court: CourtView, size_wh: tuple[int, int]) -> Floats:
    """Area that each field of the picture covers upright at its place on the court, 0 off the court; (144,)."""
    field_wh = size_wh[0] / GRID_WH[0], size_wh[1] / GRID_WH[1]
    x, y = np.meshgrid((np.arange(GRID_WH[0]) + 0.5) * field_wh[0], (np.arange(GRID_WH[1]) + 0.5) * field_wh[1])
    centres = np.stack([x.ravel(), y.ravel()], axis=1)
    ground, beside = (apply_homography(court.court_from_image, centres + np.array([dx, 0.0])) for dx in (0.0, 1.0))
    scale = np.hypot(*(beside - ground).T)
    # Above the horizon the ground is behind the camera.
    net = apply_homography(np.linalg.inv(court.court_from_image), np.zeros((1, 2)))[0]
    depth = np.column_stack([centres, np.ones(len(centres))]) @ court.court_from_image[2]
    ahead = depth * (np.array([*net, 1.0]) @ court.court_from_image[2]) > 0
    inside = ahead & (np.abs(ground[:, 0]) < REACH_X_M) & (np.abs(ground[:, 1]) < REACH_Y_M)
    area: Floats = inside * np.minimum(scale, COARSEST_M) ** 2 * field_wh[0] * field_wh[1]
    return area
