"""From heat maps to ball candidates, and from a network's input to a picture's pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.base import BallCandidates

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a picture lies in a network's input: `input_xy = source_xy * scale_xy + offset_xy`.

    Attributes:
        source_wh: size of the picture.
        scale_xy: input pixels a pixel of the picture.
        offset_xy: where the middle of the picture's first pixel falls.
    """

    source_wh: tuple[int, int]
    scale_xy: tuple[float, float]
    offset_xy: tuple[float, float]

    def to_input(self, source_xy: Floats) -> Floats:
        """(n, 2) places in the picture as places in the input."""
        placed: Floats = source_xy * np.array(self.scale_xy) + np.array(self.offset_xy)
        return placed

    def to_source(self, input_xy: Floats) -> Floats:
        """(n, 2) places in the input as places in the picture."""
        placed: Floats = (input_xy - np.array(self.offset_xy)) / np.array(self.scale_xy)
        return placed

    def shifted(self, by_px: float) -> "Placement":
        """What gives places that lie so many input pixels further right and down."""
        return replace(self, offset_xy=(self.offset_xy[0] - by_px, self.offset_xy[1] - by_px))

    @property
    def matrix(self) -> Floats:
        """(2, 3), as `cv2.warpAffine` takes it."""
        return np.array([[self.scale_xy[0], 0, self.offset_xy[0]], [0, self.scale_xy[1], self.offset_xy[1]]])


def stretch(image: Image, input_wh: tuple[int, int]) -> tuple[Image, Placement]:
    """The picture resized to the input, whatever that does to its aspect.

    A pixel's middle x comes to (x + 0.5) * scale - 0.5.
    """
    source_wh = image.shape[1], image.shape[0]
    scale = input_wh[0] / source_wh[0], input_wh[1] / source_wh[1]
    offset = 0.5 * scale[0] - 0.5, 0.5 * scale[1] - 0.5
    resized = cv2.resize(image, input_wh, interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized, dtype=np.uint8), Placement(source_wh, scale, offset)


def fit(image: Image, input_wh: tuple[int, int], *, crop: bool = False) -> tuple[Image, Placement]:
    """The picture in the middle of the input, its aspect kept, black beside or above and below it.

    The middle is put where WASB-SBDT puts it: source (w / 2, h / 2) comes to input (w / 2, h / 2), so that for pictures
    of the input's aspect both do the same, to the bit.

    Args:
        image: (h, w, 3).
        input_wh: size of the input.
        crop: do as WASB-SBDT does where the input is wider than the picture, by aspect: the picture's longer side
            comes to the input's width, and what does not fit above and below is lost.
    """
    source_wh = image.shape[1], image.shape[0]
    by_width, by_height = input_wh[0] / source_wh[0], input_wh[1] / source_wh[1]
    scale = input_wh[0] / max(source_wh) if crop else min(by_width, by_height)
    offset = (input_wh[0] - scale * source_wh[0]) / 2, (input_wh[1] - scale * source_wh[1]) / 2
    placement = Placement(source_wh, (scale, scale), offset)
    fitted = cv2.warpAffine(image, placement.matrix, input_wh, flags=cv2.INTER_LINEAR)
    return np.asarray(fitted, dtype=np.uint8), placement


def find_candidates(
    heatmap: NDArray[np.float32],
    placement: Placement,
    *,
    threshold: float,
    ball_heat: float,
    max_candidates: int,
    weighted: bool = True,
) -> BallCandidates:
    """The blobs of a heat map above a threshold, heaviest first, at their centroids.

    A candidate's score is its heat, summed over the blob, as a share of a whole ball's, at most 1. The order is that of
    the sums, which is how TrackNetV2 and WASB choose, also among those that score 1.

    Args:
        heatmap: (h, w), [0, 1].
        placement: how the picture lies in the map; candidates outside the picture are left out.
        threshold: a blob's pixels are hotter than this; its neighbours at corners belong to it.
        ball_heat: the sum over a blob that counts as a whole ball.
        max_candidates: the heaviest so many.
        weighted: False takes every pixel of a blob for 1, as TrackNetV2 does.
    """
    mask = (heatmap > threshold).astype(np.uint8)
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return BallCandidates.none()
    count, labels = cv2.connectedComponents(mask)
    label = labels[rows, columns]
    heat = heatmap[rows, columns].astype(np.float64) if weighted else np.ones(len(rows))
    mass, x, y = (np.bincount(label, heat * by, minlength=count)[1:] for by in (1, columns, rows))
    xy, inside = _inside(np.stack([x / mass, y / mass], axis=1), placement)
    best = np.argsort(-mass[inside], kind="stable")[:max_candidates]
    return BallCandidates(xy[inside][best], np.minimum(mass[inside][best] / ball_heat, 1))


def pool(answers: Sequence[BallCandidates], apart_px: float, max_candidates: int) -> BallCandidates:
    """Several answers to one frame as one: best first, none nearer than `apart_px` to a better one."""
    xy, score = np.concatenate([a.xy for a in answers]), np.concatenate([a.score for a in answers])
    rows: list[int] = []
    for row in np.argsort(-score, kind="stable"):
        gap = xy[rows] - xy[row]
        if len(rows) < max_candidates and (np.hypot(gap[:, 0], gap[:, 1]) >= apart_px).all():
            rows.append(int(row))
    return BallCandidates(xy[rows], score[rows])


def _inside(input_xy: Floats, placement: Placement) -> tuple[Floats, NDArray[np.bool_]]:
    """Places in the picture, and which of them lie in it, give or take a pixel of the input."""
    xy = placement.to_source(input_xy)
    last = np.array(placement.source_wh) - 0.5
    slack = 1 / np.array(placement.scale_xy)
    inside: NDArray[np.bool_] = np.all((xy >= -0.5 - slack) & (xy <= last + slack), axis=1)
    return np.clip(xy, -0.5, last), inside
