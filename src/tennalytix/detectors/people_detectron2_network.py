"""A network of Detectron2, ready to look at images."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.base import People
from tennalytix.detectors.people_detectron2_weights import load_whole, read_state
from tennalytix.detectors.people_detectron2_zoo import imported

Image = NDArray[np.uint8]


@dataclass(frozen=True, eq=False, slots=True)
class PersonNetwork:
    """A network with its weights.

    Attributes:
        network: maps dicts with `image` (float32, (3, h, w), 0 to 255), `height` and `width` to dicts with `instances`.
        resize: Detectron2's augmentation that brings an image to the network's size.
        bgr: the network wants blue first.
        person: index of the class.
        half: computes in half precision where that is enough.
    """

    network: Any
    resize: Any
    bgr: bool
    person: int
    half: bool

    def find(self, images: Sequence[Image]) -> list[People]:
        """People in images, uint8, (h, w, 3), RGB; one answer each."""
        torch = import_module("torch")
        with torch.inference_mode(), self._precision():
            answers = self.network([self._input(image) for image in images])
        return [self._people(answer["instances"]) for answer in answers]

    def _precision(self) -> AbstractContextManager[Any]:
        torch = import_module("torch")
        precision: AbstractContextManager[Any] = torch.autocast(
            self.network.device.type, dtype=torch.float16, enabled=self.half
        )
        return precision

    def _input(self, image: Image) -> dict[str, Any]:
        torch = import_module("torch")
        resized = self.resize.get_transform(image).apply_image(image)
        channels = resized[:, :, ::-1] if self.bgr else resized
        tensor = torch.from_numpy(np.ascontiguousarray(channels.transpose(2, 0, 1)))
        return {"image": tensor.to(self.network.device).float(), "height": image.shape[0], "width": image.shape[1]}

    def _people(self, instances: Any) -> People:
        """Detectron2 puts the corner of the top-left pixel at (0, 0), we its centre: half a pixel apart."""
        found = instances[instances.pred_classes == self.person].to("cpu")
        xyxy = found.pred_boxes.tensor.double().numpy() - 0.5
        score = found.scores.double().numpy()
        order = np.argsort(-score, kind="stable")
        return People(xyxy[order], score[order])


def only_people(cfg: Any, *, min_score: float, short_side_px: int | None, proposals: int | None) -> int:
    """Turns a configuration to the search for people, and nothing that boxes do not depend on.

    Returns:
        The index of the class person.

    Raises:
        ValueError: the network does not find people, or has no proposals to limit.
    """
    model = cfg.MODEL
    if model.META_ARCHITECTURE == "PanopticFPN":
        model.META_ARCHITECTURE = "GeneralizedRCNN"
    if model.META_ARCHITECTURE == "ProposalNetwork" or model.LOAD_PROPOSALS:
        raise ValueError("config must be of a network that finds boxes and classes by itself, got one that does not.")
    model.MASK_ON = model.KEYPOINT_ON = False
    model.ROI_HEADS.SCORE_THRESH_TEST = model.RETINANET.SCORE_THRESH_TEST = min_score
    if proposals is not None and model.META_ARCHITECTURE != "GeneralizedRCNN":
        raise ValueError(f"proposals must be left out for a network without them, got {proposals}.")
    if proposals is not None:
        model.RPN.POST_NMS_TOPK_TEST = proposals
    if short_side_px is not None:
        cfg.INPUT.MAX_SIZE_TEST = round(cfg.INPUT.MAX_SIZE_TEST * short_side_px / cfg.INPUT.MIN_SIZE_TEST)
        cfg.INPUT.MIN_SIZE_TEST = short_side_px
    return _person_class(cfg)


def _person_class(cfg: Any) -> int:
    catalog = imported("detectron2.data").MetadataCatalog
    names = [n for data_set in cfg.DATASETS.TEST[:1] for n in catalog.get(data_set).get("thing_classes", [])]
    head = cfg.MODEL.RETINANET if cfg.MODEL.META_ARCHITECTURE == "RetinaNet" else cfg.MODEL.ROI_HEADS
    if not names and head.NUM_CLASSES == 1:
        return 0
    if "person" not in names:
        raise ValueError("config must be for a data set with the class person, or have a single class, got neither.")
    return names.index("person")


def chosen_device(device: str) -> str:
    """`auto` is the GPU if torch can use one, else the CPU.

    Raises:
        ValueError: a GPU is asked for and none can be used.
    """
    torch = import_module("torch")
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device != "cpu" and not torch.cuda.is_available():
        raise ValueError(f"device must be one that torch can use, got {device!r}. Use auto or cpu.")
    return device


def load_network(cfg: Any, weights: Path, *, person: int, half: bool) -> PersonNetwork:
    """Builds the network of a configuration and gives it all its weights.

    Raises:
        ValueError: the weights are unreadable or do not fit.
    """
    network = imported("detectron2.modeling").build_model(cfg)
    load_whole(network, read_state(weights), weights)
    resize = imported("detectron2.data.transforms").ResizeShortestEdge(
        [cfg.INPUT.MIN_SIZE_TEST, cfg.INPUT.MIN_SIZE_TEST], cfg.INPUT.MAX_SIZE_TEST
    )
    return PersonNetwork(network.eval(), resize, cfg.INPUT.FORMAT == "BGR", person, half)
