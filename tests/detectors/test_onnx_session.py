import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from small_networks import Shape, network
from tennalytix.detectors import onnx_session
from tennalytix.detectors.onnx_session import Network, open_network


def opened(model: bytes | str | Path, **options: object) -> Network:
    wanted = {"inputs": [(None, 3, None, None)], "outputs": [(None, 3, None, None)], "threads": 1} | options
    return open_network(model, **wanted)  # type: ignore[arg-type]


ONES = np.ones((1, 3, 4, 6), np.float32)
ADD = helper.make_node("Add", ["x", "w"], ["y"])
IMAGE = np.arange(72, dtype=np.float32).reshape(1, 3, 4, 6)


def test_a_network_gives_what_it_computes() -> None:
    double = opened(network(helper.make_node("Add", ["x", "x"], ["y"])))

    np.testing.assert_array_equal(double.run(IMAGE)[0], 2 * IMAGE)
    assert double.inputs == double.outputs == ((1, 3, 4, 6),)


def test_a_file_and_its_content_are_the_same_network(tmp_path: Path) -> None:
    path = tmp_path / "small.onnx"
    path.write_bytes(network())

    np.testing.assert_array_equal(opened(path).run(IMAGE)[0], opened(str(path)).run(IMAGE)[0])
    assert opened(path).name == str(path)


def test_sizes_that_the_file_leaves_open_are_any() -> None:
    free = opened(network(takes=("batch", 3, None, "width"), gives=("batch", 3, None, "width")))

    assert free.inputs == ((None, 3, None, None),)
    assert free.run(np.zeros((2, 3, 5, 7)))[0].shape == (2, 3, 5, 7)


@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.UINT8])
def test_arrays_are_cast_to_what_the_network_takes(kind: int) -> None:
    found = opened(network(kind=kind)).run(IMAGE.astype(np.float64))[0]

    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, IMAGE)


def test_an_element_type_nobody_feeds_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must take one of .*, got tensor\(int64\)"):
        opened(network(kind=TensorProto.INT64))


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.onnx must be an ONNX file, got none"):
        opened(tmp_path / "none.onnx")


@pytest.mark.parametrize("cut", [0, 1, 0.5, 0.9])
def test_a_file_that_is_cut_short_is_refused(tmp_path: Path, cut: float) -> None:
    whole = network(ADD, weights={"w": ONES})
    path = tmp_path / "cut.onnx"
    path.write_bytes(whole[: int(cut * len(whole))] if cut < 1 else whole[:1])

    with pytest.raises(ValueError, match=r"cut\.onnx must be a whole ONNX file: "):
        opened(path)


@pytest.mark.parametrize("other", [b"<html></html>", b"\0" * 64, b"PK\x03\x04", bytes(range(256))])
def test_what_is_no_onnx_file_is_refused(other: bytes) -> None:
    with pytest.raises(ValueError, match="must be a whole ONNX file"):
        opened(other)


def test_an_operator_that_onnxruntime_lacks_is_named() -> None:
    with pytest.raises(ValueError, match="Florb"):
        opened(network(helper.make_node("Florb", ["x"], ["y"])))


