"""Stand-ins for the field's ball networks, and weights that are the same on every machine, for tests."""

import hashlib
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

NO_TORCH = "the field's ball networks need torch: pip install 'tennalytix[torch]'"

GAIN, MORE_RED = 40.0, 0.1
SPREAD_RGB, MEAN_RGB = np.array([0.229, 0.224, 0.225]), np.array([0.485, 0.456, 0.406])


def seeded(state: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Parameters of these names and shapes, from NumPy's generator, names in alphabetical order."""
    import torch  # noqa: PLC0415

    rng = np.random.default_rng(seed)
    filled: dict[str, Any] = {}
    for name in sorted(state):
        shape = tuple(state[name].shape)
        if name.endswith("num_batches_tracked"):
            value = np.zeros(shape, np.int64)
        elif name.endswith("running_var"):
            value = rng.uniform(0.5, 1.5, shape)
        elif len(shape) == 4:
            value = rng.uniform(-1, 1, shape) * math.sqrt(6 / math.prod(shape[1:]))
        else:
            value = rng.uniform(-0.5, 0.5, shape).astype(np.float32) + name.endswith("weight")
        filled[name] = torch.from_numpy(value if value.dtype == np.int64 else value.astype(np.float32))
    return filled


def seeded_input(seed: int, height: int = 40, width: int = 64) -> Any:
    """(1, 9, height, width), [-1, 1]."""
    import torch  # noqa: PLC0415

    return torch.from_numpy(np.random.default_rng(seed).uniform(-1, 1, (1, 9, height, width)).astype(np.float32))


def layout(state: Mapping[str, Any]) -> str:
    """The first digits of the digest of all names and shapes, in their order."""
    lines = "\n".join(f"{name} {tuple(value.shape)}" for name, value in state.items())
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def stored(content: Any, folder: Path, name: str = "weights.pt") -> dict[str, str]:
    """Writes a checkpoint and gives the options that name it."""
    import torch  # noqa: PLC0415

    path = folder / name
    torch.save(content, path)
    return {"weights": str(path), "weights_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def red_rule(outputs: int, of_output: Mapping[int, int], spread: Any, mean: Any) -> Any:
    """A network of one layer: an output is hot where its frame's pixel is clearly more red than blue.

    Args:
        outputs: how many maps it gives.
        of_output: for every map, the channel of the input that is its frame's red; blue is the next but one, or the
            one but last if red is a frame's last.
        spread: what the input was divided by, red and blue.
        mean: what was taken away before.
    """
    from tennalytix.detectors.torch_checkpoint import nn, torch  # noqa: PLC0415

    class RedRule(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rule = nn.Conv2d(9, outputs, 1)
            weight = torch.zeros(outputs, 9, 1, 1)
            for output, red in of_output.items():
                blue = red + 2 if red % 3 == 0 else red - 2
                weight[output, red], weight[output, blue] = GAIN * spread[0], -GAIN * spread[1]
            self.rule.weight.data[:] = weight
            self.rule.bias.data[:] = GAIN * (mean[0] - mean[1] - MORE_RED)

        def forward(self, x: Any) -> Any:
            return self.rule(x)

        def classes(self, x: Any) -> Any:
            return (self.rule(x).sigmoid()[:, 0] * 255).to(torch.uint8)

    return RedRule


def small_tracknet(**options: Any) -> Any:
    """A detector whose network takes what is red for the ball."""
    pytest.importorskip("torch", reason=NO_TORCH)
    from tennalytix.detectors import ball_tracknet  # noqa: PLC0415

    # The newest frame comes first, blue before red.
    rule = red_rule(1, {0: 2}, (1, 1), (0, 0))
    with patch.object(ball_tracknet, "TrackNet", rule):
        return _small(ball_tracknet.TrackNetBallDetector, rule, options)


def small_tracknet_v2(**options: Any) -> Any:
    """A detector whose network takes what is red for the ball."""
    pytest.importorskip("torch", reason=NO_TORCH)
    from tennalytix.detectors import ball_tracknet_v2  # noqa: PLC0415

    rule = red_rule(3, {0: 0, 1: 3, 2: 6}, SPREAD_RGB[::2], MEAN_RGB[::2])
    with patch.object(ball_tracknet_v2.TrackNetV2BallDetector, "network", rule):
        return _small(ball_tracknet_v2.TrackNetV2BallDetector, rule, options)


def small_wasb(**options: Any) -> Any:
    """A detector whose network takes what is red for the ball."""
    pytest.importorskip("torch", reason=NO_TORCH)
    from tennalytix.detectors import ball_wasb  # noqa: PLC0415

    rule = red_rule(3, {0: 0, 1: 3, 2: 6}, SPREAD_RGB[::2], MEAN_RGB[::2])
    with patch.object(ball_wasb.WasbBallDetector, "network", rule):
        return _small(ball_wasb.WasbBallDetector, rule, options)


def _small(detector: Any, rule: Any, options: dict[str, Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        weights = stored(rule().state_dict(), Path(folder))
        return detector(**({"input_wh": (160, 96), "device": "cpu"} | weights | options))
