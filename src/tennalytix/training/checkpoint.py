"""Weights out of an ONNX file that training wrote, so that training can go on from it."""

from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnx
import torch
from torch import nn

N = TypeVar("N", bound=nn.Module)

_PREFIX = "network."


def network_from(start: str, shipped: str, network: N) -> N:
    """A network to train further.

    Args:
        start: `shipped`, or the path of an ONNX file.
        shipped: name of the file in the package.
        network: takes the weights.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no network of this kind.
    """
    embedded = files("tennalytix.models").joinpath(shipped)
    if start == "shipped" and embedded.is_file():
        content = embedded.read_bytes()
    elif Path(start).is_file():
        content = Path(start).read_bytes()
    else:
        raise FileNotFoundError(f"start must be null, shipped or an ONNX file, got {start}, which does not exist.")
    load_weights(network, content, start)
    return network


def load_weights(network: nn.Module, content: bytes, name: str) -> None:
    """Puts the weights of an ONNX file into a network, in place.

    Raises:
        ValueError: the file is not ONNX, or has weights of another network.
    """
    state = network.state_dict()
    found = _weights(content, name)
    # Counters of normalisation layers are not part of what the network computes.
    missing = [key for key in state if key not in found and not key.endswith("num_batches_tracked")]
    wrong = [key for key in state if key in found and found[key].shape != tuple(state[key].shape)]
    if missing or wrong:
        raise ValueError(
            f"{name} must hold the weights of this network, got none that fit {(missing + wrong)[0]}. Use a file that "
            "the training pipeline wrote."
        )
    network.load_state_dict({key: torch.from_numpy(found[key]) if key in found else state[key] for key in state})


def _weights(content: bytes, name: str) -> dict[str, np.ndarray]:
    try:
        graph = onnx.load_model_from_string(content).graph
        held = {tensor.name: np.array(onnx.numpy_helper.to_array(tensor)) for tensor in graph.initializer}
    except Exception as error:  # protobuf's own error is no ValueError, and its module has no types
        raise ValueError(f"{name} must be an ONNX file, got none: {error}.") from error
    # Equal weights are stored once; the others only point to them.
    held |= {
        node.output[0]: held[node.input[0]]
        for node in graph.node
        if node.op_type == "Identity" and node.input[0] in held
    }
    return {key.removeprefix(_PREFIX): value for key, value in held.items()}
