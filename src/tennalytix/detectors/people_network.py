"""People by a small network of our own, made for tennis and shipped with the package: the default."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from tennalytix.core.boxes import resized
from tennalytix.detectors.base import People
from tennalytix.detectors.onnx_session import Device, Network, may_run_on_cuda, open_network
from tennalytix.detectors.people_between import detect_between
from tennalytix.detectors.people_network_boxes import boxes_of
from tennalytix.detectors.people_network_input import (
    DIFFERENCE_RANGE_S,
    DIFFERENCE_S,
    Look,
    Plane,
    difference,
    look_at,
    to_planes,
)
from tennalytix.detectors.people_network_large import halved, has_large, with_large
from tennalytix.detectors.weights import network_file
from tennalytix.video.frame import Frame

EMBEDDED = "people.onnx"
"""File in `tennalytix.models`; its model card lies beside it."""
EMBEDDED_INT8 = "people_int8.onnx"
"""The same network in 8 bits: half of the time on a processor."""
_STAYS_LARGE_S = 1.0
"""Who was large is looked for as such for so long."""
_LENIENT_S = 1e-6
"""Times of frames are rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPersonDetector:
    """Finds people, standing or moving, from 20 pixels tall in a 960x540 picture to as tall as the picture.

    The network sees each key frame at the area of 960x540, with its differences to a moment before and a moment after,
    and where somebody is large (a camera near the ground) at half of that size too.
    What it knows of people comes from a teacher's boxes on footage and from rendered rallies (`training`).

    Attributes:
        weights: path or address of an ONNX file that the training pipeline wrote; None for the shipped one, in 8 bits
            on a processor and in floats on a CUDA device.
        weights_sha256: its digest; that of the shipped one is filled in.
        folder: where fetched weights are kept.
        min_score: people with a lower score are left out.
        key_every_s: the network looks every so often, what lies between is filled in; 0 for every frame, seconds.
        device: `auto` (a CUDA device if onnxruntime has one), `cpu`, `cuda`.
        threads: of the network; 0 for as many as there are cores.

    Examples:
        A network trained on one's own footage, as a catalog entry::

            person_detector:
              type: tennalytix.datasets.DetectorDataset
              detector: tennalytix.detectors.people_network.NetworkPersonDetector
              options: {weights: data/06_models/people.onnx, weights_sha256: 0f3a...}
    """

    weights: str | None = None
    weights_sha256: str | None = None
    folder: str = "data/06_models"
    min_score: float = 0.2
    key_every_s: float = 0.1
    device: Device = "auto"
    threads: int = 0
    _network: Network = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 0 < self.min_score < 1:
            raise ValueError(f"min_score must lie between 0 and 1, got {self.min_score}.")
        if self.key_every_s < 0:
            raise ValueError(f"key_every_s must not be negative, got {self.key_every_s}. Use 0 for every frame.")
        if self.threads < 0:
            raise ValueError(f"threads must not be negative, got {self.threads}. Use 0 for all cores.")
        content, network = self._opened(EMBEDDED if may_run_on_cuda(self.device) else EMBEDDED_INT8)
        if self.weights is None and may_run_on_cuda(self.device) and not network.on_cuda:
            # A CUDA device that does not start.
            content, network = self._opened(EMBEDDED_INT8)
        object.__setattr__(self, "_network", network)
        object.__setattr__(self, "weights_sha256", hashlib.sha256(content).hexdigest())

    def _opened(self, shipped: str) -> tuple[bytes, Network]:
        content = network_file(shipped, self.weights, self.weights_sha256, self.folder)
        network = open_network(
            content,
            inputs=((None, 3, None, None), (None, 2, None, None)),
            outputs=((None, None, None), (None, 4, None, None)),
            device=self.device,
            threads=self.threads,
        )
        return content, network

    def detect(self, frames: Iterable[Frame]) -> Iterator[People]:
        """One answer a frame, in order."""
        return detect_between(frames, self.detect_each, key_every_s=self.key_every_s)

    def detect_each(self, frames: Iterable[Frame]) -> Iterator[People]:
        """One answer a frame, in order; the network looks at each of them."""
        last = People.none()
        for _, segment in groupby(frames, key=lambda frame: frame.segment):
            large_until_s = -np.inf
            for waiting in looks_around(segment):
                if waiting is not None:
                    time_s = waiting.look.time_s
                    last, is_large = self._people(waiting, time_s <= large_until_s + _LENIENT_S)
                    large_until_s = time_s + _STAYS_LARGE_S if is_large else large_until_s
                yield last

    def _people(self, seen: "Moment", expects_large: bool) -> tuple[People, bool]:
        """People, and whether somebody is large."""
        image, motion = seen.look.image, np.stack([difference(seen.look, other) for other in seen.others])
        found = self._run(image, motion)
        if expects_large or has_large(found.xyxy):
            half_image, half_motion = halved(image, motion)
            again = self._run(half_image, half_motion)
            found = with_large(found, People(resized(again.xyxy, _size_wh(half_image), _size_wh(image)), again.score))
        is_large = has_large(found.xyxy)
        width, height = seen.size_wh
        xyxy = np.clip(resized(found.xyxy, _size_wh(image), seen.size_wh), -0.5, np.array([width, height] * 2) - 0.5)
        whole = (xyxy[:, 2:] > xyxy[:, :2]).all(axis=1)
        return People(xyxy[whole], found.score[whole]), is_large

    def _run(self, image: Plane, motion: Plane) -> People:
        """People in a picture, its pixels."""
        image, motion = to_planes(image, motion)
        score, ltrb = self._network.run(image[None], motion[None])
        return People(*boxes_of(score[0], ltrb[0], self.min_score))


