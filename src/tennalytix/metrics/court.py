"""How well the court was found: pixels between where its model puts the court's points and where people see them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tennalytix.core.court_view import CourtView
from tennalytix.core.picture import DIAGONAL_1080P_PX
from tennalytix.metrics.counts import Summary, mean, median, rounded, scale_to
from tennalytix.metrics.labels import CourtLabels


@dataclass(frozen=True, slots=True)
class CourtScores:
    """Errors of the court's points.

    Attributes:
        labelled_frames: frames whose court points are labelled.
        missed_frames: those of them for which no court was found.
        errors_px: distance of every labelled point on the other frames, at 1080p scale.
    """

    labelled_frames: int
    missed_frames: int
    errors_px: tuple[float, ...]

    def summary(self) -> Summary:
        """Plain values for JSON."""
        return {
            "labelled_frames": self.labelled_frames,
            "missed_frames": self.missed_frames,
            "points": len(self.errors_px),
            "median_error_px": rounded(median(self.errors_px)),
            "mean_error_px": rounded(mean(self.errors_px)),
            "max_error_px": rounded(max(self.errors_px, default=None)),
        }


def score_court(
    view_at: Callable[[int], CourtView | None], labels: CourtLabels, size_wh: tuple[int, int]
) -> CourtScores:
    """Compares views of the court with labels.

    Args:
        view_at: the view on a frame by its index, None where no court was found.
        labels: the labels, source pixels.
        size_wh: of the source video, pixels.
    """
    views = {frame: _seen(view_at(frame), points) for frame, points in labels.points.items()}
    scale = scale_to(DIAGONAL_1080P_PX, size_wh)
    errors = [e * scale for frame, view in views.items() if view for e in _errors_px(view, labels.points[frame])]
    return CourtScores(len(views), sum(view is None for view in views.values()), tuple(errors))


def pool_court(scores: Sequence[CourtScores]) -> CourtScores:
    """All clips as if they were one."""
    return CourtScores(
        sum(s.labelled_frames for s in scores),
        sum(s.missed_frames for s in scores),
        tuple(e for s in scores for e in s.errors_px),
    )


def _seen(view: CourtView | None, points: Mapping[str, tuple[float, float]]) -> CourtView | None:
    """The view, if what was labelled lies before its camera: one that is as wrong as that is none."""
    return view if view is not None and points.keys() <= view.keypoints().keys() else None


def _errors_px(view: CourtView, points: Mapping[str, tuple[float, float]]) -> list[float]:
    found = view.keypoints()
    return [float(np.hypot(found[n][0] - x, found[n][1] - y)) for n, (x, y) in points.items()]
