import io
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from drawn_frames import frames_of, ground
from small_people_network import measuring_network, stored
from tennalytix.detectors.onnx_session import open_network
from tennalytix.detectors.people_network import EMBEDDED, NetworkPersonDetector
from tennalytix.training import export
from tennalytix.training.checkpoint import load_weights, network_from
from tennalytix.training.export import export_people
from tennalytix.training.people_net import Answers, PeopleNet


def wild(seed: int = 0, widths: tuple[int, int, int, int, int] = (16, 40, 64, 96, 128)) -> PeopleNet:
    """A network whose every number is its own, that of normalisations too."""
    torch.manual_seed(seed)
    network = PeopleNet(widths).eval()
    for name, value in network.state_dict().items():
        if name.endswith("running_var"):
            value.uniform_(0.5, 1.5)
        elif name.endswith(("running_mean", "bias")):
            value.normal_(0, 0.1)
    return network


@pytest.fixture(scope="module")
def network() -> PeopleNet:
    return wild()


@pytest.fixture(scope="module")
def content(network: PeopleNet) -> bytes:
    return export_people(network)


def answers(network: torch.nn.Module, size_wh: tuple[int, int] = (96, 64), count: int = 1) -> tuple[np.ndarray, ...]:
    image, motion = pictures(size_wh, count)
    with torch.no_grad():
        return tuple(output.numpy() for output in Answers(network).eval()(image, motion))  # type: ignore[arg-type]


def pictures(size_wh: tuple[int, int], count: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    image = torch.randint(0, 256, (count, 3, size_wh[1], size_wh[0]), dtype=torch.uint8, generator=generator)
    return image, image[:, :2, ::2, ::2].contiguous()


@pytest.mark.parametrize(("size_wh", "count"), [((96, 64), 1), ((160, 320), 1), ((32, 32), 3)])
def test_the_file_answers_as_the_network_does(
    network: PeopleNet, content: bytes, size_wh: tuple[int, int], count: int
) -> None:
    opened = open_network(
        content,
        inputs=((None, 3, None, None), (None, 2, None, None)),
        outputs=((None, None, None), (None, 4, None, None)),
        threads=1,
    )
    found = opened.run(*(tensor.numpy() for tensor in pictures(size_wh, count)))

    for got, wanted in zip(found, answers(network, size_wh, count), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-5)


def test_the_file_is_sound_and_small(content: bytes) -> None:
    model = onnx.load_model_from_string(content)
    onnx.checker.check_model(model)

    assert [i.name for i in model.graph.input] == ["image", "motion"]
    assert [o.name for o in model.graph.output] == ["score", "ltrb"]
    assert len(content) < 5_000_000


def test_the_same_network_is_the_same_file(network: PeopleNet, content: bytes) -> None:
    assert export_people(network) == content


def test_a_detector_runs_the_file(content: bytes, tmp_path: Path) -> None:
    detector = NetworkPersonDetector(**stored(content, tmp_path), threads=1, device="cpu")  # type: ignore[arg-type]

    assert len(list(detector.detect(frames_of([ground((160, 90))] * 3)))) == 3


def test_a_file_that_answers_otherwise_is_an_error(network: PeopleNet, monkeypatch: pytest.MonkeyPatch) -> None:
    def another(answers: torch.nn.Module, *_: object, **__: object) -> None:
        buffer = _[1]
        assert isinstance(buffer, io.BytesIO)
        buffer.write(measuring_network())

    monkeypatch.setattr(export.torch.onnx, "export", another)

    with pytest.raises(
        RuntimeError, match=r"^the exported network must answer as the trained one, got answers .* apart"
    ):
        export_people(network)


def test_training_goes_on_from_the_very_same_network(network: PeopleNet, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "mine.onnx").write_bytes(content)
    again = network_from(str(tmp_path / "mine.onnx"), EMBEDDED, PeopleNet())

    for got, wanted in zip(answers(again), answers(network), strict=True):
        assert np.array_equal(got, wanted)
    for name, value in again.state_dict().items():
        assert name.endswith("num_batches_tracked") or torch.equal(value, network.state_dict()[name]), name


def test_a_network_just_made_survives_too(tmp_path: Path) -> None:
    # Its normalisations are alike, and alike weights are stored once.
    (tmp_path / "new.onnx").write_bytes(export_people(PeopleNet()))

    assert float(
        network_from(str(tmp_path / "new.onnx"), EMBEDDED, PeopleNet()).state_dict()["score.bias"]
    ) == pytest.approx(-4.6)


def test_training_can_start_from_the_shipped_network() -> None:
    shipped = network_from("shipped", EMBEDDED, PeopleNet())

    assert not torch.equal(PeopleNet().state_dict()["head.0.weight"], shipped.state_dict()["head.0.weight"])


def test_a_start_that_is_missing_is_one_sentence() -> None:
    with pytest.raises(
        FileNotFoundError, match=r"^start must be null, shipped or an ONNX file, got nowhere\.onnx, which"
    ):
        network_from("nowhere.onnx", EMBEDDED, PeopleNet())


@pytest.mark.parametrize("garbage", [b"no network", b"\x08\x08\xff\xff", b"\x00" * 50])
def test_a_start_that_is_no_network_is_one_sentence(garbage: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(garbage)

    with pytest.raises(ValueError, match=r"x\.onnx must (be an ONNX file|hold the weights of this network), got none"):
        network_from(str(tmp_path / "x.onnx"), EMBEDDED, PeopleNet())


def test_another_network_is_one_sentence(content: bytes) -> None:
    with pytest.raises(
        ValueError, match=r"^mine must hold the weights of this network, got none that fit image\.0\.weight"
    ):
        load_weights(PeopleNet(), measuring_network(), "mine")


def test_a_network_of_other_widths_is_one_sentence(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^mine must hold the weights of this network, got none that fit stage8\.0"):
        load_weights(PeopleNet((16, 40, 48, 96, 128)), content, "mine")
