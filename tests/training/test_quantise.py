from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest

from bright_people import crowd
from tennalytix.detectors.onnx_session import open_network
from tennalytix.detectors.people_network import EMBEDDED
from tennalytix.detectors.people_network_input import to_planes
from tennalytix.training.checkpoint import network_from
from tennalytix.training.export import export_people
from tennalytix.training.people import score_people
from tennalytix.training.people_net import PeopleNet
from tennalytix.training.quantise import quantise_people, score_file

SHAPES = ((None, 3, None, None), (None, 2, None, None)), ((None, None, None), (None, 4, None, None))


@pytest.fixture(scope="module")
def content() -> bytes:
    return export_people(network_from("shipped", EMBEDDED, PeopleNet()))


@pytest.fixture(scope="module")
def quantised(content: bytes) -> bytes:
    return quantise_people(content, crowd(4, "paris"))


def answers(network: bytes, planes: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    inputs, outputs = SHAPES
    opened = open_network(network, inputs=inputs, outputs=outputs, threads=1, device="cpu")
    return tuple(opened.run(*(plane[None] for plane in planes)))


def test_answers_hardly_differ(content: bytes, quantised: bytes) -> None:
    planes = to_planes(*crowd(1, "rome")[0].pictures())
    (score, ltrb), (score_8, ltrb_8) = answers(content, planes), answers(quantised, planes)

    assert float(np.abs(score_8 - score).mean()) < 0.01
    assert float(np.abs(np.log(ltrb_8 / ltrb)).mean()) < 0.15


def test_the_file_is_a_quarter_as_large(content: bytes, quantised: bytes) -> None:
    assert len(quantised) < 0.35 * len(content)


def test_weights_leave_room_for_processors_that_add_products_in_16_bits(quantised: bytes) -> None:
    held = onnx.load_model_from_string(quantised).graph.initializer
    weights = [onnx.numpy_helper.to_array(t) for t in held if t.data_type == onnx.TensorProto.INT8 and len(t.dims) == 4]

    assert len(weights) > 20
    assert max(int(np.abs(weight.astype(int)).max()) for weight in weights) <= 64


@pytest.mark.parametrize("layers", [("image", "motion"), ("box", "score")])
def test_the_first_and_the_last_layers_stay_as_they_are(quantised: bytes, layers: tuple[str, str]) -> None:
    graph = onnx.load_model_from_string(quantised).graph
    made_by = {name: node.op_type for node in graph.node for name in node.output}
    outer = [n for n in graph.node if n.op_type == "Conv" and n.name.split("/")[2] in layers]

    assert len(outer) == 2
    assert all(made_by.get(conv.input[1]) != "DequantizeLinear" for conv in outer)


def test_pictures_are_divided_by_weights(quantised: bytes) -> None:
    graph = onnx.load_model_from_string(quantised).graph
    used = {name for node in graph.node for name in node.input}

    assert not [n for n in graph.node if n.op_type == "Div"]
    assert all(held.name in used for held in graph.initializer)


def test_the_same_network_and_pictures_give_the_same_file(content: bytes, quantised: bytes) -> None:
    assert quantise_people(content, crowd(4, "paris")) == quantised


def test_a_file_is_measured_as_the_network_is(tmp_path: Path) -> None:
    network, samples = PeopleNet(), crowd(2, "rome")

    assert score_file(export_people(network), samples, 0.001) == score_people(network, samples, 0.001)


def test_nothing_to_calibrate_with_is_one_sentence(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^samples must be at least one picture, got none"):
        quantise_people(content, [])
