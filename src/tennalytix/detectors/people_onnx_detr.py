"""Networks of the DETR family that give logits and boxes as they are: RF-DETR, RT-DETR.

Facts from RF-DETR's and RT-DETR's published descriptions of their ONNX files, both under Apache-2.0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from tennalytix.detectors.onnx_session import Shape

Floats = NDArray[np.float32]
Boxes = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detr:
    """How such a network is fed and read; the defaults are RF-DETR's with COCO's weights.

    RT-DETR as transformers exports it: person_class 0, boxes_first false, mean_rgb [0, 0, 0], std_rgb [1, 1, 1].

    Attributes:
        person_class: its number among the classes.
        boxes_first: whether the file's first output is the boxes, else the logits.
        mean_rgb: taken from the pixels, which lie in [0, 1].
        std_rgb: what they are then divided by.
    """

    person_class: int = 1
    boxes_first: bool = True
    mean_rgb: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std_rgb: tuple[float, float, float] = (0.229, 0.224, 0.225)

    @property
    def inputs(self) -> Sequence[Shape]:
        """Shapes of what the network takes."""
        return ((None, 3, None, None),)

    @property
    def outputs(self) -> Sequence[Shape]:
        """Shapes of what it gives."""
        boxes, logits = (None, None, 4), (None, None, None)
        return (boxes, logits) if self.boxes_first else (logits, boxes)

    def size_hw(self, image_wh: tuple[int, int], long_px: int) -> tuple[int, int]:
        """Input size, a square whatever the image's shape."""
        return long_px, long_px

    def prepare(self, image: NDArray[np.uint8], size_hw: tuple[int, int]) -> tuple[Floats, NDArray[np.float64]]:
        """The image as the network wants it, stretched to its size.

        Returns:
            float32, (3, height, width), and how many of its pixels one of the image's is, (2,), x and y.
        """
        resized = cv2.resize(image, size_hw[::-1], interpolation=cv2.INTER_LINEAR)
        fed = ((resized / 255 - self.mean_rgb) / self.std_rgb).astype(np.float32)
        scale = np.array(size_hw[::-1]) / (image.shape[1], image.shape[0])
        return np.ascontiguousarray(fed.transpose(2, 0, 1)), scale

    def read(
        self, outputs: Sequence[Floats], row: int, size_hw: tuple[int, int], min_score: float
    ) -> tuple[Boxes, NDArray[np.float64]]:
        """People in one image of a batch: xyxy, (n, 4), pixels from the corner of the input, and scores, (n,)."""
        boxes, logits = (output[row].astype(np.float64) for output in (outputs if self.boxes_first else outputs[::-1]))
        if logits.shape[1] <= self.person_class:
            raise ValueError(f"person_class must be one of {logits.shape[1]} classes, got {self.person_class}.")
        score = expit(logits[:, self.person_class])
        found = np.flatnonzero(score > min_score)
        middle, size = boxes[found, :2], boxes[found, 2:]
        xyxy = np.concatenate([middle - size / 2, middle + size / 2], axis=1)
        return xyxy * (size_hw[::-1] * 2), score[found]
