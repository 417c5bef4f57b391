"""A video's frames, fed one after the other, to its shots."""

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
    _times: list[float] = field(default_factory=list)
    _looks: list[Thumbnail] = field(default_factory=list)
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
        context = self._context()
        if len(self._thumbnails) >= BLOCK + 2 * context:
            self._look(segments, self._offset + len(self._thumbnails) - context)
            self._drop(self._settled - context)

    def finish(self, segments: Sequence[int]) -> list[Shot]:
        """All shots of what was fed; at least one."""
        rows = self._offset + len(self._thumbnails)
        self._look(segments, rows)
        self._looks += self._thumbnails[:: self._looks_step()]
        changes = self._changes
        firsts, lasts = [0, *(c.row for c in changes)], [*(c.row - 1 for c in changes), rows - 1]
        clean_firsts = [0, *(c.after for c in changes)]
        clean_lasts = [*(c.before for c in changes), rows - 1]
        kinds = [None, *(c.kind for c in changes), None]
        shots = []
        for i, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
            start, end = max(first, clean_firsts[i]), min(last, clean_lasts[i])
            if start > end:
                start, end = first, last
            shots.append(Shot(first, last, start, end, kinds[i], kinds[i + 1], self._look_at((start + end) // 2)))
        return shots

    def _context(self) -> int:
        return max(16, round((max(SPANS_S) * 2 + LAG_S) / self._step_s()))

    def _step_s(self) -> float:
        times = self._times[-256:]
        return max(1e-3, float(np.median(np.diff(times)))) if len(times) > 1 else 0.04

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

    def _looks_step(self) -> int:
        return 12

    def _drop(self, until: int) -> None:
        count = (until - self._offset) // self._looks_step() * self._looks_step()
        self._looks += self._thumbnails[: count : self._looks_step()]
        del self._thumbnails[:count]
        self._offset += count

    def _look_at(self, row: int) -> Thumbnail:
        return self._looks[min(len(self._looks) - 1, round(row / self._looks_step()))]


def _moved(change: Change, rows: int) -> Change:
    return replace(change, before=change.before + rows, row=change.row + rows, after=change.after + rows)
