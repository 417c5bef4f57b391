"""The empty court behind the people: a robust statistic of pictures spread over time, laid on top of one another."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.homography import apply_homography
from tennalytix.detectors.people_motion_picture import Matrix, Picture, Plane, scale_matrix

_BLACK = 16
_STILL_PX = 0.1
"""A displacement that leaves no trace in reduced pictures."""

_SAME_BRIGHTNESS = 0.02

_MOVES_PX = 2.0
_OVERLAY_SAMPLES = 12
_OVERLAY_WIDTH = 6
_LETTER_PX, _LETTER_STEP = 5, 40

_EDGE_SHARE = 0.25
"""Share of the local contrast that is tolerated: pictures lie on top of one another to about a quarter of a pixel."""


@dataclass(frozen=True, eq=False, slots=True)
class Background:
    """What the camera sees when nobody is there, video levels.

    Attributes:
        luma: (h, w).
        chroma: (2, h / 2, w / 2).
        luma_spread: (h, w), how far the luma of the empty court strays; 255 where nothing is known.
        chroma_spread: (h / 2, w / 2), the same for the sum of both chroma planes.
        reference_from_picture: as in `Picture`.
        overlay: what does not move along with the court.
    """

    luma: Plane = field(repr=False)
    chroma: Plane = field(repr=False)
    luma_spread: Plane = field(repr=False)
    chroma_spread: Plane = field(repr=False)
    reference_from_picture: Matrix = field(repr=False)
    overlay: "Overlay | None" = None

    def seen_by(self, picture: Picture) -> "Background":
        """The same background where the picture's camera looks, under the picture's light."""
        picture_from_background = np.linalg.inv(picture.reference_from_picture) @ self.reference_from_picture
        still = largest_shift(picture_from_background, picture.size_wh) < _STILL_PX
        moved = self if still else self._moved(picture_from_background)
        gain = relative_brightness(picture.luma, moved.luma)
        if abs(gain - 1) >= _SAME_BRIGHTNESS:
            luma, chroma = brighten(moved.luma, moved.chroma, gain)
            moved = replace(moved, luma=luma, chroma=chroma)
        return moved if self.overlay is None else self.overlay.laid_on(moved, picture)

    def _moved(self, picture_from_background: Matrix) -> "Background":
        half = half_size(picture_from_background)
        return Background(
            warp(self.luma, picture_from_background),
            np.stack([warp(plane, half) for plane in self.chroma]),
            widen_unknown(warp(self.luma_spread, picture_from_background, border=255)),
            widen_unknown(warp(self.chroma_spread, half, border=255)),
            self.reference_from_picture @ np.linalg.inv(picture_from_background),
        )


@dataclass(frozen=True, eq=False, slots=True)
class Overlay:
    """Score boxes and logos: they stand still in the picture while the camera moves, as does a court of one colour.

    Attributes:
        shown: (h, w), where the picture stays as it is.
        luma, chroma: what it shows there.
        luma_spread, chroma_spread: how far that strays at the edges of letters, 0 elsewhere.
    """

    shown: NDArray[np.bool_] = field(repr=False)
    luma: Plane = field(repr=False)
    chroma: Plane = field(repr=False)
    luma_spread: Plane = field(repr=False)
    chroma_spread: Plane = field(repr=False)

    def laid_on(self, background: Background, picture: Picture) -> Background:
        """The background with them, wherever they explain the picture better than the court behind them does."""
        nearer = cv2.absdiff(picture.luma, self.luma) < cv2.absdiff(picture.luma, background.luma)
        nearer &= self.shown
        planes = {name: getattr(background, name).copy() for name in ("luma", "luma_spread", "chroma", "chroma_spread")}
        for name, plane in planes.items():
            where = nearer if name.startswith("luma") else nearer[::2, ::2]
            ours = getattr(self, name)
            np.copyto(plane, np.maximum(plane, ours) if name.endswith("spread") else ours, where=where)
        return replace(background, **planes)


def _find_overlay(pictures: Sequence[Picture], anchor: Picture) -> Overlay | None:
    """What nearly all pictures agree on as they are, though the camera moves; None where it does not."""
    shifts = [largest_shift(anchor.picture_from(p), p.size_wh) for p in pictures]
    if np.percentile(shifts, 75) < _MOVES_PX:
        return None
    few = pictures[:: -(-len(pictures) // _OVERLAY_SAMPLES)]
    layers = sort_layers([p.luma for p in few]), sort_layers([p.chroma for p in few])
    dissenting = max(1, len(few) // 10)
    luma, chroma = (planes[len(few) // 2] for planes in layers)
    luma_width, chroma_width = (cv2.absdiff(planes[-1 - dissenting], planes[dissenting]) for planes in layers)
    luma_contrast, chroma_contrast = _contrast(luma, chroma)
    shown = luma_width <= _OVERLAY_WIDTH
    letters = _between_steps(luma, shown)
    letters &= luma_width <= cv2.add(luma_contrast, np.full_like(luma, _OVERLAY_WIDTH))
    luma_spread = np.maximum(luma_width, luma_contrast) * letters
    chroma_spread = np.maximum(cv2.add(chroma_width[0], chroma_width[1]), chroma_contrast) * letters[::2, ::2]
    return Overlay(shown | letters, luma, chroma, luma_spread.astype(np.uint8), chroma_spread.astype(np.uint8))


def _between_steps(luma: Plane, shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where bright and dark that stay as they are lie side by side, as in letters, whose edges are hardly ever steady.

    What moves behind a camera's tremor has no such edges: on either side of them nothing stays.
    """
    block = np.ones((_LETTER_PX, _LETTER_PX), np.uint8)
    bright = cv2.dilate(np.where(shown, luma, 0).astype(np.uint8), block)
    dark = cv2.erode(np.where(shown, luma, 255).astype(np.uint8), block)
    steps: NDArray[np.bool_] = cv2.subtract(bright, dark) >= _LETTER_STEP
    return steps


