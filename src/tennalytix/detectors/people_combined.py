"""People by motion and by a network together: what one of them misses the other sees. The default."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from tennalytix.core.boxes import resized
from tennalytix.core.court_view import IDENTITY
from tennalytix.detectors.base import People
from tennalytix.detectors.onnx_session import Device
from tennalytix.detectors.people_between import detect_between
from tennalytix.detectors.people_motion import MotionPersonDetector
from tennalytix.detectors.people_motion_picture import reduce, reduced_size, scale_matrix
from tennalytix.detectors.people_network import NetworkPersonDetector
from tennalytix.detectors.people_union import unite
from tennalytix.video.frame import Frame
from tennalytix.video.prefetch import prefetch


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedPersonDetector:
    """Finds people on key frames, by a background and by the shipped network, and between these on a curve.

    Motion draws the outline of those who move to a pixel or two, wherever the court is. The network sees those who
    stand still, tells a person from a shadow or a racket, and two people from one.

    Attributes:
        weights: path or address of the network's ONNX file; None for the shipped one.
        weights_sha256: its digest; that of the shipped one is filled in.
        folder: where fetched weights are kept.
        min_score: people of whom the network is less sure are left out, if they do not move.
        key_every_s: both look every so often, and more often where people are fast; 0 for every frame, seconds.
        look_ahead_s: how far motion reads ahead to learn the background, seconds.
        device: `auto` (a CUDA device if onnxruntime has one), `cpu`, `cuda`.
        threads: of the network; 0 for as many as there are cores.
    """

    weights: str | None = None
    weights_sha256: str | None = None
    folder: str = "data/06_models"
    min_score: float = 0.2
    key_every_s: float = 0.1
    look_ahead_s: float = 10.0
    device: Device = "auto"
    threads: int = 0
    _network: NetworkPersonDetector = field(init=False, repr=False, compare=False)
    _motion: MotionPersonDetector = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        network = NetworkPersonDetector(
            weights=self.weights,
            weights_sha256=self.weights_sha256,
            folder=self.folder,
            min_score=self.min_score,
            key_every_s=self.key_every_s,
            device=self.device,
            threads=self.threads,
        )
        object.__setattr__(self, "_network", network)
        object.__setattr__(self, "_motion", MotionPersonDetector(look_ahead_s=self.look_ahead_s))
        object.__setattr__(self, "weights_sha256", network.weights_sha256)

    def detect(self, frames: Iterable[Frame]) -> Iterator[People]:
        """One answer a frame, in order."""
        passed: deque[tuple[Frame, tuple[int, int]]] = deque()
        return detect_between(
            frames,
            lambda keys: self._network.detect_each(_noting(keys, passed)),
            key_every_s=self.key_every_s,
            complete=lambda found: self._with_motion(found, passed),
        )

    def _with_motion(self, found: Iterator[People], passed: deque[tuple[Frame, tuple[int, int]]]) -> Iterator[People]:
        # Motion reads far ahead but keeps small pictures only; the network's answers wait for it, its frames do not.
        seen: deque[tuple[People, tuple[int, int]]] = deque()

        def reduced() -> Iterator[Frame]:
            for people in found:
                frame, size_wh = passed.popleft()
                seen.append((people, size_wh))
                yield frame

        # The network runs beside motion, a frame or two ahead of it.
        for moving in self._motion.detect(prefetch(reduced())):
            people, size_wh = seen.popleft()
            yield unite(people, _enlarged(moving, size_wh), size_wh)


def _noting(frames: Iterable[Frame], passed: deque[tuple[Frame, tuple[int, int]]]) -> Iterator[Frame]:
    for frame in frames:
        passed.append((_reduced(frame), frame.size_wh))
        yield frame


def _reduced(frame: Frame) -> Frame:
    """The frame as motion would reduce it: many of these wait for the network."""
    scaling = scale_matrix(frame.size_wh, reduced_size(frame.size_wh))
    reference = frame.reference_from_image
    if not np.array_equal(reference, IDENTITY):
        reference = scaling @ reference @ np.linalg.inv(scaling)
    return replace(frame, pixels=reduce(frame), reference_from_image=reference)


def _enlarged(people: People, size_wh: tuple[int, int]) -> People:
    """Boxes in a reduced frame as boxes in the frame."""
    return People(resized(people.xyxy, reduced_size(size_wh), size_wh), people.score)
