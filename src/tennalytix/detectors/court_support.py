"""How well a guess of the court agrees with the ridges of a picture."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M, LINES, NET_HEIGHT_POST_M, NET_POST_X_M
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.detectors.court_ridges import Ridges
from tennalytix.detectors.court_segments import Lines

Matrices = NDArray[np.float64]

# Centre marks are too short to judge by.
MAIN_LINES = LINES[:9]
STEPS, COARSE_STEPS = 24, 8
# A ridge this near supports a line; ridges further out by so much are clutter. Shares of the picture's diagonal.
NEAR = 0.0017
FLANK = 0.0060
# Lines shorter than this in the picture (out of view, seen end on) say nothing, share of the diagonal.
MIN_SEEN = 0.02
MAX_CHUNK = 4000
"""Guesses looked at together, which bounds memory."""


@dataclass(frozen=True, eq=False, slots=True)
class Support:
    """Agreement of n guesses.

    Attributes:
        seen_px: (n, lines), length of each line inside the picture.
        share: (n, lines), share of that on ridges, less that of clutter beside it, [0, 1].
    """

    seen_px: NDArray[np.float64]
    share: NDArray[np.float64]

    @property
    def held_px(self) -> NDArray[np.float64]:
        """(n,), length supported in the picture."""
        result: NDArray[np.float64] = (self.seen_px * self.share).sum(axis=1)
        return result

    @property
    def total(self) -> NDArray[np.float64]:
        """(n,), share supported of all length seen."""
        result: NDArray[np.float64] = self.held_px / np.maximum(self.seen_px.sum(axis=1), 1.0)
        return result


def measure_support(
    image_from_court: Matrices, ridges: Ridges, steps: int = STEPS, mind_clutter: bool = True
) -> Support:
    """Support of many guesses, (n, 3, 3), read at `steps` places along every line.

    Seeing the clutter beside lines takes most of the time: without minding it the answer is the most there can be.
    """
    chunks = range(0, len(image_from_court), MAX_CHUNK)
    parts = [_support(image_from_court[i : i + MAX_CHUNK], ridges, steps, mind_clutter) for i in chunks]
    empty = np.zeros((0, len(MAIN_LINES)))
    return Support(
        np.concatenate([empty, *(p.seen_px for p in parts)]), np.concatenate([empty, *(p.share for p in parts)])
    )


def _support(image_from_court: Matrices, ridges: Ridges, steps: int, mind_clutter: bool) -> Support:
    # Half the numbers' length is twice the speed, and places are read to the nearest pixel.
    x, y = (v.reshape(-1, len(MAIN_LINES), steps) for v in _coordinates(image_from_court, _model_points(steps)))
    dx, dy = (np.diff(v, axis=2, append=2 * v[..., -1:] - v[..., -2:-1]) for v in (x, y))
    length = np.sqrt(dx * dx + dy * dy)
    width, height = ridges.size_wh
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    diagonal = float(np.hypot(width, height))
    lies = np.abs(dx) >= np.abs(dy)
    near = np.stack([ridges.standing_near, ridges.lying_near]) <= NEAR * diagonal
    weight = np.where(inside, length, np.float32(0))
    held = np.where(_is_near(x, y, lies, near), weight, np.float32(0))
    if mind_clutter:
        aside = np.float32(FLANK * diagonal) / np.maximum(length, np.float32(1e-9))
        flank_x, flank_y = -dy * aside, dx * aside
        one_side = _is_near(x - flank_x, y - flank_y, lies, near)
        other_side = _is_near(x + flank_x, y + flank_y, lies, near)
        held *= 1 - (one_side.astype(np.float32) + other_side) / 2
    seen, gain = (v.sum(axis=2, dtype=np.float64) for v in (weight, held))
    seen = np.where(seen > MIN_SEEN * diagonal, seen, 0.0)
    return Support(seen, np.divide(gain, seen, out=np.zeros_like(gain), where=seen > 0))


def drawn_lines(lines: Lines, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    """The lines seen in a picture, a pixel wide."""
    drawn = np.zeros(size_wh[::-1], np.uint8)
    for end in lines.ends:
        cv2.line(drawn, tuple(_fixed(end[:2]).tolist()), tuple(_fixed(end[2:]).tolist()), 255, 1, shift=3)
    return drawn


def explained_share(image_from_court: NDArray[np.float64], drawn: NDArray[np.uint8]) -> float:
    """Share of the lines seen inside the court, the net left out, that lie on lines of the model; 1 if none is seen.

    Args:
        image_from_court: the guess.
        drawn: lines of the picture, see `drawn_lines`.
    """
    court, model = np.zeros_like(drawn), np.zeros_like(drawn)
    size_wh = drawn.shape[1], drawn.shape[0]
    diagonal = float(np.hypot(*size_wh))
    edge_x, edge_y = DOUBLES_WIDTH_M / 2 + 0.15, BASELINE_Y_M + 0.15
    corners = np.array([[-edge_x, edge_y], [edge_x, edge_y], [edge_x, -edge_y], [-edge_x, -edge_y]])
    _fill(court, image_from_court, _dense(corners), 255)
    _cut_net(court, image_from_court, size_wh)
    for points in _model_points(STEPS):
        path = project(image_from_court[None], points)[0]
        cv2.polylines(model, [_fixed(path)], False, 255, max(1, round(2 * 1.6 * NEAR * diagonal)), shift=3)
    seen = cv2.bitwise_and(drawn, court)
    total = cv2.countNonZero(seen)
    return cv2.countNonZero(cv2.bitwise_and(seen, model)) / total if total else 1.0


def project(image_from_court: Matrices, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (..., 2) in metres through n matrices, (n, ..., 2); far outside the picture if behind the camera."""
    xy = np.stack(_coordinates(image_from_court, points, np.float64), axis=-1)
    result: NDArray[np.float64] = xy.reshape(len(image_from_court), *points.shape)
    return result


