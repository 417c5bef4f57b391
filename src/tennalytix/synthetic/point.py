"""One point: who hits what where, as flights, strokes and ways to run."""

from dataclasses import dataclass, field

import numpy as np

from tennalytix.core.court import BASELINE_Y_M
from tennalytix.synthetic.flight import Arena, Flight, fly
from tennalytix.synthetic.physics import Floats, Ground
from tennalytix.synthetic.script import SERVE_REACH_M, Bounce, Leg, Player, Stroke, StrokeKind
from tennalytix.synthetic.shots import solve_shot

REACTION_S = 0.22
FAREWELL_S = 2.6
"""How long the ball is followed after the last stroke."""
PARTNER_Y_M = 10.6
"""How far from the net partners who cross play."""
_TOP_MEAN_MPS = 4.1
"""Fastest mean speed of a run; its peak is 1.9 times that."""
_REACH_M = {"forehand": (0.72, 0.38), "backhand": (-0.62, 0.42)}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a stroke aims at: landing place (m), spin (turns a second) and height over the net (m)."""

    landing_xy: tuple[float, float]
    spin_rps: float
    clearance_m: float


@dataclass(slots=True)
class Point:
    """A point as it is being played; lists grow stroke by stroke."""

    players: tuple[Player, ...]
    ground: Ground
    arena: Arena
    rng: np.random.Generator
    slices: bool
    crossing: bool = False
    legs: list[Leg] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    bounces: list[Bounce] = field(default_factory=list)

    def play(self, server: int, receivers: dict[str, int], serve_s: float, deuce: bool, shots: int) -> float:
        """Plays `shots` strokes at most, the serve among them; when the ball is dead, in scene time."""
        stroke = self._serve(server, serve_s)
        wish = self._serve_wish(self.players[server], deuce)
        for left in range(shots - 1, -1, -1):
            hitter = self.players[stroke.player]
            struck = solve_shot(stroke.ball_m, np.array(wish.landing_xy), stroke.spin_rps, wish.clearance_m)
            flight = fly(stroke.ball_m, *struck, FAREWELL_S, self.ground, self.arena, most_bounces=2)
            other = receivers.get("far" if hitter.role == "near" else "near")
            reply = self._reply(other, stroke, flight) if left and other is not None else None
            if reply is None:
                flight = fly(stroke.ball_m, *struck, FAREWELL_S, self.ground, self.arena)
            self._record(stroke, flight, reply)
            if reply is None:
                break
            self._run(reply, stroke.time_s)
            wish, stroke = self._wish(reply, last=left == 1), reply
        return self.legs[-1].end_s

    def _serve(self, server: int, serve_s: float) -> Stroke:
        player = self.players[server]
        root = player.walk.at(serve_s)[0]
        return Stroke(serve_s, server, "serve", player.place(root, SERVE_REACH_M), float(self.rng.uniform(15, 35)))

    def _serve_wish(self, player: Player, deuce: bool) -> Wish:
        # The deuce court lies to the server's right: the ball goes to the left half of the other side.
        across = -1.0 if deuce else 1.0
        x = across * player.right[0] * self.rng.uniform(0.7, 3.4)
        return Wish(
            (float(x), float(player.forward[1] * self.rng.uniform(5.2, 6.1))), 25.0, float(self.rng.uniform(0.22, 0.5))
        )

    def _wish(self, stroke: Stroke, last: bool) -> Wish:
        """Where a ground stroke goes; the last of a point wins, or ends in the net or out."""
        side = self.players[stroke.player].forward[1]
        depth = side * self.rng.uniform(8.0, 10.9)
        x = self.rng.uniform(1.0, 3.4) * self.rng.choice([-1.0, 1.0])
        clearance = self.rng.uniform(0.35, 1.3) if stroke.spin_rps > 0 else self.rng.uniform(0.4, 1.0)
        clearance += 3.0 if self.rng.random() < 0.06 else 0.0
        if last:
            ending = self.rng.choice(["winner", "out", "net"], p=[0.55, 0.3, 0.15])
            depth = side * self.rng.uniform(12.3, 13.5) if ending == "out" else depth
            clearance = -0.25 if ending == "net" else clearance
            x = np.sign(x) * 3.9 if ending == "winner" else x
        return Wish((float(x), float(depth)), stroke.spin_rps, float(clearance))

    def _reply(self, player: int, stroke: Stroke, flight: Flight) -> Stroke | None:
        """The stroke that answers a flight; None where the ball is out of reach, out, or in the net."""
        if flight.net_s is not None or not flight.bounce_s or abs(flight.at(flight.bounce_s[0])[1]) > BASELINE_Y_M:
            return None
        first = flight.bounce_s[0]
        second = flight.bounce_s[1] if len(flight.bounce_s) > 1 else float(flight.time_s[-1])
        times = np.arange(first + 0.16, second - 0.05, 0.02)
        options = [self._option(player, stroke.time_s, t, flight.at(t)) for t in times]
        best = min(options, key=lambda o: o[0], default=None)
        return best[1] if best is not None and best[0] < 5.0 else None

    def _option(self, index: int, struck_s: float, after_s: float, ball: Floats) -> tuple[float, Stroke]:
        """Cost of meeting the ball at that moment, and the stroke."""
        player = self.players[index]
        start = player.walk.at(struck_s + REACTION_S)[0]
        lateral = float((ball[:2] - start) @ player.right) * player.hand_sign
        kind: StrokeKind = "forehand" if lateral > -0.25 else "backhand"
        root = stance(player, kind, ball)
        speed = float(np.hypot(*(root - start))) / max(after_s - REACTION_S - 0.1, 0.05)
        depth = abs(ball[1])
        cost = abs(ball[2] - 1.0) + 0.35 * max(11.6 - depth, 0.0) + 0.5 * max(depth - 14.3, 0.0)
        cost += 0.15 * speed + 6.0 * max(speed - _TOP_MEAN_MPS, 0.0) + 3.0 * max(abs(ball[0]) - 7.2, 0.0)
        cost += 4.0 * max(ball[2] - 1.7, 0.0)
        sliced = self.slices and kind == "backhand" and after_s % 0.1 < 0.04
        spin = -18.0 if sliced else 22.0 + 14.0 * (after_s * 7 % 1)
        return cost, Stroke(struck_s + after_s, index, kind, ball, spin)

    def _record(self, stroke: Stroke, flight: Flight, reply: Stroke | None) -> None:
        end_s = reply.time_s if reply else stroke.time_s + FAREWELL_S
        self.players[stroke.player].strokes.append(stroke)
        self.strokes.append(stroke)
        self.legs.append(Leg(stroke.time_s, end_s, flight))
        for bounce_s in flight.bounce_s[: 1 if reply else 3]:
            x, y = flight.at(bounce_s)[:2]
            self.bounces.append(Bounce(stroke.time_s + bounce_s, (float(x), float(y))))

    def _run(self, reply: Stroke, struck_s: float) -> None:
        """To the ball, and afterwards back behind the middle of the baseline."""
        player = self.players[reply.player]
        root = stance(player, reply.kind, reply.ball_m)
        player.walk.go(struck_s + REACTION_S, reply.time_s - 0.1, root)
        home = np.array(
            [0.22 * root[0] + self.rng.uniform(-0.5, 0.5), -player.forward[1] * self.rng.uniform(12.2, 13.2)]
        )
        if self.crossing:
            home[0] = self._swap(reply.player, root, reply.time_s + 0.28)
        player.walk.go(reply.time_s + 0.28, reply.time_s + 0.28 + max(float(np.hypot(*(home - root))) / 2.6, 0.5), home)

    def _swap(self, index: int, root: Floats, start_s: float) -> float:
        """Partners change sides after a stroke, past one another; where the hitter goes, x in metres."""
        player, side = self.players[index], 1.0 if root[0] > 0 else -1.0
        for other in self.players:
            if other is not player and other.role == player.role:
                place = np.array([side * self.rng.uniform(1.6, 2.8), -player.forward[1] * PARTNER_Y_M])
                other.walk.go(start_s, start_s + 1.3, place)
        return float(-side * self.rng.uniform(1.6, 2.8))


def stance(player: Player, kind: StrokeKind, ball_m: Floats) -> Floats:
    """Where the player stands to meet a ball there, (2,)."""
    across, ahead = _REACH_M[kind]
    result: Floats = ball_m[:2] - player.hand_sign * across * player.right - ahead * player.forward
    return result
