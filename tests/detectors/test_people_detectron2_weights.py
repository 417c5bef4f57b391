import codecs
import os
import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tennalytix.detectors.people_detectron2_weights import load_whole, read_state


def arrays() -> dict[str, Any]:
    return {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.float64(2.5), "c": np.zeros(0, np.int64)}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("core", [b"numpy._core", b"numpy.core"])
def test_a_pickle_of_arrays_is_read_whoever_wrote_it(protocol: int, core: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    old = pickle.dumps({"model": OrderedDict(arrays()), "__author__": "x"}, protocol)
    if protocol < 4:  # from there on a name is stored with its length
        old = old.replace(b"numpy._core", core)
    path.write_bytes(old)

    state = read_state(path)

    assert list(state) == ["a", "b", "c"]
    for name, value in arrays().items():
        np.testing.assert_array_equal(state[name], value)
        assert state[name].dtype == value.dtype


class Code:
    """Unpickling it calls what it is given."""

    def __init__(self, call: Callable[..., Any], *arguments: Any) -> None:
        self.call, self.arguments = call, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call, self.arguments


@pytest.mark.parametrize("call", [os.mkdir, os.system, eval, getattr, codecs.decode, pickle.loads, np.load])
def test_no_code_in_a_pickle_runs(call: Callable[..., Any], tmp_path: Path) -> None:
    path, trace = tmp_path / "model.pkl", tmp_path / "ran"
    argument = f"touch {trace}" if call is os.system else str(trace)
    path.write_bytes(pickle.dumps({"model": arrays(), "x": Code(call, argument)}))

    with pytest.raises(
        ValueError, match=rf"model\.pkl must hold arrays and nothing else, got: it calls .*{call.__name__}"
    ):
        read_state(path)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "must hold arrays and nothing else"),
        (b"<!doctype html>", "must hold arrays and nothing else"),
        (pickle.dumps(arrays())[:-40], "must hold arrays and nothing else"),
        (pickle.dumps([1, 2]), "must be a checkpoint of Detectron2"),
        (pickle.dumps({"blobs": {"a": 1}}), "must be a checkpoint of Detectron2"),
        (pickle.dumps({"model": None}), "must be a checkpoint of Detectron2"),
        (pickle.dumps({"model": {"a": np.array([None])}}), "must be a checkpoint of Detectron2"),
    ],
    ids=["empty", "web page", "cut short", "list", "caffe2", "no model", "no numbers"],
)
def test_what_is_no_checkpoint_is_one_sentence(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(content)

    with pytest.raises(ValueError, match=message):
        read_state(path)


def test_a_torch_checkpoint_is_read_and_no_code_in_it_runs(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    path, trace = tmp_path / "model.pth", tmp_path / "ran"
    torch.save({"model": {"a": torch.arange(3)}, "iteration": 7}, path)

    assert read_state(path)["a"].tolist() == [0, 1, 2]

    torch.save({"model": {"a": Code(os.mkdir, str(trace))}}, path)
    with pytest.raises(ValueError, match=r"model\.pth must hold arrays and nothing else"):
        read_state(path)
    assert not trace.exists()


def test_a_network_gets_all_its_weights_or_none_at_all() -> None:
    torch = pytest.importorskip("torch")
    network = torch.nn.Linear(2, 3)
    whole = {"weight": np.ones((3, 2), np.float32), "bias": np.ones(3, np.float32)}

    load_whole(network, whole | {"of another head": np.zeros(1, np.float32)}, Path("w.pkl"))

    assert network.weight.tolist() == [[1, 1]] * 3
    with pytest.raises(ValueError, match=r"w.pkl must fit the network, .* for 1 parameters, bias among them"):
        load_whole(network, {"weight": whole["weight"]}, Path("w.pkl"))
    with pytest.raises(ValueError, match="for 1 parameters, weight among them"):
        load_whole(network, whole | {"weight": np.ones((2, 2), np.float32)}, Path("w.pkl"))