def _coordinates(
    image_from_court: Matrices, points: NDArray[np.float64], kind: type[np.floating[Any]] = np.float32
) -> tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]:
    """As `project`, across and down, each (n, points)."""
    flat = np.vstack([points.reshape(-1, 2).T, np.ones(points.size // 2)]).astype(kind)
    facing = (image_from_court * np.sign(image_from_court[:, 2:, 2:])).astype(kind)
    seen = (facing.reshape(-1, 3) @ flat).reshape(-1, 3, flat.shape[1])
    depth = seen[:, 2]
    ahead = depth > 1e-9
    depth = np.where(ahead, depth, kind(1))
    x, y = (np.where(ahead, np.clip(seen[:, row] / depth, -1e5, 1e5), kind(-1e5)) for row in (0, 1))
    return x, y


def _model_points(steps: int) -> NDArray[np.float64]:
    """Points along the main lines, (lines, steps, 2), metres."""
    at = ((np.arange(steps) + 0.5) / steps)[:, None]
    return np.array([np.array(line.start) * (1 - at) + np.array(line.end) * at for line in MAIN_LINES])


def _is_near(
    x: NDArray[np.floating[Any]], y: NDArray[np.floating[Any]], lies: NDArray[np.bool_], near: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether places lie on ridges: `near` is such for lines that stand and for lines that lie, (2, h, w)."""
    height, width = near.shape[1:]
    column = np.clip(np.rint(x), 0, width - 1).astype(np.int32)
    row = np.clip(np.rint(y), 0, height - 1).astype(np.int32)
    result: NDArray[np.bool_] = near.ravel()[(lies * np.int32(height) + row) * np.int32(width) + column]
    return result


def _cut_net(mask: NDArray[np.uint8], image_from_court: NDArray[np.float64], size_wh: tuple[int, int]) -> None:
    court_from_image = np.asarray(np.linalg.inv(image_from_court), dtype=np.float64)
    camera = Camera.from_court_view(CourtView(court_from_image, Lens.pinhole(size_wh)))
    if camera is None:
        return
    high = NET_HEIGHT_POST_M + 0.1
    net = [(-NET_POST_X_M, 0.0, 0.0), (NET_POST_X_M, 0.0, 0.0), (NET_POST_X_M, 0.0, high), (-NET_POST_X_M, 0.0, high)]
    corners = camera.project(net)
    if np.isfinite(corners).all():
        cv2.fillPoly(mask, [_fixed(corners)], 0, shift=3)


def _fill(
    mask: NDArray[np.uint8], image_from_court: NDArray[np.float64], outline: NDArray[np.float64], value: int
) -> None:
    xy = project(image_from_court[None], outline)[0]
    cv2.fillPoly(mask, [_fixed(xy[xy[:, 0] > -1e5])], value, shift=3)


def _dense(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    at = (np.arange(STEPS) / STEPS)[:, None]
    return np.concatenate([a * (1 - at) + b * at for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)])


def _fixed(xy: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.rint(np.clip(xy, -3e4, 3e4) * 8).astype(np.int32)
