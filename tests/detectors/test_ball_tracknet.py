from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from drawn_frames import draw_disc, frames_of, ground
from small_ball_networks import NO_TORCH, layout, red_rule, seeded, seeded_input, small_tracknet, stored

torch = pytest.importorskip("torch", reason=NO_TORCH)

from tennalytix.detectors.ball_heatmap import Placement  # noqa: E402
from tennalytix.detectors.ball_tracknet import TrackNet, TrackNetBallDetector, find_circle  # noqa: E402

HALVED = Placement((1280, 720), (0.5, 0.5), (-0.25, -0.25))


@pytest.fixture(scope="module")
def network() -> TrackNet:
    made = TrackNet().eval()
    made.load_state_dict(seeded(made.state_dict(), 7))
    return made


def target(x: float, y: float, peak: float = 255.0, spread: float = 2.5) -> NDArray[np.int64]:
    """Classes as the network learns them: a Gaussian, cut down to whole numbers."""
    rows, columns = np.mgrid[0:360, 0:640]
    return np.floor(peak * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * spread))).astype(np.int64)


# --- the network, against yastrebksv's implementation ----------------------------------------------------------------


def test_parameters_are_as_many_as_published_and_named_and_shaped_alike(network: TrackNet) -> None:
    state = network.state_dict()

    assert sum(p.numel() for p in network.parameters()) == 10_708_032
    assert layout(state) == "54f06657d98a1947"
    assert list(state)[:3] == ["conv1.block.0.weight", "conv1.block.0.bias", "conv1.block.2.weight"]
    assert tuple(state["conv18.block.0.weight"].shape) == (256, 64, 3, 3)


def test_it_computes_what_the_reference_does(network: TrackNet) -> None:
    with torch.inference_mode():
        logits = network(seeded_input(8)).double().flatten().numpy()
    some = len(logits) // 12

    assert logits.mean() == pytest.approx(3.367621, abs=1e-3)
    assert logits.std() == pytest.approx(5.400452, abs=1e-3)
    assert logits[some // 2 :: some] == pytest.approx(
        [0.3747, 0.2167, 10.3035, -0.0312, 0.9661, 0.0507, 0.1715, 0.5348, 0.0656, 1.2816, 0.1649, 12.4972], abs=2e-3
    )


@pytest.mark.parametrize("height", [8, 24, 40, 56])
def test_classes_strip_by_strip_are_those_of_all_logits_at_once(network: TrackNet, height: int) -> None:
    x = seeded_input(8, height, 16)
    with torch.inference_mode():
        assert torch.equal(network.classes(x).long(), network(x).argmax(1))


def test_it_gives_the_references_classes(network: TrackNet) -> None:
    with torch.inference_mode():
        classes = network.classes(seeded_input(8))[0, ::10, ::16].tolist()

    assert classes == [[132, 132, 142, 132], [44, 44, 44, 44], [7, 7, 44, 44], [242, 44, 242, 48]]


# --- what it is shown ------------------------------------------------------------------------------------------------


def test_it_sees_the_newest_frame_first_blue_before_red_from_nought_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, shown = small_tracknet(input_wh=(16, 8)), []
    monkeypatch.setattr(detector._network, "classes", lambda x: shown.append(x) or torch.zeros(1, 8, 16))
    images = [np.full((8, 16, 3), (10 * k, 10 * k + 1, 10 * k + 2), np.uint8) for k in (1, 2, 3)]
    list(detector.detect(frames_of(images)))

    assert shown[0].shape == (1, 9, 8, 16)
    assert np.allclose(shown[0][0, :, 0, 0] * 255, [32, 31, 30, 22, 21, 20, 12, 11, 10])
    assert np.allclose(shown[1][0, ::3, 0, 0] * 255, [12, 22, 32]), "the first frame, from those after it"


# --- reading heat maps -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "circle"),
    [
        # What the reference's `postprocess` answers for these maps.
        ((402.0, 106.5), (801.0, 213.0)),
        ((327.25, 324.0), (655.0, 649.0)),
        ((176.75, 115.5), (353.0, 231.0)),
        ((71.5, 95.75), (143.0, 191.0)),
        ((500.0, 20.0), (1001.0, 41.0)),
    ],
)
def test_legacy_reading_is_the_references(at: tuple[float, float], circle: tuple[float, float]) -> None:
    found = find_circle(target(*at), HALVED)

    assert np.abs(found.xy - [circle]).max() <= 2, "OpenCV's versions may differ by a pixel of the map"
    assert found.score.tolist() == [1.0]


