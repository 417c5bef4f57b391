"""A trained person network as an ONNX file, checked against Torch."""

import numpy as np
import torch
from torch import nn

from tennalytix.detectors.onnx_session import open_network
from tennalytix.training.onnx_file import must_agree, to_onnx
from tennalytix.training.people_net import Answers

_FREE_AXES = {
    "image": {0: "n", 2: "image_h", 3: "image_w"},
    "motion": {0: "n", 2: "motion_h", 3: "motion_w"},
    "score": {0: "n", 1: "h", 2: "w"},
    "ltrb": {0: "n", 2: "h", 3: "w"},
}


def export_people(network: nn.Module) -> bytes:
    """The person network as ONNX: bytes in any size in, scores and boxes out.

    Raises:
        RuntimeError: onnxruntime gives other answers than Torch.
    """
    answers = Answers(network).cpu().eval()  # type: ignore[arg-type]
    inputs = _random_input(320, 192)
    content = to_onnx(answers, inputs, ("image", "motion"), ("score", "ltrb"), _FREE_AXES)
    _compare(answers, content)
    return content


def _compare(answers: nn.Module, content: bytes) -> None:
    """At a size other than that of the export: scores, and boxes by share of their size."""
    inputs = _random_input(480, 288)
    with torch.no_grad():
        score, ltrb = (output.numpy() for output in answers(*inputs))
    opened = open_network(
        content,
        inputs=((None, 3, None, None), (None, 2, None, None)),
        outputs=((None, None, None), (None, 4, None, None)),
        device="cpu",
    )
    got_score, got_ltrb = opened.run(*(tensor.numpy() for tensor in inputs))
    apart = max(float(np.abs(got_score - score).max()), float((np.abs(got_ltrb - ltrb) / (ltrb + 1)).max()))
    must_agree(apart)


def _random_input(width: int, height: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(width)
    image = torch.randint(0, 256, (1, 3, height, width), dtype=torch.uint8, generator=generator)
    return image, torch.randint(0, 256, (1, 2, height // 2, width // 2), dtype=torch.uint8, generator=generator)
