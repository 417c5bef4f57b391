"""Where on the ground people stand, and how well place and size suit a player."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from tennalytix.core.boxes import foot_xy
from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M
from tennalytix.core.tables import Flags, Floats, Ints
from tennalytix.tracking.people_ground import USUAL_HEIGHT, Ground
from tennalytix.tracking.people_options import PlayerOptions

_HALF_WIDTH_M = DOUBLES_WIDTH_M / 2
_AT_EDGE = 0.005
_ARM = 0.35
"""How much higher than usual a player reaches who serves, body heights."""

_LOWEST, _HIGHEST = 0.25, 2.5
_TALL, _WIDEST = (1.0, 1.1, 1.2, 1.45), (1.3, 0.85, 0.65, 0.5)

_LOW, _FLAT, _SURE, _LIES = (0.35, 0.7), (0.8, 1.4), 0.45, 0.7
"""Height and width of a player who dives, body heights, the score from which he is taken for one, and what it is worth.

Half a person is low too, but not wide; shadows that motion alone has seen are less sure.
"""


@dataclass(frozen=True, eq=False, slots=True)
class Placed:
    """Boxes and where they stand.

    Attributes:
        position: (n,), row in the table of frames.
        xyxy: (n, 4)
        score: (n,)
        foot_m: (n, 2), where they stand.
        height_px: (n,), how high a standing person would be there.
        size: (n,), [0, 1], how well the box has a person's size.
    """

    position: Ints
    xyxy: Floats
    score: Floats
    foot_m: Floats
    height_px: Floats
    size: Floats

    def take(self, rows: Ints) -> "Placed":
        """These rows."""
        return Placed(*(getattr(self, name)[rows] for name in self.__slots__))


def place(
    position: Ints, xyxy: Floats, score: Floats, ground: Ground, size_wh: tuple[int, int], options: PlayerOptions
) -> tuple[Placed, Ints]:
    """Those who stand on the court, in its run-off or where officials are, and which rows they are.

    A box that ends at the picture's lower edge does not show the feet: they are put where the head says. So does one
    that ends at the net of a camera low down, and it is completed: the net hides nobody wholly.
    """
    hidden, behind = ground.behind_net(xyxy, position)
    xyxy = np.column_stack([xyxy[:, :3], np.where(hidden, behind[:, 1], xyxy[:, 3])])
    foot = foot_xy(xyxy)
    cut = np.flatnonzero(xyxy[:, 3] > (1 - _AT_EDGE) * size_wh[1])
    below = ground.stand_below(np.column_stack([foot[cut, 0], xyxy[cut, 1]]), position[cut], USUAL_HEIGHT)
    # Whose feet must be well above the edge, even with an arm up, stands there beside a shadow or somebody else.
    with np.errstate(invalid="ignore"):
        out = ~(below[:, 1] + _ARM * (below[:, 1] - xyxy[cut, 1]) < size_wh[1])
    foot[cut[out]] = below[out]
    foot_m, height_px = ground.locate(foot, position)
    beside = (xyxy[:, 0] < _AT_EDGE * size_wh[0]) | (xyxy[:, 2] > (1 - _AT_EDGE) * size_wh[0])
    size = size_likelihood(np.column_stack([xyxy[:, :3], foot[:, 1]]), height_px, beside)
    size = np.where(lies_flat(xyxy, height_px, score), np.maximum(size, _LIES), size)
    with np.errstate(divide="ignore", invalid="ignore"):
        tall = (foot[:, 1] - xyxy[:, 1]) / height_px
    near = (np.abs(ground.at_best(foot_m, position)) < options.reach_xy_m).all(axis=1) & (height_px > 0)
    keep = np.flatnonzero(near & (tall > _LOWEST) & (tall < _HIGHEST))
    return Placed(position, xyxy, score, foot_m, height_px, size).take(keep), keep


def size_likelihood(xyxy: Floats, height_px: Floats, cut: Flags | None = None) -> Floats:
    """How well boxes have the size of a person whose standing height would be `height_px`, (n,), [0, 1].

    Those that are `cut` at the picture's side, (n,), may be as narrow as they like.

    Crouching, stretching and serving players stay between about 0.65 and 1.35 of their standing height. Who lunges is
    wide but not tall, who serves tall but not wide: both at once is two people, or one and a shadow.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        tall = (xyxy[:, 3] - xyxy[:, 1]) / height_px
        wide = (xyxy[:, 2] - xyxy[:, 0]) / height_px
    widest = np.interp(tall, _TALL, _WIDEST)
    fits = expit((tall - 0.6) / 0.05) * expit((1.45 - tall) / 0.06)
    broad = expit((wide - 0.12) / 0.03)
    result: Floats = fits * expit((widest - wide) / 0.08) * (broad if cut is None else np.where(cut, 1.0, broad))
    return np.nan_to_num(result)


def lies_flat(xyxy: Floats, height_px: Floats, score: Floats) -> Flags:
    """Which boxes are as low and wide as somebody who dives for a ball, and sure enough to be no shadow, (n,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        wide, tall = ((xyxy[:, 2:] - xyxy[:, :2]) / height_px[:, None]).T
    flat: Flags = (tall > _LOW[0]) & (tall < _LOW[1]) & (wide > _FLAT[0]) & (wide < _FLAT[1]) & (score > _SURE)
    return flat


def place_likelihood(foot_m: Floats, options: PlayerOptions, beyond_m: float = 0.0) -> Floats:
    """How well places suit a player rather than an official, (n, 2) to (n,), [0, 1]; all limits `beyond_m` further out.

    Behind the baseline up to `run_off_back_m`; beside the court up to a limit that grows from the net, where nobody
    plays wide balls, to the baseline, where the angles open.
    """
    x, y = np.abs(foot_m[:, 0]), np.abs(foot_m[:, 1])
    opened = np.clip((y - 3.0) / (BASELINE_Y_M - 3.0), 0, 1)
    side_m = (
        _HALF_WIDTH_M + beyond_m + options.run_off_net_m + opened * (options.run_off_side_m - options.run_off_net_m)
    )
    result: Floats = expit((side_m - x) / 0.35) * expit((BASELINE_Y_M + beyond_m + options.run_off_back_m - y) / 0.4)
    return result


def side_likelihood(foot_m: Floats, *, far: bool) -> Floats:
    """How surely places are on one side of the net, (n,), [0, 1]."""
    result: Floats = expit((1 if far else -1) * foot_m[:, 1] / 0.4)
    return result
