"""The script of a whole clip: points one after another, with walks between them."""

import numpy as np

from tennalytix.synthetic.flight import Arena
from tennalytix.synthetic.movement import Walk
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.physics import GROUNDS, Floats
from tennalytix.synthetic.point import FAREWELL_S, PARTNER_Y_M, Point
from tennalytix.synthetic.script import Player, Script

_WALK_MPS = 1.4
_SERVE_Y_M = 12.05
ARENAS = {"stadium": Arena(9.6, 18.3, 2.4), "club": Arena(8.6, 17.2, 3.0)}
BASE_SHOTS = (5, 9)
_AWAY_XY = (0.6, -20.5)
"""Where the near player of a `towel` staging walks between points: below the picture."""


def write_script(options: RallyOptions) -> Script:
    """The points that fit into the clip; the same options give the same script."""
    rng = np.random.default_rng([options.seed, 1])
    players = _players(options, rng)
    if not players:
        return Script((), (), (), ())
    crossing = options.staging == "crossing"
    point = Point(players, GROUNDS[options.surface], ARENAS[options.venue], rng, options.slices, crossing)
    server_role = "near" if rng.random() < 0.5 else "far"
    server_role = "near" if len(players) == 1 else server_role
    serve_s, number = options.first_serve_s, int(rng.integers(0, 2))
    # A clip that ends before the first serve shows the players waiting for it.
    while not point.strokes or serve_s - 1.5 < options.duration_s:
        server, receivers = _line_up(
            players, server_role, serve_s, options, deuce=number % 2 == 0, first=not point.strokes, rng=rng
        )
        dead_s = point.play(server, receivers, serve_s, number % 2 == 0, int(rng.integers(*BASE_SHOTS)))
        serve_s, number = dead_s + options.pause_s, number + 1
    return Script(players, tuple(point.strokes), tuple(point.legs), tuple(point.bounces))


def _players(options: RallyOptions, rng: np.random.Generator) -> tuple[Player, ...]:
    everybody = ("near", "near", "far", "far") if options.doubles else ("near", "far")
    roles: tuple[str, ...] = {"practice": everybody[:1], "empty": ()}.get(options.staging, everybody)
    return tuple(Player(role, bool(rng.random() < 0.8), Walk(np.zeros(2))) for role in roles)


def _line_up(
    players: tuple[Player, ...], server_role: str, serve_s: float, options: RallyOptions,
    *, deuce: bool, first: bool, rng: np.random.Generator,
) -> tuple[int, dict[str, int]]:  # fmt: skip
    """Sends everybody to their places for a serve; the server, and on each side the one who plays ground strokes."""
    staging, dead_s = options.staging, serve_s - options.pause_s
    sides: dict[str, list[int]] = {"near": [], "far": []}
    for index, player in enumerate(players):
        sides[player.role].append(index)
    backs = {role: group[0] for role, group in sides.items() if group}
    for role, group in sides.items():
        for index in group:
            serving = role == server_role
            place = _place(players[index], serving, index == backs[role], deuce, len(group) > 1, rng)
            if staging == "crossing" and index != backs[role]:
                place = place * [1, 0] + [0, -players[index].forward[1] * PARTNER_Y_M]
            if staging == "strolling" and not first:
                _stroll(players[index], place, dead_s, serve_s, rng)
                continue
            away = staging == "towel" and role == "near"
            send = _send_away if away else _send
            send(players[index], place, dead_s, serve_s, first)
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


def _send(player: Player, place: Floats, dead_s: float, serve_s: float, first: bool) -> None:
    if first:
        player.walk.start_xy = place
    else:
        start_s = dead_s + 0.4
        way_s = max(1.4, float(np.hypot(*(place - player.walk.at(start_s)[0]))) / _WALK_MPS)
        player.walk.go(start_s, min(serve_s - 2.4, start_s + way_s), place)


def _stroll(player: Player, place: Floats, dead_s: float, serve_s: float, rng: np.random.Generator) -> None:
    """About their half of the court and behind it, and straight to their place when it is time."""
    time_s, here = dead_s + 0.4, player.walk.at(dead_s + 0.4)[0]
    while True:
        there = np.array([rng.uniform(-5.5, 5.5), -player.forward[1] * rng.uniform(2.0, 15.0)])
        arrives_s = time_s + max(1.4, float(np.hypot(*(there - here))) / _WALK_MPS)
        if arrives_s + max(1.4, float(np.hypot(*(place - there))) / _WALK_MPS) > serve_s - 1.6:
            break
        player.walk.go(time_s, arrives_s, there)
        time_s, here = arrives_s, there
    player.walk.go(time_s, serve_s - 1.6, place)


def _send_away(player: Player, place: Floats, dead_s: float, serve_s: float, first: bool) -> None:
    """Far behind the court and back in time for the serve."""
    if first:
        player.walk.start_xy = np.array(_AWAY_XY)
    else:
        player.walk.go(dead_s - FAREWELL_S + 0.9, dead_s + 0.9, np.array(_AWAY_XY))
    player.walk.go(max(serve_s - 3.2, 0.4), serve_s - 1.3, place)
