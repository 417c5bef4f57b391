"""People by a detector on key frames, and on a curve through these on the frames between."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.base import People
from tennalytix.detectors.people_between_change import Changes
from tennalytix.detectors.people_between_curve import Curve, Gap, Key, curve_through, inverse, link, map_boxes
from tennalytix.video.frame import Frame

_ROUNDED_S = 0.005
"""Times may be rounded: a key frame is not put off to the next frame for the sake of so little."""

_SURE_SCORE = 0.3
"""Who has a lower score is followed like the others, but calls for no key frames of his own."""


def detect_between(
    frames: Iterable[Frame],
    detect: Callable[[Iterable[Frame]], Iterator[People]],
    *,
    key_every_s: float = 0.1,
    change: float = 0.4,
    complete: Callable[[Iterator[People]], Iterator[People]] | None = None,
) -> Iterator[People]:
    """One answer a frame, in order, though `detect` sees key frames only.

    Who is found on two key frames that follow one another is on the frames between too, on a curve that heeds the key
    frames before and after these; with the lower of the two scores. Who is found on one of them only is not.

    Args:
        frames: all of them; read ahead until `detect` has answered for three key frames more.
        detect: one answer a frame, in order; gets the key frames. None of them repeats another.
        key_every_s: time from key frame to key frame, seconds; 0 makes every fresh frame one. So are always the first
            and the last fresh frame of a segment.
        change: where people are fast, key frames are denser: a frame becomes one as soon as the picture in and around
            somebody's box has changed, since the last key frame, in more than so many times the area of that box. A
            person who moves by a tenth of his width changes up to two tenths. Inf leaves key frames as they are.
        complete: turns what `detect` finds into the answers for the key frames, one each; it may read ahead as far as
            it likes, also in a thread. Which frames become key frames hangs on what `detect` finds.

    Raises:
        ValueError: key_every_s is negative, or change not positive.
    """
    if not key_every_s >= 0:
        raise ValueError(f"key_every_s must not be negative, got {key_every_s}. Use 0 for every frame.")
    if not change > 0:
        raise ValueError(f"change must be positive, got {change}.")
    changes = Changes() if key_every_s and np.isfinite(change) else None
    return _Stream(key_every_s, change, changes).answers(frames, detect, complete)


@dataclass(slots=True)
class _Entry:
    """A frame that waits for its answer, without its picture.

    Attributes:
        time_s: as in `Frame`.
        segment: as in `Frame`.
        size_wh: as in `Frame`.
        reference_from_image: as in `Frame`.
        repeated: its answer is that of the frame before.
        key: `detect` answers for it.
    """

    time_s: float
    segment: int
    size_wh: tuple[int, int]
    reference_from_image: NDArray[np.float64]
    repeated: bool
    key: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class _Seen:
    """Where `detect` lately found people.

    Attributes:
        segment: of the key frame.
        reference_xyxy: (n, 4), those it is sure of, pixels of the segment's first frame.
    """

    segment: int
    reference_xyxy: NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class _Pending:
    """A gap that waits for the key frame after it, and the answer at its end."""

    gap: Gap
    between: Sequence[_Entry]
    people: People


@dataclass(slots=True)
class _Stream:
    """The frames on their way from key frame to answer."""

    key_every_s: float
    change: float
    changes: Changes | None
    waiting: deque[_Entry] = field(default_factory=deque)
    asked: deque[_Entry] = field(default_factory=deque)
    seen: "_Seen | None" = None
    segment: int | None = None
    key: Key | None = None
    before: Gap | None = None
    pending: _Pending | None = None
    last: People = field(default_factory=People.none)

    def answers(
        self,
        frames: Iterable[Frame],
        detect: Callable[[Iterable[Frame]], Iterator[People]],
        complete: Callable[[Iterator[People]], Iterator[People]] | None,
    ) -> Iterator[People]:
        found = self._noticed(detect(self._key_frames(frames)))
        for people in complete(found) if complete else found:
            yield from self._take(people)
        yield from self._finish(None)
        yield from [self.last] * len(self.waiting)

    def _noticed(self, found: Iterator[People]) -> Iterator[People]:
        for people in found:
            entry = self.asked.popleft()
            sure = people.xyxy[people.score >= _SURE_SCORE]
            self.seen = _Seen(entry.segment, map_boxes(entry.reference_from_image, sure))
            yield people

    def _key_frames(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Lets all frames wait, and picks the key frames among them as they come."""
        held: tuple[Frame, _Entry] | None = None  # the latest fresh frame, unless it is a key frame
        key: Frame | None = None
        for frame in frames:
            new = key is None or frame.segment != key.segment
            if new and held:
                yield self._ask(*held)
            repeated = frame.repeated and not new
            entry = _Entry(frame.time_s, frame.segment, frame.size_wh, frame.reference_from_image, repeated)
            self.waiting.append(entry)
            if repeated:
                continue
            held = frame, entry
            if new or key is None or self._is_due(frame, key.time_s):
                held, key = None, frame
                if self.changes:
                    self.changes.start(frame)
                yield self._ask(frame, entry)
        if held:
            yield self._ask(*held)

    def _ask(self, frame: Frame, entry: _Entry) -> Frame:
        entry.key = True
        self.asked.append(entry)
        return frame

    def _is_due(self, frame: Frame, key_s: float) -> bool:
        if frame.time_s >= key_s + self.key_every_s - _ROUNDED_S:
            return True
        seen = self.seen
        if self.changes is None or seen is None or seen.segment != frame.segment:
            return False
        return self.changes.until(frame, seen.reference_xyxy) > self.change

    def _take(self, people: People) -> Iterator[People]:
        """The answer for a key frame releases the frames of the gap before the one that it closes."""
        between = []
        while not self.waiting[0].key:
            between.append(self.waiting.popleft())
        frame = self.waiting.popleft()
        key = Key(frame.time_s, map_boxes(frame.reference_from_image, people.xyxy), people.score)
        if self.key is None or self.segment != frame.segment:
            yield from self._finish(None)
            yield from [self.last] * len(between)
            yield people
            self.last, self.segment = people, frame.segment
        else:
            gap = link(self.key, key, self.pending.gap if self.pending else None)
            yield from self._finish(gap)
            self.pending = _Pending(gap, between, people)
        self.key = key

    def _finish(self, after: Gap | None) -> Iterator[People]:
        """The answers of the pending gap and of the key frame at its end."""
        if self.pending:
            yield from self._fill(self.pending, after)
            self.last = self.pending.people
            yield self.last
        self.before = self.pending.gap if self.pending and after else None
        self.pending = None

    def _fill(self, pending: _Pending, after: Gap | None) -> Iterator[People]:
        curve = curve_through(pending.gap, self.before, after) if pending.between else None
        for entry in pending.between:
            if curve and not entry.repeated:
                self.last = _people_at(curve, entry)
            yield self.last


def _people_at(curve: Curve, frame: _Entry) -> People:
    """Those on the curve whose box has an inside in the picture."""
    width, height = frame.size_wh
    xyxy = map_boxes(inverse(frame.reference_from_image), curve.at(frame.time_s))
    xyxy = np.clip(xyxy, -0.5, np.array([width, height] * 2) - 0.5)
    inside = (xyxy[:, 2:] > xyxy[:, :2]).all(axis=1)
    return People(xyxy[inside], curve.score[inside], between=True)
