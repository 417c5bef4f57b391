"""Who stretches where he has stood is himself, though his box alone might hold two people, or one and a shadow."""

from dataclasses import replace

import numpy as np

from tennalytix.core.tables import Flags, Floats, FrameTable, Ints
from tennalytix.tracking.people_link import boxes_in_reference
from tennalytix.tracking.people_place import Placed

_GOOD, _HIMSELF = 0.55, 0.7
"""Size of a box that needs no help, and what one is worth that others bear out."""
_UPRIGHT = (0.8, 1.15)
"""Such a box is as tall as a person without a shadow, body heights."""
_TALL, _WIDE = (1.1, 1.42), 0.8
"""A server with an arm up and the racket out, body heights."""
_NEAR_S = 1.0
_FOOT_OFF, _SIDE_OFF = 0.12, 0.5
"""How far the box's lower edge and its middle may be from where the others' are, body heights."""


def borne_out(seen: Placed, track: Ints, frames: FrameTable) -> Placed:
    """The same boxes; odd ones of near players count for more where good ones shortly before or after end as they do.

    A shadow lengthens a box downwards, and somebody else widens it more. Far away, a line judge behind a player makes
    him as tall as a server: nothing is taken for granted there.

    Args:
        seen: by frame.
        track: (n,), whose each box is; -1 of nobody.
        frames: of the clip.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        wide, tall = ((seen.xyxy[:, 2:] - seen.xyxy[:, :2]) / seen.height_px[:, None]).T
        odd = (seen.size < _HIMSELF) & (tall > _TALL[0]) & (tall < _TALL[1]) & (wide < _WIDE) & (seen.foot_m[:, 1] < 0)
    if not odd.any():
        return seen
    good = (seen.size >= _GOOD) & (tall > _UPRIGHT[0]) & (tall < _UPRIGHT[1])
    foot = _foot_in_reference(seen, frames)
    time_s, segment = frames.time_s[seen.position], frames.segment[seen.position]
    size = seen.size.copy()
    for number in np.unique(track[odd & (track >= 0)]):
        for part in np.unique(segment[odd & (track == number)]):
            rows = np.flatnonzero((track == number) & (segment == part))
            rows = rows[np.argsort(time_s[rows], kind="stable")]
            fits = _fits(time_s[rows], foot[rows], good[rows], seen.height_px[rows])
            size[rows[fits & odd[rows]]] = _HIMSELF
    return replace(seen, size=size)


def _foot_in_reference(seen: Placed, frames: FrameTable) -> Floats:
    xyxy = boxes_in_reference(seen.xyxy, seen.position, frames)
    return np.column_stack([(xyxy[:, 0] + xyxy[:, 2]) / 2, xyxy[:, 3]])


def _fits(time_s: Floats, foot: Floats, good: Flags, height_px: Floats) -> Flags:
    """Which boxes of one person end where the good ones next to them say, (n,)."""
    at = np.flatnonzero(good)
    if not len(at):
        return np.zeros(len(time_s), dtype=bool)
    after = np.searchsorted(at, np.arange(len(time_s)))
    a, b = at[np.maximum(after - 1, 0)], at[np.minimum(after, len(at) - 1)]
    has_a, has_b = (after > 0) & (time_s - time_s[a] <= _NEAR_S), (after < len(at)) & (time_s[b] - time_s <= _NEAR_S)
    share = np.clip((time_s - time_s[a]) / np.maximum(time_s[b] - time_s[a], 1e-9), 0, 1)
    share = np.where(has_a & has_b, share, np.where(has_b, 1.0, 0.0))[:, None]
    off = np.abs(foot - (foot[a] + share * (foot[b] - foot[a]))) / height_px[:, None]
    fits: Flags = (has_a | has_b) & (off[:, 0] <= _SIDE_OFF) & (off[:, 1] <= _FOOT_OFF)
    return fits
