import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from drawn_frames import frames_of
from tennalytix.detectors.base import People
from tennalytix.detectors.people_detectron2 import Detectron2PersonDetector
from tennalytix.detectors.people_detectron2_zoo import imported, read_config

FASTER = "COCO-Detection/faster_rcnn_R_50_FPN_3x.yaml"
RETINA = "COCO-Detection/retinanet_R_50_FPN_3x.yaml"
MASK = "COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x.yaml"
KEYPOINT = "COCO-Keypoints/keypoint_rcnn_R_50_FPN_3x.yaml"
SHORT_SIDE_PX = 200
MIN_SCORE = 0.3
NO_DIGEST = "0" * 64

# Detectron2 and fvcore use what torch has deprecated.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*torch.meshgrid.*:UserWarning"),
]


# --- without Detectron2 ----------------------------------------------------------------------------------------------


def test_importing_the_detector_imports_neither_torch_nor_detectron2() -> None:
    code = "import sys, tennalytix.detectors.people_detectron2; print({'torch', 'detectron2'} & set(sys.modules))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)

    assert ran.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size must be positive, got 0"),
        ({"short_side_px": 0}, "short_side_px must be positive, got 0"),
        ({"proposals": -1}, "proposals must be positive, got -1"),
        ({"min_score": 1.0}, "min_score must be at least 0 and below 1, got 1.0"),
        ({"min_score": -0.1}, "min_score must be at least 0 and below 1, got -0.1"),
        ({"key_every_s": -1.0}, "key_every_s must not be negative, got -1.0"),
        ({"device": "gpu"}, "device must be auto, cpu, cuda or cuda:<number>, got 'gpu'"),
        ({"weights": ""}, "weights and weights_sha256 must be given together, got '' and None"),
        ({"weights": "", "weights_sha256": NO_DIGEST}, "weights and weights_sha256 must be given together, got ''"),
        ({"weights": "a.pkl"}, "weights and weights_sha256 must be given together, got 'a.pkl' and None"),
        ({"weights_sha256": NO_DIGEST}, "weights and weights_sha256 must be given together, got None"),
        ({"config": RETINA}, "weights and weights_sha256 must be given for COCO-Detection/retinanet_R_50_FPN_3x"),
    ],
)
def test_wrong_options_are_refused_with_or_without_detectron2(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Detectron2PersonDetector(**options)


# --- with Detectron2 -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def detectron2() -> Iterator[None]:
    """Detectron2 can be imported, or the test is skipped and says so."""
    pytest.importorskip("torch", reason="Detectron2 is not installed, nor is torch: its tests did not run.")
    pytest.importorskip("detectron2", reason="Detectron2 is not installed: its tests did not run.")
    from torchvision_stand_in import importable_torchvision  # noqa: PLC0415

    with importable_torchvision():
        yield


@dataclass(frozen=True)
class Stored:
    """Weights on disk for a configuration."""

    config: str
    path: Path

    @property
    def options(self) -> dict[str, Any]:
        with self.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {
            "config": self.config,
            "weights": str(self.path),
            "weights_sha256": digest,
            "device": "cpu",
            "min_score": MIN_SCORE,
            "key_every_s": 0.0,
        }


def random_state(config: str) -> dict[str, Any]:
    """Random weights whose network sees people, and other classes, in noise."""
    import torch  # noqa: PLC0415

    cfg = read_config(config)
    cfg.MODEL.DEVICE = "cpu"
    torch.manual_seed(0)
    state: dict[str, Any] = imported("detectron2.modeling").build_model(cfg).state_dict()
    for name, value in state.items():
        if name.endswith("conv3.norm.weight"):
            value.mul_(0.2)  # else numbers double from block to block
        elif name.endswith("box_predictor.cls_score.weight"):
            value.mul_(0.3)
        elif name.endswith("box_predictor.cls_score.bias") and len(value) > 2:
            value[:2] += torch.tensor([6.5, 5.0])
        elif name == "head.cls_score.weight":
            value.mul_(15)
        elif name == "head.cls_score.bias":
            value.view(-1, 80)[:, :2] += 4
    return {name: value.numpy() for name, value in state.items()}


@pytest.fixture(scope="module")
def stored(detectron2: None, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Stored]:
    """Stores weights for a configuration, once, as the model zoo stores its own."""
    folder = tmp_path_factory.mktemp("zoo")

    def store(config: str) -> Stored:
        path = folder / f"{Path(config).stem}.pkl"
        if not path.exists():
            content = {"model": random_state(config), "__author__": "test"}
            path.write_bytes(pickle.dumps(content, pickle.HIGHEST_PROTOCOL))
        return Stored(config, path)

    return store


@pytest.fixture(scope="module")
def faster(stored: Callable[[str], Stored]) -> Detectron2PersonDetector:
    return Detectron2PersonDetector(**stored(FASTER).options, short_side_px=SHORT_SIDE_PX, proposals=100)


def picture(size_wh: tuple[int, int], seed: int = 0) -> Any:
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 16, 3), dtype=np.uint8)
    return cv2.resize(coarse, size_wh, interpolation=cv2.INTER_CUBIC)


