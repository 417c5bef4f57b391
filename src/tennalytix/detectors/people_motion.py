"""People without learned weights: what differs from the empty court behind them."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from tennalytix.detectors.background import Background, learn
from tennalytix.detectors.base import People
from tennalytix.detectors.blobs import find_people
from tennalytix.detectors.people_motion_evidence import foreground
from tennalytix.detectors.people_motion_picture import PackedPicture, pack, reduced_size
from tennalytix.video.frame import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionPersonDetector:
    """Finds people by comparison with a background that follows the camera."""

    look_ahead_s: float = 10.0
    memory_s: float = 10.0
    sample_every_s: float = 0.25
    sample_count: int = 32
    refresh_every_s: float = 2.0
    buffer_mb: float = 90.0

    def detect(self, frames: Iterable[Frame]) -> Iterator[People]:
        """One answer a frame, in order."""
        for _, segment in groupby(frames, key=lambda frame: frame.segment):
            yield from _Stream(self, segment).answers()


@dataclass(slots=True)
class _Pending:
    time_s: float
    picture: PackedPicture | None
    size_wh: tuple[int, int]


@dataclass(slots=True)
class _Stream:
    options: MotionPersonDetector
    frames: Iterable[Frame]
    pending: deque[_Pending] = field(default_factory=deque)
    samples: deque[_Pending] = field(default_factory=deque)
    background: Background | None = None
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
        if frame.repeated and (self.pending or self.background):
            self.pending.append(_Pending(frame.time_s, None, frame.size_wh))
            return
        picture = pack(frame.image, frame.reference_from_image)
        entry = _Pending(frame.time_s, picture, frame.size_wh)
        self.pending.append(entry)
        if not self.samples or frame.time_s >= self.samples[-1].time_s + self.options.sample_every_s:
            self.samples.append(entry)

    def _full(self) -> bool:
        return (
            self.pending[-1].time_s - self.pending[0].time_s > self.options.look_ahead_s
            or sum(len(e.picture.data) for e in self.pending if e.picture) > self.options.buffer_mb * 1e6
        )

    def _answer(self, entry: _Pending) -> People:
        if entry.picture is None:
            return self.last
        picture = entry.picture.unpack()
        if entry.time_s >= self.learned_s + self.options.refresh_every_s:
            while self.samples[0].time_s < entry.time_s - self.options.memory_s and len(self.samples) > 1:
                self.samples.popleft()
            n = len(self.samples)
            pick = np.unique(np.linspace(0, n - 1, min(n, self.options.sample_count)).round().astype(int))
            self.background = learn([self.samples[k].picture.unpack() for k in pick], picture)
            self.learned_s = entry.time_s
        evidence = foreground(picture, self.background.seen_by(picture))
        xyxy, score = find_people(evidence)
        width, height = entry.size_wh
        sw, sh = reduced_size(entry.size_wh)
        scale = np.array([width / sw, height / sh] * 2)
        xyxy = np.clip(xyxy * scale - 0.5, -0.5, np.array([width, height] * 2) - 0.5)
        self.last = People(xyxy, score)
        return self.last
