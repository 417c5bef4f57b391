"""Presentation times of decoded frames: exact where the file gives them, filled in from the neighbours where not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import av

TimedFrame = tuple[av.VideoFrame, float]

HELD_FRAMES = 8


@dataclass(slots=True)
class Timeline:
    """Gives frames their time from the first shown one, strictly rising.

    A frame without a time, or with one that does not rise, lies evenly between its neighbours. Where the clock of the
    file itself jumps back for good, as where recordings were joined, time goes on from there at the nominal rate.

    Attributes:
        time_base: seconds per tick of a frame's pts.
        step: seconds between frames where the file says nothing.
        origin: clock of the file at time 0, in seconds; None until the first frame that has a time.
    """

    time_base: Fraction
    step: Fraction
    origin: Fraction | None = None
    _last: Fraction | None = None
    _held: list[av.VideoFrame] = field(default_factory=list)

    def timed(self, frames: Iterable[av.VideoFrame]) -> Iterator[TimedFrame]:
        """Each frame with its time in seconds; holds up to eight frames while it waits for one with a usable time."""
        for frame in frames:
            time = self._time_of(frame)
            if time is None or (self._last is not None and time <= self._last):
                self._held.append(frame)
                if len(self._held) == HELD_FRAMES:
                    yield from self._release_onwards()
            else:
                yield from self._release_before(time)
                self._last = time
                yield frame, float(time)
        yield from self._release_onwards()

    def _time_of(self, frame: av.VideoFrame) -> Fraction | None:
        if frame.pts is None:
            return None
        clock = frame.pts * self.time_base
        if self.origin is None:
            self.origin = clock - self.step * len(self._held)
        return clock - self.origin

    def _release_before(self, time: Fraction) -> Iterator[TimedFrame]:
        start = -self.step if self._last is None else self._last
        spacing = (time - start) / (len(self._held) + 1)
        yield from self._release(start, spacing)

    def _release_onwards(self) -> Iterator[TimedFrame]:
        if not self._held:
            return
        start = -self.step if self._last is None else self._last
        last_pts = self._held[-1].pts
        self._last = start + self.step * len(self._held)
        if last_pts is not None:
            self.origin = last_pts * self.time_base - self._last
        yield from self._release(start, self.step)

    def _release(self, start: Fraction, spacing: Fraction) -> Iterator[TimedFrame]:
        held, self._held = self._held, []
        for i, frame in enumerate(held, start=1):
            yield frame, float(start + spacing * i)
