"""The court's ground: colours, texture, wear and lines."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M, LINES, CourtLine
from tennalytix.core.homography import apply_homography
from tennalytix.synthetic.canvas import CanvasGeometry, Image
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.paint import blend, polygon_cover
from tennalytix.synthetic.palette import COURTS, CourtColours
from tennalytix.synthetic.physics import Floats

_TILE_M = 24.0
_TILE_PX = 1024
_BAND = 128
Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Glow:
    """How light lies on the ground: a bright middle, and by day perhaps the shade of a stand.

    Attributes:
        fall: loss of light 30 m from the middle.
        shade: darkness of the stand's shadow, 0 for none.
        edge: its border: (a, b, c) with shade where a x + b y > c.
    """

    fall: float
    shade: float
    edge: tuple[float, float, float]

    @classmethod
    def of(cls, options: RallyOptions, rng: np.random.Generator) -> "_Glow":
        shaded = options.light == "day" and options.venue == "stadium" and rng.random() < 0.35
        sign, tilt, away = float(rng.choice([-1, 1])), float(rng.uniform(-0.4, 0.4)), float(rng.uniform(3.0, 9.0))
        fall = {"day": 0.10, "flat": 0.16, "shadowless": 0.16, "floodlit": 0.30}[options.light]
        return cls(fall, 0.42 if shaded else 0.0, (sign, tilt, away))

    def lit(self, colour: Field, xy: Field) -> Image:
        """Ground colours in this light, uint8."""
        x, y = xy[..., 0], xy[..., 1]
        light = 1.04 - self.fall * np.minimum((x * x + y * y) / 900, 1.5)
        if self.shade > 0:
            a, b, c = self.edge
            light -= self.shade * np.clip((a * x + b * y - c) / 0.12 + 0.5, 0, 1)
        result: Image = np.clip(colour * light[..., None] + 0.5, 0, 255).astype(np.uint8)
        return result


def paint_ground(image: Image, geometry: CanvasGeometry, options: RallyOptions) -> None:
    """Fills the canvas with ground as far as the horizon, in place."""
    rng = np.random.default_rng([options.seed, 3])
    colours = COURTS[options.surface][int(rng.integers(len(COURTS[options.surface])))]
    tiles = [_noise_tile(rng, octaves) for octaves in ((4, 8, 16), (64, 128, 256), (256, 512, 1024))]
    glow = _Glow.of(options, rng)
    court_from_image = geometry.camera.court_view().court_from_image
    for top in range(0, image.shape[0], _BAND):
        xy = _court_xy(court_from_image, top, min(top + _BAND, image.shape[0]), image.shape[1])
        image[top : top + _BAND] = glow.lit(_ground_colour(xy, options.surface, colours, tiles), xy)
    for line in LINES:
        _paint_line(image, geometry, line, colours)


def court_corners(x_m: float, y_m: float) -> Floats:
    """Corners of a rectangle around the court's middle, (4, 3)."""
    return np.array([(-x_m, y_m, 0), (x_m, y_m, 0), (x_m, -y_m, 0), (-x_m, -y_m, 0)], dtype=np.float64)


def _court_xy(court_from_image: Floats, top: int, bottom: int, width: int) -> Field:
    x, y = np.meshgrid(np.arange(width), np.arange(top, bottom))
    xy = apply_homography(court_from_image, np.stack([x.ravel(), y.ravel()], axis=1))
    # Above the horizon the plane lies behind the camera: whatever is painted there is covered later.
    return (
        np.clip(np.nan_to_num(xy, posinf=500, neginf=-500), -500, 500)
        .reshape(bottom - top, width, 2)
        .astype(np.float32)
    )


