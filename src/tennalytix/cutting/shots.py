"""A video's frames, fed one after the other, to its shots."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tennalytix.cutting.changes import SPANS_S, Change, ChangeKind, find_changes
from tennalytix.video.thumbnail import Thumbnail

# Thumbnails are looked through in blocks of so many rows, each with what surrounds it.
BLOCK = 1024
# A camera's motion may be taken up again, or a dissolve recognised, so long after the fact.
LAG_S = 2.5
# Where the camera's motion is followed across a change and on for so long, it was none.
FOLLOWED_S = 1.1
# Of a shot that has not ended, a thumbnail in so many frames is remembered, and fewer where that would be too many.
LOOKS_STEP, MOST_LOOKS = 12, 256
# The time between frames is that of so many.
RATE_FRAMES = 256


@dataclass(frozen=True, slots=True)
class Shot:
    """An uncut stretch of a video.

    Attributes:
        first, last: rows; the shots of a video cover it without gaps.
        clean_first, clean_last: the rows in it that nothing of its neighbours mixes with.
        entered, left: how it begins and ends; None at the ends of the video.
        looks: a thumbnail from its middle.
    """

    first: int
    last: int
    clean_first: int
    clean_last: int
    entered: ChangeKind | None
    left: ChangeKind | None
    looks: Thumbnail = field(repr=False, compare=False)


@dataclass(slots=True)
class ShotFinder:
    """Keeps a few seconds of thumbnails, and of a longer stretch only the changes found in it."""

    _thumbnails: list[Thumbnail] = field(default_factory=list)
    _times: deque[float] = field(default_factory=lambda: deque(maxlen=RATE_FRAMES))
    _looks: list[tuple[int, Thumbnail]] = field(default_factory=list)
    _ended: list[Thumbnail] = field(default_factory=list)
    _changes: list[Change] = field(default_factory=list)
    _offset: int = 0
    _settled: int = 0

    def feed(self, picture: Thumbnail, time_s: float, segments: Sequence[int]) -> None:
        """Takes the next thumbnail and its time.

        Args:
            picture: see `video.thumbnail`.
            time_s: rising.
            segments: number of the segment of each frame so far, this one included (see `core.tables.FrameTable`).
        """
        self._thumbnails.append(picture)
        self._times.append(time_s)
        if len(self._thumbnails) <= BLOCK:
            return
        context = self._context()
        if len(self._thumbnails) >= BLOCK + 2 * context:
            self._look(segments, self._offset + len(self._thumbnails) - context)
            self._drop(self._settled - context)

    def finish(self, segments: Sequence[int]) -> list[Shot]:
        """All shots of what was fed; at least one."""
        rows = self._offset + len(self._thumbnails)
        self._look(segments, rows)
        self._remember(len(self._thumbnails))
        kinds = [None, *(c.kind for c in self._changes), None]
        shots = []
        for i in range(len(kinds) - 1):
            first, last, start, end = self._span(i, rows)
            looks = self._ended[i] if i < len(self._ended) else self._look_at((start + end) // 2)
            shots.append(Shot(first, last, start, end, kinds[i], kinds[i + 1], looks))
        return shots

    def _span(self, number: int, rows: int) -> tuple[int, int, int, int]:
        """First and last row of a shot, and of what is clean of it, where there are so many rows."""
        entered = self._changes[number - 1] if number else None
        left = self._changes[number] if number < len(self._changes) else None
        first, last = entered.row if entered else 0, (left.row if left else rows) - 1
        start, end = max(first, entered.after if entered else 0), min(last, left.before if left else last)
        return (first, last, start, end) if start <= end else (first, last, first, last)

    def _context(self) -> int:
        return max(16, round((max(SPANS_S) * 2 + LAG_S) / self._step_s()))

    def _step_s(self) -> float:
        return max(1e-3, float(np.median(np.diff(self._times)))) if len(self._times) > 1 else 0.04

    def _look(self, segments: Sequence[int], end: int) -> None:
        """Settles the changes up to row `end`."""
        numbers = np.asarray(segments[self._offset :], dtype=np.int64)
        breaks = np.diff(numbers, prepend=numbers[:1]) > 0
        for change in find_changes(np.array(self._thumbnails), self._step_s(), breaks):
            moved = _moved(change, self._offset)
            later = min(change.after + round(FOLLOWED_S / self._step_s()), len(numbers) - 1)
            if numbers[change.before] == numbers[later]:
                continue
            if self._settled <= moved.row < end and not (self._changes and self._changes[-1].after > moved.before):
                self._changes.append(moved)
        self._settled = end

    def _drop(self, until: int) -> None:
        count = (until - self._offset) // LOOKS_STEP * LOOKS_STEP
        self._remember(count)
        del self._thumbnails[:count]
        self._offset += count
        self._forget()

    def _remember(self, count: int) -> None:
        """Takes looks from the first thumbnails that are still there."""
        self._looks += [(self._offset + i, self._thumbnails[i]) for i in range(0, count, LOOKS_STEP)]

    def _forget(self) -> None:
        """Leaves one look of each shot that has ended, and a few of the one that has not."""
        while len(self._ended) < len(self._changes):
            _, last, start, end = self._span(len(self._ended), 0)
            if last >= self._offset:
                return
            self._ended.append(self._look_at((start + end) // 2))
            self._looks = [look for look in self._looks if look[0] > last] or self._looks[-1:]
        step = LOOKS_STEP
        while len(self._looks) > MOST_LOOKS:
            step *= 2
            self._looks = [look for look in self._looks if look[0] % step == 0]

    def _look_at(self, row: int) -> Thumbnail:
        return min(self._looks, key=lambda look: abs(look[0] - row))[1]


def _moved(change: Change, rows: int) -> Change:
    return replace(change, before=change.before + rows, row=change.row + rows, after=change.after + rows)
