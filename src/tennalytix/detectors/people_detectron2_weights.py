"""Checkpoints of Detectron2 as plain arrays, read so that no code in them can run, and put into networks whole."""

import pickle
from collections import OrderedDict
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

State = Mapping[str, Any]
"""Parameters by name: NumPy arrays or torch tensors."""


def _latin1(text: str, _encoding: str) -> bytes:
    return text.encode("latin1")


def _no_bytes() -> bytes:
    return b""


_ARRAY: Callable[..., Any] = np.zeros(1).__reduce__()[0]  # type: ignore[assignment]
_BUFFER: Callable[..., Any] = np.zeros(1).__reduce_ex__(5)[0]  # type: ignore[assignment]
_SCALAR: Callable[..., Any] = np.float64(0).__reduce__()[0]  # type: ignore[assignment]
_HARMLESS: dict[tuple[str, str], Any] = {
    ("__builtin__", "bytes"): _no_bytes,
    ("_codecs", "encode"): _latin1,
    ("collections", "OrderedDict"): OrderedDict,
    ("numpy", "dtype"): np.dtype,
    ("numpy", "ndarray"): np.ndarray,
    **{(f"numpy.{core}.multiarray", "_reconstruct"): _ARRAY for core in ("core", "_core")},
    **{(f"numpy.{core}.multiarray", "scalar"): _SCALAR for core in ("core", "_core")},
    **{(f"numpy.{core}.numeric", "_frombuffer"): _BUFFER for core in ("core", "_core")},
}
"""All that pickles of arrays call, from Python 2 and NumPy 1 on, narrowed to what they call it for."""


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        try:
            return _HARMLESS[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(f"it calls {module_name}.{global_name}") from None


def read_state(path: Path) -> State:
    """The parameters in a checkpoint: a `.pkl` as the model zoo has them, or a `.pth` as training writes them.

    Raises:
        ValueError: the file is no such checkpoint, or holds more than arrays.
    """
    try:
        content = _read_pickle(path) if path.suffix == ".pkl" else _read_torch(path)
    except (pickle.UnpicklingError, EOFError, AttributeError, IndexError, KeyError, RuntimeError, TypeError) as error:
        reason = str(error).split("\n", maxsplit=1)[0].rstrip(".")
        raise ValueError(f"Weights {path} must hold arrays and nothing else, got: {reason}.") from error
    state = content.get("model", content) if isinstance(content, Mapping) else None
    if not isinstance(state, Mapping) or not all(map(_is_array, state.values())):
        raise ValueError(f"Weights {path} must be a checkpoint of Detectron2, parameters by name. Use another file.")
    return state


def _is_array(value: Any) -> bool:
    return hasattr(value, "shape") and getattr(value.dtype, "kind", "f") in "biuf"


def _read_pickle(path: Path) -> Any:
    with path.open("rb") as file:
        return _ArrayUnpickler(file, encoding="latin1").load()


def _read_torch(path: Path) -> Any:
    torch = import_module("torch")
    return torch.load(path, map_location="cpu", weights_only=True)


def load_whole(network: Any, state: State, path: Path) -> None:
    """Puts parameters into a network; what the network lacks is left out.

    Detectron2's own loader only logs what is missing or of another shape, and goes on with random numbers.

    Raises:
        ValueError: the network has parameters that the state lacks or has in another shape.
    """
    torch = import_module("torch")
    tensors = {name: torch.as_tensor(value) for name, value in state.items()}
    own = network.state_dict()
    wrong = sorted(name for name in own.keys() & tensors.keys() if own[name].shape != tensors[name].shape)
    if not wrong:
        wrong = network.load_state_dict(tensors, strict=False).missing_keys
    if wrong:
        raise ValueError(
            f"Weights {path} must fit the network, got none or another shape for {len(wrong)} parameters, "
            f"{wrong[0]} among them. Use the weights that belong to config."
        )
