"""Ball candidates from motion alone: what is brighter than in the frames before and after, small and by itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.picture import DIAGONAL_720P_PX
from tennalytix.detectors.ball_motion_blobs import Blobs, changed_mask, find_blobs
from tennalytix.detectors.ball_motion_picture import (
    Grey,
    Matrix,
    Picture,
    aligned,
    aligned_parts,
    brighter,
    darker,
    image_from_other,
    tolerant,
)
from tennalytix.detectors.base import BallCandidates
from tennalytix.video.frame import Frame

Floats = NDArray[np.float64]
Motions = tuple[Matrix | None, Matrix | None]
"""Pixels of a frame from those of the two it is compared with; None while the camera stands still."""

_MIN_SIDE_PX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionBallDetector:
    """A ball detector without learned weights: two-sided frame differences, blobs of a ball's size, ranked.

    Attributes:
        max_candidates: the best so many of a frame.
        min_score: leave out what scores less.
        near_s: a frame is compared with those at least so far before and after it, in seconds: long enough that a ball
            has moved on by its own size.
        far_s: a second comparison, for slow balls (the top of a lob); also how far the detector looks ahead.
        separation_px: candidates nearer than this to a better one are the same, in pixels of a 1280x720 picture.
    """

    max_candidates: int = 8
    min_score: float = 0.02
    near_s: float = 0.025
    far_s: float = 0.09
    separation_px: float = 6.0

    def __post_init__(self) -> None:
        if self.max_candidates < 1:
            raise ValueError(f"max_candidates must be at least 1, got {self.max_candidates}.")
        if not 0 <= self.min_score <= 1:
            raise ValueError(f"min_score must lie in [0, 1], got {self.min_score}.")
        if not 0 < self.near_s <= self.far_s:
            raise ValueError(f"near_s must be positive and at most far_s, got {self.near_s} and {self.far_s}.")
        if self.separation_px <= 0:
            raise ValueError(f"separation_px must be positive, got {self.separation_px}.")

    def detect(self, frames: Iterable[Frame]) -> Iterator[BallCandidates]:
        """One answer a frame, in order; reads ahead by `far_s`. A repeated frame gets the answer of the one before."""
        window = _Window(self)
        for frame in frames:
            yield from window.push(frame)
        yield from window.flush()


class _Window:
    """The distinct frames of one segment around those not yet answered."""

    def __init__(self, options: MotionBallDetector) -> None:
        self._options = options
        self._segment: int | None = None
        self._pictures: list[Picture | None] = []
        self._waiting = 0
        self._copies: list[int] = []

    def push(self, frame: Frame) -> Iterator[BallCandidates]:
        if frame.segment != self._segment:
            yield from self.flush()
            self._segment = frame.segment
        elif frame.repeated:
            self._copies[-1] += 1
            return
        usable = min(frame.size_wh) >= _MIN_SIDE_PX
        self._pictures.append(Picture.from_frame(frame) if usable else None)
        self._copies.append(1)
        while self._waiting < len(self._pictures) - 1 and self._sees_ahead():
            yield from self._answer()
        self._forget()

    def flush(self) -> Iterator[BallCandidates]:
        while self._waiting < len(self._pictures):
            yield from self._answer()
        self._pictures, self._copies, self._waiting = [], [], 0

    def _sees_ahead(self) -> bool:
        current, last = self._pictures[self._waiting], self._pictures[-1]
        return current is None or last is None or last.time_s - current.time_s >= self._options.far_s

    def _answer(self) -> Iterator[BallCandidates]:
        known = [p for p in self._pictures if p is not None]
        current = self._pictures[self._waiting]
        answer = BallCandidates.none() if current is None else candidates(current, known, self._options)
        for _ in range(self._copies[self._waiting]):
            yield answer
        self._waiting += 1

    def _forget(self) -> None:
        """Drops what lies further back than a comparison reaches."""
        keep = self._waiting
        current = self._pictures[keep] if keep < len(self._pictures) else None
        while keep > 0 and current is not None and self._reaches(current, keep):
            keep -= 1
        del self._pictures[:keep], self._copies[:keep]
        self._waiting -= keep

    def _reaches(self, current: Picture, row: int) -> bool:
        picture = self._pictures[row]
        return picture is not None and current.time_s - picture.time_s < self._options.far_s


def candidates(current: Picture, pictures: list[Picture], options: MotionBallDetector) -> BallCandidates:
    """The ball candidates of one frame among the distinct frames around it."""
    found: list[tuple[Blobs, tuple[Picture, Picture], Motions]] = []
    for gap_s in (options.near_s, options.far_s):
        pair = neighbours(current, pictures, gap_s)
        if pair is not None:
            motions = image_from_other(current, pair[0]), image_from_other(current, pair[1])
            found.append((_blobs(current, pair, motions), pair, motions))
    if not found:
        return BallCandidates.none()
    size_px = float(np.hypot(*current.full.shape)) / DIAGONAL_720P_PX
    xy = np.concatenate([blobs.xy for blobs, _, _ in found])
    logit = np.concatenate([blobs.logit for blobs, _, _ in found])
    half_side = np.concatenate([blobs.half_side_px for blobs, _, _ in found])
    pair_of = np.repeat(np.arange(len(found)), [len(blobs.logit) for blobs, _, _ in found])
    score = 1 / (1 + np.exp(-logit))
    rows = separate(xy, score, options, size_px)
    fine = xy[rows]
    for number, (_, pair, motions) in enumerate(found):
        own = pair_of[rows] == number
        fine[own] = refine(fine[own], half_side[rows][own], current, pair, motions)
    return BallCandidates(fine, score[rows])


def neighbours(current: Picture, pictures: list[Picture], gap_s: float) -> tuple[Picture, Picture] | None:
    """The nearest frames at least `gap_s` before and after; at a segment's ends two on one side; None without any."""
    tolerance_s = 1e-4
    before = [p for p in pictures if p.time_s <= current.time_s - gap_s + tolerance_s]
    after = [p for p in pictures if p.time_s >= current.time_s + gap_s - tolerance_s]
    if before and after:
        return before[-1], after[0]
    if len(after) > 1:
        return after[1], after[0]
    if len(before) > 1:
        return before[-1], before[-2]
    return None


