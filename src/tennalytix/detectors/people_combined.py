"""People by motion and by a network together: what one of them misses the other sees. The default."""

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from tennalytix.detectors.base import People
from tennalytix.detectors.onnx_session import Device
from tennalytix.detectors.people_between import detect_between
from tennalytix.detectors.people_motion import MotionPersonDetector
from tennalytix.detectors.people_network import NetworkPersonDetector
from tennalytix.detectors.people_union import unite
from tennalytix.video.frame import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedPersonDetector:
    """Finds people with the shipped network and by comparison with a background, on key frames.

    Motion draws the outline of those who move to a pixel or two, wherever the court is. The network sees those who
    stand still, tells a person from a shadow or a racket, and two people from one.

    Attributes:
        weights: path or address of the network's ONNX file; None for the shipped one.
        weights_sha256: its digest; that of the shipped one is filled in.
        folder: where fetched weights are kept.
        min_score: people of whom the network is less sure are left out, if they do not move.
        key_every_s: both look every so often, what lies between is filled in; 0 for every frame, seconds.
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
            key_every_s=0.0,
            device=self.device,
            threads=self.threads,
        )
        if self.key_every_s < 0:
            raise ValueError(f"key_every_s must not be negative, got {self.key_every_s}. Use 0 for every frame.")
        object.__setattr__(self, "_network", network)
        object.__setattr__(self, "_motion", MotionPersonDetector(look_ahead_s=self.look_ahead_s))
        object.__setattr__(self, "weights_sha256", network.weights_sha256)

    def detect(self, frames: Iterable[Frame]) -> Iterator[People]:
        """One answer a frame, in order."""
        # Motion's answers come seconds late: too late to tell from them where people are fast now. At 0.1 s denser key
        # frames gained nothing that could be measured.
        return detect_between(frames, self._detect_keys, key_every_s=self.key_every_s, change=math.inf)

    def _detect_keys(self, frames: Iterable[Frame]) -> Iterator[People]:
        for _, segment in groupby(frames, key=lambda frame: frame.segment):
            yield from self._segment(segment)

    def _segment(self, frames: Iterable[Frame]) -> Iterator[People]:
        # Motion reads far ahead but keeps small pictures only; the network's answers wait for it, its frames do not.
        seen: deque[People] = deque()
        for moving in self._motion.detect(self._seen_first(frames, seen)):
            yield unite(seen.popleft(), moving)

    def _seen_first(self, frames: Iterable[Frame], seen: deque[People]) -> Iterator[Frame]:
        """Frames once the network has answered for them; the answers are put into `seen`."""
        passed: deque[Frame] = deque()
        for people in self._network.detect(_noting(frames, passed)):
            seen.append(people)
            yield passed.popleft()


def _noting(frames: Iterable[Frame], passed: deque[Frame]) -> Iterator[Frame]:
    for frame in frames:
        passed.append(frame)
        yield frame
