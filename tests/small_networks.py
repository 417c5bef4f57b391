"""Networks of a few known numbers, as ONNX files, for tests of what runs networks."""

import hashlib
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tennalytix.detectors.people_onnx import OnnxPersonDetector

Shape = tuple[int | str | None, ...]


def network(
    *nodes: onnx.NodeProto,
    takes: Shape = (1, 3, 4, 6),
    gives: dict[str, Shape | None] | Shape | None = (1, 3, 4, 6),
    kind: int = TensorProto.FLOAT,
    weights: dict[str, Any] | None = None,
) -> bytes:
    """A network of `nodes` from `x` to `y` (or to what `gives` names); without any, it gives what it takes."""
    outputs = gives if isinstance(gives, dict) else {"y": gives}
    graph = helper.make_graph(
        nodes or (helper.make_node("Identity", ["x"], ["y"]),),
        "small",
        [helper.make_tensor_value_info("x", kind, takes)],
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in (weights or {}).items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return made.SerializeToString()  # type: ignore[no-any-return]


def small_yolox(takes: Shape = (1, 3, None, None), gain: float = 1.0, side_px: float = 16.0) -> bytes:
    """A YOLOX of one class that takes a cell of 8 pixels for a person of `side_px` by twice as much if it is red.

    The cell's score is `gain` times how much more red it is than blue, at most 1; coarser cells find nobody.
    """
    nodes, levels, weights = [], [], {"shape": np.array([0, 6, -1]), "one": np.float32(1), "zero": np.float32(0)}
    for stride in (8, 16, 32):
        pool = helper.make_node("AveragePool", ["x"], [f"p{stride}"], kernel_shape=[stride] * 2, strides=[stride] * 2)
        weight, bias = np.zeros((6, 3, 1, 1), np.float32), np.zeros(6, np.float32)
        # Pixels come in the order blue, green, red.
        weight[4, :, 0, 0] = np.array([-1, 0, 1]) * gain / 255 * (stride == 8)
        bias[:] = 0.5, 0.5, math.log(side_px / stride), math.log(2 * side_px / stride), 0, 1
        weights |= {f"w{stride}": weight, f"b{stride}": bias}
        nodes += [
            pool,
            helper.make_node("Conv", [f"p{stride}", f"w{stride}", f"b{stride}"], [f"c{stride}"]),
            helper.make_node("Reshape", [f"c{stride}", "shape"], [f"r{stride}"]),
        ]
        levels.append(f"r{stride}")
    weights |= {"from": np.array([4]), "to": np.array([5]), "before": np.array([0]), "end": np.array([6])}
    weights["axis"] = np.array([1])
    nodes += [
        helper.make_node("Concat", levels, ["all"], axis=2),
        helper.make_node("Slice", ["all", "before", "from", "axis"], ["box"]),
        helper.make_node("Slice", ["all", "from", "to", "axis"], ["raw"]),
        helper.make_node("Slice", ["all", "to", "end", "axis"], ["class"]),
        helper.make_node("Clip", ["raw", "zero", "one"], ["object"]),
        helper.make_node("Concat", ["box", "object", "class"], ["rows"], axis=1),
        helper.make_node("Transpose", ["rows"], ["y"], perm=[0, 2, 1]),
    ]
    cells = None
    if isinstance(takes[2], int) and isinstance(takes[3], int):
        cells = sum((takes[2] // s) * (takes[3] // s) for s in (8, 16, 32))
    return network(*nodes, takes=takes, gives=(takes[0], cells, 6), weights=weights)


def small_detr(boxes: Any, logits: Any, boxes_first: bool = True) -> bytes:
    """A DETR that gives these boxes, (n, 4), and logits, (n, classes), the last with the input's mean added."""
    boxes, logits = np.float32(boxes)[None], np.float32(logits)[None]
    last = np.zeros_like(logits)
    last[..., -1] = 1
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "last"], ["brightness"]),
        helper.make_node("Add", ["brightness", "given"], ["logits"]),
        helper.make_node("Identity", ["fixed"], ["boxes"]),
    ]
    names = ("boxes", "logits") if boxes_first else ("logits", "boxes")
    shapes: dict[str, Shape | None] = {name: {"boxes": boxes, "logits": logits}[name].shape for name in names}
    return network(*nodes, takes=(1, 3, 64, 64), gives=shapes, weights={"last": last, "given": logits, "fixed": boxes})


def stored(content: bytes, folder: Path, name: str = "small.onnx") -> dict[str, str]:
    """Writes a network and gives the options that name it."""
    (folder / name).write_bytes(content)
    return {"weights": str(folder / name), "weights_sha256": hashlib.sha256(content).hexdigest()}


def onnx_person_detector() -> OnnxPersonDetector:
    """Finds drawn people by their faces, which are much redder than blue."""
    with tempfile.TemporaryDirectory() as folder:
        model = stored(small_yolox(gain=8, side_px=32), Path(folder))
        return OnnxPersonDetector(**model, threads=1, device="cpu", key_every_s=0)  # type: ignore[arg-type]
