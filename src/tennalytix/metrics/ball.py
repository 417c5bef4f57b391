"""How well the ball was found. `docs/metrics.md` gives the rules and where they come from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tennalytix.core.picture import DIAGONAL_720P_PX
from tennalytix.core.tables import BallTrajectory, Flags, Floats
from tennalytix.metrics.counts import Counts, Summary, median, rounded, scale_to
from tennalytix.metrics.labels import ABSENT, CLEAR, HARD, HIDDEN, BallLabels

HIDDEN_TOLERANCE_PX = 10.0
"""Where the ball is hidden, its label is a guess: within this distance (720p) a position there is left uncounted."""


@dataclass(frozen=True, slots=True)
class BallScores:
    """Scores of ball positions.

    Attributes:
        tolerances_px: distances within which a position is right, at 720p scale.
        counts: what was right, wrong and missing at each of these.
        visible_frames: labelled frames on which the ball is seen, clear or hard.
        errors_px: distance from the label of every position given on a visible frame, at 720p scale.
    """

    tolerances_px: tuple[float, ...]
    counts: tuple[Counts, ...]
    visible_frames: int
    errors_px: tuple[float, ...]

    def at(self, tolerance_px: float) -> Counts:
        """The counts at one of the tolerances."""
        return self.counts[self.tolerances_px.index(tolerance_px)]

    def summary(self) -> Summary:
        """Plain values for JSON."""
        at_px = {f"{t:g}": c.summary() for t, c in zip(self.tolerances_px, self.counts, strict=True)}
        return {
            "visible_frames": self.visible_frames,
            "median_error_px": rounded(median(self.errors_px)),
            "at_px": at_px,
        }


def score_ball(
    ball: BallTrajectory,
    labels: BallLabels,
    size_wh: tuple[int, int],
    *,
    tolerances_px: Sequence[float],
    count_interpolated: bool = True,
) -> BallScores:
    """Compares the ball's positions with labels; frames without a label do not count.

    Args:
        ball: the positions, source pixels.
        labels: the labels, source pixels.
        size_wh: of the source video, pixels.
        tolerances_px: distances within which a position is right, at 720p scale.
        count_interpolated: whether positions filled in over gaps count as given.
    """
    xy = _at_labels(ball, labels, count_interpolated=count_interpolated)
    distance = np.hypot(*(xy - labels.xy).T) * scale_to(DIAGONAL_720P_PX, size_wh)
    given = np.isfinite(xy[:, 0])
    visible = np.isin(labels.visibility, (CLEAR, HARD))
    counts = tuple(_count(distance, given, labels, tolerance) for tolerance in tolerances_px)
    errors = tuple(float(d) for d in distance[visible & given])
    return BallScores(tuple(tolerances_px), counts, int(visible.sum()), errors)


def pool_ball(scores: Sequence[BallScores]) -> BallScores:
    """All clips as if they were one; all scored at the same tolerances.

    Raises:
        ValueError: different tolerances.
    """
    tolerances = {s.tolerances_px for s in scores}
    if len(tolerances) != 1:
        raise ValueError(f"scores must have one set of tolerances_px, got {sorted(tolerances)}. Score all clips alike.")
    columns = zip(*(s.counts for s in scores), strict=True)
    return BallScores(
        scores[0].tolerances_px,
        tuple(sum(column, Counts()) for column in columns),
        sum(s.visible_frames for s in scores),
        tuple(e for s in scores for e in s.errors_px),
    )


def _at_labels(ball: BallTrajectory, labels: BallLabels, *, count_interpolated: bool) -> Floats:
    """The position on every labelled frame, (n, 2), NaN where none is given."""
    given = np.ones(len(ball.frame_index), dtype=bool) if count_interpolated else ~ball.interpolated
    positions = {int(i): xy for i, xy in zip(ball.frame_index[given], ball.xy[given], strict=True)}
    nowhere = np.full(2, np.nan)
    return np.array([positions.get(int(i), nowhere) for i in labels.frame_index]).reshape(-1, 2)


def _count(distance: Floats, given: Flags, labels: BallLabels, tolerance_px: float) -> Counts:
    visible = np.isin(labels.visibility, (CLEAR, HARD))
    hit = visible & (distance <= tolerance_px)
    nowhere = given & (labels.visibility == ABSENT)
    elsewhere = given & (labels.visibility == HIDDEN) & (distance > max(tolerance_px, HIDDEN_TOLERANCE_PX))
    wrong = (visible & given & ~hit) | nowhere | elsewhere
    return Counts(int(hit.sum()), int(wrong.sum()), int((visible & ~hit).sum()))