def _ground_colour(xy: Field, surface: str, colours: CourtColours, tiles: list[Field]) -> Field:
    """Colours before light falls on them, (h, w, 3)."""
    inside = _soft_inside(xy, DOUBLES_WIDTH_M / 2, BASELINE_Y_M)[..., None]
    colour = inside * np.array(colours.inside, np.float32) + (1 - inside) * np.array(colours.outside, np.float32)
    coarse, fine, grain = _sample(tiles[0], xy), _sample(tiles[1], xy), _sample(tiles[2], xy * np.float32(4.1))
    light = colours.texture * (1.1 * coarse + 0.8 * fine + 1.1 * grain * _sharpness(xy)[:, None])
    if surface == "grass":
        light += 5.0 * np.tanh(6 * np.sin(np.pi * xy[..., 0] / 1.37))
    worn = _wear(xy) * np.clip(1 + 0.35 * coarse + 0.45 * fine, 0, 2.5)
    result: Field = colour + light[..., None] + worn[..., None] * np.array(_WORN[surface], np.float32)
    return result


def _sharpness(xy: Field) -> Field:
    """How much of a texture of 2 cm a row of pixels can show, [0, 1], (h,)."""
    pixel_m = np.abs(np.gradient(xy[:, xy.shape[1] // 2, 1])) if len(xy) > 1 else np.full(len(xy), 0.02)
    result: Field = np.clip(0.03 / np.maximum(pixel_m, 1e-4), 0, 1).astype(np.float32)
    return result


_WORN = {
    "hard_blue": (9, 9, 8),
    "hard_green": (9, 8, 8),
    "clay": (20, 15, 12),
    "grass": (62, 20, 26),
    "indoor": (6, 6, 7),
}


def _wear(xy: Field) -> Field:
    """Where players stand and slide most, [0, 1]: behind the baselines, a little at the service lines."""
    x, y = xy[..., 0], np.abs(xy[..., 1])
    base = np.exp(-((x / 3.2) ** 2) - ((y - 12.3) / 0.75) ** 2)
    net = 0.35 * np.exp(-((x / 2.2) ** 2) - ((y - 6.6) / 1.2) ** 2)
    result: Field = (base + net).astype(np.float32)
    return result


def _soft_inside(xy: Field, x_m: float, y_m: float) -> Field:
    edge = np.minimum(x_m - np.abs(xy[..., 0]), y_m - np.abs(xy[..., 1]))
    result: Field = np.clip(edge / 0.03 + 0.5, 0, 1)
    return result


def _sample(tile: Field, xy: Field) -> Field:
    pixels = (xy * np.float32(_TILE_PX / _TILE_M)) % _TILE_PX
    result: Field = cv2.remap(tile, pixels[..., 0], pixels[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)  # type: ignore[assignment]
    return result


def _noise_tile(rng: np.random.Generator, octaves: tuple[int, ...]) -> Field:
    """Smooth noise that repeats without a seam, about unit variance."""
    total = np.zeros((_TILE_PX, _TILE_PX), np.float32)
    for cells in octaves:
        grid = np.pad(rng.normal(size=(cells, cells)).astype(np.float32), 2, mode="wrap")
        step = _TILE_PX // cells
        fine = cv2.resize(grid, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
        total += fine[2 * step : 2 * step + _TILE_PX, 2 * step : 2 * step + _TILE_PX]
    result: Field = (total - total.mean()) / total.std()
    return result


def _paint_line(image: Image, geometry: CanvasGeometry, line: CourtLine, colours: CourtColours) -> None:
    found = polygon_cover(geometry.camera.project(line_corners(line)), geometry.size_wh)
    if found is None:
        return
    cover, left, top = found
    # Paint lets a little of the ground's light and shade through.
    height, width = cover.shape
    under = image[top : top + height, left : left + width].mean(axis=2, keepdims=True)
    shine = np.clip(under / max(float(np.mean(colours.inside)), 1.0), 0.5, 1.06)
    blend(image, cover * np.float32(0.95), left, top, shine * np.array(colours.lines, np.float32))


def line_corners(line: CourtLine) -> Floats:
    """The painted rectangle of a line, (4, 3)."""
    start, end = np.array(line.start), np.array(line.end)
    along = (end - start) / np.hypot(*(end - start))
    across = np.array([-along[1], along[0]]) * line.width_m / 2
    corners = np.array([start + across, end + across, end - across, start - across])
    return np.column_stack([corners, np.zeros(4)])
