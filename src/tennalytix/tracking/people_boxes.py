"""From the boxes a path went through to steady boxes in every frame: short gaps filled, single faults removed."""

from itertools import pairwise

import numpy as np
from scipy.linalg import solveh_banded

from tennalytix.core.tables import Flags, Floats, FrameTable, Ints
from tennalytix.tracking.people_link import anchors_xy, boxes_in_reference
from tennalytix.tracking.people_options import PlayerOptions

Filled = tuple[Ints, Floats, Floats, Flags]
"""frame_index, xyxy, score, interpolated: the columns of a `PlayerTrack`."""

_LEAST_NOISE = 0.008
_MOST_NOISE = 0.08
_ACCELERATION_LASTS_S = 0.1
_ROUNDS = 6
_FAULT = 0.12
_LEAP = 0.5
_CALM = 0.02


def steady_boxes(
    positions: Ints, xyxy: Floats, score: Floats, looked: Flags, frames: FrameTable, options: PlayerOptions
) -> Filled:
    """Boxes of one player in every frame in which he is known.

    Args:
        positions: (n,), rows of `frames`, ascending, none of them repeated.
        xyxy: (n, 4), his boxes there, as detected.
        score: (n,)
        looked: (frames,), where people were looked for; his boxes on other frames lie on curves between what was seen.
        frames: the clip.
        options: knobs.
    """
    reference = boxes_in_reference(xyxy, positions, frames)
    parts = [
        _steady_run(positions[run], reference[run], score[run], looked, frames, options)
        for run in _runs(positions, reference, frames, options)
    ]
    where, boxes, scores, filled = (np.concatenate([p[i] for p in parts]) for i in range(4))
    boxes = boxes_in_reference(boxes, where, frames, inverse=True)
    source = _with_repeats(where, frames)
    rows = np.searchsorted(where, source[:, 1])
    return frames.frame_index[source[:, 0]], boxes[rows], scores[rows], filled[rows]


def _runs(positions: Ints, xyxy: Floats, frames: FrameTable, options: PlayerOptions) -> list[slice]:
    """Stretches without a long gap, a cut, or a leap that nobody can make: a cut in time between two like pictures."""
    gaps_s, segments = np.diff(frames.time_s[positions]), frames.segment[positions]
    height = np.maximum(*(box[:, 3] - box[:, 1] for box in (xyxy[1:], xyxy[:-1])))
    leap = np.linalg.norm(np.diff(anchors_xy(xyxy), axis=0), axis=2).min(axis=1) / height
    reach = _LEAP + options.max_speed_mps / options.person_height_m * gaps_s
    cuts = np.flatnonzero((gaps_s > options.max_gap_s + 1e-9) | (np.diff(segments) != 0) | (leap > reach)) + 1
    return [slice(a, b) for a, b in pairwise([0, *cuts.tolist(), len(positions)])]


def _steady_run(
    positions: Ints, xyxy: Floats, score: Floats, looked: Flags, frames: FrameTable, options: PlayerOptions
) -> tuple[Ints, Floats, Floats, Flags]:
    every = np.arange(positions[0], positions[-1] + 1)
    every = every[~frames.repeated[every] | np.isin(every, positions)]
    known = np.isin(every, positions)
    seen = looked[positions] | (options.edge_acceleration_mps2 == 0)
    seen[[0, -1]] = True
    height = float(np.median(xyxy[:, 3] - xyxy[:, 1]))
    agility = options.edge_acceleration_mps2 / options.person_height_m * height
    smooth = []
    for edge in xyxy.T:
        sound = _sound(frames.time_s[positions], seen, edge, height)
        at = np.isin(every, positions[sound])
        smooth.append(steady_edge(frames.time_s[every], at, edge[sound], height, agility))
    return every, np.stack(smooth, 1), np.interp(frames.time_s[every], frames.time_s[positions], score), ~known


def _sound(time_s: Floats, seen: Flags, edge: Floats, height: float) -> Flags:
    """Which values to build on, (n,): what lies on a curve from or to a faulty one is as faulty, and would bear it out.

    Args:
        time_s: (n,), ascending.
        seen: (n,), values that were seen, the first and last among them; others lie on curves between these.
        edge: (n,), in pixels.
        height: the person's, in pixels.
    """
    if seen.all():
        return np.ones(len(edge), dtype=bool)
    fault = _faults(time_s[seen], edge[seen], height)
    before = np.cumsum(seen) - 1
    after = np.minimum(before + ~seen, len(fault) - 1)
    sound: Flags = ~(fault[before] | fault[after])
    return sound


