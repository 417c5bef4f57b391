"""The whole chain on videos that are unusual, damaged or none: used as far as they go, and nothing invented."""

import json
import shutil
from pathlib import Path

import pytest

from drawn_videos import write_broken_videos, write_odd_videos, write_truncated_video
from tennalytix.schema.tracks import Tracks

NAMES = [
    'it\'s a "final" $HOME',
    "<script>alert(1)<∕script>",
    "Roland-Garros é 決勝",
    "[red]x[∕red] 100%",
    "-two\nlines",
    "x" * 230,
]


@pytest.fixture(scope="module")
def tracked(tmp_path_factory: pytest.TempPathFactory, run_once) -> tuple[Path, dict, dict, dict]:
    root = tmp_path_factory.mktemp("odd")
    videos = root / "01_raw/videos"
    sizes = write_odd_videos(videos)
    for name in NAMES:
        shutil.copy(videos / "tiny.mp4", videos / f"{name}.mp4")
    write_truncated_video(videos / "truncated.mp4")
    broken = write_broken_videos(videos)
    return root, run_once(root, "__default__"), sizes, broken


def tracks_of(root: Path, name: str) -> Tracks:
    return Tracks.model_validate_json((root / f"07_model_output/tracks/{name}__0000.json").read_text())


def test_every_bad_file_is_named_once_and_nothing_else_fails(tracked) -> None:
    _, summary, _, broken = tracked

    assert {f["item"] for f in summary["failures"]} == set(broken)
    assert {f["stage"] for f in summary["failures"]} == {"ingestion"}
    assert summary["status"] == "completed"


def test_frames_keep_their_size_upright(tracked) -> None:
    root, _, sizes, _ = tracked

    for name, size_wh in sizes.items():
        video = tracks_of(root, name).video
        assert (video.width, video.height) == size_wh, name
    assert tracks_of(root, "portrait").video.rotation_deg in (90, 270)


def test_a_single_frame_is_a_clip(tracked) -> None:
    root, *_ = tracked

    assert len(tracks_of(root, "one_frame").frames) == 1


def test_nothing_is_invented_where_there_is_no_court(tracked) -> None:
    root, _, sizes, _ = tracked

    for name in sizes:
        tracks = tracks_of(root, name)
        assert tracks.court is None, name
        assert all(not frame.players for frame in tracks.frames), name
        assert "No court was found." in tracks.summary.warnings, name


def test_a_truncated_video_is_tracked_as_far_as_it_goes_and_says_so(tracked) -> None:
    root, *_ = tracked
    tracks = tracks_of(root, "truncated")

    assert 10 < len(tracks.frames) < 100
    assert any("damaged" in warning for warning in tracks.summary.warnings)


@pytest.mark.parametrize("name", NAMES)
def test_names_are_text(tracked, name: str) -> None:
    root, *_ = tracked

    assert tracks_of(root, name).clip_id == f"{name}__0000"
    assert (root / f"08_reporting/overlays/{name}__0000.mp4").exists()


def test_no_page_runs_what_a_video_is_called(tracked) -> None:
    root, *_ = tracked
    pages = list((root / "08_reporting/review").glob("*.html"))

    assert len(pages) >= len(NAMES)
    assert all("<script>alert(1)" not in page.read_text() for page in pages)


def test_what_failed_leaves_no_half_written_files(tracked) -> None:
    root, *_ = tracked

    assert not [p for p in root.rglob("*") if ".partial-" in p.name]
    assert json.loads((root / "02_intermediate/clips/text.json").read_text())["clips"] == []
