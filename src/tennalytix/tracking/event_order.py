"""Which kinks are hits and bounces: the rules of a rally joined with what each kink looks like."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEAR_HIT, FAR_HIT, BOUNCE_AWAY, BOUNCE_TOWARDS = range(4)
"""What may happen at a kink. A bounce keeps the ball's direction along the court: away from the camera or to it."""

_DIRECTION = np.array([1.0, -1.0, 1.0, -1.0])
_UNKNOWN = -7.0

# Log weight, median and spread (of the logarithm) of the time from one event to the next, from 90 rallies of the
# TrackNet tennis set. Two hits without a bounce: a volley. Two bounces: the ball is dead. Else an event was missed.
_PAIRS = {
    (NEAR_HIT, BOUNCE_AWAY): (0.0, 0.8, 0.45),
    (FAR_HIT, BOUNCE_TOWARDS): (0.0, 0.85, 0.45),
    (BOUNCE_AWAY, FAR_HIT): (0.0, 0.48, 0.45),
    (BOUNCE_TOWARDS, NEAR_HIT): (0.0, 0.45, 0.55),
    (NEAR_HIT, FAR_HIT): (-2.5, 1.1, 0.45),
    (FAR_HIT, NEAR_HIT): (-2.5, 1.1, 0.45),
    (BOUNCE_AWAY, BOUNCE_AWAY): (-2.0, 0.8, 0.5),
    (BOUNCE_TOWARDS, BOUNCE_TOWARDS): (-2.0, 0.8, 0.5),
}
_MEMORY_S = 20.0
_SERVE = -0.5
_SHORTEST_S = 0.3


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """The most likely sequence of events.

    Attributes:
        kink: (k,), which kink, ascending.
        kind: (k,), one of the four above.
        probability: (k,), of an event of this kind within a few frames of it.
    """

    kink: Ints
    kind: Ints
    probability: Floats


def read_rally(time_s: Floats, evidence: Floats, away: Floats) -> Reading:
    """Reads the events off the kinks of one path.

    Args:
        time_s: (m,), instants of the kinks.
        evidence: (m, 4), log odds of each kind of event against none at this kink.
        away: (m,), log odds for "moving away from the camera" against "towards it", summed up to each instant.
    """
    count = len(time_s)
    if count == 0:
        return Reading(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    first = _before_first(away)
    last = (away[-1] - away)[:, None] * _DIRECTION
    forward, best, back = np.empty((count, 4)), np.empty((count, 4)), np.full((count, 4, 2), -1)
    for at in range(count):
        start = int(np.searchsorted(time_s, time_s[at] - _MEMORY_S))
        link = _links(time_s[start:at], time_s[at], away[start:at], away[at])  # (earlier, 4, 4)
        options = best[start:at, :, None] + link
        sums = np.concatenate([(forward[start:at, :, None] + link).reshape(-1, 4), first[at][None]])
        forward[at] = np.logaddexp.reduce(sums) + evidence[at]
        best[at] = first[at] + evidence[at]
        if at > start:
            flat = options.reshape(-1, 4)
            row = flat.argmax(axis=0)
            value = flat[row, np.arange(4)]
            better = value > first[at]
            best[at] = np.maximum(value, first[at]) + evidence[at]
            back[at, better] = np.stack([start + row // 4, row % 4], axis=1)[better]
    nothing = abs(away[-1])
    backward = _backward(time_s, evidence, away, last)
    total = np.logaddexp.reduce(np.append((forward + last).ravel(), nothing))
    posterior = np.exp(np.minimum(forward + backward - total, 0.0))
    return _trace(best + last, back, nothing, time_s, posterior)


def _before_first(away: Floats) -> Floats:
    """Direction evidence before a first event of each kind, (m, 4).

    A near hit ends a flight towards the camera, or it is a serve, which ends none.
    """
    return np.stack([np.maximum(-away, _SERVE), np.maximum(away, _SERVE), away, -away], axis=1)


def _links(earlier_s: Floats, now_s: float, earlier_away: Floats, now_away: float) -> Floats:
    """Log weights from each earlier event to one now, (earlier, 4, 4)."""
    gap_s = np.maximum(now_s - earlier_s, 1e-3)
    # What no rule explains is an event missed in between, for which there must have been time.
    missed = np.where(gap_s < _SHORTEST_S, 5 * _UNKNOWN, _UNKNOWN)
    link = np.repeat(missed, 16).reshape(-1, 4, 4)
    for (one, other), (weight, median_s, spread) in _PAIRS.items():
        off = np.log(gap_s / median_s) / spread
        # A long time may hold what was missed; a short one holds nothing.
        link[:, one, other] = weight + np.maximum(-0.5 * off**2, np.where(off > 0, _UNKNOWN, 5 * _UNKNOWN))
    result: Floats = link + ((now_away - earlier_away)[:, None] * _DIRECTION)[:, :, None]
    return result


def _backward(time_s: Floats, evidence: Floats, away: Floats, last: Floats) -> Floats:
    backward = last.copy()
    for at in range(len(time_s) - 2, -1, -1):
        end = int(np.searchsorted(time_s, time_s[at] + _MEMORY_S, side="right"))
        later = slice(at + 1, end)
        # The links to later events are those of `_links` seen from the other side.
        gap = _links_forward(time_s[at], time_s[later], away[at], away[later])  # (later, 4, 4)
        terms = gap + (evidence[later] + backward[later])[:, None, :]
        backward[at] = np.logaddexp.reduce(np.concatenate([terms.transpose(0, 2, 1).reshape(-1, 4), last[at][None]]))
    return backward


def _links_forward(now_s: float, later_s: Floats, now_away: float, later_away: Floats) -> Floats:
    return _links(-later_s, -now_s, 2 * now_away - later_away, now_away)


def _trace(value: Floats, back: Ints, nothing: float, time_s: Floats, posterior: Floats) -> Reading:
    found: list[tuple[int, int]] = []
    row, kind = (int(v) for v in np.unravel_index(int(value.argmax()), value.shape))
    if value[row, kind] <= nothing:
        row = -1
    while row >= 0:
        found.append((row, kind))
        row, kind = (int(v) for v in back[row, kind])
    found.reverse()
    near = [np.abs(time_s - time_s[r]) < 0.1 for r, _ in found]
    probability = np.array([min(1.0, float(posterior[n, k].sum())) for n, (_, k) in zip(near, found, strict=True)])
    kinks, kinds = (np.array([f[i] for f in found], dtype=np.int64) for i in (0, 1))
    return Reading(kinks, kinds, probability)
