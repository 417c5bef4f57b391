"""What each kink of a ball's path looks like: log odds of a hit or a bounce against an ordinary flight."""

import numpy as np
from numpy.typing import NDArray

from tennalytix.tracking.event_kinks import Kinks

Floats = NDArray[np.float64]

# Multinomial logistic regression on games 1 to 5 of the TrackNet tennis set (about 26,000 instants, 230 hits, 250
# bounces). Rows: hit by the near player, hit by the far player, bounce. Columns: those of `kink_features`, then a bias.
_WEIGHTS = np.array(
    [
        [
            1.608, -2.558, -0.655, -0.906, -0.755, 0.288, -0.898, 1.352, 2.371, 0.825, -2.397,
            2.116, -2.27, 0.49, 0.028, -0.207, 1.846, -0.759, 1.589, 0.428, -11.086,
        ],
        [
            1.232, -1.544, 0.743, -0.317, -0.276, -0.675, 0.137, -0.334, 0.004, -4.324, -9.061,
            0.917, -2.183, 0.101, -1.135, 0.123, 1.246, 1.739, 3.426, 1.417, -4.879,
        ],
        [
            1.564, -2.558, -3.375, -0.495, -0.941, -1.862, -2.547, 1.481, 0.99, 0.215, -2.103,
            0.614, -0.882, 1.199, 1.647, 1.164, 1.421, 2.755, 3.749, 0.561, -7.134,
        ],
    ]
)  # fmt: skip
_BIAS = 1.0
_LIMIT = 4.0
_MOST = 6.0


def kink_evidence(kinks: Kinks, low_y_px: float, range_y_px: float) -> Floats:
    """Log odds of each kind of event against none, shape (m, 4), in the order of `event_order`.

    Args:
        kinks: of one path.
        low_y_px: height in the picture near which far balls are; heights count from here.
        range_y_px: from there to where near balls are. Speeds count in ranges per second, whatever the view.
    """
    features = kink_features(kinks, low_y_px, range_y_px)
    odds = features @ _WEIGHTS[:, :-1].T + _WEIGHTS[:, -1] + _BIAS
    result: Floats = np.minimum(odds, _MOST)[:, [0, 1, 2, 2]]
    return result


def kink_features(kinks: Kinks, low_y_px: float, range_y_px: float) -> Floats:
    """Strength, change of velocity, velocities on either side over short and long times, place. Shape (m, 20)."""
    before, after, long_before, long_after = (
        np.clip(v / range_y_px, -_LIMIT, _LIMIT)
        for v in (kinks.before, kinks.after, kinks.long_before, kinks.long_after)
    )
    sideways, down = np.clip((kinks.after - kinks.before) / range_y_px, -_LIMIT, _LIMIT).T
    sideways = np.abs(sideways)
    place = (kinks.xy[:, 1] - low_y_px) / range_y_px
    speed_before, speed_after = (np.hypot(v[:, 0], v[:, 1]) / range_y_px + 0.1 for v in (kinks.before, kinks.after))
    turn = (kinks.before * kinks.after).sum(axis=1) / range_y_px**2 / (speed_before * speed_after)
    return np.stack(
        [
            np.log1p(kinks.strength), down, sideways, before[:, 1], after[:, 1], long_before[:, 1], long_after[:, 1],
            np.minimum(long_before[:, 1], 0), np.minimum(long_after[:, 1], 0), place, place**2,
            np.clip(np.log(speed_after / speed_before), -_LIMIT, _LIMIT), turn, down * place, sideways * place,
            np.minimum(before[:, 1], 0), np.minimum(after[:, 1], 0), long_after[:, 1] * place,
            long_before[:, 1] * place, np.minimum(down, 0),
        ],
        axis=1,
    )  # fmt: skip
