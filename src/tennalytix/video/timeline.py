"""Presentation times of decoded frames: exact where the file gives them, filled in from the neighbours where not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import av

from tennalytix.video.damage import Evidence

HELD_FRAMES = 8
# Times that rise by less, or by more, are not believed: nobody films 2000 frames a second, or pauses for an hour.
MIN_STEP_S, MAX_STEP_S = Fraction(1, 2000), Fraction(3600)


class TimedFrame(NamedTuple):
    """A frame, its time from the first shown one, and what speaks for a loss just before it."""

    frame: av.VideoFrame
    time_s: float
    evidence: Evidence


@dataclass(slots=True)
class Timeline:
    """Gives frames their time from the first shown one, strictly rising.

    A frame without a time, or with one that does not rise, lies evenly between its neighbours. Where the clock of the
    file itself jumps back, or far ahead, for good, as where recordings were joined, time goes on from there at the
    nominal rate.

    Attributes:
        time_base: seconds per tick of a frame's pts.
        step: seconds between frames where the file says nothing.
        origin: clock of the file at time 0, in seconds; None until the first frame that has a time.
    """

    time_base: Fraction
    step: Fraction
    origin: Fraction | None = None
    _last: Fraction | None = None
    _held: list[tuple[av.VideoFrame, Evidence]] = field(default_factory=list)

    def timed(self, frames: Iterable[tuple[av.VideoFrame, Evidence]]) -> Iterator[TimedFrame]:
        """Each frame with its time in seconds; holds up to eight frames while it waits for one with a usable time.

        Args:
            frames: each with what speaks for a loss before it.
        """
        for frame, evidence in frames:
            time = self._time_of(frame)
            if time is None or not self._may_follow(time):
                self._held.append((frame, evidence))
                if len(self._held) == HELD_FRAMES:
                    yield from self._release_onwards()
            else:
                yield from self._release_before(time)
                self._last = time
                yield TimedFrame(frame, float(time), evidence)
        yield from self._release_onwards()

    def _may_follow(self, time: Fraction) -> bool:
        if self._last is None:
            return True
        return MIN_STEP_S * (len(self._held) + 1) < time - self._last < MAX_STEP_S

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
        last_pts = self._held[-1][0].pts
        self._last = start + self.step * len(self._held)
        if last_pts is not None:
            self.origin = last_pts * self.time_base - self._last
        yield from self._release(start, self.step)

    def _release(self, start: Fraction, spacing: Fraction) -> Iterator[TimedFrame]:
        held, self._held = self._held, []
        for i, (frame, evidence) in enumerate(held, start=1):
            yield TimedFrame(frame, float(start + spacing * i), evidence)
