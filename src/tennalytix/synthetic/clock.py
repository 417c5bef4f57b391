"""Which instant each frame shows, with frames repeated as a rate conversion repeats them."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Clock:
    """Frames of the stream and the distinct pictures (`exposures`) behind them.

    Attributes:
        frame_rate: frames a second of the stream.
        repeat_every: 0, or n: of n frames the last repeats the one before it.
    """

    frame_rate: Fraction
    repeat_every: int = 0

    @property
    def exposure_rate(self) -> Fraction:
        """Distinct pictures a second."""
        n = self.repeat_every
        return self.frame_rate * Fraction(n - 1, n) if n else self.frame_rate

    def exposure_of(self, frame_index: int) -> int:
        """Which picture a frame shows."""
        return frame_index - (frame_index + 1) // self.repeat_every if self.repeat_every else frame_index

    def is_repeated(self, frame_index: int) -> bool:
        """Whether the frame only repeats the one before."""
        return bool(self.repeat_every) and frame_index % self.repeat_every == self.repeat_every - 1

    def scene_time_s(self, frame_index: int) -> float:
        """The instant in the scene's own time: the middle of the exposure."""
        return float(self.exposure_of(frame_index) / self.exposure_rate)

    def frame_position(self, scene_time_s: float) -> float:
        """The (fractional) frame at which an instant of the scene falls; repeated frames are passed over."""
        exposure = scene_time_s * float(self.exposure_rate)
        low = int(exposure // 1)
        first, second = self._first_frame(low), self._first_frame(low + 1)
        return first + (exposure - low) * (second - first)

    def _first_frame(self, exposure: int) -> int:
        return exposure + exposure // (self.repeat_every - 1) if self.repeat_every else exposure
