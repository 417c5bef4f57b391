"""Where painted lines really run, to a fraction of a pixel: profiles across every line of a court view."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court import LINES, CourtLine
from tennalytix.core.court_fit import LinePoints
from tennalytix.core.court_view import CourtView

Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]

# Profiles are read this often along a line in the picture, the mean of five side by side each, share of the diagonal.
SPACING = 0.006
SIDE_BY_SIDE = (-2.0, -1.0, 0.0, 1.0, 2.0)
STEP_PX = 0.5
# Blur of lens, compression and video sampling widens a line by about this.
BLUR_PX = 1.6
# A line outshines the ground on both sides by this many grey levels, and is this much narrower or wider than painted.
MIN_RISE = 6.0
WIDTH_RATIO = (0.4, 2.2)
# Wider than this, share of the diagonal, no line is seen but by a camera that lies on it.
MAX_WIDTH = 0.03
MAX_ALONG = 160
"""Profiles a line at most."""


@dataclass(frozen=True, eq=False, slots=True)
class Sightings:
    """What the profiles across a view's lines showed.

    Attributes:
        points: where lines were seen.
        line: (n,), index of each of them among the lines.
        read: (lines,), number of profiles read across each line, all inside the picture.
    """

    points: LinePoints
    line: NDArray[np.int64]
    read: NDArray[np.int64]


def sight_lines(brightness: Picture, view: CourtView, reach_px: float, lines: Sequence[CourtLine] = LINES) -> Sightings:
    """Reads profiles across every line of a view: the middles of the ridges that fit best, at most `reach_px` away."""
    parts, owners = [], []
    read = np.zeros(len(lines), dtype=np.int64)
    for index, line in enumerate(lines):
        places = _places(line, view, (brightness.shape[1], brightness.shape[0]), reach_px)
        if places is None:
            continue
        offsets = _middles(_profiles(brightness, places, reach_px), places.width_px, reach_px)
        seen = np.isfinite(offsets)
        xy = places.xy[seen] + offsets[seen, None] * places.normal[seen]
        parts.append(LinePoints.on_line(line, xy))
        owners.append(np.full(int(seen.sum()), index))
        read[index] = len(offsets)
    return Sightings(LinePoints.joined(parts), np.concatenate([np.zeros(0, np.int64), *owners]), read)


@dataclass(frozen=True, eq=False, slots=True)
class _Places:
    xy: Floats
    normal: Floats
    width_px: Floats


def _places(line: CourtLine, view: CourtView, size_wh: tuple[int, int], reach_px: float) -> _Places | None:
    """Places along a line, evenly spaced in the picture, with the direction across it and its width there."""
    start, end = np.array(line.start), np.array(line.end)
    fine = start + (end - start) * np.linspace(0, 1, 400)[:, None]
    xy = view.court_to_image(fine)
    margin = reach_px + 3
    limit = np.array(size_wh) - 1 - margin
    inside: NDArray[np.bool_] = np.all((xy > margin) & (xy < limit), axis=1)
    if inside.sum() < 3:
        return None
    steps = np.hypot(*np.diff(xy, axis=0).T)
    length = np.append(0, np.cumsum(np.where(inside[1:] & inside[:-1], steps, 0.0)))
    count = min(MAX_ALONG, int(length[-1] / (SPACING * np.hypot(*size_wh))))
    if count < 2:
        return None
    rows = np.searchsorted(length, length[-1] * (np.arange(count) + 0.5) / count)
    rows = np.unique(rows[inside[rows] & (rows > 0) & (rows < len(fine) - 1)])
    along = xy[rows + 1] - xy[rows - 1]
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    across_m = np.array([-(end - start)[1], (end - start)[0]]) / np.hypot(*(end - start)) * line.width_m / 2
    edges = view.court_to_image(fine[rows] + across_m) - view.court_to_image(fine[rows] - across_m)
    width_px = np.abs((edges * normal).sum(axis=1))
    sane = width_px < MAX_WIDTH * np.hypot(*size_wh)
    return _Places(xy[rows][sane], normal[sane], width_px[sane]) if sane.any() else None


def _profiles(brightness: Picture, places: _Places, reach_px: float) -> NDArray[np.float32]:
    """Brightness across the line at each place, (n, steps), the middle step on the view's line."""
    out = _out_px(places, reach_px)
    at = np.arange(-out, out + STEP_PX / 2, STEP_PX)
    along = np.stack([places.normal[:, 1], -places.normal[:, 0]], axis=1)
    total: NDArray[np.float32] = np.zeros((len(places.xy), len(at)), np.float32)
    for side in SIDE_BY_SIDE:
        xy = places.xy[:, None] + at[:, None] * places.normal[:, None] + side * along[:, None]
        total += cv2.remap(
            brightness, xy[..., 0].astype(np.float32), xy[..., 1].astype(np.float32), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
    return np.asarray(total / len(SIDE_BY_SIDE), dtype=np.float32)


def _out_px(places: _Places, reach_px: float) -> float:
    widest = float(places.width_px.max())
    return float(np.ceil(reach_px + widest + 2 * BLUR_PX + 2))


def _middles(profiles: NDArray[np.float32], width_px: Floats, reach_px: float) -> Floats:
    """Offset of the ridge's middle from that of each profile, pixels; NaN where there is no ridge of that width."""
    count, steps = profiles.shape
    wide = float(np.median(width_px)) + BLUR_PX
    rise = _rise(profiles, wide)
    middle = steps // 2
    reach = int(reach_px / STEP_PX)
    window = rise[:, middle - reach : middle + reach + 1]
    peak = window.argmax(axis=1) + middle - reach
    rows = np.arange(count)
    crest = profiles[rows, peak]
    base_left, base_right = _bases(profiles, peak, wide)
    left = _crossing(profiles, peak, (crest + base_left) / 2, -1)
    right = _crossing(profiles, peak, (crest + base_right) / 2, 1)
    measured = (right - left) * STEP_PX
    expected = width_px + BLUR_PX
    good = (
        (rise[rows, peak] > MIN_RISE) & (measured > WIDTH_RATIO[0] * expected) & (measured < WIDTH_RATIO[1] * expected)
    )
    offset: Floats = ((left + right) / 2 - middle) * STEP_PX
    return np.where(good & (np.abs(offset) <= reach_px + STEP_PX), offset, np.nan)


def _rise(profiles: NDArray[np.float32], wide_px: float) -> NDArray[np.float32]:
    """By how much a bar of a line's width outshines the ground on its brighter side."""
    bar = max(1, round(wide_px * 0.7 / STEP_PX)) | 1
    out = max(2, round((wide_px * 0.5 + 1.5) / STEP_PX))
    mean = cv2.blur(profiles, (bar, 1), borderType=cv2.BORDER_REPLICATE)
    soft = cv2.blur(profiles, (3, 1), borderType=cv2.BORDER_REPLICATE)
    left = np.concatenate([np.repeat(soft[:, :1], out, axis=1), soft[:, :-out]], axis=1)
    right = np.concatenate([soft[:, out:], np.repeat(soft[:, -1:], out, axis=1)], axis=1)
    result: NDArray[np.float32] = mean - np.maximum(left, right)
    return result


def _bases(profiles: NDArray[np.float32], peak: NDArray[np.intp], wide_px: float) -> tuple[Floats, Floats]:
    """Brightness of the ground left and right of the peak."""
    steps = profiles.shape[1]
    first, last = round((wide_px * 0.5 + 1.0) / STEP_PX), round((wide_px * 0.5 + 3.0) / STEP_PX)
    span = np.arange(first, last + 1)
    rows = np.arange(len(profiles))[:, None]
    left = profiles[rows, np.clip(peak[:, None] - span, 0, steps - 1)]
    right = profiles[rows, np.clip(peak[:, None] + span, 0, steps - 1)]
    return np.median(left, axis=1).astype(np.float64), np.median(right, axis=1).astype(np.float64)


def _crossing(profiles: NDArray[np.float32], peak: NDArray[np.intp], level: Floats, way: int) -> Floats:
    """Where, going out from the peak, brightness first falls to a level: a fractional step number, NaN if never."""
    steps = profiles.shape[1]
    rows = np.arange(len(profiles))
    place = peak[:, None] + way * np.arange(steps)
    valid = (place >= 0) & (place < steps)
    values = np.where(valid, profiles[rows[:, None], np.clip(place, 0, steps - 1)], np.inf)
    below = values <= level[:, None]
    first = below.argmax(axis=1)
    found = below.any(axis=1) & (first > 0)
    before, after = values[rows, np.maximum(first - 1, 0)], values[rows, first]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (before - level) / (before - after)
    return np.where(found, peak + way * (first - 1 + part), np.nan)
