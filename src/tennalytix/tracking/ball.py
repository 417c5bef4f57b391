"""The ball in play from candidates: the best paths over a whole rally, with nothing where there is no ball."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court_view import CourtTrack
from tennalytix.core.homography import apply_homography
from tennalytix.core.picture import DIAGONAL_720P_PX
from tennalytix.core.tables import BallTable, BallTrajectory, FrameTable, PlayerTrack
from tennalytix.tracking.ball_gaps import fill_gap
from tennalytix.tracking.ball_nodes import Nodes, make_nodes
from tennalytix.tracking.ball_paths import PathModel, best_paths
from tennalytix.tracking.ball_rest import stays_about, still_share
from tennalytix.tracking.ball_steps import time_share
from tennalytix.tracking.ball_time import taken_s

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TELLING_PER_S = 30.0


@dataclass(frozen=True, slots=True)
class BallLinkOptions:
    """How candidates become a trajectory. Lengths in pixels of a picture with the diagonal of 1280x720.

    Attributes:
        min_points: a path of fewer candidates is not believed.
        min_path_s: nor is a shorter one.
        max_still_share: nor is one of which a larger share of the candidates lies still, as loose balls and lamps do.
        max_gap_s: longest gap inside a path that is filled in; paths bridge 0.25 s, more changes little.
        max_speed_px_s: no ball is faster.
        position_px: how exact a candidate's place is.
        acceleration_px_s2: how sharply a flying ball's path bends: gravity, drag, perspective.
        contact: log odds of a hit or bounce.
        miss: log probability of a frame without a candidate on the ball. Above 30 frames a second frames count less.
        begin: log odds of a path's beginning and end. `PathModel` says more of these six.
    """

    min_points: int = 5
    min_path_s: float = 0.12
    max_still_share: float = 0.7
    max_gap_s: float = 0.3
    max_speed_px_s: float = 2200.0
    position_px: float = 1.0
    acceleration_px_s2: float = 1200.0
    contact: float = -5.0
    miss: float = -1.5
    begin: float = -7.0

    def __post_init__(self) -> None:
        for name in ("min_points", "max_gap_s", "max_speed_px_s", "position_px", "acceleration_px_s2"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}.")
        if not self.min_path_s >= 0:
            raise ValueError(f"min_path_s must not be negative, got {self.min_path_s}.")
        if not 0 <= self.max_still_share <= 1:
            raise ValueError(f"max_still_share must be in [0, 1], got {self.max_still_share}.")
        for name in ("contact", "miss", "begin"):
            if getattr(self, name) > 0:
                raise ValueError(f"{name} must not be positive, got {getattr(self, name)}.")


@dataclass(frozen=True, eq=False, slots=True)
class _Points:
    """Positions on rows of a frame table, source pixels."""

    row: Ints
    xy: Floats
    score: Floats
    interpolated: NDArray[np.bool_]


def link_ball(
    candidates: BallTable,
    frames: FrameTable,
    court: CourtTrack,
    players: Sequence[PlayerTrack],
    size_wh: tuple[int, int],
    options: BallLinkOptions | None = None,
) -> BallTrajectory:
    """Chooses, frame by frame, the candidate that is the ball in play, or none.

    Camera motion is taken out, repeated frames carry the position of the frame before, segments are linked one by one.

    Args:
        candidates: from a ball detector.
        frames: the clip's frames.
        court: may be empty.
        players: may be empty.
        size_wh: of the frames.
        options: defaults if None.
    """
    options = options or BallLinkOptions()
    parts = [_link_segment(candidates, frames, s, court, players, size_wh, options) for s in np.unique(frames.segment)]
    if not parts:
        return BallTrajectory(np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros(0), np.zeros(0, bool))
    row, xy, score, interpolated = (
        np.concatenate([getattr(p, name) for p in parts]) for name in ("row", "xy", "score", "interpolated")
    )
    return BallTrajectory(frames.frame_index[row], xy, score, interpolated)


def _link_segment(
    candidates: BallTable,
    frames: FrameTable,
    segment: int,
    court: CourtTrack,
    players: Sequence[PlayerTrack],
    size_wh: tuple[int, int],
    options: BallLinkOptions,
) -> _Points:
    rows = np.flatnonzero(frames.segment == segment)
    part = frames.take(rows)
    distinct = np.flatnonzero(~part.repeated)
    clock = part.take(distinct)
    time_s = taken_s(part)
    clock = FrameTable(clock.frame_index, time_s, clock.repeated, clock.segment, clock.reference_from_image)
    nodes = make_nodes(candidates, clock, court, players, size_wh)
    model = _model(options, time_s, time_share(clock, candidates, size_wh))
    paths = [p for p in best_paths(nodes, time_s, model) if _is_ball(p, nodes, time_s, options)]
    points = [_fill(p, nodes, candidates, clock, size_wh, options) for p in paths]
    return _with_repeats(points, part, rows, distinct)


def _is_ball(path: Ints, nodes: Nodes, time_s: Floats, options: BallLinkOptions) -> bool:
    xy, at_s = nodes.xy[path], time_s[nodes.row[path]]
    if len(path) < options.min_points or at_s[-1] - at_s[0] < options.min_path_s:
        return False
    return not stays_about(xy, at_s) and still_share(xy, at_s) <= options.max_still_share


def _model(options: BallLinkOptions, time_s: Floats, uneven: float) -> PathModel:
    names = ("max_speed_px_s", "position_px", "acceleration_px_s2", "contact", "miss", "begin")
    # At higher rates more frames tell the same: what looks like a ball, or is missed, is so for as long as ever.
    weight = min(1.0, _TELLING_PER_S * float(np.median(np.diff(time_s)))) if len(time_s) > 1 else 1.0
    known = {name: getattr(options, name) for name in names}
    return PathModel(**known, frame_weight=weight, time_share=uneven)


def _fill(
    path: Ints,
    nodes: Nodes,
    candidates: BallTable,
    clock: FrameTable,
    size_wh: tuple[int, int],
    options: BallLinkOptions,
) -> _Points:
    """A path's positions in source pixels with its short gaps filled."""
    scale = DIAGONAL_720P_PX / float(np.hypot(*size_wh))
    row, xy = nodes.row[path], nodes.xy[path]
    time_s = clock.time_s[row]
    source = nodes.source[path]
    parts = [_Points(row, candidates.xy[source], candidates.score[source], np.zeros(len(path), bool))]
    for at in np.flatnonzero((np.diff(row) > 1) & (np.diff(time_s) <= options.max_gap_s)):
        gap = np.arange(row[at] + 1, row[at + 1])
        curve = fill_gap(time_s, xy, int(at), clock.time_s[gap], options.max_speed_px_s)
        if curve is not None:
            back = [
                apply_homography(np.linalg.inv(clock.reference_from_image[g]), c[None] / scale)[0]
                for g, c in zip(gap, curve, strict=True)
            ]
            score = np.full(len(gap), min(parts[0].score[at], parts[0].score[at + 1]))
            parts.append(_Points(gap, np.array(back), score, np.ones(len(gap), bool)))
    merged = [np.concatenate([getattr(p, name) for p in parts]) for name in ("row", "xy", "score", "interpolated")]
    order = np.argsort(merged[0])
    return _Points(*(column[order] for column in merged))


def _with_repeats(points: list[_Points], part: FrameTable, rows: Ints, distinct: Ints) -> _Points:
    """Puts the paths of a segment on its frames; a repeated frame takes the position of the frame before."""
    if not points:
        return _Points(np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros(0), np.zeros(0, bool))
    row, xy, score, interpolated = (
        np.concatenate([getattr(p, name) for p in points]) for name in ("row", "xy", "score", "interpolated")
    )
    at = np.full(len(distinct), -1)
    at[row] = np.arange(len(row))
    shown = np.searchsorted(distinct, np.arange(len(part)), side="right") - 1
    origin = np.where(shown >= 0, at[np.maximum(shown, 0)], -1)
    keep = origin >= 0
    origin = origin[keep]
    return _Points(rows[keep], xy[origin], score[origin], interpolated[origin])
