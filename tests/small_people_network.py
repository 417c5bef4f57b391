"""Stand-ins for the person network whose answers are known, with the same inputs and outputs."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tennalytix.detectors.people_combined import CombinedPersonDetector
from tennalytix.detectors.people_network import NetworkPersonDetector


def measuring_network(
    colour: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3),
    seen_px: int = 2,
    least_px: float = 0.0,
    reach_px: int = 64,
) -> bytes:
    """Takes what is bright for people and measures them.

    A cell's score is how bright its middle is, and the distances are how many pixels are bright beside its middle in
    each direction: exact for a white rectangle on black as long as no side is farther than `reach_px`.

    Args:
        colour: weights of red, green and blue in what is called bright; what they sum to is cut to [0, 1].
        seen_px: side of the middle.
        least_px: distances are never less.
        reach_px: how far the network sees.
    """
    side = 2 * reach_px
    weight = np.zeros((5, 1, side, side), np.float32)
    middle = slice(reach_px - seen_px // 2, reach_px + seen_px // 2)
    weight[0, 0, middle, middle] = 1 / seen_px**2
    # The mean of the two rows or columns beside the middle, towards the left, the top, the right and below.
    two = slice(reach_px - 1, reach_px + 1)
    weight[1, 0, two, :reach_px] = weight[2, 0, :reach_px, two] = 0.5
    weight[3, 0, two, reach_px:] = weight[4, 0, reach_px:, two] = 0.5
    nodes = [
        helper.make_node("Cast", ["image"], ["x"], to=TensorProto.FLOAT),
        helper.make_node("Conv", ["x", "colour"], ["raw"]),
        helper.make_node("Clip", ["raw", "zero", "one"], ["bright"]),
        helper.make_node("Conv", ["bright", "weight"], ["seen"], strides=[8, 8], pads=[reach_px - 4] * 4),
        helper.make_node("Split", ["seen", "parts"], ["raw_score", "raw_ltrb"], axis=1),
        helper.make_node("Squeeze", ["raw_score", "axis"], ["score"]),
        helper.make_node("Max", ["raw_ltrb", "least"], ["ltrb"]),
        helper.make_node("Identity", ["motion"], ["unused"]),
    ]
    weights = {
        "colour": np.float32(colour).reshape(1, 3, 1, 1) / np.float32(255),
        "zero": np.float32(0),
        "one": np.float32(1),
        "weight": weight,
        "parts": np.array([1, 4]),
        "axis": np.array([1]),
        "least": np.float32(least_px),
    }
    return _model(nodes, weights)


def moving_network(channel: int) -> bytes:
    """A cell's score is how much it differs from the moment before (0) or after (1); all distances are 8 pixels."""
    nodes = [
        helper.make_node("Cast", ["motion"], ["x"], to=TensorProto.FLOAT),
        helper.make_node("AveragePool", ["x"], ["cells"], kernel_shape=[4, 4], strides=[4, 4]),
        helper.make_node("Conv", ["cells", "choice"], ["raw_score"]),
        helper.make_node("Squeeze", ["raw_score", "axis"], ["score"]),
        helper.make_node("Conv", ["cells", "nothing", "eight"], ["ltrb"]),
        helper.make_node("Identity", ["image"], ["unused"]),
    ]
    choice = np.zeros((1, 2, 1, 1), np.float32)
    choice[0, channel] = 1 / 255
    weights = {
        "choice": choice,
        "axis": np.array([1]),
        "nothing": np.zeros((4, 2, 1, 1), np.float32),
        "eight": np.full(4, 8, np.float32),
    }
    return _model(nodes, weights)


def stored(content: bytes, folder: Path, name: str = "small.onnx") -> dict[str, str]:
    """Writes a network and gives the options that name it."""
    (folder / name).write_bytes(content)
    return {"weights": str(folder / name), "weights_sha256": hashlib.sha256(content).hexdigest()}


def detector_of(content: bytes, **options: Any) -> NetworkPersonDetector:
    """A detector with this network."""
    with tempfile.TemporaryDirectory() as folder:
        return NetworkPersonDetector(**stored(content, Path(folder)), threads=1, device="cpu", **options)  # type: ignore[arg-type]


def network_person_detector() -> NetworkPersonDetector:
    """Finds drawn people by their faces and shirts, which are redder than blue."""
    return detector_of(measuring_network((40.0, 0.0, -40.0), seen_px=12, least_px=8, reach_px=32), key_every_s=0)


def combined_person_detector() -> CombinedPersonDetector:
    """The same network beside motion."""
    with tempfile.TemporaryDirectory() as folder:
        content = measuring_network((40.0, 0.0, -40.0), seen_px=12, least_px=8, reach_px=32)
        return CombinedPersonDetector(**stored(content, Path(folder)), key_every_s=0)


def _model(nodes: list[onnx.NodeProto], weights: dict[str, Any]) -> bytes:
    graph = helper.make_graph(
        nodes,
        "small_people",
        [
            helper.make_tensor_value_info("image", TensorProto.UINT8, ("n", 3, "image_h", "image_w")),
            helper.make_tensor_value_info("motion", TensorProto.UINT8, ("n", 2, "motion_h", "motion_w")),
        ],
        [
            helper.make_tensor_value_info("score", TensorProto.FLOAT, ("n", "h", "w")),
            helper.make_tensor_value_info("ltrb", TensorProto.FLOAT, ("n", 4, "h", "w")),
        ],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return made.SerializeToString()  # type: ignore[no-any-return]
