"""Looking at parts of a picture as well, larger: far players are few pixels tall in the whole."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.boxes import area_px, iou
from tennalytix.detectors.base import People

Image = NDArray[np.uint8]
Boxes = NDArray[np.float64]
Corners = tuple[int, int, int, int]
"""Left, top, right and lower edge of a tile, whole pixels from the picture's corner."""

_COVERED = 0.5
"""A box cut by a tile's edge that lies in a whole one by more than this share is the same person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiling:
    """Tiles that are looked at besides the whole picture, in `columns` and `rows` over a band of it.

    Attributes:
        columns: how many beside one another; 0 for none.
        rows: how many above one another.
        band: upper and lower edge of what the tiles cover, as shares of the picture's height.
        overlap: of neighbours, as a share of a tile; who stands on an edge is whole in the next tile if it is more
            than a person's width.
    """

    columns: int = 0
    rows: int = 1
    band: tuple[float, float] = (0.0, 1.0)
    overlap: float = 0.2

    def __post_init__(self) -> None:
        if self.columns < 0 or self.rows < 1:
            raise ValueError(f"tiles must be 0 or more columns of 1 or more rows, got {self.columns} of {self.rows}.")
        if len(self.band) != 2 or not 0 <= self.band[0] < self.band[1] <= 1:
            raise ValueError(f"tile_band must be two rising shares of the height, got {tuple(self.band)}.")
        if not 0 <= self.overlap < 1:
            raise ValueError(f"tile_overlap must lie in [0, 1), got {self.overlap}.")

    def corners(self, size_wh: tuple[int, int]) -> list[Corners]:
        """The whole picture, then the tiles.

        Examples:
            >>> Tiling(columns=2, band=(0.25, 0.75), overlap=0.5).corners((300, 100))
            [(0, 0, 300, 100), (0, 25, 200, 75), (100, 25, 300, 75)]
        """
        width, height = size_wh
        top, bottom = (round(share * height) for share in self.band)
        columns = _stretches(0, width, self.columns, self.overlap)
        rows = _stretches(top, max(bottom, top + 1), self.rows, self.overlap)
        return [(0, 0, width, height), *((x1, y1, x2, y2) for y1, y2 in rows for x1, x2 in columns)]


def _stretches(start: int, end: int, count: int, overlap: float) -> list[tuple[int, int]]:
    if count == 0:
        return []
    length = (end - start) / (count - (count - 1) * overlap)
    starts = [start + k * length * (1 - overlap) for k in range(count)]
    return [(round(s), max(round(s + length), round(s) + 1)) for s in starts]


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """The people in one tile, placed in its picture.

    Attributes:
        xyxy: (n, 4), as in `People`.
        score: (n,).
        cut: (n,), the box reaches an edge of the tile that is not the picture's: there may be more of the person.
    """

    xyxy: Boxes
    score: NDArray[np.float64]
    cut: NDArray[np.bool_]


def place(
    xyxy: Boxes, score: NDArray[np.float64], corners: Corners, size_wh: tuple[int, int], margin_px: float
) -> Seen:
    """What was found in a tile, kept inside the picture.

    Args:
        xyxy: (n, 4), pixels from the tile's corner.
        score: (n,).
        corners: the tile.
        size_wh: of the picture.
        margin_px: a box that ends so near to an edge reaches it.
    """
    placed = np.clip(xyxy + np.tile(corners[:2], 2), 0, np.tile(size_wh, 2))
    kept = (placed[:, :2] < placed[:, 2:]).all(axis=1)
    placed = placed[kept]
    inner = np.array([corners[0] > 0, corners[1] > 0, corners[2] < size_wh[0], corners[3] < size_wh[1]])
    cut = (inner & (np.abs(placed - np.array(corners)) <= margin_px)).any(axis=1)
    # A pixel's edges lie half a pixel from its centre, where whole numbers are.
    return Seen(placed - 0.5, score[kept], cut)


def merge(seen: Sequence[Seen], max_iou: float) -> People:
    """One box a person, best first: greedy suppression, whole boxes before those that are cut off.

    Args:
        seen: in the tiles of one picture, at least one.
        max_iou: two boxes that share more than this are one person.
    """
    xyxy, score, cut = (np.concatenate([getattr(s, name) for s in seen]) for name in ("xyxy", "score", "cut"))
    order = np.lexsort((-score, cut))
    xyxy, score, cut = xyxy[order], score[order], cut[order]
    same = iou(xyxy, xyxy) > max_iou
    same |= cut[:, None] & (_covered(xyxy) > _COVERED)
    kept = _greedy(same)
    kept = kept[np.argsort(-score[kept], kind="stable")]
    return People(xyxy[kept], score[kept])


def _covered(xyxy: Boxes) -> NDArray[np.float64]:
    """(n, n), the share of the one box that lies in the other."""
    area = area_px(xyxy)
    shared = iou(xyxy, xyxy)
    # From iou = s / (a + b - s): s = iou * (a + b) / (1 + iou).
    overlap: NDArray[np.float64] = shared * (area[:, None] + area) / (1 + shared) / np.maximum(area, 1e-9)[:, None]
    return overlap


def _greedy(same: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Rows that are the same as none of the kept rows before them."""
    free = np.ones(len(same), dtype=bool)
    for row in range(len(same)):
        if free[row]:
            free[row + 1 :] &= ~same[row + 1 :, row]
    return np.flatnonzero(free)


def crop(image: Image, corners: Corners) -> Image:
    """The tile's pixels."""
    return image[corners[1] : corners[3], corners[0] : corners[2]]
