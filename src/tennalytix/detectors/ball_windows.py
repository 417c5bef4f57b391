"""Networks that look at several consecutive frames at once, as detectors of a stream."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.ball_heatmap import Placement, pool
from tennalytix.detectors.base import BallCandidates
from tennalytix.video.frame import Frame

Image = NDArray[np.uint8]
Heatmaps = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Windows:
    """Which frames a network looks at together.

    All of them are fresh (a frame that repeats the one before adds no motion) and of one segment. Every frame is
    answered for: at a segment's end by a window that overlaps the one before; where only the newest frame of a window
    is answered for, a segment's first frames by windows that look back in time from the frames after them. A segment
    too short for a window is played to and fro.

    Attributes:
        length: frames of a window.
        step: frames from one window to the next; below `length` a frame is seen several times.
        newest_only: the network answers for its newest frame only, not for all. Then `step` is 1.
    """

    length: int = 3
    step: int = 3
    newest_only: bool = False

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError(f"length must be positive, got {self.length}.")
        longest = 1 if self.newest_only else self.length
        if not 1 <= self.step <= longest:
            raise ValueError(f"step must lie in [1, {longest}], got {self.step}.")


def detect_in_windows(
    frames: Iterable[Frame],
    *,
    see: Callable[[Image], tuple[Image, Placement]],
    look: Callable[[Sequence[Sequence[Image]]], Heatmaps],
    read: Callable[[NDArray[np.float32], Placement], BallCandidates],
    windows: Windows,
    max_candidates: int,
    apart_px: float = 5.0,
    batch_size: int = 1,
) -> Iterator[BallCandidates]:
    """One answer a frame, in order; frames that repeat the one before get its answer.

    Reads ahead by a window and `batch_size` steps of fresh frames, and keeps no more than that, as small as the network
    sees them.

    Args:
        frames: of any number of segments.
        see: a frame's picture at the size the network sees it.
        look: heat maps for windows, each oldest frame first: (windows, frames answered for, h, w).
        read: candidates in one heat map.
        windows: which frames are seen together.
        max_candidates: the best so many of a frame that several windows answered for.
        apart_px: such candidates are one if they are nearer, in pixels of the input: a ball's width.
        batch_size: windows handed to `look` at once; the last batch may be smaller.

    Raises:
        ValueError: batch_size is not positive.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be positive, got {batch_size}.")

    def join(answers: Sequence[BallCandidates], placement: Placement) -> BallCandidates:
        return pool(answers, apart_px / min(placement.scale_xy), max_candidates) if len(answers) > 1 else answers[0]

    return _Stream(windows, see).answers(frames, look, read, join, batch_size)


def check_options(max_candidates: int, threshold: float, input_wh: Sequence[int], batch_size: int) -> None:
    """Refuses what no network that gives heat maps of a ball can do.

    Raises:
        ValueError: one of them is out of its range.
    """
    if max_candidates < 1:
        raise ValueError(f"max_candidates must be positive, got {max_candidates}.")
    if not 0 <= threshold < 1:
        raise ValueError(f"threshold must be at least 0 and below 1, got {threshold}.")
    if len(input_wh) != 2 or any(side < 8 or side % 8 for side in input_wh):
        raise ValueError(f"input_wh must be two positive multiples of 8, got {tuple(input_wh)}.")
    if batch_size < 1:
        raise ValueError(f"batch_size must be positive, got {batch_size}.")


@dataclass(slots=True)
class _Waiting:
    """A fresh frame that is not yet answered for."""

    picture: Image
    placement: Placement
    copies: int = 1
    asked: int = 0
    closed: bool = False  # no further window will ask
    found: list[BallCandidates] = field(default_factory=list)

    def is_done(self) -> bool:
        """All windows that show it have answered."""
        return self.closed and self.asked == len(self.found)


@dataclass(frozen=True, slots=True)
class _Window:
    """Frames to look at together, oldest first, and the frame that each row of the answer is for."""

    shown: list[_Waiting]
    asked: list[tuple[int, _Waiting]]


