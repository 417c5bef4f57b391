"""People by any network of Detectron2's model zoo."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tennalytix.detectors.base import People
from tennalytix.detectors.frame_wise import detect_each
from tennalytix.detectors.people_between import detect_between
from tennalytix.detectors.people_detectron2_network import (
    Image,
    PersonNetwork,
    chosen_device,
    load_network,
    only_people,
)
from tennalytix.detectors.people_detectron2_zoo import Published, published_weights, read_config
from tennalytix.detectors.weights import fetch_weights
from tennalytix.video.frame import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectron2PersonDetector:
    """Finds people with a network of Detectron2's model zoo; its boxes are those of Detectron2's `DefaultPredictor`.

    Masks and key points are not computed, as boxes do not depend on them. Weights are loaded at construction. Their
    digest is checked before the file is opened: the zoo's files are pickles, which can hold code. They are then read
    so that only arrays come out and no code runs, and a file that does not fill the whole network is an error.

    Detectron2 is not on PyPI; a message says how to install it. Its code is under Apache-2.0, the zoo's weights under
    CC BY-SA 3.0.

    Attributes:
        config: a `.yaml` of the model zoo by name (Faster, Mask, Keypoint and Cascade R-CNN, RetinaNet, ...), or the
            path of one's own.
        weights: path or address of a `.pkl` or `.pth`; the zoo's own where None.
        weights_sha256: their digest; needed with `weights`, and with configurations for which none is known here.
        folder: where fetched weights are kept.
        min_score: people with a lower score are left out.
        key_every_s: the network looks every so often, what lies between is filled in; 0 for every frame, seconds.
        batch_size: images at once. One is fastest on a CPU, 8 or more suit a GPU.
        short_side_px: images are resized to this short side; the configuration's where None, 800 in most of the zoo.
            Less is faster, more finds smaller people.
        proposals: places the network looks at closely; the configuration's where None, 1000 in most of the zoo.
        device: `auto` (a GPU if there is one), `cpu`, `cuda` or `cuda:1`.
        half_precision_on_gpu: faster on a GPU, boxes differ a little (not measured); nothing changes on a CPU.

    Examples:
        Catalog entry::

            person_detector:
              type: tennalytix.datasets.DetectorDataset
              detector: tennalytix.detectors.people_detectron2.Detectron2PersonDetector
              options: {config: COCO-Detection/faster_rcnn_R_50_FPN_3x.yaml, batch_size: 8, half_precision_on_gpu: true}
    """

    config: str = "COCO-Detection/faster_rcnn_R_50_FPN_3x.yaml"
    weights: str | None = None
    weights_sha256: str | None = None
    folder: str = "data/06_models"
    min_score: float = 0.2
    key_every_s: float = 0.1
    batch_size: int = 1
    short_side_px: int | None = None
    proposals: int | None = None
    device: str = "auto"
    half_precision_on_gpu: bool = False
    _network: PersonNetwork = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check()
        source = self._source()
        cfg = read_config(self.config)
        cfg.MODEL.DEVICE = device = chosen_device(self.device)
        person = only_people(cfg, min_score=self.min_score, short_side_px=self.short_side_px, proposals=self.proposals)
        path = fetch_weights(source.uri, source.sha256, self.folder)
        half = self.half_precision_on_gpu and device != "cpu"
        object.__setattr__(self, "weights_sha256", source.sha256)
        object.__setattr__(self, "_network", load_network(cfg, path, person=person, half=half))

    def detect(self, frames: Iterable[Frame]) -> Iterator[People]:
        """One answer a frame, in order."""
        return detect_between(
            frames, lambda key: detect_each(key, self.find, self.batch_size), key_every_s=self.key_every_s
        )

    def find(self, images: Sequence[Image]) -> list[People]:
        """The people in images, uint8, (h, w, 3), RGB, one answer each."""
        return self._network.find(images)

    def _check(self) -> None:
        for name in ("batch_size", "short_side_px", "proposals"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be positive, got {value}.")
        if not 0 <= self.min_score < 1:
            raise ValueError(f"min_score must be at least 0 and below 1, got {self.min_score}.")
        if self.key_every_s < 0:
            raise ValueError(f"key_every_s must not be negative, got {self.key_every_s}. Use 0 for every frame.")
        if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", self.device):
            raise ValueError(f"device must be auto, cpu, cuda or cuda:<number>, got {self.device!r}.")

    def _source(self) -> Published:
        if self.weights is None and self.weights_sha256 is None:
            return published_weights(self.config)
        if not self.weights or not self.weights_sha256:
            raise ValueError(
                f"weights and weights_sha256 must be given together, got {self.weights!r} and {self.weights_sha256!r}. "
                "`sha256sum FILE` prints the digest."
            )
        return Published(self.weights, self.weights_sha256)
