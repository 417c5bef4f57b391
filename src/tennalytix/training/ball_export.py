"""A trained ball network as an ONNX file, checked against Torch."""

import io
import warnings

import numpy as np
import torch
from torch import Tensor

from tennalytix.detectors.ball_network_input import CHANNELS, SIDE_PX
from tennalytix.detectors.onnx_session import open_network
from tennalytix.training.ball_net import BallAnswers

_FREE_AXES = {
    "windows": {0: "n", 2: "window_h", 3: "window_w"},
    "score": {0: "n", 1: "h", 2: "w"},
    "offset": {0: "n", 2: "h", 3: "w"},
}
_AGREEMENT = 1e-3
"""Scores, and places in pixels, may differ by so much at most."""


def export_ball(answers: BallAnswers) -> bytes:
    """The ball network as ONNX: windows as bytes in, scores and offsets out.

    Raises:
        RuntimeError: onnxruntime gives other answers than Torch.
    """
    answers = answers.cpu().eval()
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter by tracing is called old; the new one needs packages that nothing else here does.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            answers,
            (_random_windows(2, SIDE_PX, SIDE_PX),),
            buffer,  # type: ignore[arg-type]
            input_names=["windows"],
            output_names=["score", "offset"],
            dynamic_axes=_FREE_AXES,
            opset_version=17,
            # Normalisations stay apart, so that the file holds the weights by their names: training can go on from it.
            training=torch.onnx.TrainingMode.PRESERVE,
            do_constant_folding=False,
            dynamo=False,
        )
    _compare(answers, buffer.getvalue())
    return buffer.getvalue()


def _compare(answers: BallAnswers, content: bytes) -> None:
    """At a size and a number other than those of the export."""
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
    if not apart < _AGREEMENT:
        raise RuntimeError(f"the exported network must answer as the trained one, got answers {apart:.2g} apart.")


def _random_windows(count: int, height: int, width: int) -> Tensor:
    generator = torch.Generator().manual_seed(width)
    return torch.randint(0, 256, (count, CHANNELS, height, width), dtype=torch.uint8, generator=generator)
