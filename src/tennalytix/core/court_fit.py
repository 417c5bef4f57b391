"""Least squares: the court view that best explains where painted lines were seen."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares

from tennalytix.core.court import CourtLine
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.core.homography import as_points

# Eight numbers of a homography and one of the lens; a line seen at two places gives two equations.
MIN_POINTS = 10
# How far lenses of sports broadcasts and phones stray from a pinhole; keeps k1 sane where the lines say little.
K1_SPREAD = 0.03


@dataclass(frozen=True, eq=False, slots=True)
class LinePoints:
    """Places in a picture where the middles of painted lines were seen.

    Attributes:
        xy: (n, 2), source pixels.
        start_xy, end_xy: (n, 2) each, two points in metres on the centre line of the painted line that each belongs to.
        weight: (n,), how much each counts.
    """

    xy: NDArray[np.float64]
    start_xy: NDArray[np.float64]
    end_xy: NDArray[np.float64]
    weight: NDArray[np.float64]

    def __post_init__(self) -> None:
        for name in ("xy", "start_xy", "end_xy"):
            shape = getattr(self, name).shape
            if shape != (len(self.weight), 2):
                raise ValueError(f"{name} must have shape ({len(self.weight)}, 2), got {shape}.")

    def __len__(self) -> int:
        return len(self.weight)

    @classmethod
    def on_line(cls, line: CourtLine, xy: ArrayLike, weight: ArrayLike | None = None) -> "LinePoints":
        """Points that were all seen on one line."""
        points = as_points(xy)
        ones = np.ones((len(points), 1))
        weights = ones[:, 0] if weight is None else np.asarray(weight, dtype=np.float64)
        return cls(points, ones * line.start, ones * line.end, weights)

    @classmethod
    def joined(cls, parts: "list[LinePoints]") -> "LinePoints":
        """All parts as one, in their order."""
        none = np.zeros((0, 2))
        return cls(
            np.concatenate([none, *(p.xy for p in parts)]),
            np.concatenate([none, *(p.start_xy for p in parts)]),
            np.concatenate([none, *(p.end_xy for p in parts)]),
            np.concatenate([np.zeros(0), *(p.weight for p in parts)]),
        )


@dataclass(frozen=True, eq=False, slots=True)
class CourtFit:
    """A fitted view.

    Attributes:
        view: the view.
        distance_px: (n,), signed distance of every point from its line.
    """

    view: CourtView
    distance_px: NDArray[np.float64]

    @property
    def residual_px(self) -> float:
        """Median distance of the points from their lines."""
        return float(np.median(np.abs(self.distance_px)))


def line_distances_px(view: CourtView, points: LinePoints) -> NDArray[np.float64]:
    """Signed distances of points from their lines, shape (n,), in pixels of the undistorted picture."""
    image_from_court = np.asarray(np.linalg.inv(view.court_from_image), dtype=np.float64)
    return _distances(image_from_court, view.lens, points)


def fit_court_view(
    points: LinePoints, start: CourtView, outlier_px: float = 1.0, fit_lens: bool = True, k1_spread: float = K1_SPREAD
) -> CourtFit:
    """Refines a view so that the points lie on their lines.

    Every point says one thing, how far it lies across its line, so lines that are seen in part count for what they
    show. Distances beyond `outlier_px` count less and less (Cauchy loss), as do those of a shoe taken for a line.

    Args:
        points: where lines were seen.
        start: a view within reach, a few pixels off.
        outlier_px: distance that a good point hardly exceeds, pixels.
        fit_lens: whether to fit the lens's `k1`, else that of `start` is kept.
        k1_spread: how far `k1` may be expected from zero; it weighs as much as one good point `outlier_px` off.

    Raises:
        ValueError: too few points.
    """
    if len(points) < MIN_POINTS:
        raise ValueError(f"points must be at least {MIN_POINTS}, got {len(points)}. Show more of the court.")
    if outlier_px <= 0:
        raise ValueError(f"outlier_px must be positive, got {outlier_px}.")
    problem = _Problem(points, start, outlier_px, fit_lens, k1_spread)
    solution = least_squares(
        problem.residuals, problem.start_vector(), loss="cauchy", f_scale=outlier_px, x_scale="jac"
    )
    view = problem.view(solution.x)
    return CourtFit(view, line_distances_px(view, points))


@dataclass(frozen=True, slots=True)
class _Problem:
    """The unknowns as one vector: the homography against that of `start`, in units of a picture's radius, then k1."""

    points: LinePoints
    start: CourtView
    outlier_px: float
    fit_lens: bool
    k1_spread: float

    def start_vector(self) -> NDArray[np.float64]:
        return np.append(np.zeros(8), self.start.lens.k1) if self.fit_lens else np.zeros(8)

    def residuals(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        lens = self._lens(vector)
        distances = _distances(self._image_from_court(vector), lens, self.points) * self.points.weight
        return np.append(distances, lens.k1 / self.k1_spread * self.outlier_px)

    def view(self, vector: NDArray[np.float64]) -> CourtView:
        court_from_image = np.asarray(np.linalg.inv(self._image_from_court(vector)), dtype=np.float64)
        return CourtView(court_from_image / court_from_image[2, 2], self._lens(vector))

    def _lens(self, vector: NDArray[np.float64]) -> Lens:
        lens = self.start.lens
        return replace(lens, k1=float(vector[8])) if self.fit_lens else lens

    def _image_from_court(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        (cx, cy), radius = self.start.lens.centre_xy, self.start.lens.radius_px
        image_from_unit = np.array([[radius, 0, cx], [0, radius, cy], [0, 0, 1.0]])
        change = np.eye(3) + np.append(vector[:8], 0.0).reshape(3, 3)
        result: NDArray[np.float64] = (
            image_from_unit @ change @ np.linalg.inv(image_from_unit) @ np.linalg.inv(self.start.court_from_image)
        )
        return result


def _distances(image_from_court: NDArray[np.float64], lens: Lens, points: LinePoints) -> NDArray[np.float64]:
    # A line's image is the cross product of two of its points' images, valid whichever side of the horizon they lie.
    start = points.start_xy @ image_from_court[:, :2].T + image_from_court[:, 2]
    end = points.end_xy @ image_from_court[:, :2].T + image_from_court[:, 2]
    line = np.cross(start, end)
    seen = lens.undistort(points.xy)
    across = (line[:, :2] * seen).sum(axis=1) + line[:, 2]
    result: NDArray[np.float64] = across / np.maximum(np.hypot(line[:, 0], line[:, 1]), 1e-300)
    return result
