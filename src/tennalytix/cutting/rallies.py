"""Where play pauses in a long shot of the court."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court_view import CourtView
from tennalytix.core.homography import apply_homography
from tennalytix.cutting.activity import GRID_WH
from tennalytix.cutting.flights import joined
from tennalytix.cutting.options import UNSEEN_S, CuttingOptions

# The ground on which play takes place, metres from the middle of the net.
REACH_X_M, REACH_Y_M = 9.0, 18.5
# A body's height: it uncovers and covers ground in proportion to it and to its speed.
BODY_M = 1.7
# A pixel further off than this says nothing.
COARSEST_M = 0.2
# Activity is judged by its median over so long, which a single swing or a flicker does not change.
STEADY_S = 1.0
# A rally shows at least so much of the ball's flight. Where flights make up less of all rallies than this share, the
# ball is seen too seldom to tell.
LEAST_FLIGHT_S, LEAST_FLIGHT_SHARE = 0.25, 0.15
# Stretches that are too long are divided between these shares of their length.
MIDDLE = (0.3, 0.7)
# So many rows are worked out at a time.
ROWS = 4096

Floats = NDArray[np.float64]
Span = tuple[int, int]


def motion_mps(shares: NDArray[np.uint8], apart_s: Floats, court: CourtView, size_wh: tuple[int, int]) -> Floats:
    """How fast whatever moves on a court does, added up, as if it were people; (n,), m/s, NaN where it is not known.

    A person who moves by d changes about twice d times their height of the picture.

    Args:
        shares: (n, 9, 16), changed share of each field, 255 for all (see `ActivityMeter`).
        apart_s: (n,), time between the pictures compared.
        court: how the court lies.
        size_wh: of the video's frames.
    """
    area_m2 = field_m2(court, size_wh)
    moved_m2 = np.zeros(len(shares))
    # As floats they take eight times the memory.
    for at in range(0, len(shares), ROWS):
        moved_m2[at : at + ROWS] = (shares[at : at + ROWS].reshape(-1, len(area_m2)) / 255.0) @ area_m2
    with np.errstate(divide="ignore", invalid="ignore"):
        speed: Floats = np.where(apart_s > 0, moved_m2 / (2 * BODY_M * apart_s), np.nan)
    return speed


def split_at_pauses(speed_mps: Floats, time_s: Floats, options: CuttingOptions) -> list[Span]:
    """First and last rows of the rallies in a shot: one that spans it all where no pause is certain.

    Args:
        speed_mps: (n,), see `motion_mps`.
        time_s: (n,)
        options: how long and how quiet a pause is, and the margins around play.
    """
    quiet = _steady(speed_mps, time_s) < options.pause_speed_mps
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    starts, last = [0], len(time_s) - 1
    ends: list[int] = []
    for first, end in zip(edges[::2], edges[1::2] - 1, strict=True):
        inside = first > 0 and end < last
        if inside and time_s[end] - time_s[first] >= options.min_pause_s:
            ends.append(int(np.searchsorted(time_s, time_s[first] + options.margin_after_s)))
            starts.append(max(ends[-1] + 1, int(np.searchsorted(time_s, time_s[end] - options.margin_before_s))))
    return list(zip(starts, [*ends, last], strict=True))


def split_at_dead_balls(
    spans: Sequence[Span],
    flights_s: Sequence[tuple[float, float]],
    time_s: Floats,
    options: CuttingOptions,
    unknown_s: Sequence[tuple[float, float]] = (),
) -> list[Span]:
    """Those spans divided where no ball flies for long, and what lies before, between and after rallies left out.

    Args:
        spans: first and last rows of stretches of one shot.
        flights_s: start and end of each flight, by its start.
        time_s: (n,), of the shot's rows.
        options: how long no ball flies between two rallies, and the margins around them.
        unknown_s: where a ball could not have been seen: kept, as if one flew, but no certain rally.

    Returns:
        The spans as they are where fewer than two rallies are certain.
    """
    rallies: list[tuple[Span, float, float]] = []
    certain, flown_s, played_s = 0, 0.0, 0.0
    for span in spans:
        first_s, last_s = float(time_s[span[0]]), float(time_s[span[1]])
        own, blind = _within(flights_s, first_s, last_s), _within(unknown_s, first_s, last_s)
        for start_s, end_s in joined(sorted([*own, *blind]), options.dead_ball_s):
            flight_s = _length_s(_within(own, start_s, end_s))
            blind_s = _length_s(_within(blind, start_s, end_s))
            if flight_s >= LEAST_FLIGHT_S or blind_s > 0:
                rallies.append((span, start_s, end_s))
                certain += flight_s >= LEAST_FLIGHT_S
                flown_s += flight_s
                played_s += end_s - start_s - blind_s
    if certain < 2 or flown_s < LEAST_FLIGHT_SHARE * played_s:
        return list(spans)
    before_s, after_s = options.margin_before_s + UNSEEN_S, options.margin_after_s + UNSEEN_S
    parts: list[Span] = []
    for span, start_s, end_s in rallies:
        first = max(span[0], int(np.searchsorted(time_s, start_s - before_s)))
        last = min(span[1], int(np.searchsorted(time_s, end_s + after_s, "right")) - 1)
        parts.append((max(first, parts[-1][1] + 1) if parts else first, last))
    return parts


def on_court(court: CourtView, size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    """Which fields of the picture lie on the ground on which play takes place; (144,)."""
    return field_m2(court, size_wh) > 0


def split_too_long(span: Span, motion: Floats, time_s: Floats, max_s: float) -> list[Span]:
    """A stretch divided, where it is too long, into shorter ones: where least moves for a while, never near its ends.

    Args:
        span: first and last row.
        motion: (n,), how much moves in each row, in whatever unit.
        time_s: (n,)
        max_s: the longest there may be.
    """
    first, last = span
    length_s = float(time_s[last] - time_s[first])
    if length_s <= max_s:
        return [span]
    rows = np.arange(first, last + 1)
    since_s = time_s[rows] - time_s[first]
    inner = rows[(since_s > length_s * MIDDLE[0]) & (since_s < length_s * MIDDLE[1])]
    if len(inner):
        least = inner[int(_steady(motion[inner], time_s[inner]).argmin())]
    else:  # A gap of minutes.
        least = rows[1 + int(np.diff(time_s[rows]).argmax())]
    parts = (first, int(least) - 1), (int(least), last)
    return [piece for part in parts for piece in split_too_long(part, motion, time_s, max_s)]


def field_m2(court: CourtView, size_wh: tuple[int, int], grid_wh: tuple[int, int] = GRID_WH) -> Floats:
    """Area that each field of the picture covers upright at its place on the court, 0 off the court; (fields,)."""
    field_wh = size_wh[0] / grid_wh[0], size_wh[1] / grid_wh[1]
    x, y = np.meshgrid((np.arange(grid_wh[0]) + 0.5) * field_wh[0], (np.arange(grid_wh[1]) + 0.5) * field_wh[1])
    centres = np.stack([x.ravel(), y.ravel()], axis=1)
    ground, beside = (apply_homography(court.court_from_image, centres + np.array([dx, 0.0])) for dx in (0.0, 1.0))
    scale = np.hypot(*(beside - ground).T)
    # Above the horizon the ground is behind the camera.
    net = apply_homography(np.linalg.inv(court.court_from_image), np.zeros((1, 2)))[0]
    depth = np.column_stack([centres, np.ones(len(centres))]) @ court.court_from_image[2]
    ahead = depth * (np.array([*net, 1.0]) @ court.court_from_image[2]) > 0
    inside = ahead & (np.abs(ground[:, 0]) < REACH_X_M) & (np.abs(ground[:, 1]) < REACH_Y_M)
    area: Floats = inside * np.minimum(scale, COARSEST_M) ** 2 * field_wh[0] * field_wh[1]
    return area


def _within(spans_s: Sequence[tuple[float, float]], first_s: float, last_s: float) -> list[tuple[float, float]]:
    """Parts that lie in a stretch of time, those that overlap put together."""
    inside = [(max(a, first_s), min(b, last_s)) for a, b in spans_s if a < last_s and b > first_s]
    return joined(inside, 0.0)


def _length_s(spans_s: Sequence[tuple[float, float]]) -> float:
    return sum(b - a for a, b in spans_s)


def _steady(speed_mps: Floats, time_s: Floats) -> Floats:
    """Median over a second around each row; infinite where too little is known."""
    first = np.searchsorted(time_s, time_s - STEADY_S / 2)
    end = np.searchsorted(time_s, time_s + STEADY_S / 2, "right")
    known = np.isfinite(speed_mps)
    steady = np.full(len(time_s), np.inf)
    for row, (a, b) in enumerate(zip(first, end, strict=True)):
        if known[a:b].sum() * 2 > b - a:
            steady[row] = np.nanmedian(speed_mps[a:b])
    return steady
