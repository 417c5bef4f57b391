"""What the ball's path around an instant looks like to a small network: hit, bounce or plain flight.

The network, two hidden layers, was trained on labelled paths of broadcasts (`tools/train_events.py`; its card lies
beside it). It sees the path from half a second before to half a second after, whatever the frame rate, and the features
of `event_looks`.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from tennalytix.tracking.event_kinks import Kinks
from tennalytix.tracking.event_looks import kink_features

Floats = NDArray[np.float64]

EMBEDDED = "events.npz"
OFFSETS_S = np.arange(-15, 16) / 30.0
"""Where the path is looked at, from the instant."""
_LONGEST_GAP_S = 0.2
_BEYOND_S = 0.017
_VELOCITY_GAIN, _ACCELERATION_GAIN = 3.0, 15.0
_LIMIT = 6.0
_BIAS = 1.0
"""Instants labelled as events are few, and the rules of a rally are yet to be applied."""
_MOST = 6.0


@dataclass(frozen=True, eq=False, slots=True)
class EventNet:
    """The network's numbers.

    Attributes:
        mean, spread: (inputs,), of the inputs.
        weights, biases: of the layers, (outputs, inputs) and (outputs,); ReLU between.
    """

    mean: NDArray[np.float32] = field(repr=False)
    spread: NDArray[np.float32] = field(repr=False)
    weights: tuple[NDArray[np.float32], ...] = field(repr=False)
    biases: tuple[NDArray[np.float32], ...] = field(repr=False)

    def log_odds(self, inputs: NDArray[np.float32]) -> Floats:
        """Hit by the near player, hit by the far player and bounce, each against plain flight, (m, 3)."""
        x = np.clip((inputs - self.mean) / self.spread, -_LIMIT, _LIMIT)
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = (np.maximum(x, 0) if layer else x) @ weight.T + bias
        odds: Floats = (x[:, 1:] - x[:, :1]).astype(np.float64)
        return odds


@lru_cache(maxsize=1)
def shipped_net() -> EventNet:
    """The network that comes with the package."""
    with (files("tennalytix.models") / EMBEDDED).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        layers = range(sum(name.startswith("weight") for name in arrays))
        weights, biases = (tuple(arrays[f"{name}{k}"] for k in layers) for name in ("weight", "bias"))
        return EventNet(arrays["mean"], arrays["spread"], weights, biases)


def path_evidence(time_s: Floats, xy: Floats, kinks: Kinks, low_y_px: float, range_y_px: float) -> Floats:
    """Log odds of each kind of event against none, shape (m, 4), in the order of `event_order`.

    Args:
        time_s: (n,), of the path's points.
        xy: (n, 2), pixels of a picture with the diagonal of 1280x720.
        kinks: of the path, m of them.
        low_y_px: height in the picture near which far balls are.
        range_y_px: from there to where near balls are.
    """
    odds = shipped_net().log_odds(path_inputs(time_s, xy, kinks, low_y_px, range_y_px)) + _BIAS
    result: Floats = np.minimum(odds, _MOST)[:, [0, 1, 2, 2]]
    return result


def path_inputs(time_s: Floats, xy: Floats, kinks: Kinks, low_y_px: float, range_y_px: float) -> NDArray[np.float32]:
    """What the network sees of each instant, (m, 233): places, velocities and accelerations around it, all in ranges.

    Mirrored so that the ball flies to the right: left and right mean nothing. Zero where the path is not known.
    """
    at_s = kinks.contact_s
    look_s = at_s[:, None] + OFFSETS_S
    step = np.clip(np.searchsorted(time_s, look_s), 1, len(time_s) - 1)
    known = (look_s >= time_s[0] - _BEYOND_S) & (look_s <= time_s[-1] + _BEYOND_S)
    known &= time_s[step] - time_s[step - 1] < _LONGEST_GAP_S
    across, down = (
        np.where(known, (np.interp(look_s, time_s, v) - np.interp(at_s, time_s, v)[:, None]) / range_y_px, 0.0)
        for v in xy.T
    )
    across *= np.where((across * np.sign(OFFSETS_S)).sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    changes = [
        gain * np.diff(v, order, axis=1)
        for order, gain in ((1, _VELOCITY_GAIN), (2, _ACCELERATION_GAIN))
        for v in (across, down)
    ]
    place = (np.interp(at_s, time_s, xy[:, 1])[:, None] - low_y_px) / range_y_px
    features = kink_features(kinks, low_y_px, range_y_px)
    return np.concatenate([across, down, *changes, known, place, place**2, features], axis=1).astype(np.float32)
