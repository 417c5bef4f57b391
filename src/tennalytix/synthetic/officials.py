"""Umpire, line judges and ball kids: mostly still, now and then stirring, sometimes running."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from tennalytix.synthetic.limbs import BodyFrame
from tennalytix.synthetic.movement import Walk
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.outfit import Outfit, dress
from tennalytix.synthetic.palette import HAIR, SHORTS, SKIN, UNIFORMS, Colour, pick
from tennalytix.synthetic.people import Person
from tennalytix.synthetic.physics import Floats
from tennalytix.synthetic.pose import running_joints
from tennalytix.synthetic.resting import ATTITUDES, resting_joints
from tennalytix.synthetic.script import Script
from tennalytix.synthetic.sprite import Moment
from tennalytix.synthetic.stadium import CHAIR_X_M, LINE_SEATS
from tennalytix.synthetic.strokes import ready
from tennalytix.synthetic.wardrobe import vary_build

SEATED = ("seated", "seated_left", "seated_right")
_HOME_S = 3.0
_CHANGE_S = 0.7
_RUNNING_MPS = 0.05
_SEAT_M = 1.80 - 0.44
_ERRANDS = ((-0.5, 9.0), (1.0, 15.2), (2.6, -15.2), (-1.2, -9.5), (-6.4, 0.7), (-6.2, -0.9))
"""Where running kids turn round: one a kid, in the order of their posts."""


@dataclass(frozen=True, eq=False, slots=True)
class Official:
    """Somebody on duty.

    Attributes:
        role: umpire, line_judge or ball_kid; bystander or spectator for those without an office.
        walk: the way on the ground.
        facing: unit vector, (2,).
        outfit: clothes.
        raised_m: height of the feet above the ground.
        changes_s: when a new attitude is taken, ascending, the first before the clip.
        attitudes: which, one a change.
    """

    role: str
    walk: Walk
    facing: Floats
    outfit: Outfit
    raised_m: float
    changes_s: tuple[float, ...]
    attitudes: tuple[str, ...]
    _keys: dict[str, int] = field(default_factory=lambda: {name: i for i, name in enumerate(ATTITUDES)}, repr=False)

    def place(self, time_s: float) -> Floats:
        """Where the official is."""
        return self.walk.at(time_s)[0]

    def attitude(self, time_s: float) -> int | None:
        """Names the standstill; None while stirring or running."""
        index, since = self._now(time_s)
        if since < _CHANGE_S + 0.1 or float(np.hypot(*self.walk.at(time_s)[1])) > _RUNNING_MPS:
            return None
        return index

    def moment(self, time_s: float) -> Moment:
        """The body."""
        place, velocity = self.walk.at(time_s)
        speed = float(np.hypot(*velocity))
        if speed > _RUNNING_MPS:
            facing = velocity / speed
            frame = BodyFrame(place, np.array([facing[1], -facing[0]]), facing, self.outfit.scale)
            return dress(running_joints(frame, velocity, self.walk.distance(time_s), ready()), self.outfit), None
        index, since = self._now(time_s)
        share = float(np.clip(since / _CHANGE_S, 0, 1))
        share = share * share * (3 - 2 * share)
        before, now = (ATTITUDES[self.attitudes[max(i, 0)]] for i in (index - 1, index))
        frame = BodyFrame(
            place, np.array([self.facing[1], -self.facing[0]]), self.facing, self.outfit.scale, self.raised_m
        )
        return dress(resting_joints(frame, before + share * (now - before)), self.outfit), None

    def _now(self, time_s: float) -> tuple[int, float]:
        index = max(int(np.searchsorted(self.changes_s, time_s, side="right")) - 1, 0)
        return index, time_s - self.changes_s[index]


def officials_of(options: RallyOptions, script: Script) -> list[Person]:
    """Those on duty in a stadium; a club court has none."""
    if options.venue != "stadium":
        return []
    rng = np.random.default_rng([options.seed, 10])
    crew, kids = _uniform(rng, long=True), _uniform(rng, long=False)
    plays = plays_of(script)
    people = [stirring("umpire", (CHAIR_X_M, 0.0), (1.0, 0.0), lambda: _outfit(crew, rng), SEATED, rng, _SEAT_M)]
    for x, y in ((-4.15, 17.5), (0.25, 17.6), (4.1, 17.5), (-1.9, -17.9), (4.1, -17.9)):
        people.append(_watching("line_judge", (x, y), (0.0, -float(np.sign(y))), crew, ("behind", "knees"), plays, rng))
    for x, y in LINE_SEATS:
        people.append(
            stirring("line_judge", (x, y), (-float(np.sign(x)), 0.0), lambda: _outfit(crew, rng), SEATED, rng)
        )
    for x, y in ((-6.9, 17.4), (7.0, 17.4), (-7.4, -17.6), (7.5, -17.4)):
        people.append(_watching("ball_kid", (x, y), (0.0, -float(np.sign(y))), kids, ("front", "behind"), plays, rng))
    for x, y in ((7.0, 0.7), (7.1, -0.8)):
        people.append(_watching("ball_kid", (x, y), (-1.0, 0.0), kids, ("kneeling", "kneeling_low"), plays, rng))
    _fetch(people[-1].walk, script)
    if options.ball_kids == "running":
        send_running([p for p in people if p.role == "ball_kid"], plays)
    if options.looks == "varied":
        dressing = np.random.default_rng([options.seed, 11])
        people = [replace(p, outfit=vary_build(p.outfit, dressing, options.surface)) for p in people]
    return list(people)


def _uniform(rng: np.random.Generator, *, long: bool) -> tuple[Colour, Colour, bool]:
    return pick(UNIFORMS, rng), (34.0, 38.0, 52.0) if long else pick(SHORTS[1:4], rng), long


def _outfit(uniform: tuple[Colour, Colour, bool], rng: np.random.Generator) -> Outfit:
    shirt, shorts, long = uniform
    cap = shirt if rng.random() < 0.6 else None
    scale = float(rng.uniform(0.92, 1.0) if long else rng.uniform(0.84, 0.93))
    return Outfit(
        shirt, shorts, pick(SKIN, rng), pick(HAIR, rng), (60.0, 60.0, 66.0) if long else (230.0, 230.0, 232.0), cap,
        long_trousers=long, long_sleeves=long and bool(rng.random() < 0.5), scale=scale,
    )  # fmt: skip


def stirring(
    role: str, place: tuple[float, float], facing: tuple[float, float], outfit: Callable[[], Outfit],
    choices: tuple[str, ...], rng: np.random.Generator, raised_m: float = 0.0,
) -> Official:  # fmt: skip
    """Somebody who changes attitude every few seconds."""
    times = np.concatenate([[-60.0], np.cumsum(rng.uniform(1.5, 9.0, 400))])
    names = tuple(choices[int(i)] for i in rng.integers(0, len(choices), len(times)))
    walk, changes = Walk(np.array(place)), tuple(float(t) for t in times)
    return Official(role, walk, np.array(facing), outfit(), raised_m, changes, names)


def _watching(
    role: str, place: tuple[float, float], facing: tuple[float, float], uniform: tuple[Colour, Colour, bool],
    choices: tuple[str, str], plays: list[tuple[float, float]], rng: np.random.Generator,
) -> Official:  # fmt: skip
    """Somebody who is alert while the ball is in play (second choice) and at ease between points (first)."""
    times, names = [-60.0], [choices[0]]
    for start, end in plays:
        times += [start + float(rng.uniform(-1.2, -0.3)), end + float(rng.uniform(0.2, 1.5))]
        names += [choices[1], choices[0]]
    return Official(
        role, Walk(np.array(place)), np.array(facing), _outfit(uniform, rng), 0.0, tuple(times), tuple(names)
    )


def plays_of(script: Script) -> list[tuple[float, float]]:
    """From each serve to the last stroke of its point."""
    serves = [s.time_s for s in script.strokes if s.kind == "serve"]
    if not serves:
        return []
    ends = [max(s.time_s for s in script.strokes if s.time_s < limit) for limit in (*serves[1:], np.inf)]
    return list(zip(serves, ends, strict=True))


def _fetch(walk: Walk, script: Script) -> None:
    """After each point the kid runs along the net and back."""
    home = walk.start_xy.copy()
    for leg in script.legs:
        if not any(abs(leg.end_s - s.time_s) < 1e-6 for s in script.strokes):
            walk.go(leg.end_s - 0.4, leg.end_s + 1.2, home + np.array([-5.5, 0.0]))
            walk.go(leg.end_s + 1.4, leg.end_s + _HOME_S, home)


def send_running(kids: list[Official], plays: list[tuple[float, float]]) -> None:
    """Before the first serve and after each point the kids run: over the court, along the net, behind the players."""
    starts = [0.3, *(end + 0.9 for _, end in plays)]
    for number, kid in enumerate(kids):
        kid.walk.stretches.clear()
        home = kid.walk.start_xy.copy()
        for start_s in starts:
            begin = start_s + 0.17 * number
            kid.walk.go(begin, begin + 1.9, np.array(_ERRANDS[number % len(_ERRANDS)]))
            kid.walk.go(begin + 2.2, begin + 4.0, home)
