"""People without learned weights: what differs from the empty court behind them."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.background import Background, learn
from tennalytix.detectors.base import People
from tennalytix.detectors.people_motion_boxes import find_people, observe_heights
from tennalytix.detectors.people_motion_evidence import foreground
from tennalytix.detectors.people_motion_heights import Heights, fit_heights
from tennalytix.detectors.people_motion_picture import Picture, Plane, reduced_picture, reduced_size
from tennalytix.video.frame import Frame

_MEASURED = 12
"""Pictures in which people's heights are measured, each time the background is learnt."""


_ROUNDED_S = 1e-6
"""Times of one and the same recording differ by less wherever in a video it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionPersonDetector:
    """Finds people by comparison with a background that follows the camera.

    Attributes:
        look_ahead_s: how far the detector reads ahead to learn the background, seconds.
        memory_s: how far back the background is learnt from, seconds.
        sample_every_s: time between the pictures that the background is learnt from, seconds.
        sample_count: the background is learnt from so many pictures at most.
        refresh_every_s: how long a background is used before it is learnt anew, seconds.
        buffer_mb: reads less far ahead where pictures would take more memory than this, megabytes.
    """

    look_ahead_s: float = 10.0
    memory_s: float = 20.0
    sample_every_s: float = 0.25
    sample_count: int = 32
    refresh_every_s: float = 2.0
    buffer_mb: float = 120.0

    def __post_init__(self) -> None:
        for option in fields(self):
            if getattr(self, option.name) <= 0:
                raise ValueError(f"{option.name} must be positive, got {getattr(self, option.name)}.")

    def detect(self, frames: Iterable[Frame]) -> Iterator[People]:
        """One answer a frame, in order."""
        for _, segment in groupby(frames, key=lambda frame: frame.segment):
            yield from _Stream(self, segment).answers()


@dataclass(slots=True)
class _Pending:
    """A frame that waits for its answer; without a picture if it repeats the frame before."""

    time_s: float
    picture: Picture | None
    size_wh: tuple[int, int]


@dataclass(frozen=True, eq=False, slots=True)
class _Scene:
    """What is known of the place for a while."""

    background: Background
    heights: Heights

    def people(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return find_people(evidence_of(picture, self.background), self.heights)


def evidence_of(picture: Picture, background: Background) -> Plane:
    """Where the picture shows somebody, wherever its camera looks."""
    return foreground(picture, background.seen_by(picture))


def measure_people(samples: Sequence[Picture], background: Background) -> Heights:
    """Learns how tall people are, first from those in one piece, then from all that this puts together."""
    evidence = [evidence_of(picture, background) for picture in samples[:: -(-len(samples) // _MEASURED)]]
    rough = _fit([observe_heights(e) for e in evidence], samples[0])
    return _fit([observe_heights(e, rough) for e in evidence], samples[0])


def _fit(seen: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]], picture: Picture) -> Heights:
    foot_y, height = (np.concatenate(column) for column in zip(*seen, strict=True))
    return fit_heights(foot_y, height, picture.size_wh[1])


@dataclass(slots=True)
class _Stream:
    """The frames of one segment on their way through the detector."""

    options: MotionPersonDetector
    frames: Iterable[Frame]
    pending: deque[_Pending] = field(default_factory=deque)
    samples: deque[tuple[float, Picture]] = field(default_factory=deque)
    scene: _Scene | None = None
    learned_s: float = -np.inf
    last: People = field(default_factory=People.none)

    def answers(self) -> Iterator[People]:
        for frame in self.frames:
            self._take(frame)
            while self._full():
                yield self._answer(self.pending.popleft())
        while self.pending:
            yield self._answer(self.pending.popleft())

    def _take(self, frame: Frame) -> None:
        if frame.repeated and (self.pending or self.scene):
            self.pending.append(_Pending(frame.time_s, None, frame.size_wh))
            return
        picture = reduced_picture(frame.image, frame.reference_from_image)
        self.pending.append(_Pending(frame.time_s, picture, frame.size_wh))
        if not self.samples or frame.time_s >= self.samples[-1][0] + self.options.sample_every_s - _ROUNDED_S:
            self.samples.append((frame.time_s, picture))

    def _full(self) -> bool:
        if len(self.pending) < 2:
            return False
        return (
            self.pending[-1].time_s - self.pending[0].time_s > self.options.look_ahead_s + _ROUNDED_S
            or sum(e.picture.size_bytes for e in self.pending if e.picture) > self.options.buffer_mb * 1e6
        )

    def _answer(self, entry: _Pending) -> People:
        if entry.picture is None:
            return self.last
        xyxy, score = self._scene_for(entry.picture, entry.time_s).people(entry.picture)
        width, height = entry.size_wh
        reduced_width, reduced_height = reduced_size(entry.size_wh)
        xyxy = xyxy * np.array([width / reduced_width, height / reduced_height] * 2) - 0.5
        self.last = People(np.clip(xyxy, -0.5, np.array([width, height] * 2) - 0.5), score)
        return self.last

    def _scene_for(self, picture: Picture, time_s: float) -> _Scene:
        if self.scene is None or time_s >= self.learned_s + self.options.refresh_every_s - _ROUNDED_S:
            samples = self._samples(time_s)
            background = learn(samples, picture)
            self.scene = _Scene(background, measure_people(samples, background))
            self.learned_s = time_s
        return self.scene

    def _samples(self, time_s: float) -> list[Picture]:
        while self.samples[0][0] < time_s - self.options.memory_s - _ROUNDED_S and len(self.samples) > 1:
            self.samples.popleft()
        count = len(self.samples)
        rows = np.unique(np.linspace(0, count - 1, min(count, self.options.sample_count)).round().astype(int))
        return [self.samples[row][1] for row in rows]
