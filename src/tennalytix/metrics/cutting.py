"""How well a video was cut, measured against where its shots and rallies truly lie."""

from collections.abc import Sequence
from dataclasses import dataclass

from tennalytix.metrics.counts import Summary

Span = tuple[int, int]
"""First and last frame, both included."""


@dataclass(frozen=True, slots=True)
class CuttingScores:
    """Counts that add up over videos.

    Attributes:
        found, given, true: borders between shots: found within the tolerance, given, and those there are.
        rallies: how many there are.
        whole: rallies that lie in one clip from their first to their last frame.
        alone: whole ones whose clip holds no other rally.
        false_clips: clips without any frame of a rally.
    """

    found: int = 0
    given: int = 0
    true: int = 0
    rallies: int = 0
    whole: int = 0
    alone: int = 0
    false_clips: int = 0

    @property
    def shot_f1(self) -> float | None:
        """Harmonic mean of the borders' precision and recall; None without any border."""
        return None if self.given + self.true == 0 else 2 * self.found / (self.given + self.true)

    @property
    def rally_recall(self) -> float | None:
        """Share of the rallies that are whole; None without any."""
        return self.whole / self.rallies if self.rallies else None

    def __add__(self, other: "CuttingScores") -> "CuttingScores":
        return CuttingScores(*(getattr(self, n) + getattr(other, n) for n in CuttingScores.__dataclass_fields__))

    def summary(self) -> Summary:
        """Plain values for JSON."""
        counts = {n: getattr(self, n) for n in CuttingScores.__dataclass_fields__}
        return {**counts, "shot_f1": self.shot_f1, "rally_recall": self.rally_recall}


def score_cutting(
    shots: Sequence[Span],
    clips: Sequence[Span],
    true_shots: Sequence[Span],
    true_rallies: Sequence[Span],
    tolerance_frames: int = 5,
) -> CuttingScores:
    """Scores the shots and clips of one video; all in order of time.

    Args:
        shots: as found.
        clips: as found.
        true_shots: as they are.
        true_rallies: as they are.
        tolerance_frames: how far off a border may lie.
    """
    given, true = [first for first, _ in shots[1:]], [first for first, _ in true_shots[1:]]
    holders = [next((c for c in clips if c[0] <= r[0] and r[1] <= c[1]), None) for r in true_rallies]
    return CuttingScores(
        found=_matches(given, true, tolerance_frames),
        given=len(given),
        true=len(true),
        rallies=len(true_rallies),
        whole=sum(h is not None for h in holders),
        alone=sum(h is not None and sum(_meet(h, r) for r in true_rallies) == 1 for h in holders),
        false_clips=sum(not any(_meet(c, r) for r in true_rallies) for c in clips),
    )


def _matches(given: Sequence[int], true: Sequence[int], tolerance: int) -> int:
    """Pairs of borders close to one another, each used once: both rise, so the earliest fitting one is best."""
    i = j = pairs = 0
    while i < len(given) and j < len(true):
        if abs(given[i] - true[j]) <= tolerance:
            i, j, pairs = i + 1, j + 1, pairs + 1
        elif given[i] < true[j]:
            i += 1
        else:
            j += 1
    return pairs


def _meet(a: Span, b: Span) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]
