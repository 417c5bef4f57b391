import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from drawn_frames import draw_person, frames_of, ground
from tennalytix.detectors import people_torchvision
from tennalytix.detectors.people_torchvision import TorchvisionPersonDetector

IMAGE = draw_person(ground((160, 90)), (80, 70), 40)[0]


def test_importing_the_detector_does_not_import_torch() -> None:
    code = "import sys, tennalytix.detectors.people_torchvision; print('torch' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)

    assert ran.stdout.strip() == "False"


@pytest.mark.parametrize(
    "error",
    [ImportError("no torchvision"), RuntimeError("operator torchvision::nms does not exist"), OSError("libc10")],
)
def test_without_torchvision_a_sentence_tells_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(name: str) -> ModuleType:
        raise error

    monkeypatch.setattr(people_torchvision, "import_module", fail)

    with pytest.raises(ImportError, match=r"torch must be importable, got: .*pip install torch torchvision"):
        TorchvisionPersonDetector()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"min_score": 1}, "min_score must be at least 0 and below 1, got 1"),
        ({"batch_size": 0}, "batch_size must be positive, got 0"),
        ({"short_side_px": 0}, "short_side_px must be positive, got 0"),
        ({"key_every_s": -0.1}, "key_every_s must not be negative"),
    ],
)
def test_options_out_of_range_are_one_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        TorchvisionPersonDetector(**options)


# --- with torch and a network that stands in for torchvision's --------------------------------------------------------


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """What torchvision offers at the edge: names of builders, and networks from images to boxes."""
    torch = pytest.importorskip("torch")

    class Stand(torch.nn.Module):  # type: ignore[misc, name-defined]
        """Gives four boxes whose scores hang on the weight: a person, another class, a doubtful and a larger one."""

        def __init__(self, fixed: bool) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(4))
            self.norm = torch.nn.BatchNorm2d(3)
            self.transform = SimpleNamespace(min_size=(800,), max_size=1333, fixed_size=(320, 320) if fixed else None)
            self.seen: list[Any] = []

        def forward(self, images: list[Any]) -> list[dict[str, Any]]:
            self.seen.append(images)
            boxes = torch.tensor([[0, 0, 10, 20], [5, 5, 9, 9], [1, 1, 2, 2], [-5, 10, 500, 60]]).float()
            labels = torch.tensor([1, 2, 1, 1])
            return [{"boxes": boxes, "scores": self.weight.detach(), "labels": labels} for _ in images]

    offered = SimpleNamespace(
        detection="detection",
        list_models=lambda module: ["fasterrcnn_mobilenet_v3_large_320_fpn", "fasterrcnn_resnet50_fpn", "ssd"],
        get_model=lambda name, weights, weights_backbone: Stand(fixed=name == "ssd"),
    )
    real = people_torchvision.import_module
    monkeypatch.setattr(
        people_torchvision, "import_module", lambda name: offered if name == "torchvision.models" else real(name)
    )
    offered.state = {
        "weight": torch.tensor([0.5, 0.9, 0.1, 0.8]),
        **{f"norm.{name}": torch.ones(3) for name in ("weight", "bias", "running_mean", "running_var")},
    }
    offered.folder = tmp_path
    return offered


