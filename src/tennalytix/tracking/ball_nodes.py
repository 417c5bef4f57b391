"""Ball candidates made ready for linking: where they are with the camera's motion removed, and what speaks for each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from tennalytix.core.camera import Camera
from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M
from tennalytix.core.court_view import CourtTrack, CourtView
from tennalytix.core.picture import DIAGONAL_720P_PX
from tennalytix.core.tables import BallTable, FrameTable, PlayerTrack
from tennalytix.tracking.ball_clutter import frames_about, others_at
from tennalytix.tracking.ball_on_player import on_body, player_clutter

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REFERENCE_AREA_PX2 = 1280.0 * 720.0

_SCORE_FLOOR = 0.01
_ODDS_CEILING = 20.0
_STATIC_RADIUS_PX = 4.0
_STATIC_AFTER_S = 0.4
_STATIC_BEFORE_S = 30.0
_STILL_BEFORE_S = 2.0
_STILL_SPREAD_PX = 2.0
"""They are found again so near, if not nearer."""
_STILL_SHARE = 0.1
"""A ball that comes back to a place is there in fewer frames."""
_OUT_OF_PLAY = -3.0
_PLAY_BEYOND_M = (5.0, 9.0)
_PLAY_HEIGHT_M = 7.0


@dataclass(frozen=True, eq=False, slots=True)
class Nodes:
    """Candidates on the distinct frames of one segment, in order of time.

    Attributes:
        row: (n,), index among the segment's distinct frames.
        xy: (n, 2), in the segment's first frame, in pixels of a picture with the diagonal of 1280x720.
        looks: (n,), log odds of ball against clutter from score and place.
        clutter: (n,), false candidates per square pixel at that place, in any one frame.
        source: (n,), row of the candidate table.
        body_xy: (n, 2), place on the player in whose box the candidate is (see `ball_on_player.on_body`), in pixels of
            the same size as those of `xy`, NaN elsewhere; None where no players are known.
        still: (n,), share of the frames within two seconds in which something was at that place, 0 if it is small; None
            where that is not known.
    """

    row: Ints
    xy: Floats
    looks: Floats
    clutter: Floats
    source: Ints
    body_xy: Floats | None = None
    still: Floats | None = None

    @property
    def still_density(self) -> Floats:
        """Things that lie still, per square pixel, (n,). What looked like a ball there looks like one again."""
        return np.zeros(len(self.row)) if self.still is None else self.still / (np.pi * _STILL_SPREAD_PX**2)


def make_nodes(
    candidates: BallTable,
    frames: FrameTable,
    court: CourtTrack,
    players: Sequence[PlayerTrack],
    size_wh: tuple[int, int],
) -> Nodes:
    """The candidates on `frames`, which are the distinct frames of one segment."""
    source = np.flatnonzero(np.isin(candidates.frame_index, frames.frame_index))
    source = source[np.argsort(candidates.frame_index[source], kind="stable")]
    row = np.searchsorted(frames.frame_index, candidates.frame_index[source])
    scale = DIAGONAL_720P_PX / float(np.hypot(*size_wh))
    image_xy = candidates.xy[source]
    xy = steady(image_xy, row, frames.reference_from_image) * scale
    score = np.clip(candidates.score[source], _SCORE_FLOOR, 1 - _SCORE_FLOOR)
    odds = np.minimum(score / (1 - score), _ODDS_CEILING)
    clutter = _uniform_clutter(row, len(frames)) + _static_clutter(xy, score, frames.time_s[row], frames.time_s)
    clutter += player_clutter(image_xy, candidates.frame_index[source], frames.time_s[row], odds, players) / scale**2
    looks = np.log(score / (1 - score)) + _place(image_xy, row, frames, court)
    body_xy = on_body(image_xy, candidates.frame_index[source], players) * scale if players else None
    still = _still(xy, frames.time_s[row], frames.time_s)
    return Nodes(row, xy, looks, clutter, source, body_xy, still)


def steady(xy: Floats, row: Ints, reference_from_image: Floats) -> Floats:
    """Pixels of frames `row` to pixels of the segment's first frame."""
    points = np.column_stack([xy, np.ones(len(xy))])
    mapped = np.einsum("nij,nj->ni", reference_from_image[row], points)
    result: Floats = mapped[:, :2] / mapped[:, 2:]
    return result


def _uniform_clutter(row: Ints, rows: int) -> Floats:
    """False candidates per square pixel where nothing is known about the place."""
    per_frame = max(1.0, len(row) / max(rows, 1))
    return np.full(len(row), per_frame / REFERENCE_AREA_PX2)


def _static_clutter(xy: Floats, score: Floats, time_s: Floats, frame_times_s: Floats) -> Floats:
    """Candidates per square pixel and frame at the same place at other times: lettering, loose balls, lamps."""
    count = others_at(xy, time_s, score, _STATIC_RADIUS_PX, (_STATIC_AFTER_S, _STATIC_BEFORE_S))
    result: Floats = count / frames_about(time_s, frame_times_s, _STATIC_BEFORE_S) / (np.pi * _STATIC_RADIUS_PX**2)
    return result


def _still(xy: Floats, time_s: Floats, frame_times_s: Floats) -> Floats:
    """Share of the frames shortly before and after, those next to it left out, with a candidate at the same place."""
    apart_s = (_STATIC_AFTER_S, _STILL_BEFORE_S)
    count = others_at(xy, time_s, np.ones(len(xy)), _STATIC_RADIUS_PX, apart_s)
    about = frames_about(time_s, frame_times_s, _STILL_BEFORE_S) - frames_about(time_s, frame_times_s, _STATIC_AFTER_S)
    share = np.minimum(count / np.maximum(about, 1.0), 1.0)
    result: Floats = np.where(share >= _STILL_SHARE, share, 0.0)
    return result


def _place(xy: Floats, row: Ints, frames: FrameTable, court: CourtTrack) -> Floats:
    """Log weight of the place in the picture: less where no ball in play can be seen."""
    weight = np.zeros(len(xy))
    region, known = None, None
    order = np.argsort(row, kind="stable")
    for at in np.split(order, np.flatnonzero(np.diff(row[order])) + 1) if len(row) else []:
        index = row[at[0]]
        view = court.view_at(int(frames.frame_index[index]))
        if view is None:
            continue
        if known is None or not np.array_equal(view.court_from_image, known.court_from_image):
            known, region = view, play_region(view)
        if region is not None:
            outside = (np.column_stack([xy[at], np.ones(len(at))]) @ region.T > 0).any(axis=1)
            weight[at] = np.where(outside, _OUT_OF_PLAY, 0.0)
    return weight


def play_region(view: CourtView) -> Floats | None:
    """Half planes (m, 3) whose common inside, `plane @ (x, y, 1) <= 0`, is where a ball in play may be seen.

    None if unknown. That is the outline of a block over the court and its run-off.
    """
    camera = Camera.from_court_view(view)
    if camera is None:
        return None
    half_width, half_length = DOUBLES_WIDTH_M / 2 + _PLAY_BEYOND_M[0], BASELINE_Y_M + _PLAY_BEYOND_M[1]
    near = max(-half_length, float(camera.position_m[1]) + 3.0)
    corners = np.array(
        [(x, y, z) for x in (-half_width, half_width) for y in (near, half_length) for z in (0.0, _PLAY_HEIGHT_M)]
    )
    pixels = camera.project(corners)
    pixels = pixels[np.isfinite(pixels).all(axis=1)]
    if len(pixels) < 4:
        return None
    try:
        planes: Floats = ConvexHull(pixels).equations
    except QhullError:
        return None
    return planes
