"""A court view made exact, and how far the picture bears it out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court_fit import MIN_POINTS, fit_court_view, line_distances_px
from tennalytix.core.court_view import CourtView
from tennalytix.detectors.court_profiles import Sightings, sight_lines

Picture = NDArray[np.uint8]

# How far off lines are searched, round by round, shares of the picture's diagonal (13, 7 and 4 pixels at 1080p).
REACH = (0.006, 0.003, 0.0018)
# A sighting this near to its line, share of the diagonal, bears it out.
AGREES = 0.0009
# In fitting, a good sighting hardly lies further off.
OUTLIER = 0.0004
# Lines that count for the share: centre marks are too short. First those across the court, then those along it.
MAIN_LINES = 9
ACROSS = (0, 1, 6, 7)
ALONG = (2, 3, 4, 5, 8)
NEAR_ACROSS = (1, 7)
PAIRS = ((2, 3), (4, 5))
CENTRE = 8
# Lines with fewer profiles are hardly in the picture and say nothing.
MIN_READ = 5
# A line is seen if this share of it bears the view out, and missing below that.
LINE_SEEN, LINE_MISSING = 0.35, 0.15


@dataclass(frozen=True, eq=False, slots=True)
class RefinedView:
    """A fitted view.

    Attributes:
        view: the view.
        residual_px: median distance of sightings from their lines.
        share: share of the profiles across the view's lines that bear it out, [0, 1].
        hits: number of those profiles.
        line_share: (9,), the same by line, NaN for lines that are hardly in the picture.
    """

    view: CourtView
    residual_px: float
    share: float
    hits: int
    line_share: NDArray[np.float64]

    @property
    def fixes_court(self) -> bool:
        """Whether lines enough are seen, two each way, to tell where the court lies, and none is missing that must be.

        Lines behind the net may be hidden, and a court may have been painted without its singles or doubles lines. But
        where a near baseline, a near service line, the centre line or one side line of a pair is missing, the view is
        wrong. How deep the court is takes the two lines of its near half or three lines across it.
        """
        seen = np.nan_to_num(self.line_share) >= LINE_SEEN
        missing = self.line_share < LINE_MISSING
        across = int(seen[list(ACROSS)].sum())
        deep = bool(seen[list(NEAR_ACROSS)].all()) or across >= 3
        torn = any((missing[a] and seen[b]) or (missing[b] and seen[a]) for a, b in PAIRS)
        return deep and bool(seen[list(ALONG)].sum() >= 2) and not (missing[[*NEAR_ACROSS, CENTRE]].any() or torn)

    @property
    def weight(self) -> float:
        """How much speaks for the view against another of the same picture."""
        return self.share * self.hits


def refine_view(
    brightness: Picture, start: CourtView, fit_lens: bool = True, reach: tuple[float, ...] = REACH
) -> RefinedView | None:
    """Fits a view to the lines in a picture, from a start some pixels off; None where too few are seen."""
    diagonal = 2 * start.lens.radius_px
    view = start
    for number, share in enumerate(reach):
        sightings = sight_lines(brightness, view, share * diagonal)
        if len(sightings.points) < 2 * MIN_POINTS:
            return None
        outlier_px = OUTLIER * diagonal * (1 if number == len(reach) - 1 else 3)
        try:
            view = fit_court_view(sightings.points, view, outlier_px, fit_lens).view
        except np.linalg.LinAlgError:  # on the way to nowhere, from a guess that was none
            return None
        if not np.isfinite(view.court_from_image).all():
            return None
    return judge_view(brightness, view)


def judge_view(brightness: Picture, view: CourtView) -> RefinedView:
    """How far a picture bears a view out as it is."""
    diagonal = 2 * view.lens.radius_px
    sightings = sight_lines(brightness, view, REACH[-1] * diagonal)
    distance = np.abs(line_distances_px(view, sightings.points))
    agrees = distance < max(AGREES * diagonal, 1.0)
    residual_px = float(np.median(distance[agrees])) if agrees.any() else float("inf")
    line_share = _line_share(sightings, agrees)
    read = sightings.read[:MAIN_LINES].sum()
    hits = int((agrees & (sightings.line < MAIN_LINES)).sum())
    return RefinedView(view, residual_px, hits / max(int(read), 1), hits, line_share)


def _line_share(sightings: Sightings, agrees: NDArray[np.bool_]) -> NDArray[np.float64]:
    hits = np.bincount(sightings.line[agrees], minlength=MAIN_LINES)[:MAIN_LINES]
    read = sightings.read[:MAIN_LINES]
    return np.where(read >= MIN_READ, hits / np.maximum(read, 1), np.nan)
