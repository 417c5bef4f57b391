"""Ball candidates on a player: hands, shoes, the ball in the hand, and what the player wears."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.tables import PlayerTrack
from tennalytix.tracking.ball_clutter import frames_about, others_at

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CLUTTER = 1.5
_MARGIN = 0.1
# In heights of the player's box, and in seconds: closer in time it may be one ball on its way, further apart the player
# has turned.
_WORN_RADIUS = 0.08
_WORN_AFTER_S = 0.15
_WORN_BEFORE_S = 1.5
# Places on different players lie so far apart, in source pixels, that nothing steps from one to the other.
_APART_PX = 1e6


def player_clutter(
    xy: Floats, frame_index: Ints, time_s: Floats, odds: Floats, players: Sequence[PlayerTrack]
) -> Floats:
    """False candidates per square image pixel at each candidate's place on a player, (n,); 0 beside all players."""
    density = np.zeros(len(xy))
    for track in players:
        box, inside = _boxes(xy, frame_index, track)
        size = box[:, 2:] - box[:, :2]
        density[inside] += _CLUTTER / np.maximum(size.prod(axis=1), 1)
        density[inside] += _worn(xy[inside], box, time_s[inside], odds[inside])
    return density


def on_body(xy: Floats, frame_index: Ints, players: Sequence[PlayerTrack]) -> Floats:
    """Each candidate's place on the player in whose box it lies, from the middle of the box's upper edge, (n, 2).

    In source pixels, different players far apart; NaN for candidates beside all players.
    """
    place = np.full(xy.shape, np.nan)
    for number, track in enumerate(players):
        box, inside = _boxes(xy, frame_index, track)
        place[inside] = xy[inside] - _crown(box) + number * _APART_PX
    return place


def _boxes(xy: Floats, frame_index: Ints, track: PlayerTrack) -> tuple[Floats, NDArray[np.bool_]]:
    """Which candidates lie in the player's box, a margin allowed, (n,), and the boxes of those, (count, 4)."""
    if len(track.frame_index) == 0:
        return np.zeros((0, 4)), np.zeros(len(xy), dtype=bool)
    at = np.clip(np.searchsorted(track.frame_index, frame_index), 0, len(track.frame_index) - 1)
    box = track.xyxy[at]
    margin = _MARGIN * (box[:, 2:] - box[:, :2])
    inside = ((xy >= box[:, :2] - margin) & (xy <= box[:, 2:] + margin)).all(axis=1)
    inside &= track.frame_index[at] == frame_index
    return box[inside], inside


def _crown(box: Floats) -> Floats:
    return np.column_stack([(box[:, 0] + box[:, 2]) / 2, box[:, 1]])


def _worn(xy: Floats, box: Floats, time_s: Floats, odds: Floats) -> Floats:
    """Candidates per square image pixel at the same place on the player's body at other times, as a shirt's print is.

    Each counts by its odds: what looks like a ball there again and again makes the next one no more likely to be one.
    """
    if len(xy) == 0:
        return np.zeros(0)
    height = box[:, 3] - box[:, 1]
    place = (xy - _crown(box)) / height[:, None]
    count = others_at(place, time_s, odds, _WORN_RADIUS, (_WORN_AFTER_S, _WORN_BEFORE_S))
    around = frames_about(time_s, np.unique(time_s), _WORN_BEFORE_S)
    result: Floats = count / around / (np.pi * (_WORN_RADIUS * height) ** 2)
    return result