def default_predictor(weights: Stored, short_side_px: int | None = None) -> Any:
    """Detectron2's own, for images with blue first."""
    cfg = read_config(weights.config)
    cfg.MODEL.DEVICE, cfg.MODEL.WEIGHTS = "cpu", str(weights.path)
    cfg.MODEL.ROI_HEADS.SCORE_THRESH_TEST = cfg.MODEL.RETINANET.SCORE_THRESH_TEST = MIN_SCORE
    if short_side_px:
        cfg.INPUT.MAX_SIZE_TEST = round(cfg.INPUT.MAX_SIZE_TEST * short_side_px / cfg.INPUT.MIN_SIZE_TEST)
        cfg.INPUT.MIN_SIZE_TEST = short_side_px
    return imported("detectron2.engine").DefaultPredictor(cfg)


def assert_same_people(people: People, found: Any, classes: int) -> None:
    boxes, scores = found["instances"].pred_boxes.tensor.numpy(), found["instances"].scores.numpy()
    class_ids = found["instances"].pred_classes.numpy()
    person = class_ids == 0

    assert len(set(class_ids)) == classes
    assert person.sum() >= 3
    assert people.xyxy.shape == (person.sum(), 4)
    # Detectron2's pixel edges are whole numbers, ours lie half a pixel beside.
    np.testing.assert_allclose(people.xyxy + 0.5, boxes[person], rtol=0, atol=0.01)
    np.testing.assert_allclose(people.score, scores[person], rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("config", "classes", "sizes_wh"),
    [
        (FASTER, 2, [(320, 180), (180, 320), (161, 93), (400, 90)]),
        (RETINA, 2, [(320, 180)]),
        (MASK, 2, [(320, 180)]),
        (KEYPOINT, 1, [(320, 180)]),
    ],
)
def test_people_are_those_of_the_default_predictor(
    config: str, classes: int, sizes_wh: list[tuple[int, int]], stored: Callable[[str], Stored]
) -> None:
    weights = stored(config)
    detector = Detectron2PersonDetector(**weights.options, short_side_px=SHORT_SIDE_PX)
    predictor = default_predictor(weights, SHORT_SIDE_PX)

    for size_wh in sizes_wh:
        image = picture(size_wh)
        (people,) = detector.detect(frames_of([image]))

        assert_same_people(people, predictor(image[:, :, ::-1]), classes)


def test_as_the_zoo_has_it_people_are_those_of_the_default_predictor(stored: Callable[[str], Stored]) -> None:
    weights, image = stored(FASTER), picture((640, 360))

    (people,) = Detectron2PersonDetector(**weights.options).detect(frames_of([image]))

    assert_same_people(people, default_predictor(weights)(image[:, :, ::-1]), 2)


def test_a_configuration_of_ones_own_may_want_red_first(stored: Callable[[str], Stored], tmp_path: Path) -> None:
    zoo, image = stored(FASTER), picture((320, 180))
    cfg = read_config(FASTER)
    cfg.INPUT.FORMAT = "RGB"
    (tmp_path / "own.yaml").write_text(cfg.dump())
    own = Stored(str(tmp_path / "own.yaml"), zoo.path)

    (people,) = Detectron2PersonDetector(**own.options, short_side_px=SHORT_SIDE_PX).detect(frames_of([image]))

    assert_same_people(people, default_predictor(own, SHORT_SIDE_PX)(image[:, :, ::-1]), 2)