def _size_wh(image: Plane) -> tuple[int, int]:
    return image.shape[1], image.shape[0]


@dataclass(frozen=True, eq=False, slots=True)
class Moment:
    """A look between those it is compared with.

    Attributes:
        look: the frame.
        others: a look before and one after; None where there is none.
        size_wh: of the frame.
    """

    look: Look
    others: tuple[Look | None, Look | None]
    size_wh: tuple[int, int]


def looks_around(frames: Iterable[Frame]) -> Iterator[Moment | None]:
    """The frames of one segment, each with those about `DIFFERENCE_S` before and after it; None for a repeated frame.

    Reads ahead until a frame is late enough to be compared with.
    """
    near: deque[Look] = deque()
    waiting: deque[tuple[Look, tuple[int, int]] | None] = deque()
    for frame in frames:
        if frame.repeated and near:
            waiting.append(None)
        else:
            look = look_at(frame)
            near.append(look)
            waiting.append((look, frame.size_wh))
        while waiting and (waiting[0] is None or near[-1].time_s >= waiting[0][0].time_s + DIFFERENCE_S - _LENIENT_S):
            yield _moment(waiting.popleft(), near)
    while waiting:
        yield _moment(waiting.popleft(), near)


def _moment(entry: tuple[Look, tuple[int, int]] | None, near: deque[Look]) -> Moment | None:
    if entry is None:
        return None
    look, size_wh = entry
    while near[0].time_s < look.time_s - DIFFERENCE_RANGE_S[1] - _LENIENT_S:
        near.popleft()
    return Moment(look, (_nearest(near, look, -1), _nearest(near, look, +1)), size_wh)


def _nearest(near: Sequence[Look], look: Look, direction: int) -> Look | None:
    """The look nearest to `DIFFERENCE_S` before or after another."""
    low_s, high_s = DIFFERENCE_RANGE_S
    apart = [(direction * (other.time_s - look.time_s), other) for other in near]
    fits = [(apart_s, other) for apart_s, other in apart if low_s - _LENIENT_S <= apart_s <= high_s + _LENIENT_S]
    # Of two that fit equally well the nearer one, not the one that rounding prefers.
    return min(fits, key=lambda fit: (round(abs(fit[0] - DIFFERENCE_S), 4), fit[0]), default=(0.0, None))[1]
