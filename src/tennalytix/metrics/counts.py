"""Counts of right and wrong answers, and the few statistics the scores share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Summary = dict[str, object]
"""Plain values for JSON: numbers, strings, None where nothing could be measured, and dicts and lists of these."""

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Counts:
    """Answers that were right, wrong and missing.

    Attributes:
        true_positive: wanted and given.
        false_positive: given and wrong.
        false_negative: wanted and not given, or given wrong.
    """

    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.true_positive + other.true_positive,
            self.false_positive + other.false_positive,
            self.false_negative + other.false_negative,
        )

    @property
    def precision(self) -> float | None:
        """Share of what was given that is right; None if nothing was given."""
        return share(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> float | None:
        """Share of what was wanted that was given; None if nothing was wanted."""
        return share(self.true_positive, self.true_positive + self.false_negative)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; 0 if all is missing or wrong, None if nothing was wanted or given.

        Examples:
            >>> Counts(8, 2, 2).f1
            0.8
        """
        return share(2 * self.true_positive, 2 * self.true_positive + self.false_positive + self.false_negative)

    def summary(self) -> Summary:
        """The counts and what follows from them."""
        return {
            "precision": rounded(self.precision),
            "recall": rounded(self.recall),
            "f1": rounded(self.f1),
            "true_positive": self.true_positive,
            "false_positive": self.false_positive,
            "false_negative": self.false_negative,
        }


def share(part: int, whole: int) -> float | None:
    """`part / whole`, None for a share of nothing."""
    return part / whole if whole else None


def median(values: Sequence[float]) -> float | None:
    """The median, None of nothing."""
    return float(np.median(values)) if values else None


def mean(values: Sequence[float]) -> float | None:
    """The mean, None of nothing."""
    return float(np.mean(values)) if values else None


def rounded(value: float | None) -> float | None:
    """As many digits as a score is worth."""
    return None if value is None else round(value, _DIGITS)


def scale_to(reference_diagonal_px: float, size_wh: tuple[int, int]) -> float:
    """Factor from pixels of a picture of `size_wh` to pixels of the reference size, by the diagonals.

    Examples:
        >>> from tennalytix.core.picture import DIAGONAL_720P_PX
        >>> round(scale_to(DIAGONAL_720P_PX, (1920, 1080)), 6)
        0.666667
    """
    return reference_diagonal_px / float(np.hypot(*size_wh))
