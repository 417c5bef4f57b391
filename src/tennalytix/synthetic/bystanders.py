"""People without an office: some about the court, a standing row of spectators."""

import numpy as np

from tennalytix.synthetic.officials import Official, stirring
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.people import Person
from tennalytix.synthetic.physics import Floats
from tennalytix.synthetic.resting import ATTITUDES
from tennalytix.synthetic.stadium import BACK_Y_M, SIDE_X_M
from tennalytix.synthetic.wardrobe import varied_outfit

_ABOUT_M = (8.2, 16.8)
"""Bystanders keep within this distance of the court's middle, sideways and lengthwise."""
_STANDING = ("behind", "sides", "front", "hips", "raised", "out")
_APART_M = 0.62
_PARAPET_M = 2.6


def bystanders_of(options: RallyOptions) -> list[Person]:
    """Everybody without an office; the same seed gives the same people."""
    rng = np.random.default_rng([options.seed, 12])
    walking = [_bystander(options, rng) for _ in range(options.bystanders)]
    return [*walking, *(_spectator(options, i, rng) for i in range(options.standing_crowd))]


def _bystander(options: RallyOptions, rng: np.random.Generator) -> Official:
    angle = rng.uniform(0, 2 * np.pi)
    facing = (float(np.cos(angle)), float(np.sin(angle)))
    x, y = _somewhere(rng)
    person = stirring(
        "bystander", (float(x), float(y)), facing, lambda: varied_outfit(rng, options.surface), tuple(ATTITUDES), rng
    )
    if rng.random() < 0.5:
        _stroll(person, options.duration_s, rng)
    return person


def _somewhere(rng: np.random.Generator) -> Floats:
    return rng.uniform(-1, 1, 2) * _ABOUT_M


def _stroll(person: Official, duration_s: float, rng: np.random.Generator) -> None:
    """Walks or runs from place to place, with rests between."""
    place, time_s = person.walk.start_xy, float(rng.uniform(-3, 1))
    while time_s < duration_s:
        goal = _somewhere(rng)
        arrival_s = time_s + max(float(np.hypot(*(goal - place))) / rng.uniform(1.2, 5.0), 0.5)
        person.walk.go(time_s, arrival_s, goal)
        place, time_s = goal, arrival_s + float(rng.uniform(0.2, 3.0))


def _spectator(options: RallyOptions, index: int, rng: np.random.Generator) -> Official:
    """Alternately on the far stand's parapet (in a club: before the fence) and along the sides."""
    stadium = options.venue == "stadium"
    row, number = (index % 4 == 3), index // 4
    across = (index - number - (options.standing_crowd * 3 // 4) / 2) * _APART_M
    if row:
        side = 1.0 if number % 2 else -1.0
        place = (side * ((SIDE_X_M + 0.5) if stadium else 8.1), 12.0 - _APART_M * 2 * (number // 2))
        facing = (-side, 0.0)
    else:
        place, facing = (across, BACK_Y_M + 0.35 if stadium else 16.9), (0.0, -1.0)
    raised_m = _PARAPET_M if stadium and not row else 0.0
    return stirring("spectator", place, facing, lambda: varied_outfit(rng, options.surface), _STANDING, rng, raised_m)
