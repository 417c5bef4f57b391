"""A stand-in for the ball network whose answers are known, with the same input and outputs."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tennalytix.detectors.ball_network import NetworkBallDetector


def flashing_network(gain: float = 1.0) -> bytes:
    """Takes what is brighter than one step before or after for a ball.

    A cell's score is the mean brightness by which it stands out, times `gain`, at most 1; the place is its middle.
    """
    nodes = [
        helper.make_node("Cast", ["windows"], ["x"], to=TensorProto.FLOAT),
        helper.make_node("Conv", ["x", "apart"], ["both"]),
        helper.make_node("Relu", ["both"], ["brighter"]),
        helper.make_node("Split", ["brighter", "halves"], ["from_before", "from_after"], axis=1),
        helper.make_node("Max", ["from_before", "from_after"], ["out"]),
        helper.make_node("AveragePool", ["out"], ["cells"], kernel_shape=[4, 4], strides=[4, 4]),
        helper.make_node("Clip", ["cells", "zero", "one"], ["raw"]),
        helper.make_node("Squeeze", ["raw", "axis"], ["score"]),
        helper.make_node("Conv", ["cells", "nothing"], ["offset"]),
    ]
    apart = np.zeros((2, 7, 1, 1), np.float32)
    apart[:, 2] = gain / 255
    apart[0, 1] = apart[1, 3] = -gain / 255
    weights = {
        "apart": apart,
        "halves": np.array([1, 1]),
        "zero": np.float32(0),
        "one": np.float32(1),
        "axis": np.array([1]),
        "nothing": np.zeros((2, 1, 1, 1), np.float32),
    }
    graph = helper.make_graph(
        nodes,
        "small_ball",
        [helper.make_tensor_value_info("windows", TensorProto.UINT8, ("n", 7, "window_h", "window_w"))],
        [
            helper.make_tensor_value_info("score", TensorProto.FLOAT, ("n", "h", "w")),
            helper.make_tensor_value_info("offset", TensorProto.FLOAT, ("n", 2, "h", "w")),
        ],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return made.SerializeToString()  # type: ignore[no-any-return]


def stored(content: bytes, folder: Path, name: str = "small.onnx") -> dict[str, str]:
    """Writes a network and gives the options that name it."""
    (folder / name).write_bytes(content)
    return {"weights": str(folder / name), "weights_sha256": hashlib.sha256(content).hexdigest()}


def network_ball_detector(gain: float = 1.0, **options: Any) -> NetworkBallDetector:
    """A detector with that network."""
    with tempfile.TemporaryDirectory() as folder:
        return NetworkBallDetector(**stored(flashing_network(gain), Path(folder)), threads=1, device="cpu", **options)  # type: ignore[arg-type]
