import json
import logging
from pathlib import Path

import pytest
from kedro.io.core import DatasetError

from drawn_videos import write_broken_videos, write_video
from tennalytix.pipelines.stage import StageError

ODD_NAMES = ['it\'s a "final"', "<script>alert(1)</script>".replace("/", "∕"), "Roland-Garros é 2026", "[red]x[∕red]"]


def test_every_video_gets_one_clip_that_spans_it(tmp_path: Path, run) -> None:
    write_video(tmp_path / "01_raw/videos/final.mp4", frames=30)

    summary = run(tmp_path, "ingestion")

    edit_list = json.loads((tmp_path / "02_intermediate/clips/final.json").read_text())
    assert edit_list["clips"] == [
        {"clip_id": "final__0000", "first_frame": 0, "last_frame": 29, "start_s": 0.0, "end_s": 1.16}
    ]
    assert edit_list["video"]["frame_count"] == 30
    assert edit_list["video"]["frame_rate"] == "25/1"
    assert edit_list["video"]["uri"] == "final.mp4"
    assert summary["status"] == "completed"
    assert summary["stored"]["clips"] == ["final"]


def test_bad_videos_are_refused_in_one_sentence_and_the_others_go_on(tmp_path: Path, run) -> None:
    videos = tmp_path / "01_raw/videos"
    for name in ODD_NAMES:
        write_video(videos / f"{name}.mp4")
    expected = write_broken_videos(videos)

    summary = run(tmp_path, "ingestion")

    failures = {Path(f["item"]).stem: f["error"] for f in summary["failures"]}
    assert set(failures) == set(expected)
    for name, piece in expected.items():
        assert piece in failures[name]
        assert failures[name].count("\n") == 0
    clips = {p.stem for p in (tmp_path / "02_intermediate/clips").glob("*.json")}
    assert set(ODD_NAMES) <= clips


def test_only_bad_videos_are_an_error(tmp_path: Path, run) -> None:
    (tmp_path / "01_raw/videos").mkdir(parents=True)
    (tmp_path / "01_raw/videos/text.mp4").write_text("no video")

    with pytest.raises(StageError, match=r"ingestion failed for all of 1. First, text: text\.mp4 is not a video file"):
        run(tmp_path, "ingestion")
    summary = json.loads((tmp_path / "08_reporting/run_summary.json").read_text())
    assert summary["status"] == "failed"


def test_an_empty_folder_is_an_error_in_one_sentence(tmp_path: Path, run) -> None:
    (tmp_path / "01_raw/videos").mkdir(parents=True)

    with pytest.raises(DatasetError, match="must hold videos"):
        run(tmp_path, "ingestion")


def test_a_second_run_makes_nothing_anew(tmp_path: Path, run, caplog: pytest.LogCaptureFixture) -> None:
    write_video(tmp_path / "01_raw/videos/final.mp4")
    run(tmp_path, "ingestion")
    stored = tmp_path / "02_intermediate/clips/final.json"
    before = stored.stat().st_mtime_ns

    with caplog.at_level(logging.INFO, "tennalytix"):
        run(tmp_path, "ingestion")

    assert stored.stat().st_mtime_ns == before
    assert "1 of 1 are stored already and current" in caplog.text


def test_a_changed_video_is_ingested_anew(tmp_path: Path, run) -> None:
    path = write_video(tmp_path / "01_raw/videos/final.mp4", frames=12)
    run(tmp_path, "ingestion")
    path.unlink()
    write_video(path, frames=20)

    run(tmp_path, "ingestion")

    edit_list = json.loads((tmp_path / "02_intermediate/clips/final.json").read_text())
    assert edit_list["video"]["frame_count"] == 20


def test_two_videos_of_one_name_are_told_apart_in_words(tmp_path: Path, run) -> None:
    write_video(tmp_path / "01_raw/videos/a/final.mp4")
    write_video(tmp_path / "01_raw/videos/b/final.mp4")

    summary = run(tmp_path, "ingestion")

    assert [f["error"] for f in summary["failures"]] == [
        "b/final.mp4 must have a name of its own, got that of a/final.mp4. Rename it."
    ]


def test_videos_may_lie_elsewhere(tmp_path: Path, run) -> None:
    video = write_video(tmp_path / "phone clips/one.mov")

    run(tmp_path / "out", "ingestion", videos=str(video))

    assert (tmp_path / "out/02_intermediate/clips/one.json").exists()
