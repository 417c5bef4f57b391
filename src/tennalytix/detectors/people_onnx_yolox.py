"""Networks of the YOLOX family: nano, tiny, s, m, l, x and those trained with its code.

Facts from YOLOX (Ge et al., 2021, arXiv:2107.08430) and its published code, under Apache-2.0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.onnx_session import Shape

Floats = NDArray[np.float32]
Boxes = NDArray[np.float64]

_GREY = 114
_SIDE = 32
"""Sides must be multiples of the coarsest stride."""
_STRIDES = ((8, 16, 32), (8, 16, 32, 64))
"""Of the usual networks, and of those with one level more."""
_MEAN_RGB, _STD_RGB = np.array([123.675, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])


@dataclass(frozen=True, slots=True, kw_only=True)
class Yolox:
    """How YOLOX is fed and read.

    Attributes:
        person_class: its number among the classes; 0 of COCO's.
        legacy: the weights are older than release 0.1.1 (August 2021), which were fed RGB, less a mean, over a spread.
        decoded: the file was exported with `--decode_in_inference`, its boxes are pixels already.
    """

    person_class: int = 0
    legacy: bool = False
    decoded: bool = False

    inputs: ClassVar[Sequence[Shape]] = ((None, 3, None, None),)
    outputs: ClassVar[Sequence[Shape]] = ((None, None, None),)

    def size_hw(self, image_wh: tuple[int, int], long_px: int) -> tuple[int, int]:
        """Input size for an image: its longer side is `long_px`, the other one just holds it.

        Examples:
            >>> Yolox().size_hw((1920, 1080), 640), Yolox().size_hw((720, 1280), 640)
            ((384, 640), (640, 384))
        """
        width, height = (-(-side * long_px // (max(image_wh) * _SIDE)) * _SIDE for side in image_wh)
        return height, width

    def prepare(self, image: NDArray[np.uint8], size_hw: tuple[int, int]) -> tuple[Floats, NDArray[np.float64]]:
        """The image as the network wants it, in the upper left corner of a grey one.

        Returns:
            float32, (3, height, width), and how many of its pixels one of the image's is, (2,), x and y.
        """
        height, width = image.shape[:2]
        scale = min(size_hw[0] / height, size_hw[1] / width)
        inner_wh = max(int(width * scale), 1), max(int(height * scale), 1)
        padded = np.full((*size_hw, 3), _GREY, dtype=np.uint8)
        padded[: inner_wh[1], : inner_wh[0]] = cv2.resize(image, inner_wh, interpolation=cv2.INTER_LINEAR)
        if self.legacy:
            fed = ((padded - _MEAN_RGB) / _STD_RGB).astype(np.float32)
        else:
            fed = padded[:, :, ::-1].astype(np.float32)
        return np.ascontiguousarray(fed.transpose(2, 0, 1)), np.array(inner_wh) / (width, height)

    def read(
        self, outputs: Sequence[Floats], row: int, size_hw: tuple[int, int], min_score: float
    ) -> tuple[Boxes, NDArray[np.float64]]:
        """People in one image of a batch: xyxy, (n, 4), pixels from the corner of the input, and scores, (n,)."""
        cells = outputs[0][row]
        if cells.shape[1] <= 5 + self.person_class:
            raise ValueError(f"person_class must be one of {cells.shape[1] - 5} classes, got {self.person_class}.")
        score = (cells[:, 4] * cells[:, 5 + self.person_class]).astype(np.float64)
        found = np.flatnonzero(score > min_score)
        middle, size = cells[found, :2].astype(np.float64), cells[found, 2:4].astype(np.float64)
        if not self.decoded:
            place, stride = _grid(size_hw, len(cells))
            middle, size = (middle + place[found]) * stride[found], np.exp(size) * stride[found]
        return np.concatenate([middle - size / 2, middle + size / 2], axis=1), score[found]


def _grid(size_hw: tuple[int, int], cells: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Column and row of each cell, (n, 2), and its stride, (n, 1)."""
    height, width = size_hw
    for strides in _STRIDES:
        if cells == sum((height // s) * (width // s) for s in strides):
            places = [np.indices((height // s, width // s))[::-1].reshape(2, -1).T for s in strides]
            return np.concatenate(places), np.repeat(strides, [len(p) for p in places])[:, None]
    raise ValueError(f"The network must give a row for each cell of {height}x{width}, got {cells}. Is it a YOLOX?")
