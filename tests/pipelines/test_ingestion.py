import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io.core import DatasetError

from drawn_videos import write_broken_videos, write_shots, write_video
from tennalytix.datasets import TableDataset
from tennalytix.datasets.clips import ClipsDataset
from tennalytix.pipelines.stage import StageError

PROJECT = Path(__file__).parents[2]
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


def test_every_shot_is_kept_with_the_reason(tmp_path: Path, run) -> None:
    write_video(tmp_path / "01_raw/videos/final.mp4", frames=30)

    run(tmp_path, "ingestion")

    (shot,) = json.loads((tmp_path / "02_intermediate/clips/final.json").read_text())["shots"]
    assert (shot["first_frame"], shot["last_frame"]) == (0, 29)
    assert shot["view"] == "other"
    assert shot["clip_ids"] == ["final__0000"]
    assert shot["reason"]


def test_a_video_of_several_shots_without_a_court_has_no_clips_and_says_so(
    tmp_path: Path, run, caplog: pytest.LogCaptureFixture
) -> None:
    write_shots(tmp_path / "01_raw/videos/final.mp4", [40, 40])

    with caplog.at_level(logging.WARNING, "tennalytix"):
        run(tmp_path, "ingestion")

    edit_list = json.loads((tmp_path / "02_intermediate/clips/final.json").read_text())
    assert [(s["first_frame"], s["last_frame"]) for s in edit_list["shots"]] == [(0, 39), (40, 79)]
    assert edit_list["clips"] == []
    assert "None of 2 shots shows a court" in edit_list["warnings"][0]
    assert "ingestion: final has no clips. None of 2 shots shows a court." in caplog.text


def test_workers_say_too_that_a_video_has_no_clips(tmp_path: Path, run, caplog: pytest.LogCaptureFixture) -> None:
    write_shots(tmp_path / "01_raw/videos/final.mp4", [40, 40])

    with caplog.at_level(logging.WARNING, "tennalytix"):
        run(tmp_path, "ingestion", parallel={"backend": "process", "workers": 1})

    assert "ingestion: final has no clips. None of 2 shots shows a court." in caplog.text


def test_cutting_can_be_switched_off(tmp_path: Path, run) -> None:
    write_shots(tmp_path / "01_raw/videos/final.mp4", [40, 40])

    run(tmp_path, "ingestion", cutting={"cut": False})

    edit_list = json.loads((tmp_path / "02_intermediate/clips/final.json").read_text())
    assert [(c["first_frame"], c["last_frame"]) for c in edit_list["clips"]] == [(0, 79)]
    assert edit_list["shots"] == []


def test_results_of_clips_that_are_gone_are_named(tmp_path: Path, run) -> None:
    write_video(tmp_path / "01_raw/videos/final.mp4", frames=30)
    for name in ("final__0000", "final__0001", "other__0005"):
        path = tmp_path / f"07_model_output/tracks/{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")

    summary = run(tmp_path, "ingestion")

    assert summary["vanished"] == {"tracks": ["final__0001"]}


def test_frames_of_another_run_are_refused(tmp_path: Path, run) -> None:
    write_video(tmp_path / "01_raw/videos/final.mp4", frames=30)
    run(tmp_path, "ingestion")
    path = tmp_path / "02_intermediate/clips/final.json"
    path.write_text(path.read_text().replace('"fingerprint":"', '"fingerprint":"0'))
    clips = ClipsDataset(
        path=str(tmp_path / "02_intermediate"), videos={"path": str(tmp_path / "01_raw/videos")}
    ).load()

    with pytest.raises(ValueError, match=r"frames of final\.mp4 must be of the same run as its edit list"):
        clips["final__0000"]()


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


@pytest.mark.parametrize("what", ["gone", "of another run", "torn"])
def test_a_video_without_its_frames_is_ingested_anew(
    tmp_path: Path, run, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    for name in ("final", "semi"):
        write_video(tmp_path / f"01_raw/videos/{name}.mp4")
    run(tmp_path, "ingestion")
    frames = tmp_path / "02_intermediate/frames/final.parquet"
    before = frames.read_bytes()
    if what == "gone":
        frames.unlink()
    elif what == "torn":
        frames.write_bytes(before[:-9])
    else:
        table = TableDataset(filepath=str(frames), table="tennalytix.core.tables.FrameTable")
        table.save(replace(table.load(), fingerprint="that of other options"))

    with caplog.at_level(logging.INFO, "tennalytix"):
        summary = run(tmp_path, "ingestion")

    assert summary["stored"]["clips"] == ["final"]
    assert "1 of 2 are stored already and current" in caplog.text
    assert frames.read_bytes() == before


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


def test_of_two_videos_of_one_name_that_with_results_keeps_them(tmp_path: Path, run) -> None:
    write_video(tmp_path / "01_raw/videos/b/final.mp4")
    run(tmp_path, "ingestion")
    write_video(tmp_path / "01_raw/videos/a/final.mp4")

    summary = run(tmp_path, "ingestion")

    assert [f["error"] for f in summary["failures"]] == [
        "a/final.mp4 must have a name of its own, got that of b/final.mp4. Rename it."
    ]
    edit_list = json.loads((tmp_path / "02_intermediate/clips/final.json").read_text())
    assert edit_list["video"]["uri"] == "b/final.mp4"


def test_videos_may_lie_elsewhere(tmp_path: Path, run) -> None:
    video = write_video(tmp_path / "phone clips/one.mov")

    run(tmp_path / "out", "ingestion", videos=str(video))

    assert (tmp_path / "out/02_intermediate/clips/one.json").exists()


def test_each_shard_stores_its_own_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    for name in ("final", "semi", "quarter"):
        write_video(tmp_path / f"01_raw/videos/{name}.mp4")
    for shard in ("1/2", "2/2"):
        bootstrap_project(PROJECT)
        params = {"root": str(tmp_path), "parallel": {"shard": shard}}
        with KedroSession.create(project_path=PROJECT, runtime_params=params) as session:
            session.run(pipeline_names=["ingestion"])
    folder = tmp_path / "08_reporting/run_summaries"
    stored = [json.loads((folder / f"{n}_of_2.json").read_text())["stored"].get("clips", []) for n in (1, 2)]

    assert sorted(stored[0] + stored[1]) == ["final", "quarter", "semi"]
    assert not (tmp_path / "08_reporting/run_summary.json").exists()
