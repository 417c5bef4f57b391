"""Finds the court in one picture from nothing: lines, guesses, and the guesses that agree best."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court_view import CourtView, Lens
from tennalytix.detectors.court_hypotheses import BEHIND, Stance, guess_courts
from tennalytix.detectors.court_pictures import reduced, unbent
from tennalytix.detectors.court_ridges import Ridges, find_ridges
from tennalytix.detectors.court_segments import Lines, find_lines
from tennalytix.detectors.court_support import (
    COARSE_STEPS,
    Support,
    drawn_lines,
    explained_share,
    measure_support,
    project,
)

Picture = NDArray[np.uint8]

# Longer side of the picture that is searched, pixels.
SEARCH_PX = 1280
# Guesses left after a coarse look, and after a fine one.
MAX_COARSE, MAX_FINE = 1500, 40
# Guesses whose points lie this near to each other, share of the picture's diagonal, are one.
SAME = 0.01
# A guess that agrees less is no court: shares of the model's lines borne out, and of the lines in the court explained.
MIN_SUPPORT, MIN_EXPLAINED = 0.45, 0.45
# A court fills at least so much: length of lines borne out, in diagonals of the picture.
MIN_HELD = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class CourtGuess:
    """A view of the court, a few pixels off.

    Attributes:
        view: the view, with the lens that was looked for, source pixels.
        support: share of the model's lines in the picture that lie on ridges.
        explained: share of the lines seen on the court that are the model's.
    """

    view: CourtView
    support: float
    explained: float


@dataclass(frozen=True, eq=False, slots=True)
class Sketch:
    """Lines of a picture, as courts are looked for among them.

    Attributes:
        lens: of the picture, as far as it is known.
        picture: the picture, not too large, as a perfect pinhole would have seen it.
        picture_from_undistorted: (3, 3), takes undistorted pixels of the source to those of `picture`.
        ridges: its bright ridges.
        lines: straight ones among them.
    """

    lens: Lens
    picture: Picture
    picture_from_undistorted: NDArray[np.float64]
    ridges: Ridges
    lines: Lines


def sketch(brightness: Picture, k1: float = 0.0) -> Sketch:
    """What there is to search in a picture, taken through a lens that bends lines by about `k1` (see `Lens`)."""
    size_wh = brightness.shape[1], brightness.shape[0]
    picture = reduced(brightness, SEARCH_PX)
    sx, sy = picture.shape[1] / size_wh[0], picture.shape[0] / size_wh[1]
    matrix = np.array([[sx, 0, (sx - 1) / 2], [0, sy, (sy - 1) / 2], [0, 0, 1.0]])
    if k1:
        picture, unbent_from_reduced = unbent(picture, k1)
        matrix = unbent_from_reduced @ matrix
    ridges = find_ridges(picture)
    return Sketch(Lens.pinhole(size_wh, k1), picture, matrix, ridges, find_lines(ridges))


def search_court(sketch: Sketch, stance: Stance = BEHIND, max_guesses: int = 6) -> list[CourtGuess]:
    """The best guesses for a picture, best first, each clearly another; none where nothing looks like a court."""
    picture, ridges, lines = sketch.picture, sketch.ridges, sketch.lines
    size_wh = picture.shape[1], picture.shape[0]
    guesses = guess_courts(lines, size_wh, stance)
    guesses = guesses[_best_coarse(guesses, ridges)]
    support = measure_support(guesses, ridges)
    rows = np.argsort(-_worth(support), kind="stable")[:MAX_FINE]
    long_enough = support.held_px[rows] > MIN_HELD * np.hypot(*size_wh)
    rows = rows[(support.total[rows] > MIN_SUPPORT) & long_enough]
    drawn = drawn_lines(lines, size_wh)
    explained = np.array([explained_share(guesses[i], drawn) for i in rows])
    quality = support.held_px[rows] * support.total[rows] * explained**2
    order = [k for k in np.argsort(-quality, kind="stable") if explained[k] > MIN_EXPLAINED]
    chosen = [order[k] for k in _distinct(guesses[rows[order]], size_wh)[:max_guesses]]
    return [
        CourtGuess(
            _source_view(guesses[rows[k]], sketch),
            float(support.total[rows[k]]),
            float(explained[k]),
        )
        for k in chosen
    ]


def _worth(support: Support) -> NDArray[np.float64]:
    return support.held_px * support.total


def _best_coarse(guesses: NDArray[np.float64], ridges: Ridges) -> NDArray[np.int64]:
    """Rows of the best guesses by a coarse look, best first; a closer look only at those that may be among them."""
    most = _worth(measure_support(guesses, ridges, COARSE_STEPS, mind_clutter=False))
    order = np.argsort(-most, kind="stable")
    first, rest = order[: 2 * MAX_COARSE], order[2 * MAX_COARSE :]
    worth = np.full(len(guesses), -1.0)
    worth[first] = _worth(measure_support(guesses[first], ridges, COARSE_STEPS))
    if len(rest):
        rest = rest[most[rest] >= np.partition(worth[first], -MAX_COARSE)[-MAX_COARSE]]
        worth[rest] = _worth(measure_support(guesses[rest], ridges, COARSE_STEPS))
    return np.argsort(-worth, kind="stable")[:MAX_COARSE]


def _distinct(guesses: NDArray[np.float64], size_wh: tuple[int, int]) -> list[int]:
    """The first of each bunch of guesses that are alike."""
    corners = np.array([[-4.0, 11.0], [4.0, 11.0], [-4.0, -6.4], [4.0, -6.4]])
    xy = project(guesses, corners)
    chosen: list[int] = []
    for i in range(len(guesses)):
        away = np.hypot(*np.moveaxis(xy[chosen] - xy[i], -1, 0)).max(axis=1, initial=0.0)
        if not len(away) or away.min() > SAME * np.hypot(*size_wh):
            chosen.append(i)
    return chosen


def _source_view(image_from_court: NDArray[np.float64], sketch: Sketch) -> CourtView:
    court_from_image = np.linalg.inv(image_from_court) @ sketch.picture_from_undistorted
    return CourtView(court_from_image / court_from_image[2, 2], sketch.lens)
