"""Torch, and published checkpoints put into networks whole: no code in a file runs, and nothing is left to chance.

Modules of Torch networks take `torch` and `nn` from here, so that who has not installed it reads how to.
"""

import json
import math
import os
import pickle
import re
import struct
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from tennalytix.detectors.weights import fetch_weights

try:
    import torch
    from torch import Tensor, nn
except (ImportError, OSError) as error:
    raise ImportError(f'torch must be importable, got: {error}. pip install "tennalytix[torch]".') from error

__all__ = ["Tensor", "chosen_device", "load_weights", "nn", "placed", "read_state", "torch"]

Network = TypeVar("Network", bound=nn.Module)

_WRAPPERS = ("model_state_dict", "state_dict", "model")
"""Under what names training scripts store the parameters beside an epoch, an optimiser and the like."""

_BROKEN = (
    pickle.UnpicklingError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    struct.error,
    TypeError,
    ValueError,
)
"""What reading damaged files raises."""

_SAFETENSORS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "|u1"}


def load_weights(network: nn.Module, name: str, weights: str, sha256: str, folder: str | os.PathLike[str]) -> None:
    """Fetches a checkpoint, checks its digest and puts its parameters into a network, every one of them.

    Args:
        network: what the checkpoint must fill, with no name too few or too many.
        name: the network's, for messages.
        weights: path or address of a checkpoint as `torch.save` writes them, or in the safetensors format.
        sha256: its digest; see `fetch_weights`.
        folder: where fetched weights are kept.

    Raises:
        ValueError: another digest, no checkpoint, more than arrays in it, or one of another network.
        FileNotFoundError: there is no such file.
        ConnectionError: the server is not to be reached.
    """
    path = fetch_weights(weights, sha256, folder)
    state = read_state(path)
    misfit = _misfit(network.state_dict(), state)
    if misfit:
        raise ValueError(f"Weights {path} must be those of {name}: {misfit}. Use a checkpoint of this network.")
    network.load_state_dict(state, strict=False)


def read_state(path: Path) -> dict[str, Tensor]:
    """Parameters by name. The names lose the prefix `module.` that training on several GPUs leaves.

    Raises:
        ValueError: the file is no checkpoint, is damaged, or holds more than arrays.
    """
    with path.open("rb") as file:
        start = file.read(9)
    try:
        content = _read_safetensors(path) if start[8:] == b"{" else _read_torch(path)
    except _BROKEN as error:
        raise ValueError(
            f"Weights {path} must be a whole checkpoint of arrays and nothing else, got: {_told(error)}. "
            "Nothing in it was run. Fetch it again, or use another."
        ) from error
    state = _unwrapped(content)
    if not state:
        raise ValueError(f"Weights {path} must hold parameters by name, got {_shown(content)}. Use another checkpoint.")
    return state


def chosen_device(name: str) -> torch.device:
    """The device by this name; `auto` is a GPU if there is one.

    Raises:
        ValueError: it is no name of a device, or there is no GPU.
    """
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", name):
        raise ValueError(f"device must be auto, cpu, cuda or cuda:<number>, got {name!r}.")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(name)
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ValueError(
            f"device must be auto or cpu, got {name!r}, and torch finds no such GPU. Install CUDA's torch."
        )
    return device


def placed(network: Network, device: torch.device) -> Network:
    """The network on a device, for use and not for training, channels last: convolutions run a third faster so."""
    return network.eval().to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _read_torch(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pickles in forms that torch does not write itself
        return torch.load(path, map_location="cpu", weights_only=True)


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    """The format: the header's length, 8 bytes; the header, JSON; all arrays, one after another."""
    content = path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header: dict[str, Any] = json.loads(content[8:start])
    body = memoryview(content)[start:]
    return {name: _array(body, entry) for name, entry in header.items() if name != "__metadata__"}


def _array(body: memoryview, entry: Mapping[str, Any]) -> Tensor:
    first, last = entry["data_offsets"]
    shape: Sequence[int] = entry["shape"]
    dtype = np.dtype(_SAFETENSORS[entry["dtype"]])
    if not 0 <= first <= last <= len(body) or last - first != math.prod(shape) * dtype.itemsize:
        raise ValueError("an array lies outside the file")
    return torch.from_numpy(np.frombuffer(body[first:last], dtype).reshape(shape).copy())


def _unwrapped(content: Any) -> dict[str, Tensor]:
    """Empty where there are no parameters by name."""
    for key in _WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    if not isinstance(content, Mapping) or not content:
        return {}
    if not all(isinstance(k, str) and isinstance(v, Tensor) for k, v in content.items()):
        return {}
    return {name.removeprefix("module."): value for name, value in content.items()}


def _misfit(own: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> str:
    """What does not fit, in words; empty if all does."""
    # Old checkpoints lack the counters of batch normalisation, which only training reads.
    missing = [name for name in own if name not in given and not name.endswith("num_batches_tracked")]
    unknown = [name for name in given if name not in own]
    if missing or unknown:
        return " and ".join(
            f"{what} {_listed(names)}" for what, names in (("it lacks", missing), ("it has", unknown)) if names
        )
    for name, value in given.items():
        if value.shape != own[name].shape:
            return f"{name} must have shape {tuple(own[name].shape)}, got {tuple(value.shape)}"
        if value.is_complex() or value.layout != torch.strided or not torch.isfinite(value).all():
            return f"{name} must hold finite real numbers"
    return ""


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - 2
    return ", ".join(names[:2]) + (f" and {rest} more" if rest > 0 else "")


def _shown(content: Any) -> str:
    if not isinstance(content, Mapping):
        return type(content).__name__
    return f"a mapping of {_listed([repr(key) for key in content])}" if content else "an empty mapping"


def _told(error: BaseException) -> str:
    """The first sentence of a message, without torch's advice to load the file unsafely."""
    text = re.sub(r"\s+", " ", str(error)).rpartition("WeightsUnpickler error: ")[2]
    called = re.search(r"GLOBAL (\S*\w)", text)
    if called:
        return f"it calls {called.group(1)}"
    return text.partition(". ")[0][:160].rstrip(". ") or type(error).__name__
