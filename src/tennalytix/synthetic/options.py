"""What a rendered rally is to look like."""

from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Literal, get_args

from tennalytix.synthetic.conditions import Finish, Sunlight

Surface = Literal["hard_blue", "hard_green", "clay", "grass", "indoor"]
Light = Literal["day", "floodlit", "flat", "shadowless"]
Venue = Literal["stadium", "club"]
Looks = Literal["plain", "varied"]
Staging = Literal["rally", "crossing", "towel", "strolling", "practice", "empty"]
BallKids = Literal["posted", "running"]


@dataclass(frozen=True, slots=True)
class CameraPlacement:
    """Where the camera stands, in the court's metres (z up), and how long its lens is.

    Attributes:
        position_m: where it stands.
        target_m: the point in the middle of the picture.
        focal_heights: focal length divided by the picture's height; broadcast lenses have 2 to 5.
        roll_deg: clockwise tilt of the camera.
    """

    position_m: tuple[float, float, float]
    target_m: tuple[float, float, float]
    focal_heights: float
    roll_deg: float = 0.0

    def __post_init__(self) -> None:
        if self.focal_heights <= 0:
            raise ValueError(f"focal_heights must be positive, got {self.focal_heights}.")
        if self.position_m[2] <= 0:
            raise ValueError(f"position_m must lie above the ground, got z = {self.position_m[2]}.")


_CHOICES = {
    "surface": get_args(Surface),
    "light": get_args(Light),
    "venue": get_args(Venue),
    "looks": get_args(Looks),
    "staging": get_args(Staging),
    "ball_kids": get_args(BallKids),
}
BROADCAST = CameraPlacement((0.1, -38.0, 10.6), (0.05, -1.6, 0.0), 2.85)
"""Near baseline at four fifths of the picture's height, as on television."""
BROADCAST_HIGH = CameraPlacement((0.0, -29.5, 10.6), (0.0, -3.6, 0.0), 2.0)
"""Closer and steeper, as over a clay court's end."""
AMATEUR = CameraPlacement((0.9, -20.5, 3.3), (0.1, -2.0, 0.35), 0.98)
"""A telephone behind the fence."""
CAMERAS = {"broadcast": BROADCAST, "broadcast_high": BROADCAST_HIGH, "amateur": AMATEUR}


@dataclass(frozen=True, slots=True)
class RallyOptions:
    """Everything that decides a rendered rally; the same options give the same pixels.

    Attributes:
        seed: chooses the people, the shots and the noise.
        size_wh: width and height in pixels.
        frame_rate: frames a second of the picture stream, repeated frames counted.
        duration_s: length; points follow one another until it is over.
        surface: what the court is made of.
        camera: where the camera stands.
        venue: a stadium with boards and crowd, or a club court with fences and trees.
        light: sun with cast shadows, several faint shadows under floodlights, one faint shadow below the feet, or none.
        sun: where the sun stands by day; None for a random one.
        pan_px: how far the camera turns sideways after the ball, in pixels of picture shift; 0 stands still.
        shake_px: root mean square of a hand-held camera's trembling.
        repeat_every: every so many frames one repeats its predecessor (6: 25 to 30 a second); 0 for none.
        doubles: four players.
        officials: umpire, line judges and ball kids.
        score_box: the score in a corner of the picture.
        noise: standard deviation of the sensor's noise, grey levels.
        shutter: exposure as a share of the time between (true) frames.
        k1: radial distortion, see `core.court_view.Lens`.
        first_serve_s: when the first serve is struck.
        pause_s: from the end of one point to the next serve; the players walk to their places and wait.
        slices: False keeps every shot flat or with topspin.
        looks: varied people differ in build, clothes and hair, and may wear the court's colours.
        staging: rally; crossing (doubles partners who change sides all the time); towel (between points the near player
            walks far behind the court); strolling (between points the players walk about all the time, as where nobody
            fetches balls for them); practice (one player serves); empty (no player and no ball).
        ball_kids: posted ones run along the net after a point; running ones cross the court, also behind players.
        bystanders: people who stand, sit and walk anywhere about the court.
        standing_crowd: spectators who stand in the front row, each a person with a box.
        crowd_share: share of the stands' seats that are taken.
        finish: focus, tone and compression.
    """

    seed: int = 0
    size_wh: tuple[int, int] = (1280, 720)
    frame_rate: Fraction = Fraction(25)
    duration_s: float = 10.0
    surface: Surface = "hard_blue"
    camera: CameraPlacement = field(default=BROADCAST)
    venue: Venue = "stadium"
    light: Light = "day"
    pan_px: float = 0.0
    shake_px: float = 0.0
    repeat_every: int = 0
    doubles: bool = False
    officials: bool = True
    score_box: bool = True
    noise: float = 2.0
    shutter: float = 0.3
    k1: float = 0.0
    first_serve_s: float = 2.0
    pause_s: float = 4.2
    slices: bool = True
    sun: Sunlight | None = None
    looks: Looks = "plain"
    staging: Staging = "rally"
    ball_kids: BallKids = "posted"
    bystanders: int = 0
    standing_crowd: int = 0
    crowd_share: float = 0.86
    finish: Finish = field(default_factory=Finish)

    def __post_init__(self) -> None:
        self._check_together()
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} must be one of {', '.join(choices)}, got {getattr(self, name)!r}.")
        if min(self.size_wh) < 64:
            raise ValueError(f"size_wh must be at least 64 pixels each way, got {self.size_wh}.")
        for name in ("frame_rate", "duration_s"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}.")
        for name in ("pan_px", "shake_px", "noise", "bystanders", "standing_crowd"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}.")
        for name in ("shutter", "crowd_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie in [0, 1], got {getattr(self, name)}.")
        if self.repeat_every in (1, 2) or self.repeat_every < 0:
            raise ValueError(f"repeat_every must be 0 or at least 3, got {self.repeat_every}.")
        if not -0.2 <= self.k1 <= 0.5:
            raise ValueError(f"k1 must lie in [-0.2, 0.5], got {self.k1}.")
        if self.first_serve_s < 1.2:
            raise ValueError(f"first_serve_s must leave 1.2 s for the toss, got {self.first_serve_s}.")

    def _check_together(self) -> None:
        if self.sun is not None and self.light != "day":
            raise ValueError(f"sun must be None unless light is day, got light {self.light!r}.")
        if self.pause_s < 4.2:
            raise ValueError(f"pause_s must leave 4.2 s to walk to the next place, got {self.pause_s}.")
        if self.staging == "crossing" and not self.doubles:
            raise ValueError("doubles must be True for staging crossing, got False.")

    @property
    def frame_count(self) -> int:
        """Number of frames."""
        return max(1, round(self.duration_s * self.frame_rate))

    @property
    def moves(self) -> bool:
        """Whether the camera turns."""
        return self.pan_px > 0 or self.shake_px > 0

    @property
    def px_per_720p(self) -> float:
        """Size of the picture's diagonal relative to that of 1280x720."""
        return float((self.size_wh[0] ** 2 + self.size_wh[1] ** 2) ** 0.5 / 1468.6)


OPTION_NAMES = tuple(f.name for f in fields(RallyOptions))
