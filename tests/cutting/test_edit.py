from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tennalytix.cutting.edit import Cut, cut_video
from tennalytix.cutting.options import CuttingOptions
from tennalytix.cutting.watcher import CuttingWatcher
from tennalytix.detectors.base import BallCandidates
from tennalytix.detectors.court_lines import CourtLineDetector
from tennalytix.synthetic.options import CameraPlacement, RallyOptions
from tennalytix.synthetic.render import render_rally
from tennalytix.video.clip import Clip
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource
from tennalytix.video.writer import VideoWriter

SIZE_WH = (480, 270)
SCENE = RallyOptions(seed=7, size_wh=SIZE_WH, duration_s=4.0, officials=False, noise=1.0)
CROWD = replace(SCENE, camera=CameraPlacement((0.0, -30.0, 8.0), (3.0, 24.0, 6.5), 8.0))


@pytest.fixture(scope="module")
def pictures() -> dict[str, np.ndarray]:
    court = render_rally(SCENE)
    return {"court": court.image(30), "later": court.image(90), "crowd": render_rally(CROWD).image(0)}


def cut(path: Path, parts: Sequence[tuple[np.ndarray, int]], options: CuttingOptions | None = None) -> Cut:
    """Still pictures, so many frames each, cut."""
    noise = np.random.default_rng(0)
    with VideoWriter(path, SIZE_WH, Fraction(25), preset="ultrafast") as writer:
        for image, count in parts:
            for _ in range(count):
                writer.write(np.clip(image + noise.normal(0, 1, image.shape), 0, 255).astype(np.uint8))
    source, watcher = VideoSource(str(path)), CuttingWatcher()
    clip = Clip("match", source, scan_frames(source, watcher=watcher), SIZE_WH)
    return cut_video(clip, watcher, CourtLineDetector().detect, options or CuttingOptions())


def test_shots_of_the_court_are_the_clips(tmp_path: Path, pictures: dict[str, np.ndarray]) -> None:
    parts = [(pictures["court"], 40), (pictures["crowd"], 35), (pictures["later"], 40)]

    found = cut(tmp_path / "m.mp4", parts)

    assert [s.view for s in found.shots] == ["court", "other", "court"]
    assert found.clips == ((0, 39), (75, 114))
    assert found.of_shot == ((0,), (), (1,))
    assert "same view" in found.shots[2].reason


@pytest.mark.parametrize("rate", [1, Fraction(3, 2)])
def test_few_pictures_a_second_are_cut_too(tmp_path: Path, pictures: dict[str, np.ndarray], rate: Fraction) -> None:
    with VideoWriter(tmp_path / "m.mkv", SIZE_WH, Fraction(rate), preset="ultrafast") as writer:
        for _ in range(20):
            writer.write(pictures["court"])
    source, watcher = VideoSource(str(tmp_path / "m.mkv")), CuttingWatcher()
    clip = Clip("match", source, scan_frames(source, watcher=watcher), SIZE_WH)

    assert cut_video(clip, watcher, CourtLineDetector().detect, CuttingOptions()).clips == ((0, 19),)


def test_a_splinter_of_another_shot_leaves_one_clip_of_all(tmp_path: Path, pictures: dict[str, np.ndarray]) -> None:
    found = cut(tmp_path / "m.mp4", [(pictures["crowd"], 3), (pictures["court"], 40)])

    assert [s.view for s in found.shots] == ["unknown", "court"]
    assert found.clips == ((0, 42),)


def test_a_video_of_one_shot_without_a_court_is_one_clip(tmp_path: Path, pictures: dict[str, np.ndarray]) -> None:
    found = cut(tmp_path / "m.mp4", [(pictures["crowd"], 30)])

    assert found.shots[0].view == "other"
    assert found.clips == ((0, 29),)


