import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from small_ball_networks import NO_TORCH

torch = pytest.importorskip("torch", reason=NO_TORCH)

from tennalytix.detectors.torch_checkpoint import chosen_device, load_weights, nn, read_state  # noqa: E402


def network() -> nn.Sequential:
    return nn.Sequential(OrderedDict(first=nn.Conv2d(2, 3, 1), second=nn.BatchNorm2d(3), third=nn.Conv2d(3, 1, 1)))


def state() -> dict[str, Any]:
    """Numbers of its own for every parameter."""
    torch.manual_seed(5)
    return {n: torch.rand(v.shape) if v.is_floating_point() else v for n, v in network().state_dict().items()}


def loaded(path: Path, into: nn.Module | None = None) -> nn.Module:
    into = into or network()
    load_weights(into, "Net", str(path), hashlib.sha256(path.read_bytes()).hexdigest(), path.parent / "none")
    return into


def saved(content: Any, folder: Path, **options: Any) -> Path:
    path = folder / "weights.pt"
    torch.save(content, path, **options)
    return path


def safetensors(arrays: dict[str, Any], names: dict[str, str], changed: dict[str, Any] | None = None) -> bytes:
    """The format, written by hand; `changed` goes into the first array's entry."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, value in arrays.items():
        content = np.ascontiguousarray(value).tobytes()
        header[name] = {
            "dtype": names[str(value.dtype)],
            "shape": list(value.shape),
            "data_offsets": [len(body), len(body) + len(content)],
        }
        body += content
    header[next(iter(arrays))] |= changed or {}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


NAMES = {"float32": "F32", "float64": "F64", "float16": "F16", "int64": "I64"}


def arrays() -> dict[str, Any]:
    return {name: value.numpy() for name, value in state().items()}


# --- what is read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrap",
    [
        lambda s: s,
        lambda s: {"model_state_dict": s, "epoch": 29, "optimizer_state_dict": {"lr": [1e-3]}},
        lambda s: {"state_dict": s},
        lambda s: {"model": s, "best": 0.5},
        lambda s: OrderedDict((f"module.{name}", value) for name, value in s.items()),
        lambda s: {name: value for name, value in s.items() if "num_batches" not in name},
        lambda s: {name: value.double() for name, value in s.items()},
    ],
    ids=["plain", "training", "state_dict", "model", "several GPUs", "no counters", "doubles"],
)
def test_a_checkpoint_is_read_however_it_was_wrapped(wrap: Callable[[Any], Any], tmp_path: Path) -> None:
    found = loaded(saved(wrap(state()), tmp_path)).state_dict()

    assert all(torch.equal(found[name], value) for name, value in state().items())


def test_a_checkpoint_in_the_format_before_zip_is_read(tmp_path: Path) -> None:
    found = loaded(saved(state(), tmp_path, _use_new_zipfile_serialization=False)).state_dict()

    assert all(torch.equal(found[name], value) for name, value in state().items())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_safetensors_file_is_read(dtype: type, tmp_path: Path) -> None:
    path = tmp_path / "weights.anything"
    path.write_bytes(safetensors({n: v.astype(dtype) if v.ndim else v for n, v in arrays().items()}, NAMES))
    found = loaded(path).state_dict()

    assert all(torch.equal(found[name], value) for name, value in state().items())


# --- what is refused -------------------------------------------------------------------------------------------------


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("form", ["torch", "torch before zip", "bare pickle", "among parameters"])
def test_no_code_in_a_checkpoint_runs(form: str, tmp_path: Path) -> None:
    bomb, mark = Bomb(tmp_path / "mark"), tmp_path / "mark"
    path = tmp_path / "weights.pt"
    if form == "bare pickle":
        path.write_bytes(pickle.dumps({"a": bomb}, 2))
    else:
        content = state() | {"x": bomb} if form == "among parameters" else bomb
        torch.save(content, path, _use_new_zipfile_serialization=form != "torch before zip")

    with pytest.raises(ValueError, match=r"arrays and nothing else, got: it calls \w+\.mkdir\. Nothing in it was run"):
        loaded(path)
    assert not mark.exists()
    pickle.loads(pickle.dumps(bomb))
    assert mark.exists(), "it would have gone off"


def test_a_checkpoint_of_another_digest_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(state(), tmp_path)

    def opened(*_: object, **__: object) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(torch, "load", opened)
    with pytest.raises(ValueError, match=f"must have sha256 {'0' * 64}, got "):
        load_weights(network(), "Net", str(path), "0" * 64, tmp_path)


def test_a_missing_checkpoint_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.pt must be a file, got none\. Check the path\."):
        load_weights(network(), "Net", str(tmp_path / "none.pt"), "0" * 64, tmp_path)


def test_a_whole_network_instead_of_its_parameters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"arrays and nothing else, got: it calls torch\.nn\.modules"):
        loaded(saved(network(), tmp_path))


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04", b"\x80\x02}q\x00.", b"<html></html>", b"\x00" * 4000])
def test_what_is_no_checkpoint_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(content)

    with pytest.raises(
        ValueError, match=r"^Weights .*weights\.pt must (be a whole checkpoint|hold parameters by name)"
    ):
        loaded(path)


def complaint(path: Path) -> str:
    try:
        loaded(path)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("zipped", [True, False])
def test_a_truncated_or_damaged_checkpoint_is_one_sentence_or_whole(zipped: bool, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    torch.save(state(), buffer, _use_new_zipfile_serialization=zipped)
    whole, rng, path = buffer.getvalue(), np.random.default_rng(0), tmp_path / "weights.pt"
    for k in range(60):
        damaged = bytearray(whole[: rng.integers(len(whole))] if k % 2 else whole)
        for place in rng.integers(len(damaged) or 1, size=0 if k % 2 else 20):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        said = complaint(path)

        assert said or not k % 2, "what is cut off is missed"
        assert not said or (said.startswith(f"Weights {path} must ") and "\n" not in said)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (lambda: [1, 2], "got list"),
        (lambda: torch.zeros(3), "got Tensor"),
        (lambda: {}, "got an empty mapping"),
        (lambda: {"epoch": 3, "loss": 0.5, "a": 1}, "got a mapping of 'epoch', 'loss' and 1 more"),
        (lambda: {1: torch.zeros(3)}, "got a mapping of 1"),
        (lambda: {"state_dict": {"a": 1}}, "got a mapping of 'state_dict'"),
    ],
)
def test_a_file_without_parameters_is_refused(content: Callable[[], Any], shown: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"must hold parameters by name, {shown}"):
        loaded(saved(content(), tmp_path))


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in state().items() if name not in names}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            lambda: without("third.bias"),
            r"must be those of Net: it lacks third\.bias\. Use a checkpoint of this network",
        ),
        (lambda: state() | {"head.weight": torch.zeros(1)}, r"it has head\.weight\."),
        (
            lambda: {f"net.{name}": value for name, value in state().items()},
            r"it lacks first\.weight, first\.bias and 6 more and it has net\.first\.weight, net\.first\.bias and 7",
        ),
        (
            lambda: state() | {"first.weight": torch.zeros(3, 9, 1, 1)},
            r"first\.weight must have shape \(3, 2, 1, 1\), got \(3, 9, 1, 1\)",
        ),
        (
            lambda: state() | {"first.bias": torch.tensor([0, float("nan"), 1])},
            "first.bias must hold finite real numbers",
        ),
        (lambda: state() | {"first.bias": torch.zeros(3).to_sparse()}, "first.bias must hold finite real numbers"),
        (lambda: state() | {"first.bias": torch.zeros(3, dtype=torch.complex64)}, "must hold finite real numbers"),
    ],
)
def test_a_checkpoint_of_another_network_is_refused_by_what_first_does_not_fit(
    content: Callable[[], Any], message: str, tmp_path: Path
) -> None:
    own = network()
    before = {name: value.clone() for name, value in own.state_dict().items()}

    with pytest.raises(ValueError, match=message):
        loaded(saved(content(), tmp_path), own)
    assert all(torch.equal(value, before[name]) for name, value in own.state_dict().items()), "nothing is half loaded"


@pytest.mark.parametrize(
    "changed",
    [
        {"data_offsets": [0, 10**9]},
        {"data_offsets": [-8, 16]},
        {"data_offsets": [8, 0]},
        {"data_offsets": None},
        {"shape": [3, 2, 1, 2]},
        {"shape": [-3, -2, 1, 1]},
        {"shape": "abc"},
        {"dtype": "BF16"},
        {"dtype": ["F32"]},
    ],
)
def test_a_safetensors_file_with_a_false_header_is_refused(changed: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(safetensors(arrays(), NAMES, changed))

    with pytest.raises(ValueError, match="must be a whole checkpoint of arrays and nothing else, got: "):
        read_state(path)


def test_a_safetensors_file_with_a_false_length_is_refused(tmp_path: Path) -> None:
    path, whole = tmp_path / "weights.safetensors", safetensors(arrays(), NAMES)
    for content in ((2**62).to_bytes(8, "little") + whole[8:], (3).to_bytes(8, "little") + whole[8:], whole[:-9]):
        path.write_bytes(content)

        with pytest.raises(ValueError, match="must be a whole checkpoint"):
            read_state(path)


# --- torch itself ----------------------------------------------------------------------------------------------------


def test_devices_go_by_their_names() -> None:
    assert chosen_device("cpu").type == "cpu"
    assert chosen_device("auto").type in ("cpu", "cuda")


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(ValueError, match="device must be auto, cpu, cuda or cuda:<number>, got 'gpu'"):
        chosen_device("gpu")


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="device must be auto or cpu, got 'cuda:99', and torch finds no such GPU"):
        chosen_device("cuda:99")


def output(code: str) -> str:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return ran.stdout.strip()


def test_without_torch_a_sentence_tells_how_to_install_it() -> None:
    code = """
import sys
sys.modules["torch"] = None
for name in ("ball_tracknet", "ball_tracknet_v2", "ball_wasb"):
    try:
        __import__(f"tennalytix.detectors.{name}")
    except ImportError as error:
        print(error)
"""
    told = output(code).splitlines()

    assert len(told) == 3
    assert all(line.startswith("torch must be importable, got: ") for line in told)
    assert all(line.endswith('. pip install "tennalytix[torch]".') for line in told)


def test_the_pipelines_do_not_import_torch() -> None:
    code = "import sys, tennalytix.pipeline_registry, tennalytix.detectors.ball_windows; print('torch' in sys.modules)"

    assert output(code) == "False"
