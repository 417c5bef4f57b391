"""People by torchvision's detectors: Faster R-CNN, RetinaNet, FCOS, SSD and others, all under BSD-3."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.base import People
from tennalytix.detectors.frame_wise import detect_each
from tennalytix.detectors.people_between import detect_between
from tennalytix.detectors.people_tiles import place
from tennalytix.video.frame import Frame

Image = NDArray[np.uint8]

_PERSON = 1
_CHECKPOINTS = "tennalytix.detectors.torch_checkpoint"
"""Imported when a detector is made: it imports Torch."""
_PLAIN_VARIANCE = tuple(f"{kind}_resnet50_fpn" for kind in ("fasterrcnn", "keypointrcnn", "maskrcnn", "retinanet"))
"""Published weights of these were trained with batch normalisation that adds nothing to the variance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchvisionPersonDetector:
    """Finds people with a detector of torchvision, which must be installed and belong to the torch that is.

    Weights are loaded at construction; their file is read so that only arrays come out and no code runs.

    Attributes:
        model: name of a builder in `torchvision.models.detection`, such as `fasterrcnn_resnet50_fpn_v2`.
        weights: path or address of its weights; torchvision's documentation lists the published ones.
        weights_sha256: their digest.
        folder: where fetched weights are kept.
        min_score: people with a lower score are left out.
        short_side_px: images are resized to this short side; the model's own where None, 320 of the default.
            More finds smaller people.
        key_every_s: the network looks every so often, what lies between is filled in; 0 for every frame, seconds.
        batch_size: images at once. One is fastest on a CPU, 8 or more suit a GPU.
        device: `auto` (a GPU if there is one), `cpu`, `cuda` or `cuda:1`.

    Examples:
        Catalog entry::

            person_detector:
              type: tennalytix.datasets.DetectorDataset
              detector: tennalytix.detectors.people_torchvision.TorchvisionPersonDetector
              options: {short_side_px: 640}
    """

    model: str = "fasterrcnn_mobilenet_v3_large_320_fpn"
    weights: str = "https://download.pytorch.org/models/fasterrcnn_mobilenet_v3_large_320_fpn-907ea3f9.pth"
    weights_sha256: str = "907ea3f91ff92242bc1baea8049276a3e76bca48ce7560bd268cc029f37977b5"
    folder: str = "data/06_models"
    min_score: float = 0.2
    short_side_px: int | None = None
    key_every_s: float = 0.1
    batch_size: int = 1
    device: str = "auto"
    _network: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check()
        torch, models = imported("torch"), imported("torchvision.models")
        checkpoints = imported(_CHECKPOINTS)
        device = checkpoints.chosen_device(self.device)
        network = _built(models, self.model)
        checkpoints.load_weights(network, self.model, self.weights, self.weights_sha256, self.folder)
        if self.model in _PLAIN_VARIANCE:
            for layer in network.modules():
                if isinstance(layer, torch.nn.BatchNorm2d):
                    layer.eps = 0.0
        if self.short_side_px is not None:
            _resize(network, self.model, self.short_side_px)
        object.__setattr__(self, "_network", network.eval().to(device))

    def _check(self) -> None:
        if not 0 <= self.min_score < 1:
            raise ValueError(f"min_score must be at least 0 and below 1, got {self.min_score}.")
        for name in ("batch_size", "short_side_px"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be positive, got {value}.")
        if self.key_every_s < 0:
            raise ValueError(f"key_every_s must not be negative, got {self.key_every_s}. Use 0 for every frame.")

    def detect(self, frames: Iterable[Frame]) -> Iterator[People]:
        """One answer a frame, in order."""
        return detect_between(
            frames, lambda key: detect_each(key, self.find, self.batch_size), key_every_s=self.key_every_s
        )

    def find(self, images: Sequence[Image]) -> list[People]:
        """The people in images, uint8, (h, w, 3), RGB, one answer each."""
        torch = imported("torch")
        device = next(self._network.parameters()).device
        fed = [torch.from_numpy(image.transpose(2, 0, 1).copy()).to(device).float() / 255 for image in images]
        with torch.inference_mode():
            answers = self._network(fed)
        return [self._people(answer, image.shape) for answer, image in zip(answers, images, strict=True)]

    def _people(self, answer: dict[str, Any], shape: tuple[int, ...]) -> People:
        xyxy, score, label = (answer[name].cpu().numpy() for name in ("boxes", "scores", "labels"))
        found = np.flatnonzero((label == _PERSON) & (score >= self.min_score))
        found = found[np.argsort(-score[found], kind="stable")]
        height, width = shape[:2]
        whole, size_wh = (0, 0, width, height), (width, height)
        seen = place(xyxy[found].astype(np.float64), score[found].astype(np.float64), whole, size_wh, 0.0)
        return People(seen.xyxy, seen.score)


def imported(module: str) -> Any:
    """A module of torch or torchvision.

    Raises:
        ImportError: it is missing, or torch and torchvision do not belong together.
    """
    try:
        return import_module(module)
    except (ImportError, OSError, RuntimeError) as error:
        raise ImportError(
            f"{module} must be importable, got: {error}. `pip install torch torchvision` installs two that go together."
        ) from error


def _built(models: Any, name: str) -> Any:
    known = models.list_models(models.detection)
    if name not in known:
        raise ValueError(f"model must be one of {', '.join(known)}, got {name!r}.")
    return models.get_model(name, weights=None, weights_backbone=None)


def _resize(network: Any, name: str, short_side_px: int) -> None:
    if network.transform.fixed_size is not None:
        raise ValueError(f"short_side_px must be left out for {name}, which is made for one size.")
    network.transform.min_size = (short_side_px,)
    # As torchvision's own 800 and 1333: pictures up to 5 to 3 keep their short side.
    network.transform.max_size = short_side_px * 5 // 3
