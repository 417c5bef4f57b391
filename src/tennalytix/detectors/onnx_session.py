"""ONNX networks, opened and run with onnxruntime: what a file must be is checked when it is opened."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as errors

from tennalytix.core.threads import thread_limit

Device = Literal["auto", "cpu", "cuda"]
Shape = tuple[int | None, ...]
"""None stands for any size."""

_FATAL_ONLY = 4
"""onnxruntime prints nothing less: what goes wrong is raised as well, and it warns of much that does not matter."""

_DTYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
_ERRORS = (
    errors.EPFail,
    errors.Fail,
    errors.InvalidArgument,
    errors.InvalidGraph,
    errors.InvalidProtobuf,
    errors.NotImplemented,
    errors.RuntimeException,
    RuntimeError,
)


@dataclass(frozen=True, eq=False, slots=True)
class Network:
    """An opened network.

    Attributes:
        name: for messages.
        inputs: shapes of what it takes; None where any size will do.
        outputs: shapes of what it gives.
    """

    name: str
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    _session: onnxruntime.InferenceSession = field(repr=False)

    @property
    def input_names(self) -> list[str]:
        """What the file calls its inputs."""
        return [i.name for i in self._session.get_inputs()]

    @property
    def on_cuda(self) -> bool:
        """Whether it runs on a CUDA device."""
        return "CUDAExecutionProvider" in self._session.get_providers()

    def run(self, *arrays: NDArray[Any]) -> list[NDArray[np.float32]]:
        """All outputs, in the file's order; the inputs are cast to the types it wants.

        Raises:
            ValueError: it cannot be run on arrays of this shape.
        """
        wanted = self._session.get_inputs()
        feed = {i.name: np.asarray(a, dtype=_DTYPES[i.type]) for i, a in zip(wanted, arrays, strict=True)}
        try:
            found = self._session.run(None, feed)
        except _ERRORS as error:
            shapes = ", ".join(str(a.shape) for a in arrays)
            raise ValueError(
                f"{self.name} must be run on what it was made for, not on {shapes}: {_told(error)}"
            ) from error
        return [np.asarray(output, dtype=np.float32) for output in found]


def open_network(
    model: str | os.PathLike[str] | bytes,
    *,
    inputs: Sequence[Shape],
    outputs: Sequence[Shape],
    any_size: Sequence[int] = (),
    device: Device = "auto",
    threads: int = 0,
) -> Network:
    """Opens a network that takes and gives arrays of these shapes.

    Args:
        model: an ONNX file's path or content; weights in files beside it are not read, as no digest covers them.
        inputs: what it must take: one shape each, None where any size will do.
        outputs: what it must give.
        any_size: axes of the first input that must accept any size. Where the file fixes them, the package `onnx` frees
            them; whether the network then works at another size is seen when it is run.
        device: `auto` takes a CUDA device if there is one.
        threads: of one run; 0 for as many as there are cores, or as a worker is given.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no ONNX file, or not a network of this kind; or the device is not to be had.
        ImportError: `any_size` needs `onnx`, which is not installed.
    """
    name, content = _content(model)
    network = _network(name, content, device, threads)
    _check(name, "take", inputs, network.inputs)
    _check(name, "give", outputs, network.outputs)
    if any(network.inputs[0][axis] is not None for axis in any_size):
        network = _network(name, _with_free_axes(network, content, any_size), device, threads)
    return network


def may_run_on_cuda(device: Device) -> bool:
    """Whether a network opened for `device` is tried on a CUDA device; `Network.on_cuda` says whether that started."""
    return len(_providers(device)) > 1


def _network(name: str, content: bytes, device: Device, threads: int) -> Network:
    session = _session(name, content, device, threads)
    unknown = [i.type for i in session.get_inputs() if i.type not in _DTYPES]
    if unknown:
        raise ValueError(f"{name} must take one of {', '.join(_DTYPES)}, got {unknown[0]}. Export it anew.")
    return Network(name, _shapes(session.get_inputs()), _shapes(session.get_outputs()), session)


def _content(model: str | os.PathLike[str] | bytes) -> tuple[str, bytes]:
    if isinstance(model, bytes):
        return "The network", model
    path = Path(model)
    if not path.is_file():
        raise FileNotFoundError(f"{path} must be an ONNX file, got none. Check the path.")
    return str(path), path.read_bytes()


def _session(name: str, content: bytes, device: Device, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _FATAL_ONLY
    options.use_deterministic_compute = True
    options.intra_op_num_threads = threads or thread_limit()
    # Threads that wait in a loop take the time that decoding the next frames needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # No folder: weights in files beside the model would be read from there, and no digest covers them.
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", os.devnull)
    providers = _providers(device)
    try:
        session = onnxruntime.InferenceSession(content, options, providers=providers)
    except _ERRORS as error:
        raise ValueError(f"{name} must be a whole ONNX file: {_told(error)}") from error
    if device == "cuda" and "CUDAExecutionProvider" not in session.get_providers():
        raise ValueError("device must be auto or cpu, got 'cuda', and CUDA did not start. Check its libraries.")
    return session


def _providers(device: Device) -> list[Any]:
    if device not in get_args(Device):
        raise ValueError(f"device must be one of {', '.join(get_args(Device))}, got {device!r}.")
    present = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    if device == "cuda" and not present:
        raise ValueError("device must be auto or cpu, got 'cuda', and onnxruntime has none. Install onnxruntime-gpu.")
    # The algorithm must not hang on which is the fastest today.
    cuda = [("CUDAExecutionProvider", {"cudnn_conv_algo_search": "HEURISTIC"})]
    return [*(cuda if present and device != "cpu" else []), "CPUExecutionProvider"]


def _with_free_axes(network: Network, content: bytes, axes: Sequence[int]) -> bytes:
    """The same network with these axes of its first input, and all of its outputs', given no size."""
    try:
        import onnx  # noqa: PLC0415 - wanted by few, and large
    except ImportError as error:
        raise ImportError(
            f"{network.name} is made for one size: another needs `onnx`. pip install onnx, or keep the file's own size."
        ) from error
    model = onnx.load_model_from_string(content)
    # Old files list their weights among the inputs.
    first = next(i for i in model.graph.input if i.name == network.input_names[0])
    for axis in axes:
        first.type.tensor_type.shape.dim[axis].dim_param = f"axis_{axis}"
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    del model.graph.value_info[:]
    freed: bytes = model.SerializeToString()
    return freed


def _shapes(arguments: Sequence[Any]) -> tuple[Shape, ...]:
    return tuple(tuple(size if isinstance(size, int) else None for size in a.shape) for a in arguments)


def _check(name: str, verb: str, wanted: Sequence[Shape], found: Sequence[Shape]) -> None:
    if len(wanted) != len(found) or not all(_fit(w, f) for w, f in zip(wanted, found, strict=True)):
        raise ValueError(
            f"{name} must {verb} {_written(wanted)}, got {_written(found)}. Is it a network for this detector?"
        )


def _fit(wanted: Shape, found: Shape) -> bool:
    # A file may leave the shape of an output open.
    return not found or (
        len(wanted) == len(found) and all(w in (f, None) or f is None for w, f in zip(wanted, found, strict=True))
    )


def _written(shapes: Sequence[Shape]) -> str:
    texts = ["(" + ", ".join("any" if size is None else str(size) for size in shape) + ")" for shape in shapes]
    return " and ".join(texts) or "nothing"


def _told(error: Exception) -> str:
    """What onnxruntime says, without its codes."""
    return re.sub(r"^\[\w+\] : \d+ : \w+ : ", "", str(error)).strip().partition("\n")[0]
