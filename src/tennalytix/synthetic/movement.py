"""Where a person walks: joined stretches of smooth motion on the ground."""

from dataclasses import dataclass, field

import numpy as np

from tennalytix.synthetic.physics import Floats


@dataclass(frozen=True, eq=False, slots=True)
class Stretch:
    """From one place to another, with the speed at the start given and standstill at the end (quintic in time)."""

    start_s: float
    end_s: float
    start_xy: Floats
    start_velocity: Floats
    end_xy: Floats

    def at(self, time_s: float) -> tuple[Floats, Floats]:
        """Position and velocity, (2,) each; before the start and after the end the person stands."""
        duration = max(self.end_s - self.start_s, 1e-6)
        u = float(np.clip((time_s - self.start_s) / duration, 0.0, 1.0))
        change, push = self.end_xy - self.start_xy, self.start_velocity * duration
        c3, c4, c5 = 10 * change - 6 * push, -15 * change + 8 * push, 6 * change - 3 * push
        position = self.start_xy + u * push + u**3 * c3 + u**4 * c4 + u**5 * c5
        velocity = (push + 3 * u**2 * c3 + 4 * u**3 * c4 + 5 * u**4 * c5) / duration
        return position, velocity


@dataclass(slots=True)
class Walk:
    """A person's way over time; stretches are appended in order, each starting where the last one has got to."""

    start_xy: Floats
    stretches: list[Stretch] = field(default_factory=list)
    _odometer: tuple[Floats, Floats] | None = field(default=None, repr=False)

    def go(self, start_s: float, end_s: float, to_xy: Floats) -> None:
        """From wherever the person is at `start_s` (even amid a stretch, which is cut short) to `to_xy` at `end_s`."""
        position, velocity = self.at(start_s)
        self._odometer = None
        self.stretches.append(
            Stretch(start_s, max(end_s, start_s + 0.05), position, velocity, np.asarray(to_xy, dtype=np.float64))
        )

    def at(self, time_s: float) -> tuple[Floats, Floats]:
        """Position (m) and velocity (m/s), (2,) each."""
        current = next((s for s in reversed(self.stretches) if s.start_s <= time_s), None)
        return current.at(time_s) if current else (self.start_xy, np.zeros(2))

    def distance(self, time_s: float) -> float:
        """Path length walked by then, metres: the phase of the legs follows it."""
        if self._odometer is None:
            self._odometer = self._measure()
        return float(np.interp(time_s, *self._odometer))

    def _measure(self) -> tuple[Floats, Floats]:
        if not self.stretches:
            return np.array([0.0]), np.array([0.0])
        times = np.arange(min(0.0, self.stretches[0].start_s), self.stretches[-1].end_s + 0.04, 0.04)
        places = np.array([self.at(t)[0] for t in times])
        steps = np.hypot(*np.diff(places, axis=0).T)
        return times, np.concatenate([[0.0], np.cumsum(steps)])
