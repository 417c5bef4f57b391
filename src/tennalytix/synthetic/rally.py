"""The script of a whole clip: points one after another, with walks between them."""

import numpy as np

from tennalytix.synthetic.flight import Arena
from tennalytix.synthetic.movement import Walk
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.physics import GROUNDS, Floats
from tennalytix.synthetic.point import Point
from tennalytix.synthetic.script import Player, Script

PAUSE_S = 4.2
"""From the end of one point to the next serve."""
_SERVE_Y_M = 12.05
ARENAS = {"stadium": Arena(9.6, 18.3, 2.4), "club": Arena(8.6, 17.2, 3.0)}
BASE_SHOTS = (5, 9)


def write_script(options: RallyOptions) -> Script:
    """The points that fit into the clip; the same options give the same script."""
    rng = np.random.default_rng([options.seed, 1])
    players = _players(options, rng)
    point = Point(players, GROUNDS[options.surface], ARENAS[options.venue], rng, options.slices)
    server_role = "near" if rng.random() < 0.5 else "far"
    serve_s, number = options.first_serve_s, int(rng.integers(0, 2))
    # A clip that ends before the first serve shows the players waiting for it.
    while not point.strokes or serve_s - 1.5 < options.duration_s:
        server, receivers = _line_up(
            players, server_role, serve_s, deuce=number % 2 == 0, first=not point.strokes, rng=rng
        )
        dead_s = point.play(server, receivers, serve_s, number % 2 == 0, int(rng.integers(*BASE_SHOTS)))
        serve_s, number = dead_s + PAUSE_S, number + 1
    return Script(players, tuple(point.strokes), tuple(point.legs), tuple(point.bounces))


def _players(options: RallyOptions, rng: np.random.Generator) -> tuple[Player, ...]:
    roles = ("near", "near", "far", "far") if options.doubles else ("near", "far")
    return tuple(Player(role, bool(rng.random() < 0.8), Walk(np.zeros(2))) for role in roles)


def _line_up(
    players: tuple[Player, ...], server_role: str, serve_s: float, *, deuce: bool, first: bool, rng: np.random.Generator
) -> tuple[int, dict[str, int]]:
    """Sends everybody to their places for a serve; the server, and on each side the one who plays ground strokes."""
    sides: dict[str, list[int]] = {"near": [], "far": []}
    for index, player in enumerate(players):
        sides[player.role].append(index)
    backs = {role: group[0] for role, group in sides.items()}
    for role, group in sides.items():
        for index in group:
            serving = role == server_role
            _send(
                players[index],
                _place(players[index], serving, index == backs[role], deuce, len(group) > 1, rng),
                serve_s,
                first,
            )
    return backs[server_role], backs


def _place(player: Player, serving: bool, back: bool, deuce: bool, doubles: bool, rng: np.random.Generator) -> Floats:
    """Where a player awaits the serve, (2,)."""
    side = player.right[0] * (1.0 if deuce else -1.0)
    behind = -player.forward[1]
    if serving and back:
        x = rng.uniform(1.6, 2.8) if doubles else rng.uniform(0.45, 1.1)
        return np.array([side * x, behind * _SERVE_Y_M])
    if back:
        return np.array([side * rng.uniform(3.2, 4.1), behind * rng.uniform(12.6, 13.6)])
    return np.array([-side * rng.uniform(1.9, 2.6), behind * (3.2 if serving else 6.0)])


def _send(player: Player, place: Floats, serve_s: float, first: bool) -> None:
    if first:
        player.walk.start_xy = place
    else:
        player.walk.go(serve_s - PAUSE_S + 0.4, serve_s - 2.4, place)