def _faults(time_s: Floats, edge: Floats, height: float) -> Flags:
    """Values far off the line through their neighbours, where these are in line with those beyond: nobody moves."""
    fault = np.zeros(len(edge), dtype=bool)
    if len(edge) < 5:
        return fault

    def off(at: Ints, one: Ints, other: Ints) -> Floats:
        share = (time_s[at] - time_s[one]) / (time_s[other] - time_s[one])
        result: Floats = np.abs(edge[at] - edge[one] - share * (edge[other] - edge[one])) / height
        return result

    at = np.arange(2, len(edge) - 2)
    calm = np.maximum(off(at - 1, at - 2, at + 1), off(at + 1, at - 1, at + 2)) < _CALM
    fault[at] = calm & (off(at, at - 1, at + 1) > _FAULT)
    return fault


def steady_edge(time_s: Floats, known: Flags, edge: Floats, height: float, agility: float) -> Floats:
    """One edge of a person's boxes at all times, from those at the `known` times; faults of a few frames removed.

    The smoothest curve near the data (Whittaker 1923), with weights that fade to zero for what lies far off it (Tukey's
    biweight). How near is learned from the data: the scatter of an edge about its neighbours, against the
    acceleration of which a body's edge is capable. Exact detections stay as they are.

    Args:
        time_s: (m,), ascending.
        known: (m,), where the edge was seen.
        edge: (n,), there, in pixels.
        height: the person's, in pixels.
        agility: acceleration that edges reach, in pixels per second squared; 0 leaves the edge as it is.
    """
    plain = np.interp(time_s, time_s[known], edge)
    if agility == 0 or len(edge) < 3:
        return plain
    noise = np.clip(_scatter(time_s[known], edge), _LEAST_NOISE * height, _MOST_NOISE * height)
    bands = _bending_bands(time_s) / (agility**2 * _ACCELERATION_LASTS_S)
    weight, calm = np.ones(len(edge)), 2 * (_MOST_NOISE * height) ** 2
    for _ in range(_ROUNDS):
        # Least absolute deviations first: a calm curve that faults of a few frames do not bend.
        residual = edge - _whittaker(bands * calm, known, edge, weight)[known]
        weight = 1 / np.maximum(np.abs(residual) / noise, 1)
    curve = plain
    reach = max(_FAULT * height, 4 * noise)
    for _ in range(_ROUNDS):
        weight = np.clip(1 - (residual / reach) ** 2, 1e-3, None) ** 2
        curve = _whittaker(bands * noise**2, known, edge, weight)
        residual = edge - curve[known]
    return curve


def _scatter(time_s: Floats, edge: Floats) -> float:
    """Standard deviation of single values, from how far they lie off the line through their neighbours."""
    share = (time_s[1:-1] - time_s[:-2]) / (time_s[2:] - time_s[:-2])
    off = edge[1:-1] - (edge[:-2] + share * (edge[2:] - edge[:-2]))
    return float(1.4826 * np.median(np.abs(off)) / np.sqrt(1.5))


def _bending_bands(time_s: Floats) -> Floats:
    """The matrix of the integral of the squared second derivative, as upper bands for `solveh_banded`, (3, m)."""
    before, after = np.diff(time_s)[:-1], np.diff(time_s)[1:]
    lasts = (before + after) / 2
    rows = np.stack([1 / (before * lasts), -1 / (before * lasts) - 1 / (after * lasts), 1 / (after * lasts)])
    rows = rows * np.sqrt(lasts)
    bands = np.zeros((3, len(time_s)))
    for i in range(3):
        for j in range(i, 3):
            # Entry (k + i, k + j) of the sum over all triples k lies in band 2 - (j - i) at column k + j.
            bands[2 - (j - i), j : j + len(lasts)] += rows[i] * rows[j]
    return bands


def _whittaker(bands: Floats, known: Flags, edge: Floats, weight: Floats) -> Floats:
    full = bands.copy()
    right = np.zeros(len(known))
    full[2, known] += weight
    # Unseen times hang on the curve alone; a trace of weight keeps the matrix regular.
    full[2] += 1e-12 * full[2].max()
    right[known] = weight * edge
    curve: Floats = np.asarray(solveh_banded(full, right), dtype=np.float64)
    return curve


def _with_repeats(positions: Ints, frames: FrameTable) -> Ints:
    """(m, 2): rows of `frames` with a box, and the row whose box they carry: repeats carry that of the frame before."""
    pairs = []
    for position in positions.tolist():
        pairs.append((position, position))
        after = position + 1
        while after < len(frames) and frames.repeated[after] and frames.segment[after] == frames.segment[position]:
            pairs.append((after, position))
            after += 1
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
