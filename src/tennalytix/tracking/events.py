"""Hits and bounces from the ball's trajectory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.boxes import foot_xy
from tennalytix.core.camera import Camera
from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M
from tennalytix.core.court_view import CourtTrack, CourtView
from tennalytix.core.homography import apply_homography
from tennalytix.core.picture import DIAGONAL_720P_PX
from tennalytix.core.tables import BallEvent, BallTrajectory, FrameTable, PlayerTrack
from tennalytix.tracking.ball_nodes import steady
from tennalytix.tracking.ball_time import taken_s
from tennalytix.tracking.event_flight import SPAN_S, flight_evidence
from tennalytix.tracking.event_kinks import Kinks, find_kinks
from tennalytix.tracking.event_looks import kink_evidence
from tennalytix.tracking.event_net import path_evidence
from tennalytix.tracking.event_order import BOUNCE_AWAY, BOUNCE_TOWARDS, FAR_HIT, NEAR_HIT, read_rally

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROLES = {NEAR_HIT: "near", FAR_HIT: "far"}
_IMPOSSIBLE = -20.0
_HOPELESS = -9.0
_LOWEST_CAMERA_M = 0.3
_LOWEST_BROADCAST_M = 6.0
_SURE = 15.0
_APART_S = 0.06
# How much likelihoods of flights count, which know little of spin and of how players move; chosen on rendered rallies.
_BENDS, _KIND, _MOST = 0.25, 0.4, 5.0


@dataclass(frozen=True, slots=True)
class EventOptions:
    """How hits and bounces are read.

    Attributes:
        min_score: events less certain are left out.
        max_gap_s: no event is placed in a longer gap between two positions of the ball.
        split_s: the ball lost for longer: what comes after is another rally.
        reach_bodies: a ball further from a player than this is not hit by that player, in heights of the player's box.
        off_court_m: a ball further outside the lines than this is not taken to bounce.
    """

    min_score: float = 0.3
    max_gap_s: float = 0.3
    split_s: float = 1.0
    reach_bodies: float = 1.2
    off_court_m: float = 4.0

    def __post_init__(self) -> None:
        if not 0 <= self.min_score <= 1:
            raise ValueError(f"min_score must lie in [0, 1], got {self.min_score}.")
        for name in ("max_gap_s", "split_s", "reach_bodies", "off_court_m"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}.")


@dataclass(frozen=True, eq=False, slots=True)
class _Path:
    """The ball on the distinct frames of one rally: rows of the frame table, source and steady pixels, and times."""

    row: Ints
    image_xy: Floats
    xy: Floats
    time_s: Floats


def find_events(
    ball: BallTrajectory,
    frames: FrameTable,
    court: CourtTrack,
    players: Sequence[PlayerTrack],
    size_wh: tuple[int, int],
    options: EventOptions | None = None,
) -> list[BallEvent]:
    """Hits and bounces, in order of time.

    Every instant between two positions of the ball is judged by the parabolas on either side of it; then the most
    likely sequence is read under the rules of a rally (who hits, where the ball flies, bounces in between).

    Args:
        ball: the trajectory.
        frames: the clip's frames.
        court: may be empty; otherwise bounces must lie on or near it.
        players: may be empty; otherwise hits must lie near the hitter.
        size_wh: of the frames.
        options: defaults if None.
    """
    options = options or EventOptions()
    events: list[BallEvent] = []
    for path in _paths(ball, frames, size_wh, options):
        events += _events_of(path, frames, court, players, size_wh, options)
    return sorted(events, key=lambda e: e.time_s)


def _paths(ball: BallTrajectory, frames: FrameTable, size_wh: tuple[int, int], options: EventOptions) -> list[_Path]:
    row = np.searchsorted(frames.frame_index, ball.frame_index)
    keep = ~frames.repeated[row]
    row, image_xy = row[keep], ball.xy[keep]
    if len(row) == 0:
        return []
    xy = steady(image_xy, row, frames.reference_from_image) * DIAGONAL_720P_PX / float(np.hypot(*size_wh))
    time_s = _taken(frames)[row]
    cut = (np.diff(frames.segment[row]) != 0) | (np.diff(time_s) > options.split_s)
    pieces = np.split(np.arange(len(row)), np.flatnonzero(cut) + 1)
    return [_Path(row[p], image_xy[p], xy[p], time_s[p]) for p in pieces if len(p) > 3]


def _taken(frames: FrameTable) -> Floats:
    """`taken_s` of each segment on all rows of the table, every segment from its own first frame's time."""
    result = frames.time_s.copy()
    for segment in np.unique(frames.segment):
        rows = np.flatnonzero(frames.segment == segment)
        part = FrameTable(
            *(
                getattr(frames, n)[rows]
                for n in ("frame_index", "time_s", "repeated", "segment", "reference_from_image")
            )
        )
        result[rows[~part.repeated]] = taken_s(part) + part.time_s[0]
    return result


