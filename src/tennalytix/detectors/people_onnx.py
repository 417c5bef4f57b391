"""People by published networks in ONNX files: YOLOX, RF-DETR, RT-DETR."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.base import People
from tennalytix.detectors.frame_wise import detect_each
from tennalytix.detectors.onnx_session import Device, Network, Shape, open_network
from tennalytix.detectors.people_between import detect_between
from tennalytix.detectors.people_tiles import Corners, Seen, Tiling, crop, merge, place
from tennalytix.detectors.weights import fetch_weights
from tennalytix.video.frame import Frame

Image = NDArray[np.uint8]
Boxes = NDArray[np.float64]

_LONG_PX = 640
"""Longer side of the input where neither the file nor the user says one."""
_EDGE_PX = 3.0
"""A box that ends so near to a tile's edge, in pixels of the input, is cut off by it."""


class Family(Protocol):
    """How the networks of a family are fed and read."""

    @property
    def inputs(self) -> Sequence[Shape]:
        """Shapes of what the network takes: images, (n, 3, height, width)."""
        ...

    @property
    def outputs(self) -> Sequence[Shape]:
        """Shapes of what it gives, an image's answer in a row of each."""
        ...

    def size_hw(self, image_wh: tuple[int, int], long_px: int) -> tuple[int, int]:
        """Input size for an image."""
        ...

    def prepare(self, image: Image, size_hw: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """The image as the network wants it, and how many of its pixels one of the image's is, x and y."""
        ...

    def read(
        self, outputs: Sequence[NDArray[np.float32]], row: int, size_hw: tuple[int, int], min_score: float
    ) -> tuple[Boxes, NDArray[np.float64]]:
        """People in one image: xyxy, (n, 4), pixels from the input's corner, and scores, (n,), before suppression."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OnnxPersonDetector:
    """Finds people with a published network.

    The defaults are YOLOX-nano as published (Apache-2.0), which is made for 416x416. Any other size, such as
    `input_long_px: 960`, sees far players better, and needs the package `onnx` for files that are made for one size.
    Weights are loaded at construction.

    Attributes:
        weights: path or address of an ONNX file that holds its weights.
        weights_sha256: its digest.
        folder: where fetched weights are kept.
        family: class path of what feeds and reads the network.
        family_options: options of that class.
        min_score: people with a lower score are left out.
        max_iou: two boxes that share more than this are one person.
        input_long_px: longer side of what the network is fed, a multiple of 32; where None the file's own size, or 640
            if it has none.
        tile_columns: besides the whole picture, look at so many tiles beside one another, each fed at `input_long_px`;
            0 for none. 2 or 3 double or treble the size at which far players are seen.
        tile_rows: so many above one another.
        tile_band: upper and lower edge of what tiles cover, as shares of the height: where far players are.
        tile_overlap: of neighbouring tiles, as a share of a tile.
        key_every_s: the network looks every so often, what lies between is filled in; 0 for every frame, seconds.
        batch_size: images at once, if the file allows. One is fastest on a CPU, 8 or more suit a GPU.
        device: `auto` (a CUDA device if onnxruntime has one), `cpu`, `cuda`.
        threads: of the network; 0 for as many as there are cores.

    Examples:
        Catalog entry::

            person_detector:
              type: tennalytix.datasets.DetectorDataset
              detector: tennalytix.detectors.people_onnx.OnnxPersonDetector
              options:
                weights: https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_s.onnx
                weights_sha256: c5c2d13e59ae883e6af3b45daea64af4833a4951c92d116ec270d9ddbe998063
                input_long_px: 960
    """

    weights: str = "https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_nano.onnx"
    weights_sha256: str = "c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d"
    folder: str = "data/06_models"
    family: str = "tennalytix.detectors.people_onnx_yolox.Yolox"
    family_options: Mapping[str, Any] = field(default_factory=dict)
    min_score: float = 0.1
    max_iou: float = 0.45
    input_long_px: int | None = None
    tile_columns: int = 0
    tile_rows: int = 1
    tile_band: tuple[float, float] = (0.0, 1.0)
    tile_overlap: float = 0.2
    key_every_s: float = 0.1
    batch_size: int = 1
    device: Device = "auto"
    threads: int = 0
    _family: Family = field(init=False, repr=False, compare=False)
    _tiling: Tiling = field(init=False, repr=False, compare=False)
    _network: Network = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check()
        family = _family(self.family, self.family_options)
        tiling = Tiling(columns=self.tile_columns, rows=self.tile_rows, band=self.tile_band, overlap=self.tile_overlap)
        path = fetch_weights(self.weights, self.weights_sha256, self.folder)
        network = open_network(
            path,
            inputs=family.inputs,
            outputs=family.outputs,
            any_size=(2, 3) if self.input_long_px else (),
            device=self.device,
            threads=self.threads,
        )
        for name, value in (("_family", family), ("_tiling", tiling), ("_network", network)):
            object.__setattr__(self, name, value)

    def _check(self) -> None:
        for name in ("min_score", "max_iou"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name} must lie between 0 and 1, got {getattr(self, name)}.")
        if self.input_long_px is not None and (self.input_long_px < 32 or self.input_long_px % 32):
            raise ValueError(f"input_long_px must be a positive multiple of 32, got {self.input_long_px}.")
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be positive, got {self.batch_size}.")
        if self.threads < 0:
            raise ValueError(f"threads must not be negative, got {self.threads}. Use 0 for all cores.")
        if self.key_every_s < 0:
            raise ValueError(f"key_every_s must not be negative, got {self.key_every_s}. Use 0 for every frame.")

    def detect(self, frames: Iterable[Frame]) -> Iterator[People]:
        """One answer a frame, in order."""
        return detect_between(
            frames, lambda key: detect_each(key, self.find, self.batch_size), key_every_s=self.key_every_s
        )

    def find(self, images: Sequence[Image]) -> list[People]:
        """The people in images, uint8, (h, w, 3), RGB, one answer each."""
        looks = [
            _Look(number, corners, self._size_hw(crop(image, corners)))
            for number, image in enumerate(images)
            for corners in self._tiling.corners((image.shape[1], image.shape[0]))
        ]
        seen: list[list[Seen]] = [[] for _ in images]
        for some in _alike(looks, self._network.inputs[0][0] or self.batch_size):
            for look, people in zip(some, self._people(images, some), strict=True):
                seen[look.image].append(people)
        return [merge(each, self.max_iou) for each in seen]

    def _size_hw(self, image: Image) -> tuple[int, int]:
        height, width = self._network.inputs[0][2:]
        if height and width:
            return height, width
        return self._family.size_hw((image.shape[1], image.shape[0]), self.input_long_px or _LONG_PX)

    def _people(self, images: Sequence[Image], looks: Sequence["_Look"]) -> Iterator[Seen]:
        """The people in each of the looks, which are of one size."""
        prepared = [self._family.prepare(crop(images[look.image], look.corners), look.size_hw) for look in looks]
        fed = [array for array, _ in prepared]
        # A file may want more at once than there are.
        spare = [fed[0]] * ((self._network.inputs[0][0] or len(fed)) - len(fed))
        outputs = self._network.run(np.stack(fed + spare))
        for row, (look, (_, scale)) in enumerate(zip(looks, prepared, strict=True)):
            xyxy, score = self._family.read(outputs, row, look.size_hw, self.min_score)
            height, width = images[look.image].shape[:2]
            margin_px = _EDGE_PX / float(scale.min())
            yield place(xyxy / np.tile(scale, 2), score, look.corners, (width, height), margin_px)


@dataclass(frozen=True, slots=True)
class _Look:
    """One part of one image, and the size at which the network sees it."""

    image: int
    corners: Corners
    size_hw: tuple[int, int]


def _family(path: str, options: Mapping[str, Any]) -> Family:
    try:
        made: Family = resolve_name(path)(**options)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"family must name an importable class, got {path!r}: {error}.") from error
    except TypeError as error:
        raise ValueError(f"family_options must be options of {path}, got {dict(options)}: {error}.") from error
    return made


def _alike(looks: Sequence[_Look], batch_size: int) -> Iterator[list[_Look]]:
    """The looks in batches of one size each."""
    for size_hw in dict.fromkeys(look.size_hw for look in looks):
        same = [look for look in looks if look.size_hw == size_hw]
        for start in range(0, len(same), batch_size):
            yield same[start : start + batch_size]
