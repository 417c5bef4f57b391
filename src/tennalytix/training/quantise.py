"""The person network in bytes instead of floats: 0.4 of the time on a processor, a quarter of the size.

python -m tennalytix.training.quantise people.onnx people_int8.onnx
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

from tennalytix.detectors.onnx_session import Network, open_network
from tennalytix.detectors.people_network_input import to_planes
from tennalytix.training.people import DetectionScore, score_answers
from tennalytix.training.people_rendered import sample_rendered
from tennalytix.training.people_samples import PersonSample

PICTURES = 24
"""So many set the ranges of what the layers give."""
_FIRST_SEED, _PER_SCENE = 5000, 2
"""Rendered scenes that no training with the default options draws."""
_FIRST_LAYERS = ("image", "motion")
"""They see two and three channels, which bytes make slower, not faster: they stay as they are."""
_LAST_LAYERS = ("box", "score")
"""They cost next to nothing, and rounding shows in the boxes: they stay as they are too."""


def quantise_people(content: bytes, samples: Sequence[PersonSample]) -> bytes:
    """A network of `export_people` whose convolutions calculate with 8 bits.

    Weights have 7 bits, each channel its own scale: processors without instructions for products of bytes (VNNI) would
    add products of 8 bits up to more than their registers hold, and give other answers.

    Args:
        content: ONNX. It stays the file to train further.
        samples: pictures as the network will see them; `PICTURES` of them are used, evenly spread.

    Raises:
        ValueError: there are no samples.
    """
    if not samples:
        raise ValueError("samples must be at least one picture, got none. Render some: `sample_rendered`.")
    with TemporaryDirectory() as folder:
        given, plain, made = (str(Path(folder) / name) for name in ("given.onnx", "plain.onnx", "made.onnx"))
        Path(given).write_bytes(content)
        # Normalisations become part of the convolutions before them, divisions of those after them.
        quant_pre_process(given, plain, skip_symbolic_shape=True)
        Path(plain).write_bytes(_without_divisions(Path(plain).read_bytes()))
        quantization.quantize_static(
            plain,
            made,
            _Pictures(_spread(samples)),
            quant_format=quantization.QuantFormat.QDQ,
            calibrate_method=quantization.CalibrationMethod.MinMax,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_exclude=_outer_layers(Path(plain).read_bytes()),
        )
        return Path(made).read_bytes()


def score_file(content: bytes, samples: Sequence[PersonSample], threshold: float) -> DetectionScore:
    """As `score_people`, of an ONNX file."""
    network = _opened(content)

    def answers(image: NDArray[np.uint8], motion: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
        score, ltrb = network.run(image[None], motion[None])
        return score[0], ltrb[0]

    return score_answers(answers, samples, threshold)


def _opened(content: bytes) -> Network:
    inputs, outputs = ((None, 3, None, None), (None, 2, None, None)), ((None, None, None), (None, 4, None, None))
    return open_network(content, inputs=inputs, outputs=outputs, device="cpu")


class _Pictures(quantization.CalibrationDataReader):  # type: ignore[misc]
    """What onnxruntime asks for pictures."""

    def __init__(self, samples: Sequence[PersonSample]) -> None:
        self._left: Iterator[PersonSample] = iter(samples)

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        """The network's inputs for the next picture; None after the last."""
        sample = next(self._left, None)
        if sample is None:
            return None
        image, motion = to_planes(*sample.pictures())
        return {"image": image[None], "motion": motion[None]}


def _spread(samples: Sequence[PersonSample]) -> list[PersonSample]:
    rows = np.unique(np.linspace(0, len(samples) - 1, PICTURES).round().astype(int))
    return [samples[row] for row in rows]


def _without_divisions(content: bytes) -> bytes:
    """The same network; what a picture is divided by before a convolution has become part of its weights."""
    model = onnx.load_model_from_string(content)
    graph, known = model.graph, {i.name: i for i in model.graph.initializer}
    for division in [n for n in graph.node if n.op_type == "Div"]:
        (convolution,) = (n for n in graph.node if division.output[0] in n.input)
        weights, divisor = known[convolution.input[1]], numpy_helper.to_array(known[division.input[1]])
        divided = numpy_helper.to_array(weights) / divisor
        weights.CopyFrom(numpy_helper.from_array(divided.astype(np.float32), weights.name))
        convolution.input[0] = division.input[0]
        graph.node.remove(division)
        if not any(division.input[1] in n.input for n in graph.node):
            graph.initializer.remove(known[division.input[1]])
    made: bytes = model.SerializeToString()
    return made


def _outer_layers(content: bytes) -> list[str]:
    """Names of the first convolutions, and of those that give scores and boxes and of all after them."""
    nodes, layers = onnx.load_model_from_string(content).graph.node, _FIRST_LAYERS + _LAST_LAYERS
    return [n.name for n in nodes if n.op_type in ("Exp", "Sigmoid", "Mul", "Gather") or _layer(n.name) in layers]


def _layer(name: str) -> str:
    """`/network/box/Conv` is of the layer `box`."""
    return name.split("/")[2] if name.count("/") > 2 else ""


def rendered_samples() -> list[PersonSample]:
    """Pictures of scenes drawn at random, the same each time."""
    seeds = range(_FIRST_SEED, _FIRST_SEED + PICTURES)
    return [sample for seed in seeds for sample in sample_rendered(seed, _PER_SCENE)]


def main() -> None:
    """Quantises a file, and tells how both find people in rendered scenes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", type=Path, help="ONNX, as the training pipeline wrote it")
    parser.add_argument("quantised", type=Path, help="where to write")
    options = parser.parse_args()
    content, samples = options.network.read_bytes(), rendered_samples()
    # Half of the pictures set the ranges, the other half measure.
    made = quantise_people(content, samples[::2])
    options.quantised.write_bytes(made)
    for path, network in ((options.network, content), (options.quantised, made)):
        score = score_file(network, samples[1::2], 0.3)
        told = f"{len(network)} bytes, precision {score.precision:.3f}, recall {score.recall:.3f}"
        sys.stdout.write(f"{path}: {told}\n")


if __name__ == "__main__":
    main()
