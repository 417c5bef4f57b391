"""Who stays where officials stay: people beside or behind the court who hardly leave their places are no players."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M
from tennalytix.core.tables import Flags, Floats, FrameTable, Ints
from tennalytix.tracking.people_ground import Ground
from tennalytix.tracking.people_options import PlayerOptions

_CELL_M = 0.35
_CELL_HEIGHTS = 0.08
_HEAD_HEIGHTS = 0.22
_BIN_S = 0.5
_LEAST_BINS = 4
"""Of a head seen for a shorter time nobody can say that it stays."""
_FEW, _MOST = 0.45, 0.75


@dataclass(frozen=True, eq=False, slots=True)
class Heads:
    """Where heads are, in order of time.

    Attributes:
        position: (n,), rows of the table of frames.
        segment: (n,), uncut stretch.
        xy: (n, 2), reference pixels of the segment.
        height_px: (n,), how high a standing person would be there.
        track: (n,), the followed person.
    """

    position: Ints
    segment: Ints
    xy: Floats
    height_px: Floats
    track: Ints

    def take(self, rows: Ints | slice) -> "Heads":
        """These rows."""
        return Heads(*(getattr(self, name)[rows] for name in self.__slots__))

    def meet(self, other: "Heads") -> Flags:
        """Which heads are at one place, (n, m): officials bend now and then."""
        apart = np.abs(self.xy[:, None] - other.xy[None]).max(axis=2)
        near: Flags = (apart < _HEAD_HEIGHTS * self.height_px[:, None]) & (self.segment[:, None] == other.segment)
        return near


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


def stay_by_head(
    heads: Heads, seen: Heads, foot_m: Floats, ground: Ground, frames: FrameTable, options: PlayerOptions
) -> tuple[Floats, Floats]:
    """For how much of the time around each box a head is seen at its head's place, and where that person stands.

    Whoever stands before somebody else hides his feet, and a box around both ends at the feet of the one in front: an
    official seems to stand where the player does. The heads of those who stand behind are in sight all the time.

    Args:
        heads: (n,), whose head is looked for.
        seen: (m,), heads as detected.
        foot_m: (m, 2), where those stand.
        ground: of the clip.
        frames: the clip.
        options: knobs.

    Returns:
        Shares, (n,), [0, 1], and medians of where those with their heads there stand, (n, 2), NaN for heads that do
        not stay.
    """
    share, place_m = np.zeros(len(heads.position)), np.full((len(heads.position), 2), np.nan)
    if not len(heads.position) or not len(seen.position):
        return share, place_m
    bins = ((frames.time_s - frames.time_s[0]) / _BIN_S).astype(np.int64)
    count = int(bins[-1]) + 1
    width = min(round(options.stay_window_s / _BIN_S), count)
    known = _known_bins(bins, frames.segment, ground.stretch_of >= 0)
    # One box of each person and half second tells enough.
    once = np.unique(np.column_stack([bins[seen.position], seen.track]), axis=0, return_index=True)[1]
    once = once[np.argsort(seen.position[once], kind="stable")]
    there, there_m, when = seen.take(once), foot_m[once], bins[seen.position[once]]
    starts = np.searchsorted(bins[heads.position], np.arange(count + 1))
    for number in np.flatnonzero(np.diff(starts)).tolist():
        first = min(max(number - width // 2, 0), count - width)
        window = slice(*np.searchsorted(when, [first, first + width]).tolist())
        rows = slice(starts[number], starts[number + 1])
        same = heads.take(rows).meet(there.take(window))
        begins = np.unique(when[window], return_index=True)[1]
        times = np.logical_or.reduceat(same, begins, axis=1).sum(axis=1) if len(begins) else np.zeros(len(same))
        whole = {s: max(int(k[first + width] - k[first]), _LEAST_BINS) for s, k in known.items()}
        share[rows] = np.minimum(times / np.array([whole[int(s)] for s in heads.segment[rows]]), 1.0)
        for row in np.flatnonzero(staying(share[rows]) > 0).tolist():
            place_m[starts[number] + row] = np.median(there_m[window][same[row]], axis=0)
    return share, place_m


def _known_bins(bins: Ints, segment: Ints, known: Flags) -> dict[int, Ints]:
    """For each segment, in how many bins before each one some frame's court is known."""
    count = int(bins[-1]) + 1
    seen = {int(s): np.bincount(bins[known & (segment == s)], minlength=count) > 0 for s in np.unique(segment)}
    return {s: np.concatenate([[0], np.cumsum(flags)]).astype(np.int64) for s, flags in seen.items()}


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
