"""What is exactly true of a rendered rally."""

from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from tennalytix.core.court_view import CourtView
from tennalytix.synthetic.physics import Floats

ABSENT, CLEAR, HARD, HIDDEN = 0, 1, 2, 3
"""The ball's visibility, as in the label files."""
FLYING, HIT, BOUNCE = 0, 1, 2
"""The ball's status, as in the label files."""


@dataclass(frozen=True, eq=False, slots=True)
class BallTruth:
    """The ball in one frame.

    Attributes:
        visibility: ABSENT, CLEAR, HARD or HIDDEN.
        xy: (2,), middle of the ball or of its streak, px, centre of the top-left pixel (0, 0); NaN where absent.
        xyz_m: (3,), in the middle of the exposure, metres; NaN where there is no ball.
        status: HIT or BOUNCE in the frame nearest to one, else FLYING.
        visible_share: how much of it is seen, [0, 1].
        radius_px: of the disc; 0 where there is no ball.
    """

    visibility: int
    xy: Floats
    xyz_m: Floats
    status: int = FLYING
    visible_share: float = 0.0
    radius_px: float = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class PersonTruth:
    """A person in one frame.

    Attributes:
        track_id: from 1, the same throughout.
        role: near or far for players; else umpire, line_judge, ball_kid, bystander or spectator (one who stands in the
            front row; those on the stands have no boxes).
        xyxy: (4,), edges of the body's visible pixels, without racket and shadow (see `core.boxes`).
        visible_share: visible part of the body's pixels inside the picture, [0, 1].
        court_xy_m: (2,), between the feet.
        touches_edge: whether the picture's edge cuts the body.
    """

    track_id: int
    role: str
    xyxy: Floats
    visible_share: float
    court_xy_m: Floats
    touches_edge: bool


@dataclass(frozen=True, eq=False, slots=True)
class FrameTruth:
    """One frame.

    Attributes:
        frame_index: from 0.
        time_s: presentation time.
        repeated: only repeats the frame before.
        ball: the ball.
        players: those in the picture.
        others: everybody else in the picture, spectators on the stands excepted.
        court_view: how the court lies.
        crowd: where those spectators are: convex polygons, (n, 2) px each (see `crowd_regions.crowd_mask`).
    """

    frame_index: int
    time_s: float
    repeated: bool
    ball: BallTruth
    players: tuple[PersonTruth, ...]
    others: tuple[PersonTruth, ...]
    court_view: CourtView
    crowd: tuple[Floats, ...] = ()

    @property
    def keypoints(self) -> dict[str, tuple[float, float]]:
        """The 14 court points, px."""
        return self.court_view.keypoints()


@dataclass(frozen=True, slots=True)
class EventTruth:
    """A hit or a bounce.

    Attributes:
        kind: "hit" or "bounce".
        frame: when, in frames, with fraction; repeated frames are passed over.
        time_s: the same in the video's time.
        court_xy_m: ground point below the ball.
        height_m: of the ball's middle.
        player: role of the hitter, None for a bounce.
        track_id: of the hitter, None for a bounce.
    """

    kind: str
    frame: float
    time_s: float
    court_xy_m: tuple[float, float]
    height_m: float
    player: str | None = None
    track_id: int | None = None


@dataclass(frozen=True, slots=True)
class RallyTruth:
    """The whole clip.

    Attributes:
        size_wh: pixels.
        frame_rate: frames a second.
        moving_camera: whether the court view changes.
        frames: in order.
        hits, bounces: in order of time, those within the clip.
    """

    size_wh: tuple[int, int]
    frame_rate: Fraction
    moving_camera: bool
    frames: tuple[FrameTruth, ...] = field(repr=False)
    hits: tuple[EventTruth, ...]
    bounces: tuple[EventTruth, ...]


NO_BALL = BallTruth(ABSENT, np.full(2, np.nan), np.full(3, np.nan))
STATUS = MappingProxyType({"hit": HIT, "bounce": BOUNCE})