def test_weights_in_a_file_beside_it_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = onnx.load_from_string(network(ADD, weights={"w": ONES}))
    onnx.save_model(model, str(tmp_path / "a.onnx"), save_as_external_data=True, location="a.data", size_threshold=0)
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ValueError, match="must be a whole ONNX file: External data"):
        opened(tmp_path / "a.onnx")


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"inputs": [(None, 1, None, None)]}, r"must take \(any, 1, any, any\), got \(1, 3, 4, 6\)"),
        ({"inputs": [(None, 3)]}, r"must take \(any, 3\), got"),
        ({"inputs": [(1, 3, 4, 6), (1, 2)]}, r"must take \(1, 3, 4, 6\) and \(1, 2\), got"),
        ({"outputs": [(None, None, 85)]}, r"must give \(any, any, 85\), got \(1, 3, 4, 6\). Is it"),
        ({"outputs": []}, "must give nothing, got"),
    ],
)
def test_a_network_of_another_kind_is_refused(wanted: dict[str, list[tuple[int | None, ...]]], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        opened(network(), **wanted)


def test_an_output_of_unknown_shape_may_be_what_is_wanted() -> None:
    reshape = helper.make_node("Reshape", ["x", "n"], ["y"])
    some = helper.make_node("Slice", ["s", "b", "e"], ["n"])
    weights = {"s": np.array([1, -1]), "b": np.array([0]), "e": np.array([2])}

    assert opened(network(some, reshape, gives=None, weights=weights), outputs=[(1, 72)]).run(IMAGE)


def test_arrays_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must be run on what it was made for, not on \(1, 3, 5, 6\)"):
        opened(network()).run(np.zeros((1, 3, 5, 6)))


def test_a_fixed_size_can_be_freed() -> None:
    free = opened(network(), any_size=(2, 3))

    assert free.inputs == ((1, 3, None, None),)
    for height, width in ((4, 6), (5, 7), (32, 64)):
        assert free.run(np.ones((1, 3, height, width)))[0].shape == (1, 3, height, width)


def test_freeing_a_size_that_is_built_in_is_told_when_it_is_run() -> None:
    free = opened(network(ADD, weights={"w": ONES}), any_size=(2, 3))

    assert free.run(IMAGE)[0].shape == IMAGE.shape
    with pytest.raises(ValueError, match="must be run on what it was made for"):
        free.run(np.ones((1, 3, 5, 7)))


def test_freeing_a_size_without_onnx_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)

    with pytest.raises(ImportError, match=r"made for one size.*pip install onnx, or keep the file's own size"):
        opened(network(), any_size=(2, 3))
    free: Shape = (1, 3, None, None)
    assert opened(network(takes=free, gives=free), any_size=(2, 3)).inputs == (free,), "nothing to free"


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(ValueError, match="device must be one of auto, cpu, cuda, got 'tpu'"):
        opened(network(), device="tpu")


def test_a_device_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])

    with pytest.raises(ValueError, match=r"device must be auto or cpu, got 'cuda'.*Install onnxruntime-gpu"):
        opened(network(), device="cuda")
    assert opened(network(), device="auto").run(IMAGE)


def test_a_device_that_does_not_start_is_one_sentence_if_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def on_cpu(model: bytes, options: object, providers: list[object]) -> onnxruntime.InferenceSession:
        asked.append(providers[0])
        return session(model, options, providers=["CPUExecutionProvider"])

    session = onnxruntime.InferenceSession
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider"])
    monkeypatch.setattr(onnx_session.onnxruntime, "InferenceSession", on_cpu)

    assert opened(network(), device="auto").run(IMAGE)
    assert opened(network(), device="cpu").run(IMAGE)
    with pytest.raises(ValueError, match=r"CUDA did not start"):
        opened(network(), device="cuda")
    assert [a if isinstance(a, str) else a[0] for a in asked] == [  # type: ignore[index]
        "CUDAExecutionProvider",
        "CPUExecutionProvider",
        "CUDAExecutionProvider",
    ]


def test_nothing_is_printed_even_if_it_fails(tmp_path: Path) -> None:
    path = tmp_path / "small.onnx"
    reshape = helper.make_node("Reshape", ["x", "s"], ["y"])
    path.write_bytes(network(reshape, takes=(1, 3, None, None), gives=(1, 2), weights={"s": np.array([1, 7])}))
    code = f"""
import numpy as np
from tennalytix.detectors.onnx_session import open_network
network = open_network({str(path)!r}, inputs=[(1, 3, None, None)], outputs=[(1, None)])
network.run(np.zeros((1, 3, 1, 7 // 3)))
"""
    ran = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "Warn" not in ran.stderr
    assert ran.stderr.startswith("Traceback")
    assert ran.stderr.splitlines()[-1].startswith("ValueError: ")


@pytest.mark.parametrize("threads", [1, 2, 0])
def test_the_same_input_gives_the_same_output(threads: int) -> None:
    rng = np.random.default_rng(0)
    weights = {"w": rng.normal(size=(3, 3, 3, 3)).astype(np.float32)}
    layer = helper.make_node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1])
    image = rng.normal(size=(1, 3, 64, 96)).astype(np.float32)
    free: Shape = (1, 3, None, None)
    first, second = (opened(network(layer, takes=free, gives=free, weights=weights), threads=threads) for _ in range(2))

    assert first.run(image)[0].tobytes() == second.run(image)[0].tobytes()


def test_a_worker_keeps_to_the_threads_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENNALYTIX_THREADS", "3")
    shared, own = opened(network(), threads=0), opened(network(), threads=2)

    assert shared._session.get_session_options().intra_op_num_threads == 3
    assert own._session.get_session_options().intra_op_num_threads == 2
