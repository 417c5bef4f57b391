"""Who stays where officials stay: people beside or behind the court who hardly leave their places are no players."""

import numpy as np
from scipy.special import expit

from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M
from tennalytix.core.tables import Floats, FrameTable, Ints
from tennalytix.tracking.people_ground import Ground
from tennalytix.tracking.people_options import PlayerOptions

_CELL_M = 0.35
_CELL_HEIGHTS = 0.08
_BIN_S = 0.5
_FEW, _MOST = 0.45, 0.75


def stay_share(foot_m: Floats, position: Ints, ground: Ground, frames: FrameTable, options: PlayerOptions) -> Floats:
    """For how much of the time around each box somebody is seen at its place, (n,), [0, 1].

    The time is `stay_window_s`, or the clip if that is shorter. Who it is does not matter, so that a person whose
    track is broken or who is missed now and then counts all the same. A place is a metre wide, and a
    quarter of a person's height deep in the picture: far away, feet are known to a metre or worse.

    Args:
        foot_m: (n, 2), where people stand, without the jitter of single boxes.
        position: (n,), rows of `frames`.
        ground: of the clip.
        frames: the clip.
        options: knobs.
    """
    if not len(position):
        return np.zeros(0)
    bins = ((frames.time_s - frames.time_s[0]) / _BIN_S).astype(np.int64)
    count = int(bins[-1]) + 1
    cells = _cells(foot_m, ground.camera_m(position), options)
    here = bins[position]
    shifts = [np.array([i, j], dtype=np.int64) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    around = np.unique(np.concatenate([_key(cells + shift, here, count) for shift in shifts]))
    width = min(round(options.stay_window_s / _BIN_S), count)
    first = np.clip(here - width // 2, 0, count - width)
    seen = _between(around, _key(cells, first, count), _key(cells, first + width, count))
    known = np.concatenate([[0], np.cumsum(np.bincount(bins[ground.stretch_of >= 0], minlength=count) > 0)])
    share: Floats = seen / np.maximum(known[first + width] - known[first], 1)
    return share


def staying(share: Floats) -> Floats:
    """How surely somebody stays, from `stay_share`, (n,), [0, 1]: some time away is a missed box or two."""
    result: Floats = np.clip((share - _FEW) / (_MOST - _FEW), 0, 1)
    return result


def waiting_place(foot_m: Floats, options: PlayerOptions) -> Floats:
    """How well places suit a player who stands still, (n, 2) to (n,), [0, 1]: to serve, to return, at the net."""
    x, y = np.abs(foot_m[:, 0]), np.abs(foot_m[:, 1])
    beside_m, behind_m = DOUBLES_WIDTH_M / 2 + options.wait_side_m, BASELINE_Y_M + options.wait_back_m
    result: Floats = expit((beside_m - x) / 0.1) * expit((behind_m - y) / 0.2)
    return result


def _cells(foot_m: Floats, camera_m: Floats, options: PlayerOptions) -> Ints:
    """(n, 2), numbers of places, from left to right and in depth."""
    across = foot_m[:, 0] / _CELL_M
    # A step in depth moves the feet in the picture by (camera height / person's height) * step / distance heights.
    distance = np.maximum(foot_m[:, 1] - camera_m[:, 1], 1.0)
    depth = camera_m[:, 2] / options.person_height_m * np.log(distance) / _CELL_HEIGHTS
    depth = np.where(np.isfinite(depth), depth, foot_m[:, 1] / options.person_height_m / _CELL_HEIGHTS)
    return np.floor(np.column_stack([across, depth])).astype(np.int64)


def _key(cells: Ints, bins: Ints, count: int) -> Ints:
    """One number for a place and a time; the times of one place follow one another."""
    place = (cells[:, 0] + 2**15) * 2**16 + cells[:, 1] + 2**15
    result: Ints = place * (count + 1) + bins
    return result


def _between(keys: Ints, low: Ints, high: Ints) -> Ints:
    return np.asarray(np.searchsorted(keys, high) - np.searchsorted(keys, low), dtype=np.int64)
