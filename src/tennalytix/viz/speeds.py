"""How fast the players run, and how fast the ball crosses the court, with how sure that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from tennalytix.core.speed import Z_95, GroundSpeed, ground_speed
from tennalytix.core.tables import Flags
from tennalytix.schema.tracks import Event, Player, Role, TrackedFrame, Tracks
from tennalytix.viz.marks import court_view
from tennalytix.viz.review_data import player_lanes

BETWEEN_LINES_M = 5.0
"""A court that is off by so many metres at each of two lines about this far apart stretches what lies between them."""
REACH_M = 0.5
"""Standard deviation, along the shot, of where the ball is hit from the middle of the hitter's feet."""
EVENT_FRAMES = 1.0
"""Standard deviation of the frame of a hit or bounce."""
BALL_PX = 1.0
"""Standard deviation of the ball's place, pixels of a 720p picture."""
MAX_DOUBT = 0.5
"""A speed is told where half its 95 % interval is no more than this share of it."""
MAX_DOUBT_MPS = 1.5
"""Over time, half an interval of so much is little enough: that somebody stands is worth seeing."""
MAX_RUN_MPS = 12.0
"""Nobody runs faster: what seems to is an error of places."""
LOW_CAMERA_M = 0.25
"""A pixel of a 720p picture that is worth more metres than this along the court, at the far player's feet, says little
of how fast he runs. Broadcast cameras have 0.09 to 0.15, those on a fence or near the ground 0.3 to 0.8."""
LOW_CAMERA_WORDS = "Metres of the far player are uncertain from this low camera."
MIN_FLIGHT_S = 0.2
MAX_FLIGHT_S = 2.5


@dataclass(frozen=True, slots=True)
class Shot:
    """A flight from a hit to the bounce that follows.

    Attributes:
        player: who hit.
        start_s: time of the hit.
        end_s: time of the bounce.
        speed_mps: distance on the ground over time: the mean of the ball's speed without its rise and fall.
        sigma_mps: standard deviation of `speed_mps`.
    """

    player: Role
    start_s: float
    end_s: float
    speed_mps: float
    sigma_mps: float

    @property
    def is_certain(self) -> bool:
        """Whether it is worth telling."""
        return is_certain(self.speed_mps, Z_95 * self.sigma_mps)

    def interval(self) -> tuple[float, float]:
        """The 95 % interval; never below 0."""
        return max(0.0, self.speed_mps - Z_95 * self.sigma_mps), self.speed_mps + Z_95 * self.sigma_mps


def player_speeds(tracks: Tracks) -> dict[tuple[int, str], GroundSpeed]:
    """Speeds of every player in every frame, by `track_id` and role; NaN without a court or a position.

    Only places that were detected or corrected count: what was filled in over gaps is no measurement.
    """
    times_s = [frame.time_s for frame in tracks.frames]
    repeated = [frame.repeated for frame in tracks.frames]
    found: dict[tuple[int, str], GroundSpeed] = {}
    for key, lane in player_lanes(tracks).items():
        places = [_measured(player, again) for player, again in zip(lane, repeated, strict=True)]
        found[key] = ground_speed(times_s, np.array(places).reshape(-1, 2), _scale_error(tracks, lane))
    return found


def is_certain(speed: float, margin: float) -> bool:
    """Whether a speed with half its 95 % interval, both of one unit, is worth telling.

    Examples:
        >>> is_certain(5.0, 1.2), is_certain(22.2, 51.5)
        (True, False)
    """
    return margin <= MAX_DOUBT * speed


def is_certain_run(speed_mps: float, margin_mps: float) -> bool:
    """The same of somebody who runs, who has limits.

    Examples:
        >>> is_certain_run(5.0, 1.2), is_certain_run(27.5, 10.0)
        (True, False)
    """
    return speed_mps <= MAX_RUN_MPS and is_certain(speed_mps, margin_mps)


def certain_moments(speed: GroundSpeed) -> Flags:
    """(n,): where a player's speed is known well enough to be drawn; False where it is not known."""
    allowed = np.maximum(MAX_DOUBT * speed.speed_mps, MAX_DOUBT_MPS)
    result: Flags = (Z_95 * speed.sigma_mps <= allowed) & (speed.speed_mps <= MAX_RUN_MPS)
    return result


def fastest(speed: GroundSpeed) -> tuple[float, float] | None:
    """A player's highest speed and half its 95 % interval, m/s, or None if none is known.

    Of the speeds that are certain that whose interval begins highest, since of noisy ones the highest is mostly noise;
    one that is not certain if all are so.
    """
    low, _ = speed.interval()
    if not np.isfinite(low).any():
        return None
    margin = Z_95 * speed.sigma_mps
    certain = (margin <= MAX_DOUBT * speed.speed_mps) & (speed.speed_mps <= MAX_RUN_MPS)
    k = int(np.nanargmax(np.where(certain, low, np.nan) if certain.any() else margin))
    return float(speed.speed_mps[k]), float(margin[k])


