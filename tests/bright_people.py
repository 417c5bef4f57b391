"""A toy world to train on: people are bright upright rectangles on dim noise."""

import cv2
import numpy as np

from tennalytix.training.people_samples import PersonSample

BOX = tuple[int, int, int, int]


def jpeg(image: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1])


def sample_with(
    boxes: list[BOX],
    size_wh: tuple[int, int] = (320, 192),
    source: str = "toy",
    index: int = 0,
    ignored: tuple[int, ...] = (),
    level: int = 235,
) -> PersonSample:
    """A picture with these rectangles (pixels, the second corner exclusive); they move: the differences show them."""
    rng = np.random.default_rng([index, len(source)])
    image = rng.integers(40, 90, (size_wh[1], size_wh[0], 3), dtype=np.uint8)
    motion = np.zeros((size_wh[1], size_wh[0] // 2), np.uint8)
    for x1, y1, x2, y2 in boxes:
        image[y1:y2, x1:x2] = level
        motion[y1 // 2 : y2 // 2, x1 // 2 : x2 // 2] = 200
        motion[(size_wh[1] + y1) // 2 : (size_wh[1] + y2) // 2, x1 // 2 : x2 // 2] = 200
    xyxy = np.array(boxes, dtype=np.float64).reshape(-1, 4) - 0.5
    flags = np.isin(np.arange(len(boxes)), ignored)
    return PersonSample(source, index, jpeg(image), jpeg(motion), xyxy, flags)


def crowd(count: int, source: str, seed: int = 0) -> list[PersonSample]:
    """Pictures with one to three people each, 28 to 60 pixels tall, who do not touch."""
    rng = np.random.default_rng([seed, len(source)])
    samples = []
    for index in range(count):
        boxes = []
        for column in rng.permutation(3)[: rng.integers(1, 4)]:
            tall = int(rng.integers(14, 31)) * 2
            x1, y1 = 100 * int(column) + 2 * int(rng.integers(8, 34)), 2 * int(rng.integers(2, (190 - tall) // 2))
            boxes.append((x1, y1, x1 + 2 * round(tall / 5), y1 + tall))
        samples.append(sample_with(boxes, source=source, index=index))
    return samples
