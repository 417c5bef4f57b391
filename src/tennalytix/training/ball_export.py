"""A trained ball network as an ONNX file, checked against Torch."""

import numpy as np
import torch
from torch import Tensor

from tennalytix.detectors.ball_network_input import CHANNELS, SIDE_PX
from tennalytix.detectors.onnx_session import open_network
from tennalytix.training.ball_net import BallAnswers
from tennalytix.training.onnx_file import must_agree, to_onnx

_FREE_AXES = {
    "windows": {0: "n", 2: "window_h", 3: "window_w"},
    "score": {0: "n", 1: "h", 2: "w"},
    "offset": {0: "n", 2: "h", 3: "w"},
}


def export_ball(answers: BallAnswers) -> bytes:
    """The ball network as ONNX: windows as bytes in, scores and offsets out.

    Raises:
        RuntimeError: onnxruntime gives other answers than Torch.
    """
    answers = answers.cpu().eval()
    example = (_random_windows(2, SIDE_PX, SIDE_PX),)
    content = to_onnx(answers, example, ("windows",), ("score", "offset"), _FREE_AXES)
    _compare(answers, content)
    return content


def _compare(answers: BallAnswers, content: bytes) -> None:
    """At a size and a number other than those of the export: scores, and places in pixels."""
    windows = _random_windows(3, SIDE_PX + 32, SIDE_PX + 8)
    with torch.no_grad():
        wanted = [output.numpy() for output in answers(windows)]
    opened = open_network(
        content,
        inputs=((None, CHANNELS, None, None),),
        outputs=((None, None, None), (None, 2, None, None)),
        device="cpu",
        threads=1,
    )
    apart = max(float(np.abs(got - want).max()) for got, want in zip(opened.run(windows.numpy()), wanted, strict=True))
    must_agree(apart)


def _random_windows(count: int, height: int, width: int) -> Tensor:
    generator = torch.Generator().manual_seed(width)
    return torch.randint(0, 256, (count, CHANNELS, height, width), dtype=torch.uint8, generator=generator)
