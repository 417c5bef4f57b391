"""What happens: the values of which a rally's script is made."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from tennalytix.synthetic.flight import Flight
from tennalytix.synthetic.movement import Walk
from tennalytix.synthetic.physics import GRAVITY_MPS2, Floats

StrokeKind = Literal["serve", "forehand", "backhand"]
TOSS_S = 0.86
"""From the ball's leaving the hand to the stroke."""
HOLD_S = 2.2
"""How long before a serve the ball is in the server's hand."""
TOSS_REACH_M = (-0.08, 0.50, 1.78)
"""Where the tossing hand lets go: right, forward, up from the server's place (mirrored for left-handers)."""
SERVE_REACH_M = (0.22, 0.42, 2.74)
"""Where a serve is struck, likewise."""


@dataclass(frozen=True, eq=False, slots=True)
class Stroke:
    """A stroke: when, by whom, how, and where the ball is then.

    Attributes:
        time_s: scene time.
        player: index into the script's players.
        kind: serve, forehand or backhand.
        ball_m: (3,).
        spin_rps: topspin positive, slice negative.
    """

    time_s: float
    player: int
    kind: StrokeKind
    ball_m: Floats
    spin_rps: float


@dataclass(frozen=True, eq=False, slots=True)
class Player:
    """A player's side of the script.

    Attributes:
        role: "near" or "far".
        right_handed: which hand holds the racket.
        walk: the way on the ground.
        strokes: in order.
    """

    role: str
    right_handed: bool
    walk: Walk
    strokes: list[Stroke] = field(default_factory=list)

    @property
    def forward(self) -> Floats:
        """Unit vector towards the net."""
        return np.array([0.0, 1.0 if self.role == "near" else -1.0])

    @property
    def right(self) -> Floats:
        """Unit vector to the player's right when facing the net."""
        return np.array([self.forward[1], 0.0])

    @property
    def hand_sign(self) -> float:
        """+1 for a right-hander."""
        return 1.0 if self.right_handed else -1.0

    def place(self, root_xy: Floats, reach_m: tuple[float, float, float]) -> Floats:
        """A point given right, forward and up from the player's place (right means the racket hand's side), (3,)."""
        xy = root_xy + self.hand_sign * reach_m[0] * self.right + reach_m[1] * self.forward
        return np.array([xy[0], xy[1], reach_m[2]])


@dataclass(frozen=True, eq=False, slots=True)
class Leg:
    """The ball's path from one stroke to the next (or until it is taken away)."""

    start_s: float
    end_s: float
    flight: Flight


@dataclass(frozen=True, eq=False, slots=True)
class Bounce:
    """The ball meets the ground."""

    time_s: float
    court_xy_m: tuple[float, float]


@dataclass(frozen=True, eq=False, slots=True)
class Script:
    """The whole clip.

    Attributes:
        players: near side first.
        strokes: of all players, in order of time.
        legs: the ball's flights, in order of time.
        bounces: in order of time.
    """

    players: tuple[Player, ...]
    strokes: tuple[Stroke, ...]
    legs: tuple[Leg, ...]
    bounces: tuple[Bounce, ...]

    def ball_m(self, time_s: float) -> Floats | None:
        """Where the ball is, (3,) metres; None while there is none in play or in a server's hand."""
        for leg in self.legs:
            if leg.start_s <= time_s < leg.end_s:
                return leg.flight.at(time_s - leg.start_s)
        serve = next((s for s in self.strokes if s.kind == "serve" and s.time_s > time_s), None)
        if serve is None or time_s < serve.time_s - HOLD_S:
            return None
        player = self.players[serve.player]
        root = player.walk.at(serve.time_s)[0]
        if time_s < serve.time_s - TOSS_S:
            return player.place(root, tossing_hand(time_s - serve.time_s + TOSS_S))
        return _tossed(player.place(root, TOSS_REACH_M), serve.ball_m, time_s - serve.time_s + TOSS_S)


def tossing_hand(since_release_s: float) -> tuple[float, float, float]:
    """The hand with the ball before it lets go, and still rising after: right, forward, up from the server's place."""
    keys = (-HOLD_S + TOSS_S, -0.75, -0.42, -0.2, 0.0, 0.15, 0.4)
    right = (0.02, 0.02, 0.0, -0.05, -0.08, -0.10, -0.12)
    forward = (0.42, 0.42, 0.38, 0.42, 0.50, 0.42, 0.35)
    up = (1.12, 1.12, 0.86, 1.15, 1.78, 2.0, 2.02)
    return tuple(float(np.interp(since_release_s, keys, axis)) for axis in (right, forward, up))  # type: ignore[return-value]


def _tossed(start: Floats, end: Floats, since_s: float) -> Floats:
    share = since_s / TOSS_S
    result: Floats = start + share * (end - start)
    result[2] += GRAVITY_MPS2 / 2 * since_s * (TOSS_S - since_s)
    return result