def separate(xy: Floats, score: Floats, options: MotionBallDetector, size_px: float) -> list[int]:
    """Rows of the best candidates, best first, none close to a better one."""
    rows: list[int] = []
    kept = np.empty((options.max_candidates, 2))
    apart_px2 = (options.separation_px * size_px) ** 2
    for row in np.argsort(-score, kind="stable").tolist():
        if score[row] < options.min_score or len(rows) == options.max_candidates:
            break
        gap = kept[: len(rows)] - xy[row]
        if not ((gap * gap).sum(axis=1) < apart_px2).any():
            kept[len(rows)] = xy[row]
            rows.append(row)
    return rows


def refine(
    xy: Floats, half_side_px: Floats, current: Picture, others: tuple[Picture, Picture], motions: Motions
) -> Floats:
    """The middles of blobs at full size, (n, 2): centroids of the two-sided difference around each, weights capped.

    The cap makes every clear pixel of a streak count alike: the middle is the streak's, not its brightest spot's.
    """
    corners, parts = [], []
    for place, half_side in zip(xy.tolist(), half_side_px.tolist(), strict=True):
        reach = int(np.ceil(half_side)) + 2
        left, top = (max(0, round(c) - reach) for c in place)
        corners.append((left, top))
        parts.append(current.full[top : top + 2 * reach + 1, left : left + 2 * reach + 1])
    before, after = (
        [tolerant(part, matrix) for part in aligned_parts(other.full, parts, matrix, corners)]
        for other, matrix in zip(others, motions, strict=True)
    )
    height, width = current.full.shape
    centres = [
        _centroid(brighter(part, *seen), corner)
        for part, *seen, corner in zip(parts, before, after, corners, strict=True)
    ]
    found = [centre if centre is not None else place for centre, place in zip(centres, xy, strict=True)]
    result: Floats = np.clip(np.array(found).reshape(-1, 2), 0, [width - 1, height - 1])
    return result


def _centroid(difference: Grey, corner_xy: tuple[int, int]) -> Floats | None:
    weight = difference.astype(np.float64)
    peak = weight.max(initial=0.0)
    if peak <= 0:
        return None
    weight = np.clip(weight - 0.25 * peak, 0, 0.35 * peak)
    columns, rows = weight.sum(axis=0), weight.sum(axis=1)
    total = rows.sum()
    middle = np.array([columns @ np.arange(len(columns)), rows @ np.arange(len(rows))]) / total
    centre: Floats = middle + corner_xy
    return centre


def _blobs(current: Picture, pair: tuple[Picture, Picture], motions: Motions) -> Blobs:
    others = [
        aligned(other.work, current.work, matrix, current.factor) for other, matrix in zip(pair, motions, strict=True)
    ]
    wide = [tolerant(other, matrix) for other, matrix in zip(others, motions, strict=True)]
    bright, dark = brighter(current.work, *wide), darker(current.work, *others)
    return find_blobs(bright, changed_mask(cv2.max(bright, dark)), current, *pair)  # type: ignore[arg-type]
