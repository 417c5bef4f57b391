"""The few operators of torchvision that Detectron2 needs, in plain torch.

torchvision's builds for GPUs cannot be imported beside a torch for CPUs. Slow, and for tests only.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import pytest

torch = pytest.importorskip("torch")
Tensor = torch.Tensor


@contextmanager
def importable_torchvision() -> Iterator[None]:
    """Lets `import torchvision` work: the real one if it does, these operators otherwise, taken away at the end."""
    try:
        import_module("torchvision.ops")
    except (ImportError, OSError, RuntimeError):
        _forget()
        sys.modules.update(_modules())
        try:
            yield
        finally:
            _forget()
    else:
        yield


def _forget() -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
        del sys.modules[name]


def _modules() -> dict[str, ModuleType]:
    boxes = _module("torchvision.ops.boxes", nms=nms, batched_nms=batched_nms)
    ops = _module(
        "torchvision.ops", boxes=boxes, nms=nms, roi_align=roi_align, RoIPool=torch.nn.Module, deform_conv2d=None
    )
    torchvision = _module("torchvision", ops=ops, __version__="1.0", __path__=[])
    return {module.__name__: module for module in (torchvision, ops, boxes)}


def _module(name: str, **content: Any) -> ModuleType:
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    vars(module).update(content)
    return module


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Rows of the boxes to keep, best first: greedily, those that overlap no better one by more than the threshold."""
    order = torch.sort(scores, descending=True, stable=True).indices
    low, high = boxes[order, :2], boxes[order, 2:]
    area = (high - low).prod(1)
    free = torch.ones(len(order), dtype=torch.bool)
    for row in range(len(order)):
        if free[row]:
            shared = torch.minimum(high[row], high[row + 1 :]) - torch.maximum(low[row], low[row + 1 :])
            both = shared.clamp(min=0).prod(1)
            free[row + 1 :] &= both / (area[row] + area[row + 1 :] - both) <= iou_threshold
    return order[free]


def batched_nms(boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float) -> Tensor:
    """`nms` within each class: classes are moved apart so that their boxes cannot meet."""
    if len(boxes) == 0:
        return torch.zeros(0, dtype=torch.int64)
    return nms(boxes + (idxs.to(boxes) * (boxes.max() + 1))[:, None], scores, iou_threshold)


def roi_align(
    input: Tensor,  # noqa: A002  # torchvision's name
    boxes: Tensor,
    output_size: tuple[int, int],
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
    aligned: bool = False,
) -> Tensor:
    """Mean of bilinear samples in each cell of a grid on each box, rows (image, x, y, x, y): He et al., Mask R-CNN."""
    pooled = input.new_zeros(len(boxes), input.shape[1], *output_size)
    for out, (image, *corners) in zip(pooled, boxes.tolist(), strict=True):
        x1, y1, x2, y2 = (corner * spatial_scale - 0.5 * aligned for corner in corners)
        rows, across = _weights(y1, y2, output_size[0], sampling_ratio, input.shape[2], aligned)
        columns, along = _weights(x1, x2, output_size[1], sampling_ratio, input.shape[3], aligned)
        out[:] = across @ (input[int(image), :, rows, columns] @ along.T)
    return pooled


def _weights(start: float, end: float, cells: int, ratio: int, size: int, aligned: bool) -> tuple[slice, Tensor]:
    """Which pixels of a row or column count, and how much each does in each cell, (cells, pixels)."""
    length = end - start if aligned else max(end - start, 1.0)
    count = ratio if ratio > 0 else max(1, -int(-length // cells))
    at = start + (torch.arange(cells * count) + 0.5) * length / (cells * count)
    inside = ((at >= -1) & (at <= size)).float() / count
    at = at.clamp(0, size - 1)
    low = at.floor().long()
    high = (low + 1).clamp(max=size - 1)
    first, last = int(low.min()), int(high.max())
    weights = torch.zeros(cells * count, last - first + 1)
    row = torch.arange(cells * count)
    weights[row, low - first] += (1 - at + low) * inside
    weights[row, high - first] += (at - low) * inside
    return slice(first, last + 1), weights.view(cells, count, -1).sum(1)