def _events_of(
    path: _Path,
    frames: FrameTable,
    court: CourtTrack,
    players: Sequence[PlayerTrack],
    size_wh: tuple[int, int],
    options: EventOptions,
) -> list[BallEvent]:
    kinks = find_kinks(path.time_s, path.xy)
    evidence = _look_evidence(path, kinks, frames, court)
    evidence[np.diff(path.time_s) > options.max_gap_s] = _IMPOSSIBLE
    evidence += _place_evidence(path, frames, court, players, options)
    evidence += _flight_evidence(path, kinks, evidence, frames, court, players, size_wh)
    # The first and the last tell how long the ball flew, and where to.
    likely = np.flatnonzero(evidence.max(axis=1, initial=_IMPOSSIBLE) > _HOPELESS)
    likely = np.union1d(likely, [0, len(evidence) - 1] if len(evidence) else []).astype(np.int64)
    away = _away(path, _span(path)[1])
    reading = read_rally(kinks.time_s[likely], evidence[likely], away[likely])
    events = []
    for at, kind, score in zip(likely[reading.kink], reading.kind, reading.probability, strict=True):
        if score >= options.min_score:
            events.append(_event(path, kinks, int(at), int(kind), float(score), frames, size_wh))
    return events


def _look_evidence(path: _Path, kinks: Kinks, frames: FrameTable, court: CourtTrack) -> Floats:
    """What the path in the picture says for each kind of event, (m, 4).

    The network has learnt from broadcasts alone, whose cameras stand high: from lower ones a regression on few numbers
    of the kink holds better.
    """
    low_y, range_y = _span(path)
    views = (court.view_at(int(index)) for index in frames.frame_index[path.row])
    view = next((view for view in views if view is not None), None)
    camera = None if view is None else Camera.from_court_view(view)
    if camera is not None and camera.position_m[2] < _LOWEST_BROADCAST_M:
        return kink_evidence(kinks, low_y, range_y)
    return path_evidence(path.time_s, path.xy, kinks, low_y, range_y)


def _span(path: _Path) -> tuple[float, float]:
    """Where far balls are in the picture, and from there to near ones."""
    low, high = (float(v) for v in np.quantile(path.xy[:, 1], [0.05, 0.95]))
    return low, max(high - low, 100.0)


def _away(path: _Path, range_y: float) -> Floats:
    """Log odds for flying away from the camera, summed up to each instant between two positions.

    Such a ball rises in the picture for most of its flight.
    """
    speed = np.gradient(path.xy[:, 1], path.time_s) / range_y
    rate = -np.clip(4.2 * speed, -4.2, 4.2)
    result: Floats = np.cumsum(rate[:-1] * np.diff(path.time_s))
    return result


def _place_evidence(
    path: _Path, frames: FrameTable, court: CourtTrack, players: Sequence[PlayerTrack], options: EventOptions
) -> Floats:
    """What the place of the ball says for each kind of event, (m, 4)."""
    middle = (path.image_xy[:-1] + path.image_xy[1:]) / 2
    index = frames.frame_index[path.row[:-1]]
    result = np.zeros((len(middle), 4))
    for kind in (NEAR_HIT, FAR_HIT):
        result[:, kind] = _hit_evidence(path, frames, [p for p in players if p.role == _ROLES[kind]], options)
    for at, view in enumerate(court.views_at(index)):
        if view is not None:
            x, y = view.image_to_court(middle[at : at + 1])[0]
            outside = max(abs(x) - DOUBLES_WIDTH_M / 2, abs(y) - BASELINE_Y_M, 0.0)
            plausible = np.isfinite(outside) and outside <= options.off_court_m
            result[at, [BOUNCE_AWAY, BOUNCE_TOWARDS]] = -outside / options.off_court_m if plausible else _IMPOSSIBLE / 2
            result[at, BOUNCE_AWAY if y < 0 else BOUNCE_TOWARDS] -= min(abs(y), 2.0)
    return result


def _flight_evidence(
    path: _Path,
    kinks: Kinks,
    evidence: Floats,
    frames: FrameTable,
    court: CourtTrack,
    players: Sequence[PlayerTrack],
    size_wh: tuple[int, int],
) -> Floats:
    """What the flight in space says for each kind of event, (m, 4); 0 where no court is known, or nothing is likely."""
    result = np.zeros_like(evidence)
    look = _Look(path, kinks, frames, court, players, size_wh)
    likely = [int(at) for at in np.flatnonzero(evidence.max(axis=1) > _HOPELESS)]
    found = {at: seen for at in likely if (seen := look.at(at, -SPAN_S, SPAN_S)) is not None}
    bends = _peaks({at: float(seen.max()) for at, seen in found.items()}, kinks.contact_s)
    for at in likely:
        # A flight that bends shortly before or after is looked at from there, or up to there.
        offset_s = bends - kinks.contact_s[at]
        earliest = max([-SPAN_S, *offset_s[(offset_s < -_APART_S)]])
        latest = min([SPAN_S, *offset_s[(offset_s > _APART_S)]])
        if -earliest < SPAN_S or latest < SPAN_S:
            seen = look.at(at, earliest, latest)
            if seen is not None:
                found[at] = seen
        if at in found:
            best = found[at].max()
            result[at] = np.clip(_BENDS * best, -_MOST, _MOST) + np.maximum(_KIND * (found[at] - best), -2 * _MOST)
    return result


