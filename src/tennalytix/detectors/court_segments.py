"""Straight lines through the ridges of a picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.court_ridges import Ridges

# Shortest piece of a line and widest hole in it, shares of the picture's diagonal.
MIN_LENGTH = 0.03
MAX_GAP = 0.008
# Pieces belong to one line if the ends of one lie this near to the other (bowed by the lens), share of the diagonal.
SAME_LINE = 0.0028
MAX_PIECES = 250
# The longest lines are fitted anew to the ridges along them and a little beyond, share of their length, in some rounds.
MAX_GROWN, GROWTH, ROUNDS = 40, 0.5, 3
# Baselines lie within this of level in a picture taken from behind the court; side lines stand at least so steep.
MAX_LYING_SLOPE = 0.35
MIN_STANDING_SLOPE = 0.12


@dataclass(frozen=True, eq=False, slots=True)
class Lines:
    """Lines of a picture, longest first.

    Attributes:
        abc: (n, 3), a x + b y + c = 0 with a^2 + b^2 = 1.
        ends: (n, 4), x1, y1, x2, y2 of the outermost ends seen.
        length_px: (n,), sum of the pieces seen.
    """

    abc: NDArray[np.float64]
    ends: NDArray[np.float64]
    length_px: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.abc)

    def best(self, keep: NDArray[np.bool_], count: int) -> "Lines":
        """The longest of those kept."""
        rows = np.flatnonzero(keep)[:count]
        return Lines(self.abc[rows], self.ends[rows], self.length_px[rows])

    @property
    def slope(self) -> NDArray[np.float64]:
        """|dy| / |dx|, shape (n,)."""
        result: NDArray[np.float64] = np.abs(self.abc[:, 0]) / np.maximum(np.abs(self.abc[:, 1]), 1e-9)
        return result


def find_lines(ridges: Ridges) -> Lines:
    """All lines, whatever way they run."""
    pieces = np.concatenate([_pieces(ridges.lying, lying=True), _pieces(ridges.standing, lying=False)])
    reach_px = SAME_LINE * float(np.hypot(*ridges.size_wh))
    lines = _merge(pieces, np.hypot(*(pieces[:, 2:] - pieces[:, :2]).T), reach_px)
    return _merge(*_grow(lines, ridges, 0.7 * reach_px), reach_px)


def _grow(lines: Lines, ridges: Ridges, reach_px: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of the lines after fitting them to ridges, (n, 4), and their lengths without the holes, (n,)."""
    lying, standing = (np.argwhere(m)[:, ::-1].astype(np.float64) for m in (ridges.lying, ridges.standing))
    ends, length = lines.ends.copy(), lines.length_px.copy()
    for row in range(min(len(lines), MAX_GROWN)):
        points = lying if lines.slope[row] < 1 else standing
        for _ in range(ROUNDS):
            ends[row], gain = _grown(ends[row], points, reach_px)
            length[row] += gain
    return ends, length


def _grown(
    ends: NDArray[np.float64], points: NDArray[np.float64], reach_px: float
) -> tuple[NDArray[np.float64], float]:
    """A line fitted to the points near it, as far out as they go, and by how much that is longer."""
    first, last = ends[:2], ends[2:]
    length = float(np.hypot(*(last - first)))
    way = (last - first) / max(length, 1e-9)
    along = (points - first) @ way
    across = (points - first) @ np.array([-way[1], way[0]])
    near = (np.abs(across) < reach_px) & (along > -GROWTH * length) & (along < (1 + GROWTH) * length)
    along, across = along[near], across[near]
    spread = float(along.var()) if len(along) else 0.0
    if len(along) < 0.4 * length or spread < 1:
        return ends, 0.0
    slope = float(((along - along.mean()) * across).mean()) / spread
    offset = float(across.mean() - slope * along.mean())
    low, high = -_dense_px(-along), length + _dense_px(along - length)
    normal = np.array([-way[1], way[0]])
    moved = np.concatenate([first + t * way + (offset + slope * t) * normal for t in (low, high)])
    return moved, high - low - length


def _dense_px(beyond: NDArray[np.float64]) -> float:
    """How far beyond a line's end points follow closely, two pixels in three; lone ones do not belong to the line."""
    out = np.unique(np.floor(beyond[beyond >= 0]))
    close = np.arange(1, len(out) + 1) > 2 / 3 * (out + 1)
    return float(out[close].max(initial=0.0))


def _pieces(middles: NDArray[np.uint8], lying: bool) -> NDArray[np.float64]:
    diagonal = float(np.hypot(*middles.shape))
    found = cv2.HoughLinesP(
        middles, 1, np.pi / 360, max(12, round(0.015 * diagonal)), minLineLength=MIN_LENGTH * diagonal,
        maxLineGap=MAX_GAP * diagonal,
    )  # fmt: skip
    if found is None:
        return np.zeros((0, 4))
    pieces = found.reshape(-1, 4).astype(np.float64)
    dx, dy = np.abs(pieces[:, 2] - pieces[:, 0]), np.abs(pieces[:, 3] - pieces[:, 1])
    return pieces[dx >= dy] if lying else pieces[dx < dy]


def _merge(pieces: NDArray[np.float64], length: NDArray[np.float64], reach_px: float) -> Lines:
    """Joins pieces of one line, the longest first; a piece joins the first line that its ends lie on."""
    order = np.argsort(-length, kind="stable")[:MAX_PIECES]
    groups: list[list[int]] = []
    lines = np.zeros((0, 3))
    for i in order:
        near = np.flatnonzero(_reach(lines, pieces[i]) < reach_px)
        if len(near):
            groups[near[0]].append(i)
            lines[near[0]] = _through(pieces[groups[near[0]]])
        else:
            groups.append([i])
            lines = np.concatenate([lines, _through(pieces[[i]])[None]])
    total = np.array([length[g].sum() for g in groups])
    order = np.argsort(-total, kind="stable")
    ends = np.array([_ends(lines[g], pieces[groups[g]]) for g in order]).reshape(-1, 4)
    return Lines(lines[order], ends, total[order])


def _reach(lines: NDArray[np.float64], piece: NDArray[np.float64]) -> NDArray[np.float64]:
    corners = np.array([[piece[0], piece[1], 1.0], [piece[2], piece[3], 1.0]])
    result: NDArray[np.float64] = np.abs(lines @ corners.T).max(axis=1, initial=0.0)
    return result


def _through(pieces: NDArray[np.float64]) -> NDArray[np.float64]:
    """The line through pieces, by total least squares on their ends, longer pieces counting more."""
    points = pieces.reshape(-1, 2)
    weight = np.repeat(np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]), 2)
    middle = (points * weight[:, None]).sum(axis=0) / weight.sum()
    _, _, axes = np.linalg.svd((points - middle) * np.sqrt(weight)[:, None], full_matrices=False)
    normal = axes[-1] if len(pieces) > 1 else np.array([-axes[0, 1], axes[0, 0]])
    return np.append(normal, -normal @ middle)


def _ends(line: NDArray[np.float64], pieces: NDArray[np.float64]) -> NDArray[np.float64]:
    points = pieces.reshape(-1, 2)
    along = points @ np.array([-line[1], line[0]])
    feet = points - (points @ line[:2] + line[2])[:, None] * line[:2]
    return np.concatenate([feet[along.argmin()], feet[along.argmax()]])