def test_batches_change_nothing(faster: Detectron2PersonDetector, stored: Callable[[str], Stored]) -> None:
    frames = frames_of(picture((160, 90), seed) for seed in range(4))
    options = stored(FASTER).options | {"short_side_px": SHORT_SIDE_PX, "proposals": 100, "batch_size": 3}

    ones, batches = list(faster.detect(frames)), list(Detectron2PersonDetector(**options).detect(frames))

    assert len(ones) == len(batches) == 4
    for one, other in zip(ones, batches, strict=True):
        np.testing.assert_allclose(one.xyxy, other.xyxy, rtol=0, atol=0.01)
        np.testing.assert_allclose(one.score, other.score, rtol=0, atol=1e-4)


def test_answers_are_well_formed_and_the_same_twice(faster: Detectron2PersonDetector) -> None:
    for frame in frames_of([picture((160, 90)), picture((33, 200)), picture((300, 7)), picture((1, 1))]):
        (people,), (again,) = faster.detect([frame]), faster.detect([frame])

        assert people.xyxy.shape == (len(people.score), 4)
        assert (np.diff(people.score) <= 0).all(), "best first"
        assert ((people.score >= MIN_SCORE) & (people.score <= 1)).all()
        assert (people.xyxy[:, :2] >= -0.5).all()
        assert (people.xyxy[:, 2:] <= np.array(frame.size_wh) - 0.5).all()
        assert (people.xyxy[:, :2] < people.xyxy[:, 2:]).all()
        assert np.array_equal(people.xyxy, again.xyxy)
        assert np.array_equal(people.score, again.score)


def test_no_frames_give_no_answers(faster: Detectron2PersonDetector) -> None:
    assert list(faster.detect([])) == []


def test_the_digest_is_there_for_the_record(stored: Callable[[str], Stored]) -> None:
    options = stored(FASTER).options

    with pytest.raises(ValueError, match="must have sha256 0000"):
        Detectron2PersonDetector(**options | {"weights_sha256": NO_DIGEST})
    assert Detectron2PersonDetector(**options).weights_sha256 == options["weights_sha256"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"config": "COCO-Detection/no_such_net.yaml"}, "config must be the name of a .yaml that https.*no_such_net"),
        ({"config": "COCO-Detection/fcos_R_50_FPN_1x.py"}, "config must be the name of a .yaml .*fcos"),
        ({"config": "COCO-Detection/rpn_R_50_FPN_1x.yaml"}, "config must be of a network that finds boxes and classes"),
        ({"config": "COCO-Detection/fast_rcnn_R_50_FPN_1x.yaml"}, "config must be of a network that finds boxes"),
        ({"config": RETINA, "proposals": 100}, "proposals must be left out for a network without them, got 100"),
        ({"device": "cuda:99"}, "device must be one that torch can use, got 'cuda:99'"),
    ],
)
def test_what_cannot_work_is_refused_before_weights_are_fetched(
    options: dict[str, Any], message: str, detectron2: None
) -> None:
    with pytest.raises(ValueError, match=message):
        Detectron2PersonDetector(**{"device": "cpu", "weights": "none.pkl", "weights_sha256": NO_DIGEST} | options)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("VERSION: 2\nMODEL: {NO_SUCH: 1}", "must be a configuration of Detectron2, got .*NO_SUCH"),
        ("MODEL: [", "must be a configuration of Detectron2"),
        ("OUTPUT_DIR: !!python/object/apply:os.mkdir [ran]", "must be a configuration of Detectron2"),
        ("DATASETS: {TEST: [my_own]}", "config must be for a data set with the class person"),
    ],
)
def test_a_wrong_configuration_of_ones_own_is_one_sentence_and_runs_nothing(
    content: str, message: str, detectron2: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.yaml").write_text(content)

    with pytest.raises(ValueError, match=message):
        Detectron2PersonDetector(config="own.yaml", weights="none.pkl", weights_sha256=NO_DIGEST, device="cpu")
    assert not Path("ran").exists()


def test_weights_of_another_network_are_refused(stored: Callable[[str], Stored]) -> None:
    options = stored(FASTER).options | {"config": KEYPOINT}

    with pytest.raises(ValueError, match=r"must fit the network, got none or another shape for \d+ parameters"):
        Detectron2PersonDetector(**options)