def test_legacy_reading_prefers_the_weaker_blob_as_the_reference_does() -> None:
    both = np.maximum(target(402.0, 106.5), target(100.0, 50.0, peak=200.0, spread=4.5))

    assert np.abs(find_circle(both, HALVED).xy - [(201.0, 101.0)]).max() <= 2


def test_legacy_reading_of_an_empty_map_finds_nothing() -> None:
    assert len(find_circle(np.zeros((360, 640), np.int64), HALVED).score) == 0


@pytest.mark.parametrize("size_wh", [(1280, 720), (1920, 1080), (640, 480), (720, 1280), (333, 187)])
def test_places_are_exact_to_a_fraction_of_a_pixel_at_any_resolution(
    size_wh: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = small_tracknet(input_wh=(640, 360))
    scale = np.array([640, 360]) / size_wh
    truth = np.array(size_wh) * (0.3, 0.7) + 0.3
    place = (truth + 0.5) * scale - 0.5
    heat = torch.from_numpy(target(*place)[None].astype(np.uint8))
    monkeypatch.setattr(detector._network, "classes", lambda _: heat)
    (found,) = detector.detect(frames_of([np.zeros((size_wh[1], size_wh[0], 3), np.uint8)]))

    assert (np.abs(found.xy[0] - truth) * scale < 0.15).all(), "classes 128 and up are few pixels"
    assert found.score[0] > 0.8


# --- the detector ----------------------------------------------------------------------------------------------------


def flying(size_wh: tuple[int, int]) -> tuple[list[Any], NDArray[np.float64]]:
    way = np.linspace((0.2, 0.8), (0.8, 0.3), 5) * size_wh
    empty = ground(size_wh)
    radius = max(2.0, size_wh[0] / 100)
    return frames_of(draw_disc(empty, (x, y), radius, (215, 230, 70)) for x, y in way), way


@pytest.mark.parametrize("size_wh", [(640, 360), (320, 240), (360, 640)])
def test_every_frame_of_a_segment_is_answered_for_at_its_own_ball(size_wh: tuple[int, int]) -> None:
    frames, way = flying(size_wh)
    answers = list(small_tracknet(input_wh=(320, 184)).detect(frames))
    pixel = np.array(size_wh) / (320, 184)

    assert all((np.abs(a.xy[0] - xy) < pixel).all() for a, xy in zip(answers, way, strict=True))


def test_legacy_reading_is_what_a_legacy_detector_does(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = small_tracknet(input_wh=(640, 360), legacy=True)
    heat = torch.from_numpy(target(402.0, 106.5)[None].astype(np.uint8))
    monkeypatch.setattr(detector._network, "classes", lambda _: heat)
    (found,) = detector.detect(frames_of([np.zeros((720, 1280, 3), np.uint8)]))

    assert found.xy.tolist() == find_circle(target(402.0, 106.5), HALVED).xy.tolist()


def test_real_weights_of_random_numbers_run_from_end_to_end(network: TrackNet, tmp_path: Path) -> None:
    options = stored(network.state_dict(), tmp_path)
    frames, _ = flying((96, 54))
    answers = [
        list(TrackNetBallDetector(**options, input_wh=[64, 40], device="cpu", batch_size=n).detect(frames))  # type: ignore[arg-type]
        for n in (1, 2)
    ]

    assert len(answers[0]) == len(frames)
    assert all(np.allclose(a.xy, b.xy, atol=1e-3) for a, b in zip(*answers, strict=True))


def test_the_digest_is_kept_for_provenance() -> None:
    assert len(small_tracknet().weights_sha256) == 64


@pytest.mark.parametrize(
    "options", [{}, {"weights": "a.pt"}, {"weights_sha256": "0" * 64}, {"weights": "", "weights_sha256": "0" * 64}]
)
def test_weights_must_be_named_since_those_published_have_no_licence(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be given, got .* since TrackNet's published weights have no licence"):
        TrackNetBallDetector(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 1.5}, "threshold must be at least 0 and below 1, got 1.5"),
        ({"max_candidates": 0}, "max_candidates must be positive, got 0"),
        ({"input_wh": (641, 360)}, "input_wh must be two positive multiples of 8"),
        ({"batch_size": 0}, "batch_size must be positive, got 0"),
        ({"device": "gpu"}, "device must be auto, cpu, cuda"),
    ],
)
def test_wrong_options_are_refused_before_weights_are_fetched(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrackNetBallDetector(weights="none.pt", weights_sha256="0" * 64, **options)


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    options = stored(red_rule(1, {0: 2}, (1, 1), (0, 0))().state_dict(), tmp_path)

    with pytest.raises(ValueError, match=r"those of TrackNet: it lacks conv1\.block\.0\.weight, .* and it has rule"):
        TrackNetBallDetector(**options)  # type: ignore[arg-type]