@dataclass(slots=True)
class _Stream:
    plan: Windows
    see: Callable[[Image], tuple[Image, Placement]]
    waiting: deque[_Waiting] = field(default_factory=deque)
    seen: list[_Waiting] = field(default_factory=list)  # the last so many of the segment as a window has
    count: int = 0  # fresh frames of the segment

    def answers(
        self,
        frames: Iterable[Frame],
        look: Callable[[Sequence[Sequence[Image]]], Heatmaps],
        read: Callable[[NDArray[np.float32], Placement], BallCandidates],
        join: Callable[[Sequence[BallCandidates], Placement], BallCandidates],
        batch_size: int,
    ) -> Iterator[BallCandidates]:
        windows = self._windows(frames)
        while batch := list(islice(windows, batch_size)):
            maps = look([[entry.picture for entry in window.shown] for window in batch])
            for window, rows in zip(batch, maps, strict=True):
                for row, entry in window.asked:
                    entry.found.append(read(rows[row], entry.placement))
            yield from self._ready(join)
        yield from self._ready(join)

    def _ready(self, join: Callable[[Sequence[BallCandidates], Placement], BallCandidates]) -> Iterator[BallCandidates]:
        # A segment's newest frame is kept back: repetitions of it may follow.
        newest = self.seen[-1] if self.seen else None
        while self.waiting and self.waiting[0].is_done() and self.waiting[0] is not newest:
            entry = self.waiting.popleft()
            yield from [join(entry.found, entry.placement)] * entry.copies

    def _windows(self, frames: Iterable[Frame]) -> Iterator[_Window]:
        segment = None
        for frame in frames:
            if frame.segment != segment:
                yield from self._end_segment()
                segment = frame.segment
            elif frame.repeated:
                self.seen[-1].copies += 1
                continue
            entry = _Waiting(*self.see(frame.image))
            self.waiting.append(entry)
            self.seen = [*self.seen[-(self.plan.length - 1) :], entry] if self.plan.length > 1 else [entry]
            self.count += 1
            yield from self._complete()
        yield from self._end_segment()

    def _complete(self) -> Iterator[_Window]:
        """The windows that the newest frame makes complete."""
        beyond = self.count - self.plan.length
        if beyond < 0 or beyond % self.plan.step:
            return
        if not self.plan.newest_only:
            yield _window(self.seen, list(enumerate(self.seen)), close=self.seen[: self.plan.step])
            return
        yield _window(self.seen, [(0, self.seen[-1])], close=self.seen[-1:])
        if beyond < self.plan.length - 1:
            yield _window(self.seen[::-1], [(0, self.seen[0])], close=self.seen[:1])

    def _end_segment(self) -> Iterator[_Window]:
        """Windows for the frames that no other asks for; everything is forgotten."""
        left, shown = self.seen, range(self.plan.length)
        if self.plan.newest_only:
            for first in [i for i, entry in enumerate(left) if not entry.asked]:
                back = [left[to_and_fro(first + i, len(left))] for i in reversed(shown)]
                yield _window(back, [(0, left[first])], close=left[first : first + 1])
        elif any(not entry.asked for entry in left):
            asked = [(i, entry) for i, entry in enumerate(left) if not entry.asked]
            yield _window([left[to_and_fro(i, len(left))] for i in shown], asked, close=left)
        for entry in left:
            entry.closed = True
        self.seen, self.count = [], 0


def _window(shown: list[_Waiting], asked: list[tuple[int, _Waiting]], close: list[_Waiting]) -> _Window:
    for _, entry in asked:
        entry.asked += 1
    for entry in close:
        entry.closed = True
    return _Window(shown, asked)


def to_and_fro(row: int, count: int) -> int:
    """The row that comes `row` steps after the first of `count` if one turns round at the ends: 0 1 2 1 0 1 2 ..."""
    if count == 1:
        return 0
    row %= 2 * (count - 1)
    return min(row, 2 * (count - 1) - row)
