"""The person network in 8 bits: the same people, a fraction of the bytes."""

import numpy as np
import onnx
import pytest
import torch

from bright_people import crowd
from tennalytix.detectors.onnx_session import open_network
from tennalytix.detectors.people_network_input import to_planes
from tennalytix.training.export import export_people
from tennalytix.training.options import FitOptions, PeopleOptions
from tennalytix.training.people import train_people
from tennalytix.training.people_small import agreement, small_people_network
from tennalytix.training.quantise import quantise

SHAPES = {
    "inputs": ((None, 3, None, None), (None, 2, None, None)),
    "outputs": ((None, None, None), (None, 4, None, None)),
}


@pytest.fixture(scope="module")
def content() -> bytes:
    torch.set_num_threads(1)
    options = PeopleOptions(crop_px=64, batch_size=4)
    fit = FitOptions(steps=12, validate_every=12, threads=1, device="cpu")
    return export_people(train_people(crowd(6, "paris"), [], crowd(1, "rome"), options, fit, None)[0])


@pytest.fixture(scope="module")
def small(content: bytes) -> bytes:
    return small_people_network(content, crowd(6, "paris"))


def test_it_is_a_third_as_large_and_answers_nearly_the_same(content: bytes, small: bytes) -> None:
    planes = to_planes(*crowd(1, "rome")[0].pictures())
    (score, ltrb), (small_score, small_ltrb) = (
        open_network(network, device="cpu", **SHAPES).run(*(plane[None] for plane in planes))
        for network in (content, small)
    )

    assert len(small) < 0.4 * len(content)
    assert small_score.shape == score.shape
    assert small_ltrb.shape == ltrb.shape
    assert np.abs(small_score - score).max() < 0.1


def test_weights_are_bytes_but_for_those_of_the_answers(small: bytes) -> None:
    graph = onnx.load_model_from_string(small).graph
    kinds = {tensor.name: tensor.data_type for tensor in graph.initializer}
    maker = {name: node for node in graph.node for name in node.output}
    from_bytes = [node for node in graph.node if node.op_type == "Conv" and node.input[1] in maker]
    in_float = [node for node in graph.node if node.op_type == "Conv" and node.input[1] in kinds]

    assert len(from_bytes) > 4 * len(in_float) > 0


def test_the_same_pictures_give_the_same_bytes(content: bytes, small: bytes) -> None:
    assert small_people_network(content, crowd(6, "paris")) == small


def test_a_network_agrees_with_itself(content: bytes) -> None:
    same = agreement(content, content, crowd(2, "rome"))

    assert same == (1.0, 0.0)


def test_without_pictures_there_is_nothing_to_measure(content: bytes) -> None:
    with pytest.raises(ValueError, match="feeds must hold inputs to measure activations on, got none"):
        quantise(content, [])
