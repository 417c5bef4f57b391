from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drawn_frames import draw_disc, frames_of, ground
from small_ball_networks import (
    MEAN_RGB,
    NO_TORCH,
    SPREAD_RGB,
    layout,
    seeded,
    seeded_input,
    small_tracknet_v2,
    stored,
)

torch = pytest.importorskip("torch", reason=NO_TORCH)

from tennalytix.detectors.ball_tracknet_v2 import TrackNetV2, TrackNetV2BallDetector  # noqa: E402


@pytest.fixture(scope="module")
def network() -> TrackNetV2:
    made = TrackNetV2().eval()
    made.load_state_dict(seeded(made.state_dict(), 7))
    return made


# --- the network, against WASB-SBDT's implementation -----------------------------------------------------------------


def test_parameters_are_as_many_as_published_and_named_and_shaped_alike(network: TrackNetV2) -> None:
    state = network.state_dict()

    assert sum(p.numel() for p in network.parameters()) == 11_334_147
    assert layout(state) == "40dc71c3f1da56c2"
    assert {"inc.double_conv.0.weight", "down2.maxpool_conv.1.triple_conv.8.running_var"} <= state.keys()
    assert {"up1.conv.triple_conv.0.weight", "up3.conv.double_conv.5.bias", "outc.conv.bias"} <= state.keys()


def test_it_computes_what_the_reference_does(network: TrackNetV2) -> None:
    with torch.inference_mode():
        logits = network(seeded_input(8)).double().flatten().numpy()
    some = len(logits) // 12

    assert logits.mean() == pytest.approx(3.350572, abs=1e-3)
    assert logits.std() == pytest.approx(4.177441, abs=1e-3)
    assert logits[some // 2 :: some] == pytest.approx(
        [-1.0014, -2.9333, -2.8919, -2.2736, 5.3504, 9.0021, 5.3511, 3.6152, 3.9558, 5.7732, 4.3205, 2.8875], abs=2e-3
    )


# --- the detector ----------------------------------------------------------------------------------------------------


def test_it_sees_the_oldest_frame_first_red_before_blue_normalised(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, shown = small_tracknet_v2(input_wh=(16, 8)), []
    monkeypatch.setattr(detector._network, "forward", lambda x: shown.append(x) or torch.zeros(1, 3, 8, 16))
    images = [np.full((8, 16, 3), (10 * k, 10 * k + 1, 10 * k + 2), np.uint8) for k in (1, 2, 3)]
    list(detector.detect(frames_of(images)))
    seen = shown[0][0, :, 0, 0].numpy().reshape(3, 3) * SPREAD_RGB + MEAN_RGB

    assert np.allclose(seen * 255, [[10, 11, 12], [20, 21, 22], [30, 31, 32]], atol=1e-4)


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_every_frame_is_answered_for_at_its_own_ball(step: int, weighted: bool) -> None:
    size_wh = (640, 480)
    way = np.linspace((0.2, 0.9), (0.8, 0.05), 7) * size_wh
    empty = ground(size_wh)
    frames = frames_of(draw_disc(empty, (x, y), 8.0, (215, 230, 70)) for x, y in way)
    answers = list(small_tracknet_v2(step=step, weighted=weighted).detect(frames))

    assert all(np.abs(a.xy[0] - xy).max() < 480 / 96 for a, xy in zip(answers, way, strict=True))
    assert all(len(a.score) == 1 for a in answers), "what several windows find is one candidate"


def test_real_weights_of_random_numbers_run_from_end_to_end(network: TrackNetV2, tmp_path: Path) -> None:
    options = stored({"model_state_dict": network.state_dict(), "epoch": 29}, tmp_path, "best.pth.tar")
    frames = frames_of(np.random.default_rng(k).integers(0, 256, (54, 96, 3), dtype=np.uint8) for k in range(4))
    answers = list(TrackNetV2BallDetector(**options, input_wh=[64, 40], device="cpu").detect(frames))  # type: ignore[arg-type]

    assert len(answers) == 4


@pytest.mark.parametrize("options", [{}, {"weights": "a.pt"}, {"weights_sha256": "0" * 64}])
def test_weights_must_be_named(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"weights and weights_sha256 must be given, got .* no default for TrackNetV2"):
        TrackNetV2BallDetector(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"step": 4}, r"step must lie in \[1, 3\], got 4"),
        ({"threshold": 1.5}, "threshold must be at least 0 and below 1, got 1.5"),
        ({"shift_px": 40.0}, "shift_px must be a few pixels at most, got 40.0"),
        ({"input_wh": (512, 290)}, "input_wh must be two positive multiples of 8"),
    ],
)
def test_wrong_options_are_refused_before_weights_are_fetched(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrackNetV2BallDetector(weights="none.pt", weights_sha256="0" * 64, **options)