def stored(models: SimpleNamespace, state: Any = None) -> dict[str, str]:
    import torch  # noqa: PLC0415

    path = models.folder / "weights.pth"
    torch.save(models.state if state is None else state, path)
    return {"weights": str(path), "weights_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def test_people_are_chosen_ordered_and_kept_inside(models: SimpleNamespace) -> None:
    people = TorchvisionPersonDetector(**stored(models)).find([IMAGE])[0]

    np.testing.assert_array_equal(people.xyxy, [[-0.5, 9.5, 159.5, 59.5], [-0.5, -0.5, 9.5, 19.5]])
    np.testing.assert_allclose(people.score, [0.8, 0.5])


def test_images_are_fed_as_channels_of_shares(models: SimpleNamespace) -> None:
    detector = TorchvisionPersonDetector(**stored(models), batch_size=2)
    answers = list(detector.detect(frames_of([IMAGE] * 5)))
    first = detector._network.seen[0][0]

    assert len(answers) == 5
    assert first.shape == (3, 90, 160)
    np.testing.assert_allclose(first.numpy(), IMAGE.transpose(2, 0, 1) / 255, atol=1e-6)


def test_a_size_is_handed_on(models: SimpleNamespace) -> None:
    transform = TorchvisionPersonDetector(**stored(models), short_side_px=480)._network.transform

    assert (transform.min_size, transform.max_size) == ((480,), 800)
    with pytest.raises(ValueError, match="short_side_px must be left out for ssd, which is made for one size"):
        TorchvisionPersonDetector(**stored(models), model="ssd", short_side_px=480)


def test_the_first_networks_add_nothing_to_the_variance(models: SimpleNamespace) -> None:
    plain = TorchvisionPersonDetector(**stored(models), model="fasterrcnn_resnet50_fpn")

    assert plain._network.norm.eps == 0
    assert TorchvisionPersonDetector(**stored(models))._network.norm.eps > 0


def test_an_unknown_model_is_told_which_there_are(models: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match=r"model must be one of fasterrcnn_mobilenet.*, ssd, got 'florb'"):
        TorchvisionPersonDetector(**stored(models), model="florb")


@pytest.mark.parametrize(
    ("device", "sentence"),
    [
        ("cuda", "device must be auto or cpu, got 'cuda', and torch finds no such GPU"),
        ("cuda:1", "device must be auto or cpu, got 'cuda:1', and torch finds no such GPU"),
        ("florb", "device must be auto, cpu, cuda or cuda:<number>, got 'florb'"),
    ],
)
def test_a_device_that_is_not_there_is_one_sentence(models: SimpleNamespace, device: str, sentence: str) -> None:
    import torch  # noqa: PLC0415

    if torch.cuda.is_available() and device != "florb":
        pytest.skip("there is such a device")
    with pytest.raises(ValueError, match=sentence):
        TorchvisionPersonDetector(**stored(models), device=device)


def test_weights_of_another_network_are_one_sentence(models: SimpleNamespace) -> None:
    import torch  # noqa: PLC0415

    few = {name: value for name, value in models.state.items() if name != "norm.bias"}
    for state in (few, {**models.state, "more": torch.zeros(1)}, {**models.state, "weight": torch.zeros(5)}, [1]):
        with pytest.raises(ValueError, match=r"weights\.pth must (be those of fasterrcnn|hold parameters by name)"):
            TorchvisionPersonDetector(**stored(models, state))


def test_a_file_that_holds_code_or_nothing_is_refused(models: SimpleNamespace) -> None:
    given = stored(models, {"weight": ModuleNotFoundError("code")})
    with pytest.raises(ValueError, match="must be a whole checkpoint of arrays and nothing else"):
        TorchvisionPersonDetector(**given)
    Path(given["weights"]).write_bytes(b"")
    with pytest.raises(ValueError, match="must be a whole checkpoint of arrays and nothing else"):
        TorchvisionPersonDetector(**given | {"weights_sha256": hashlib.sha256(b"").hexdigest()})


# --- with torchvision itself -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["fasterrcnn_mobilenet_v3_large_320_fpn", "ssdlite320_mobilenet_v3_large"])
@pytest.mark.filterwarnings("ignore:.*torch.meshgrid.*:UserWarning")
def test_boxes_are_those_that_torchvision_gives(tmp_path: Path, name: str) -> None:
    try:
        import torch  # noqa: PLC0415
        from torchvision import models  # noqa: PLC0415
    except (ImportError, OSError, RuntimeError) as error:
        pytest.skip(f"torchvision is not installed, or not for this torch: {error}")
    torch.manual_seed(0)
    network = models.get_model(name, weights=None, weights_backbone=None).eval()
    with torch.no_grad():
        for layer, parameter in network.named_parameters():
            if layer.endswith("bias") and len(parameter) % 91 == 0:
                parameter[1::91] += 6  # People everywhere.
    torch.save(network.state_dict(), tmp_path / "weights.pth")
    digest = hashlib.sha256((tmp_path / "weights.pth").read_bytes()).hexdigest()
    detector = TorchvisionPersonDetector(
        model=name, weights=str(tmp_path / "weights.pth"), weights_sha256=digest, min_score=0.0, device="cpu"
    )
    with torch.inference_mode():
        given = network([torch.from_numpy(IMAGE.copy()).permute(2, 0, 1) / 255])[0]
    people = detector.find([IMAGE])[0]
    expected = given["boxes"][given["labels"] == 1].numpy() - 0.5

    assert len(expected) > 0
    np.testing.assert_allclose(people.xyxy, expected, atol=1e-3)
