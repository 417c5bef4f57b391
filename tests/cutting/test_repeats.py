"""Replays at full speed from the main camera, entered and left by cuts, are known by what they show again."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from numbered_videos import encode
from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.cutting.edit import Cut, cut_video
from tennalytix.cutting.options import CuttingOptions
from tennalytix.cutting.packed import PackedGrids
from tennalytix.cutting.repeats import correlations, mark_repeats
from tennalytix.cutting.shots import Shot
from tennalytix.cutting.views import SeenShot
from tennalytix.cutting.watcher import CuttingWatcher
from tennalytix.detectors.court_lines import CourtLineDetector
from tennalytix.video.clip import Clip
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

SAMPLE = Path(__file__).parents[2] / "data/01_raw/videos/sample_rally.mp4"
Image = NDArray[np.uint8]
VIEW = Camera.look_at((0, -28, 9), (0, 0, 0), 1400, Lens.pinhole((1280, 720))).court_view()


def cut(path: Path) -> Cut:
    source, watcher = VideoSource(str(path)), CuttingWatcher()
    clip = Clip("match", source, scan_frames(source, watcher=watcher), source.probe().size_wh)
    return cut_video(clip, watcher, CourtLineDetector().detect, CuttingOptions())


def crowd(size_wh: tuple[int, int], count: int, seed: int) -> list[Image]:
    coarse = np.random.default_rng(seed).integers(20, 235, (size_wh[1] // 10, size_wh[0] // 10, 3), dtype=np.uint8)
    return [np.kron(coarse, np.ones((10, 10, 1), np.uint8))] * count


@pytest.fixture(scope="module")
def rally() -> list[Image]:
    return [np.ascontiguousarray(frame.image) for frame in VideoSource(str(SAMPLE)).frames()]


@pytest.fixture
def cut_of(rally: list[Image], tmp_path: Path) -> Callable[[list[Image]], Cut]:
    """The first 125 frames of the sample, two seconds of crowd, then a shot, encoded worse, and crowd again."""

    def made(shot: list[Image]) -> Cut:
        size_wh = rally[0].shape[1] // 10 * 10, rally[0].shape[0] // 10 * 10
        pad = [(0, rally[0].shape[0] - size_wh[1]), (0, rally[0].shape[1] - size_wh[0]), (0, 0)]
        away = [np.pad(image, pad, mode="edge") for seed in (1, 2) for image in crowd(size_wh, 50, seed)]
        worse = list(VideoSource(str(encode(tmp_path / "worse.mp4", shot, options={"crf": "30"}))).frames())
        images = [*rally[:125], *away[:50], *(frame.image for frame in worse), *away[50:]]
        return cut(encode(tmp_path / "match.mp4", images))

    return made


@pytest.mark.parametrize("slowness", [1, 2])
def test_what_was_just_shown_is_a_replay(cut_of: Callable[..., Cut], rally: list[Image], slowness: int) -> None:
    between = [image for image in rally[20:115] for _ in range(slowness)]
    if slowness == 2:  # As a faster camera gives it: no frame is quite the one before.
        between[1::2] = [
            ((a.astype(int) + b) // 2).astype(np.uint8)
            for a, b in zip(between[::2], between[2::2] + between[-1:], strict=True)
        ]
    found = cut_of(between)

    assert [shot.view for shot in found.shots] == ["court", "other", "replay", "other"]
    assert "shows them again" in found.shots[2].reason
    assert found.clips == ((0, 124),)


def test_play_that_goes_on_is_none(cut_of: Callable[..., Cut], rally: list[Image]) -> None:
    found = cut_of(rally[130:225])

    assert [shot.view for shot in found.shots] == ["court", "other", "court", "other"]
    assert found.clips == ((0, 124), (175, 269))


def test_a_stretch_is_found_where_it_lies_whatever_its_scale() -> None:
    rng = np.random.default_rng(0)
    series = rng.random((200, 30))
    alike = correlations(series, 0.4 * series[70:110] + 0.1)

    assert alike.shape == (161,)
    assert int(alike.argmax()) == 70
    assert alike[70] == pytest.approx(1)
    assert np.abs(np.delete(alike, 70)).max() < 0.3


def test_where_nothing_moves_nothing_is_alike() -> None:
    still = np.zeros((50, 30))

    assert correlations(still, still[:20]).tolist() == [0.0] * 31


def test_a_shot_with_a_hole_in_its_middle_is_no_replay() -> None:
    time_s = np.concatenate([np.arange(0, 15, 0.04), np.arange(25, 30, 0.04)])
    shot = Shot(250, len(time_s) - 1, 250, len(time_s) - 1, "cut", "cut", np.zeros((1, 1)))
    seen = SeenShot(shot, "court", 1.0, "x", CourtView(np.eye(3), Lens(0.0, (640.0, 360.0), 700.0)))

    assert mark_repeats([seen], packed(np.zeros((len(time_s), 9, 16))), time_s, (1280, 720)) == [seen]


@pytest.mark.parametrize("slowness", [1.0, 2.0])
def test_replays_are_known_by_time_where_frames_come_unevenly(slowness: float) -> None:
    play_s = np.cumsum(np.random.default_rng(0).choice([1 / 30, 1 / 60], 500))
    again_s = np.arange(0, 6, 1 / 60)
    begin_s = float(play_s[-1]) + 1 / 30
    shown_s = play_s[100] + again_s / slowness
    seen = SeenShot(
        Shot(500, 500 + len(again_s) - 1, 500, 500 + len(again_s) - 1, "cut", "cut", np.zeros((1, 1))),
        "court", 1.0, "A court.", VIEW,
    )  # fmt: skip
    shares = np.array([_moving_fields(t) for t in [*play_s, *shown_s]])

    marked = mark_repeats([seen], packed(shares), np.concatenate([play_s, begin_s + again_s]), (1280, 720))[0]

    assert marked.view == "replay"
    first, last = (int(v) for v in re.findall(r"frames (\d+) to (\d+)", marked.reason)[0])
    assert play_s[first] == pytest.approx(shown_s[0], abs=0.04)
    assert play_s[last] == pytest.approx(shown_s[-1], abs=0.04)


@pytest.mark.parametrize("rate", [24.0, 29.97, 30.0, 60.0])
def test_times_rounded_to_a_millisecond_hide_no_replay(rate: float) -> None:
    rng = np.random.default_rng(1)
    play = rng.integers(0, 200, (round(20 * rate), 9, 16)).astype(np.uint8)
    again = play[100 : 100 + round(5 * rate)]
    noisy = np.clip(again + rng.normal(0, 30, again.shape), 0, 254).astype(np.uint8)
    time_s = np.round(np.arange(len(play) + len(again)) / rate, 3)
    shot = Shot(len(play), len(time_s) - 1, len(play), len(time_s) - 1, "cut", "cut", np.zeros((1, 1)))
    seen = SeenShot(shot, "court", 1.0, "A court.", VIEW)

    marked = mark_repeats([seen], packed(np.concatenate([play, noisy])), time_s, (1280, 720))[0]

    assert marked.view == "replay"


def packed(grids: NDArray[np.float64] | NDArray[np.uint8]) -> PackedGrids:
    rows = PackedGrids(grids.shape[1:])
    for grid in grids:
        rows.append(grid.astype(np.uint8))
    return rows


def _moving_fields(time_s: float) -> NDArray[np.uint8]:
    """Changed shares of the fields at a time, each on its own way."""
    fields = np.arange(144).reshape(9, 16)
    return np.round(60 + 60 * np.sin(time_s * (1.3 + 0.11 * (fields % 13)) + fields)).astype(np.uint8)
