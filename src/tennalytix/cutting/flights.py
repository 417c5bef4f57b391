"""When a ball flies: places that may be a ball, put together to flights as they come in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.homography import apply_homography

Floats = NDArray[np.float64]
Span = tuple[float, float]

# Places that are less likely to be a ball are passed over.
LEAST_SCORE = 0.5
# No ball is faster; what is slower over that time may be a hand, a shoe or a leaf.
FASTEST_MPS, SLOWEST_MPS = 60.0, 5.0
STEADY_S, LEAST_PLACES = 0.2, 5
# A ball may be hidden for so long; its velocity changes by so much a second, or by this share from place to place.
HIDDEN_S = 0.11
BENT_MPS2, BENT_SHARE = 100.0, 0.3
# Places are no finer than this, pixels.
FINEST_PX = 2.0
# Times are as fine as this.
TICK_S = 0.01
# What is followed for longer is settled but for its last moments, so that what lies in one place fills no memory.
SETTLED_S, LAST_S = 4.0, 0.4


class Candidates(Protocol):
    """A ball detector's answer for a frame."""

    @property
    def xy(self) -> Floats:
        """(n, 2), source pixels."""
        ...

    @property
    def score(self) -> Floats:
        """(n,), [0, 1]."""
        ...


@dataclass(eq=False, slots=True)
class _Chain:
    times_s: list[float]
    places: list[Floats]
    velocity: Floats | None = None
    settled: int = 0

    def __len__(self) -> int:
        return self.settled + len(self.places)

    def add(self, time_s: float, xy: Floats) -> None:
        self.velocity = (xy - self.places[-1]) / (time_s - self.times_s[-1])
        self.times_s.append(time_s)
        self.places.append(xy)


@dataclass(slots=True)
class FlightFinder:
    """Fed frame by frame, links places to paths by their velocity; where a path is fast, a ball flies.

    A flight's depth is not known. Metres are taken to be as large as on the ground in the same row of the picture: what
    is on the ground, such as a walking person's foot, is as fast as measured, and a ball in the air no slower; close to
    a low camera it looks up to twice as fast.

    Attributes:
        px_per_m: size of a metre in each of these rows of the picture, (n,) to (n,).
        flights: start and end of each flight that is over, seconds.
    """

    px_per_m: Callable[[Floats], Floats]
    flights: list[Span] = field(default_factory=list)
    _chains: list[_Chain] = field(default_factory=list)
    _segment: int | None = None

    def feed(self, time_s: float, segment: int, reference_from_image: Floats, candidates: Candidates) -> None:
        """Takes the next frame's places; see `core.tables.FrameTable` for what is known of a frame."""
        if segment != self._segment:
            self._end(np.inf)
            self._segment = segment
        self._end(time_s - HIDDEN_S)
        likely = candidates.score >= LEAST_SCORE
        places = list(apply_homography(reference_from_image, candidates.xy[likely])) if likely.any() else []
        for chain in sorted(self._chains, key=len, reverse=True):
            at = self._continued(chain, time_s, places)
            if at is not None:
                chain.add(time_s, places.pop(at))
                if time_s - chain.times_s[0] > SETTLED_S:
                    self._settle(chain)
        self._chains += [_Chain([time_s], [xy]) for xy in places]

    def finish(self) -> list[Span]:
        """All flights, by their start."""
        self._end(np.inf)
        return sorted(self.flights)

    def _continued(self, chain: _Chain, time_s: float, places: list[Floats]) -> int | None:
        """Which of the places continues a flight."""
        if not places:
            return None
        step_s = time_s - chain.times_s[-1]
        way = np.array(places) - chain.places[-1]
        px_per_m = float(self.px_per_m(chain.places[-1][1:])[0])
        fastest_px = FASTEST_MPS * step_s * px_per_m
        if chain.velocity is None:
            off, allowed = np.hypot(*way.T), fastest_px
        else:
            expected = chain.velocity * step_s
            off = np.hypot(*(way - expected).T)
            bent_px = BENT_MPS2 * step_s**2 * px_per_m
            allowed = max(BENT_SHARE * float(np.hypot(*expected)), bent_px, FINEST_PX)
        off = np.where(np.hypot(*way.T) <= fastest_px, off, np.inf)
        at = int(off.argmin())
        return at if off[at] <= allowed else None

    def _end(self, before_s: float) -> None:
        over = [c for c in self._chains if c.times_s[-1] < before_s]
        self._chains = [c for c in self._chains if c.times_s[-1] >= before_s]
        self.flights += [flight for chain in over for flight in self._flown(chain)]

    def _settle(self, chain: _Chain) -> None:
        """Notes where it flew and forgets all but its last moments."""
        self.flights += self._flown(chain)
        over = int(np.searchsorted(chain.times_s, chain.times_s[-1] - LAST_S))
        chain.settled += over
        del chain.times_s[:over], chain.places[:over]

    def _flown(self, chain: _Chain) -> list[Span]:
        """Where it is fast from end to end of a short while."""
        times_s, places = np.array(chain.times_s), np.array(chain.places)
        size = self.px_per_m(places[:, 1])
        rows = np.arange(len(places))
        ends = np.searchsorted(times_s, times_s + STEADY_S - TICK_S)
        starts = rows[(ends < len(rows)) & (ends - rows >= LEAST_PLACES - 1)]
        ends = ends[starts]
        way_m = np.hypot(*(places[ends] - places[starts]).T) / ((size[starts] + size[ends]) / 2)
        fast = way_m >= SLOWEST_MPS * (times_s[ends] - times_s[starts])
        return joined(zip(times_s[starts[fast]].tolist(), times_s[ends[fast]].tolist(), strict=True), 0.0)


def joined(spans: Iterable[Span], gap_s: float) -> list[Span]:
    """Spans, by their start, with those put together that are no further apart."""
    together: list[Span] = []
    for first, last in spans:
        if together and first - together[-1][1] <= gap_s:
            together[-1] = together[-1][0], max(together[-1][1], last)
        else:
            together.append((first, last))
    return together