def learn(pictures: Sequence[Picture], anchor: Picture) -> Background:
    """The background in the anchor's place and light.

    Every pixel takes the middle of the densest half of its samples: unlike a median, it holds as long as the empty
    court is the value most often seen, however the rest is spread.
    """
    aligned = _aligned(pictures, anchor)
    luma, luma_width = densest_half([p.luma for p in aligned])
    chroma, chroma_width = densest_half([p.chroma for p in aligned])
    luma_contrast, chroma_contrast = _contrast(luma, chroma)
    luma_spread = cv2.max(luma_width, luma_contrast)
    chroma_spread = cv2.max(cv2.add(chroma_width[0], chroma_width[1]), chroma_contrast)
    return Background(
        luma,
        chroma,
        np.asarray(luma_spread, dtype=np.uint8),
        np.asarray(chroma_spread, dtype=np.uint8),
        anchor.reference_from_picture,
        _find_overlay(pictures, anchor),
    )


def _contrast(luma: Plane, chroma: Plane) -> tuple[Plane, Plane]:
    """How far luma, and the sum of both chroma planes, may stray beside an edge."""
    kernel = np.ones((3, 3), np.uint8)
    luma_step, blue, red = (cv2.morphologyEx(plane, cv2.MORPH_GRADIENT, kernel) for plane in (luma, *chroma))
    steps = (cv2.convertScaleAbs(step, alpha=_EDGE_SHARE) for step in (luma_step, cv2.add(blue, red)))
    luma_contrast, chroma_contrast = (np.asarray(step, dtype=np.uint8) for step in steps)
    return luma_contrast, chroma_contrast


def _aligned(pictures: Sequence[Picture], anchor: Picture) -> list[Picture]:
    """The pictures laid over the anchor; what one does not show is taken from the one next nearer to the anchor."""
    distance = [largest_shift(anchor.picture_from(p), p.size_wh) for p in pictures]
    aligned: list[Picture] = []
    nearer = anchor
    for k in np.argsort(distance, kind="stable"):
        nearer = _lay_over(pictures[k], anchor, nearer)
        aligned.append(nearer)
    return aligned


def _lay_over(picture: Picture, anchor: Picture, filling: Picture) -> Picture:
    matrix = anchor.picture_from(picture)
    luma, chroma = picture.luma, picture.chroma
    if largest_shift(matrix, picture.size_wh) >= _STILL_PX:
        half = half_size(matrix)
        luma, chroma = warp(luma, matrix), np.stack([warp(plane, half) for plane in chroma])
        shown = warp(np.full_like(picture.luma, 255), matrix) == 255
        luma, chroma = _choose(shown, luma, filling.luma), _choose(shown[::2, ::2], chroma, filling.chroma)
    gain = relative_brightness(anchor.luma, luma)
    if abs(gain - 1) >= _SAME_BRIGHTNESS:
        luma, chroma = brighten(luma, chroma, gain)
    return Picture(luma, chroma, anchor.reference_from_picture)