def long_shot(path: Path, picture: np.ndarray, seconds: int) -> tuple[Clip, CuttingWatcher]:
    """A still court for so long, 25 pictures a second."""
    with VideoWriter(path, SIZE_WH, Fraction(25), preset="ultrafast") as writer:
        for _ in range(25 * seconds):
            writer.write(picture)
    source, watcher = VideoSource(str(path)), CuttingWatcher()
    return Clip("match", source, scan_frames(source, watcher=watcher), SIZE_WH), watcher


class Balls:
    """A ball flies from these times on for two seconds."""

    def __init__(self, *starts_s: float) -> None:
        self.starts_s, self.asked = starts_s, 0

    def __call__(self, shot: Clip) -> Iterator[tuple[int, BallCandidates]]:
        self.asked += 1
        for index, time_s in zip(shot.table.frame_index, shot.table.time_s, strict=True):
            xy = [[40.0 + 160 * (time_s - s), 100.0] for s in self.starts_s if s <= time_s <= s + 2]
            yield int(index), BallCandidates(np.array(xy).reshape(-1, 2), np.full(len(xy), 0.9))


def test_a_long_shot_is_parted_where_no_ball_flies(tmp_path: Path, pictures: dict[str, np.ndarray]) -> None:
    clip, watcher = long_shot(tmp_path / "m.mp4", pictures["court"], 24)

    found = cut_video(clip, watcher, CourtLineDetector().detect, CuttingOptions(), Balls(4.0, 18.0))

    assert found.clips == ((0, 237), (338, 587))
    assert found.of_shot == ((0, 1),)
    assert "2 clips of it" in found.shots[0].reason


@pytest.mark.parametrize(
    ("seconds", "options"),
    [(18, CuttingOptions()), (22, CuttingOptions(dead_ball_s=0.0)), (22, CuttingOptions(split_rallies=False))],
)
def test_nobody_looks_for_the_ball_in_a_short_shot_or_where_it_is_not_wanted(
    tmp_path: Path, pictures: dict[str, np.ndarray], seconds: int, options: CuttingOptions
) -> None:
    clip, watcher = long_shot(tmp_path / "m.mp4", pictures["court"], seconds)
    balls = Balls(2.0, 14.0)

    found = cut_video(clip, watcher, CourtLineDetector().detect, options, balls)

    assert found.clips == ((0, 25 * seconds - 1),)
    assert balls.asked == 0


def with_people(image: np.ndarray, *boxes: tuple[int, int, int, int]) -> np.ndarray:
    painted = image.copy()
    for left, top, right, bottom in boxes:
        painted[top:bottom, left:right] = (250, 250, 240)
    return painted


def test_pauses_that_somebody_has_cut_out_are_found(tmp_path: Path, pictures: dict[str, np.ndarray]) -> None:
    before = with_people(pictures["court"], (150, 170, 166, 212), (300, 60, 307, 80))
    after = with_people(pictures["court"], (290, 160, 306, 200), (200, 60, 207, 80))

    found = cut(tmp_path / "m.mp4", [(before, 40), (after, 40)])

    assert found.clips == ((0, 39), (40, 79))
    assert "within the same view" in found.shots[1].reason


def test_a_clip_does_not_run_across_a_cut_within_its_view(tmp_path: Path, pictures: dict[str, np.ndarray]) -> None:
    before = with_people(pictures["court"], (150, 170, 166, 212), (300, 60, 307, 80))
    after = with_people(pictures["court"], (290, 160, 306, 200), (200, 60, 207, 80))

    found = cut(tmp_path / "m.mp4", [(before, 20), (after, 60)])

    assert [s.view for s in found.shots] == ["unknown", "court"]
    assert found.clips == ((20, 79),)


def test_a_caption_parts_no_rally(tmp_path: Path, pictures: dict[str, np.ndarray]) -> None:
    captioned = with_people(pictures["court"], (20, 225, 380, 258))

    assert cut(tmp_path / "m.mp4", [(pictures["court"], 50), (captioned, 50)]).clips == ((0, 99),)