def _peaks(best: dict[int, float], contact_s: Floats) -> Floats:
    """Times of the instants at which the flight surely bends, and more than at those beside them."""
    sure = [at for at, value in best.items() if value > _SURE]
    peaks = [
        at
        for at in sure
        if best[at] >= max(best[other] for other in sure if abs(contact_s[other] - contact_s[at]) < 0.1)
    ]
    return contact_s[peaks]


@dataclass(frozen=True, eq=False, slots=True)
class _Look:
    """Looks at the flight in space around instants of one path."""

    path: _Path
    kinks: Kinks
    frames: FrameTable
    court: CourtTrack
    players: Sequence[PlayerTrack]
    size_wh: tuple[int, int]
    _cameras: dict[bytes, Camera | None] = field(default_factory=dict)

    def at(self, at: int, earliest_s: float, latest_s: float) -> Floats | None:
        """`flight_evidence` from the positions between two times from the contact, None where it cannot be known.

        All is put in the picture of the frame before the instant, whose camera is known.
        """
        row = int(self.path.row[at])
        index = int(self.frames.frame_index[row])
        view = self.court.view_at(index)
        camera = None if view is None else self._camera(view)
        if view is None or camera is None:
            return None
        scale = float(np.hypot(*self.size_wh)) / DIAGONAL_720P_PX
        offset_s = self.path.time_s - self.kinks.contact_s[at]
        near = slice(*np.searchsorted(offset_s, [earliest_s - 1e-6, latest_s + 1e-6]))
        back = np.linalg.inv(self.frames.reference_from_image[row])
        here = apply_homography(back, np.vstack([self.kinks.contact_xy[at], self.path.xy[near]]) * scale)
        feet = _feet_m(self.players, index, view)
        return flight_evidence(camera, offset_s[near], here[1:], here[0], feet, scale)

    def _camera(self, view: CourtView) -> Camera | None:
        key = view.court_from_image.tobytes()
        if key not in self._cameras:
            camera = Camera.from_court_view(view)
            high = camera is not None and camera.position_m[2] > _LOWEST_CAMERA_M
            self._cameras[key] = camera if high else None
        return self._cameras[key]


def _feet_m(players: Sequence[PlayerTrack], frame_index: int, view: CourtView) -> dict[str, list[tuple[float, float]]]:
    """Where the players stand in a frame, by role."""
    result: dict[str, list[tuple[float, float]]] = {}
    for track in players:
        at = int(np.searchsorted(track.frame_index, frame_index))
        if at < len(track.frame_index) and track.frame_index[at] == frame_index:
            x, y = view.image_to_court(foot_xy(track.xyxy[at : at + 1]))[0]
            result.setdefault(track.role, []).append((float(x), float(y)))
    return result


def _hit_evidence(path: _Path, frames: FrameTable, players: Sequence[PlayerTrack], options: EventOptions) -> Floats:
    """For a hit by any of these players: nearness of the ball to the box, in its heights; 0 where none is known."""
    index = frames.frame_index[path.row]
    distance = np.full(len(index), np.inf)
    for track in players:
        if len(track.frame_index) == 0:
            continue
        at = np.clip(np.searchsorted(track.frame_index, index), 0, len(track.frame_index) - 1)
        box = track.xyxy[at]
        gap = np.maximum(np.maximum(box[:, :2] - path.image_xy, path.image_xy - box[:, 2:]), 0)
        bodies = np.hypot(gap[:, 0], gap[:, 1]) / np.maximum(box[:, 3] - box[:, 1], 1)
        distance = np.minimum(distance, np.where(track.frame_index[at] == index, bodies, np.inf))
    both = np.minimum(distance[:-1], distance[1:])
    near = 1.0 - 4.0 * np.clip(both / options.reach_bodies - 0.4, 0, 1)
    result: Floats = np.where(np.isfinite(both), near, 0.0)
    return result


def _event(
    path: _Path, kinks: Kinks, at: int, kind: int, score: float, frames: FrameTable, size_wh: tuple[int, int]
) -> BallEvent:
    """The event at a kink; the contact's share of the step between two positions carries over to the frames' times."""
    share = float((kinks.contact_s[at] - path.time_s[at]) / (path.time_s[at + 1] - path.time_s[at]))
    before, after = int(path.row[at]), int(path.row[at + 1])
    shown_s = (1 - share) * frames.time_s[before] + share * frames.time_s[after]
    rows = np.arange(before, after + 1)
    rows = rows[~frames.repeated[rows] | (rows == before)]
    nearest = int(rows[np.abs(frames.time_s[rows] - shown_s).argmin()])
    scale = DIAGONAL_720P_PX / float(np.hypot(*size_wh))
    back = np.linalg.inv(frames.reference_from_image[nearest])
    x, y = apply_homography(back, kinks.contact_xy[at][None] / scale)[0]
    width, height = size_wh
    xy = (float(np.clip(x, 0, width - 1)), float(np.clip(y, 0, height - 1)))
    role = _ROLES.get(kind)
    return BallEvent("hit" if role else "bounce", int(frames.frame_index[nearest]), float(shown_s), xy, role, score)
