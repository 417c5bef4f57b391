"""Crops of samples, changed at random in all that a court, a camera and a codec may change."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.training.people_samples import PersonSample

Plane = NDArray[np.uint8]
_LEAST_HEIGHT_PX = 7.0
"""Shorter people are neither demanded nor forbidden."""
_LEAST_VISIBLE = 0.3
"""Of a person cut by the crop's edge so much must be left."""


@dataclass(frozen=True, eq=False, slots=True)
class Crop:
    """A changed part of a sample.

    Attributes:
        image: uint8, (h, w, 3), RGB.
        motion: uint8, (2, h / 2, w / 2).
        xyxy: (n, 4), pixel edges in the crop.
        ignored: (n,)
    """

    image: Plane
    motion: Plane
    xyxy: NDArray[np.float64]
    ignored: NDArray[np.bool_]


def random_crop(sample: PersonSample, size_px: int, rng: np.random.Generator) -> Crop:
    """A square crop, mostly around somebody, at a random scale, perhaps mirrored, in random light."""
    image, motion = sample.pictures()
    matrix = _random_placement(sample, (image.shape[1], image.shape[0]), size_px, rng)
    fill = tuple(int(value) for value in rng.integers(0, 256, 3))
    shrinks = np.hypot(matrix[0, 0], matrix[1, 0]) < 0.7
    smooth = cv2.GaussianBlur(image, (3, 3), 0) if shrinks else image
    placed = cv2.warpAffine(smooth, matrix[:2], (size_px, size_px), flags=cv2.INTER_LINEAR, borderValue=fill)
    halves = _halved(matrix)
    planes = [cv2.warpAffine(plane, halves[:2], (size_px // 2, size_px // 2)) for plane in motion]
    light = _other_light(np.asarray(placed, dtype=np.uint8), rng)
    return Crop(light, _other_motion(np.stack(planes).astype(np.uint8), rng), *_placed(sample, matrix, size_px))


def _random_placement(
    sample: PersonSample, size_wh: tuple[int, int], size_px: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """(3, 3), takes pixels of the sample to pixels of the crop."""
    zoom, at = _random_aim(sample, size_wh, size_px, rng)
    stretch = np.exp(rng.normal(0, 0.06))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    angle = rng.normal(0, np.radians(2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([mirror * zoom * stretch, zoom / stretch])
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = (size_px - 1) / 2 - linear @ at
    return matrix


def _random_aim(
    sample: PersonSample, size_wh: tuple[int, int], size_px: int, rng: np.random.Generator
) -> tuple[float, NDArray[np.float64]]:
    """How much larger the crop shows things, and the place in the sample that comes to its middle, (2,)."""
    zoom = float(np.exp(rng.uniform(np.log(0.6), np.log(1.6))))
    people = sample.xyxy[~sample.ignored]
    if not (len(people) and rng.random() < 0.85):
        return zoom, rng.random(2) * size_wh
    # Everybody alike, near or far: there are few players and many others.
    box = people[rng.integers(len(people))]
    tall = box[3] - box[1]
    if rng.random() < 0.6:
        zoom = float(np.clip(zoom, 18 / tall, 0.9 * size_px / tall))
    return zoom, box[:2] + rng.random(2) * (box[2:] - box[:2]) + rng.normal(0, size_px / zoom / 5, 2)


def _halved(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    half = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1.0]])
    result: NDArray[np.float64] = half @ matrix @ np.linalg.inv(half)
    return result


def _placed(
    sample: PersonSample, matrix: NDArray[np.float64], size_px: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    corners = sample.xyxy[:, [[0, 1], [2, 1], [2, 3], [0, 3]]] @ matrix[:2, :2].T + matrix[:2, 2]  # (n, 4, 2)
    # The box around a slightly turned box is too large; the middles of its sides stay where the person's edges are.
    sides = (corners + np.roll(corners, -1, axis=1)) / 2
    whole = np.concatenate([sides.min(axis=1), sides.max(axis=1)], axis=1)
    inside = np.clip(whole, -0.5, size_px - 0.5)
    area = np.prod(np.clip(inside[:, 2:] - inside[:, :2], 0, None), axis=1)
    share = area / np.maximum(np.prod(whole[:, 2:] - whole[:, :2], axis=1), 1e-9)
    short = inside[:, 3] - inside[:, 1] < _LEAST_HEIGHT_PX
    ignored = sample.ignored | (~sample.ignored & ((share < _LEAST_VISIBLE) | short))
    keep = area > 0
    return inside[keep], ignored[keep]


def _other_light(image: Plane, rng: np.random.Generator) -> Plane:
    x = _other_colours(image.astype(np.float32) / 255, rng)
    if rng.random() < 0.3:
        x = np.asarray(cv2.GaussianBlur(x.astype(np.float32), (0, 0), rng.uniform(0.4, 1.4)), dtype=np.float32)
    if rng.random() < 0.4:
        x = x + rng.normal(0, rng.uniform(0.005, 0.05), x.shape)
    changed = np.asarray(np.clip(x * 255, 0, 255), dtype=np.uint8)
    if rng.random() < 0.3:
        _, data = cv2.imencode(".jpg", changed, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])
        changed = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.ascontiguousarray(changed)


def _other_colours(x: NDArray[np.floating], rng: np.random.Generator) -> NDArray[np.floating]:
    if rng.random() < 0.12:
        x = x[..., rng.permutation(3)]
    if rng.random() < 0.15:
        x = np.repeat(x.mean(axis=2, keepdims=True), 3, axis=2)
    mix = np.eye(3) + rng.normal(0, 0.08, (3, 3))
    mean = x.mean(axis=(0, 1))
    contrast, brightness = np.exp(rng.normal(0, 0.2)), rng.normal(0, 0.06)
    x = (x - mean) @ mix.astype(np.float32) * contrast + mean + brightness + rng.normal(0, 0.05, 3)
    result: NDArray[np.floating] = np.clip(x, 0, 1) ** np.exp(rng.normal(0, 0.25))
    return result


def _other_motion(motion: Plane, rng: np.random.Generator) -> Plane:
    if rng.random() < 0.25:
        return np.zeros_like(motion)
    shown = motion[rng.permutation(2)].astype(np.float32) * np.exp(rng.normal(0, 0.35)) + max(0.0, rng.normal(0, 4))
    if rng.random() < 0.2:
        shown[rng.integers(2)] = 0
    return np.asarray(np.clip(shown, 0, 255), dtype=np.uint8)