def densest_half(layers: Sequence[Plane]) -> tuple[Plane, Plane]:
    """Middle and width of the narrowest interval that holds more than half of the layers' values, pixel by pixel."""
    ordered = sort_layers(layers)
    half = len(ordered) // 2
    middle, width = ordered[half // 2].copy(), ordered[half] - ordered[0]
    for low in range(1, len(ordered) - half):
        candidate = ordered[low + half] - ordered[low]
        middle = _choose(candidate < width, ordered[low + half // 2], middle)
        np.minimum(width, candidate, out=width)
    return middle, width


def _choose(which: NDArray[np.bool_], one: Plane, other: Plane) -> Plane:
    """As `np.where`, in a few bitwise passes, which are faster by far on bytes."""
    bits = np.negative(which.view(np.uint8))
    chosen: Plane = other ^ ((one ^ other) & bits)
    return chosen


def sort_layers(layers: Sequence[Plane]) -> list[Plane]:
    """Sorts along the list, pixel by pixel: Batcher's odd-even merge network, a minimum and a maximum each step."""
    ordered = list(layers)
    for low, high in comparators(len(ordered)):
        ordered[low], ordered[high] = np.minimum(ordered[low], ordered[high]), np.maximum(ordered[low], ordered[high])
    return ordered


def comparators(count: int) -> list[tuple[int, int]]:
    """Batcher's network for any number of inputs (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M)."""
    pairs = []
    p = top = 1 << max(0, (count - 1).bit_length() - 1)
    while p > 0:
        q, r, d = top, 0, p
        while True:
            pairs += [(i, i + d) for i in range(count - d) if i & p == r]
            if q == p:
                break
            d, q, r = q - p, q >> 1, p
        p >>= 1
    return pairs


def relative_brightness(luma: Plane, other: Plane) -> float:
    """How many times as bright `luma` is as `other`: the median over a grid of pixels, so that people hardly count."""
    a, b = luma[4::8, 4::8].astype(np.float64) - _BLACK, other[4::8, 4::8].astype(np.float64) - _BLACK
    bright = (a > 4) & (b > 4)
    return float(np.median(a[bright] / b[bright])) if bright.sum() > 0.2 * bright.size else 1.0


def brighten(luma: Plane, chroma: Plane, gain: float) -> tuple[Plane, Plane]:
    """A picture under light that is `gain` times as strong on the screen."""
    levels = np.arange(256)
    luma_table: Plane = np.clip((levels - _BLACK) * gain + _BLACK, 0, 255).astype(np.uint8)
    chroma_table: Plane = np.clip((levels - 128) * gain + 128, 0, 255).astype(np.uint8)
    return np.take(luma_table, luma), np.take(chroma_table, chroma)


def warp(plane: Plane, target_from_plane: Matrix, border: int = 0) -> Plane:
    """The plane moved, in its own size."""
    size_wh = (plane.shape[1], plane.shape[0])
    moved = cv2.warpPerspective(plane, target_from_plane, size_wh, flags=cv2.INTER_LINEAR, borderValue=border)
    return np.asarray(moved, dtype=np.uint8)


def widen_unknown(spread: Plane) -> Plane:
    """The spread, with what is unknown (255) two pixels wider: comparisons blur, and would read what lies beyond."""
    unknown = np.where(spread == 255, spread, 0).astype(np.uint8)
    return np.maximum(spread, cv2.dilate(unknown, np.ones((5, 5), np.uint8)))


def half_size(matrix: Matrix) -> Matrix:
    """The same motion in pixels of a picture half as large."""
    scaling = scale_matrix((2, 2), (1, 1))
    result: Matrix = scaling @ matrix @ np.linalg.inv(scaling)
    return result


def largest_shift(matrix: Matrix, size_wh: tuple[int, int]) -> float:
    """How far a motion moves the corners of a picture at most, pixels."""
    width, height = size_wh
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], dtype=np.float64)
    return float(np.abs(apply_homography(matrix, corners) - corners).max())