def fastest_shot(flown: Sequence[Shot]) -> tuple[float, float] | None:
    """The same of shots."""
    certain = [shot for shot in flown if shot.is_certain]
    best = max(certain or flown, key=lambda shot: shot.interval()[0], default=None)
    return None if best is None else (best.speed_mps, Z_95 * best.sigma_mps)


def is_low_camera(tracks: Tracks) -> bool:
    """Whether the camera stands so low that the far player's metres are uncertain; False without a court."""
    far = [(f, p) for f in tracks.frames for p in f.players if p.role == "far" and p.court_xy_m is not None]
    if not far or tracks.court is None:
        return False
    down = [np.linalg.norm(_metres_per_px(tracks, frame, player.foot)[1]) for frame, player in _some(far)]
    return bool(np.median(down) * tracks.video.height / 720 > LOW_CAMERA_M)


def shots(tracks: Tracks) -> list[Shot]:
    """Flights from a hit to a bounce whose places on the ground are known, in order.

    Where the ball was hit is known only as where the hitter stood. No speed is given of a hit without hitter, of
    flights in which something was missed (another hit follows) or that are shorter or longer than shots are.
    """
    by_frame = {frame.frame_index: frame for frame in tracks.frames}
    flights = [_flight(tracks, by_frame, *pair) for pair in pairwise(tracks.events)]
    return [flight for flight in flights if flight is not None]


def _flight(tracks: Tracks, by_frame: dict[int, TrackedFrame], hit: Event, bounce: Event) -> Shot | None:
    frame, landed = by_frame.get(hit.frame_index), by_frame.get(bounce.frame_index)
    if frame is None or landed is None or (hit.kind, bounce.kind) != ("hit", "bounce") or hit.player is None:
        return None
    feet = [p.court_xy_m for p in frame.players if p.role == hit.player and p.court_xy_m is not None]
    time_s = bounce.time_s - hit.time_s
    # Of two partners nobody says which one hit.
    if len(feet) != 1 or bounce.court_xy_m is None or not MIN_FLIGHT_S <= time_s <= MAX_FLIGHT_S:
        return None
    way = np.subtract(bounce.court_xy_m, feet[0])
    distance_m = float(np.hypot(*way))
    if distance_m == 0.0:
        return None
    speed = distance_m / time_s
    frame_s = float(1 / Fraction(tracks.video.frame_rate))
    place_m = _place_error(tracks, landed, bounce, way / distance_m)
    # A bounce taken for one frame late is also placed where the ball was a frame later.
    late_s = np.hypot(EVENT_FRAMES, EVENT_FRAMES) * frame_s
    sigma = np.hypot(np.hypot(REACH_M, place_m) / time_s, speed * late_s / time_s)
    return Shot(hit.player, hit.time_s, bounce.time_s, speed, float(sigma))


def _place_error(tracks: Tracks, frame: TrackedFrame, bounce: Event, along: np.ndarray) -> float:
    """Metres along a direction on the ground that the ball's and the court's errors in pixels make at a bounce."""
    per_px = _metres_per_px(tracks, frame, bounce.xy)
    ball_px = BALL_PX * tracks.video.height / 720
    court_px = tracks.court.residual_px if tracks.court else 0.0
    return float(np.hypot(ball_px, court_px) * np.linalg.norm(per_px @ along))


def _scale_error(tracks: Tracks, lane: Sequence[Player | None]) -> float:
    """Relative error of distances around a player from how the court's lines fit."""
    seen = [(f, p) for f, p in zip(tracks.frames, lane, strict=True) if p is not None and p.court_xy_m is not None]
    if not seen or tracks.court is None:
        return 0.0
    sizes = [np.linalg.norm(_metres_per_px(tracks, f, p.foot), axis=1).mean() for f, p in _some(seen)]
    return float(np.sqrt(2) * tracks.court.residual_px * np.median(sizes) / BETWEEN_LINES_M)


def _some(seen: Sequence[tuple[TrackedFrame, Player]], count: int = 20) -> Iterator[tuple[TrackedFrame, Player]]:
    yield from seen[:: max(1, len(seen) // count)]


def _metres_per_px(tracks: Tracks, frame: TrackedFrame, xy: tuple[float, float]) -> np.ndarray:
    """(2, 2): metres on the ground that a pixel to the right, the first row, and a pixel down make."""
    view = court_view(frame, tracks)
    if view is None:
        return np.zeros((2, 2))
    here, right, down = view.image_to_court([xy, (xy[0] + 1, xy[1]), (xy[0], xy[1] + 1)])
    return np.array([right - here, down - here])


def _measured(player: Player | None, repeated: bool) -> tuple[float, float]:
    known = player is not None and not repeated and player.source != "interpolated"
    return player.court_xy_m if known and player is not None and player.court_xy_m else (np.nan, np.nan)
