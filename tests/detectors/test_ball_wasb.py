from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drawn_frames import draw_disc, frames_of, ground
from small_ball_networks import MEAN_RGB, NO_TORCH, SPREAD_RGB, layout, seeded, seeded_input, small_wasb, stored

torch = pytest.importorskip("torch", reason=NO_TORCH)

from tennalytix.detectors.ball_heatmap import fit  # noqa: E402
from tennalytix.detectors.ball_wasb import Wasb, WasbBallDetector  # noqa: E402


@pytest.fixture(scope="module")
def network() -> Wasb:
    made = Wasb().eval()
    made.load_state_dict(seeded(made.state_dict(), 7))
    return made


# --- the network, against WASB-SBDT's implementation -----------------------------------------------------------------


def test_parameters_are_as_many_as_published_and_named_and_shaped_alike(network: Wasb) -> None:
    state = network.state_dict()

    assert sum(p.numel() for p in network.parameters()) == 1_481_427
    assert layout(state) == "9fa5123432f9641a"
    assert {"conv1.weight", "bn2.running_mean", "layer1.0.downsample.1.weight", "final_layers.0.bias"} <= state.keys()
    assert {"transition1.1.0.0.weight", "stage4.0.fuse_layers.3.0.2.1.bias"} <= state.keys()


def test_it_computes_what_the_reference_does(network: Wasb) -> None:
    with torch.inference_mode():
        logits = network(seeded_input(8)).double().flatten().numpy()
    some = len(logits) // 12

    assert logits.mean() == pytest.approx(48.16615, abs=0.02)
    assert logits.std() == pytest.approx(103.0148, abs=0.02)
    assert logits[some // 2 :: some] == pytest.approx(
        [-41.73, -44.94, -90.53, -92.31, 14.33, -84.71, -6.68, -90.49, 147.59, 182.99, 140.84, 202.61],
        abs=0.05,
    )


# --- what it is shown ------------------------------------------------------------------------------------------------


def test_it_sees_the_oldest_frame_first_red_before_blue_normalised(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, shown = small_wasb(input_wh=(16, 8)), []
    monkeypatch.setattr(detector._network, "forward", lambda x: shown.append(x) or torch.zeros(1, 3, 8, 16))
    images = [np.full((8, 16, 3), (10 * k, 10 * k + 1, 10 * k + 2), np.uint8) for k in (1, 2, 3)]
    list(detector.detect(frames_of(images)))
    seen = shown[0][0, :, 0, 0].numpy().reshape(3, 3) * SPREAD_RGB + MEAN_RGB

    assert np.allclose(seen * 255, [[10, 11, 12], [20, 21, 22], [30, 31, 32]], atol=1e-4)


# --- the detector ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size_wh", [(1280, 720), (640, 480), (480, 640), (800, 250), (161, 93)])
@pytest.mark.parametrize("crop", [False, True])
def test_places_are_exact_to_a_fraction_of_a_pixel_at_any_resolution(
    size_wh: tuple[int, int], crop: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = small_wasb(input_wh=(512, 288), crop=crop)
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    truth = np.array(size_wh) * (0.4, 0.55) + 0.3
    place = fit(image, (512, 288), crop=crop)[1].to_input(truth[None])[0]
    rows, columns = np.mgrid[0:288, 0:512]
    logits = torch.from_numpy(6 - 1.2 * np.hypot(columns - place[0], rows - place[1]) ** 1.5).float()
    monkeypatch.setattr(detector._network, "forward", lambda x: logits.expand(len(x), 3, 288, 512))
    answers = list(detector.detect(frames_of([image] * 4)))

    assert len(answers) == 4
    for found in answers:
        assert np.abs(found.xy[0] - truth).max() * max(512 / size_wh[0], 288 / size_wh[1]) < 0.25


@pytest.mark.parametrize("crop", [False, True])
def test_a_ball_high_up_in_a_narrow_picture_is_seen_unless_it_is_cropped(crop: bool) -> None:
    empty = ground((640, 480))
    frames = frames_of(draw_disc(empty, (x, 30.0), 8.0, (215, 230, 70)) for x in (100.0, 140.0, 180.0))
    answers = list(small_wasb(crop=crop).detect(frames))

    assert [len(a.score) for a in answers] == [0 if crop else 1] * 3


@pytest.mark.parametrize("step", [1, 2, 3])
def test_every_frame_is_answered_for_at_its_own_ball(step: int) -> None:
    size_wh = (640, 360)
    way = np.linspace((0.2, 0.9), (0.8, 0.05), 7) * size_wh
    empty = ground(size_wh)
    frames = frames_of(draw_disc(empty, (x, y), 8.0, (215, 230, 70)) for x, y in way)
    answers = list(small_wasb(step=step).detect(frames))

    assert all(np.abs(a.xy[0] - xy).max() < 4 for a, xy in zip(answers, way, strict=True))
    assert all(len(a.score) == 1 for a in answers), "what several windows find is one candidate"


def test_a_shift_moves_all_places_right_and_down() -> None:
    empty = ground((640, 360))
    frames = frames_of(draw_disc(empty, (300.0, 200.0), 8.0, (215, 230, 70)) for _ in range(3))
    plain, shifted = (next(iter(small_wasb(shift_px=s).detect(frames))) for s in (0.0, 0.4))

    assert np.allclose(shifted.xy - plain.xy, 0.4 * 4)


def test_real_weights_of_random_numbers_run_from_end_to_end(network: Wasb, tmp_path: Path) -> None:
    options = stored({"model_state_dict": network.state_dict(), "epoch": 29}, tmp_path, "best.pth.tar")
    frames = frames_of(np.random.default_rng(k).integers(0, 256, (54, 96, 3), dtype=np.uint8) for k in range(7))
    answers = [
        list(WasbBallDetector(**options, input_wh=[64, 40], device="cpu", batch_size=n).detect(frames))  # type: ignore[arg-type]
        for n in (1, 3)
    ]

    assert len(answers[0]) == 7
    assert all(np.allclose(a.xy, b.xy, atol=0.1) for a, b in zip(*answers, strict=True))


def test_the_published_weights_are_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple[object, ...]] = []

    def fetched(*arguments: object) -> Path:
        asked.append(arguments)
        raise ConnectionError("no network here")

    monkeypatch.setattr("tennalytix.detectors.torch_checkpoint.fetch_weights", fetched)
    with pytest.raises(ConnectionError, match="no network here"):
        WasbBallDetector(folder=str(tmp_path))
    uri, digest, folder = asked[0]

    assert str(uri).startswith("https://drive.google.com/uc?")
    assert digest == "9d391239ab10c733f8e5bfadf16ab72838e7a8ebc88e8ae2038501c03d42b4bb"
    assert folder == str(tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"step": 0}, r"step must lie in \[1, 3\], got 0"),
        ({"threshold": -1.0}, "threshold must be at least 0 and below 1, got -1.0"),
        ({"shift_px": float("nan")}, "shift_px must be a few pixels at most, got nan"),
        ({"input_wh": (512, 290)}, "input_wh must be two positive multiples of 8"),
        ({"device": "tpu"}, "device must be auto, cpu, cuda or cuda:<number>, got 'tpu'"),
    ],
)
def test_wrong_options_are_refused_before_weights_are_fetched(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WasbBallDetector(weights="none.pt", **options)
