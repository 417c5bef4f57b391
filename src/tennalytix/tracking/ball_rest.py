"""Whether a path moves as a ball in play does."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_WINDOW_S = 0.12
_RADIUS_PX = 4.0
_SOME_S, _NOWHERE_PX = 0.55, 40.0


def still_share(xy: Floats, time_s: Floats) -> float:
    """Share of a path's points that lie still: within 4 pixels of all points up to 0.12 s before, or after, [0, 1].

    What jumps to and fro between two things that lie still is mostly still too. A ball in play is slower than 33 pixels
    a second for moments only.

    Args:
        xy: (n, 2), camera motion removed, pixels of a picture with the diagonal of 1280x720.
        time_s: (n,), in order.
    """
    if len(xy) == 0:
        return 0.0
    return float(np.mean(_rests_before(xy, time_s) | _rests_before(xy[::-1], -time_s[::-1])[::-1]))


def stays_about(xy: Floats, time_s: Floats) -> bool:
    """Whether a path of some time gets nowhere, as a hand or a head does: gravity alone takes a ball further.

    Args:
        xy: (n, 2), camera motion removed, pixels of a picture with the diagonal of 1280x720.
        time_s: (n,), in order.
    """
    return len(xy) > 0 and bool(time_s[-1] - time_s[0] >= _SOME_S and np.hypot(*np.ptp(xy, axis=0)) < _NOWHERE_PX)


def _rests_before(xy: Floats, time_s: Floats) -> NDArray[np.bool_]:
    first = np.searchsorted(time_s, time_s - _WINDOW_S - 1e-6)
    rests = np.zeros(len(xy), dtype=bool)
    for at in range(len(xy)):
        before = xy[first[at] : at]
        near = np.hypot(*(before - xy[at]).T) <= _RADIUS_PX
        # The window must be known to its beginning, or else a fast ball's first points would do.
        rests[at] = len(before) > 0 and time_s[at] - time_s[first[at]] > 0.5 * _WINDOW_S and bool(near.all())
    return rests
