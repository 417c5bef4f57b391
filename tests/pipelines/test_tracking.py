"""The whole chain on the shipped sample, whose truth is known exactly."""

import json
import logging
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from drawn_videos import write_shots, write_video
from tennalytix.schema.tracks import Tracks

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "data/01_raw/videos/sample_rally.mp4"
LABELS = PROJECT / "data/01_raw/labels"
CLIP = "sample_rally__0000"


@pytest.fixture
def tracked(tracked_sample) -> tuple[Path, dict]:
    return tracked_sample


def test_one_command_stores_tracks_overlay_and_page(tracked) -> None:
    root, summary = tracked

    assert summary["status"] == "completed"
    assert summary["failures"] == []
    assert summary["stored"]["people"] == summary["stored"]["ball_candidates"] == [CLIP]
    for path in (
        f"07_model_output/tracks/{CLIP}.json",
        f"08_reporting/overlays/{CLIP}.mp4",
        f"08_reporting/review/{CLIP}.html",
        "08_reporting/review/index.html",
        "08_reporting/report.html",
        f"08_reporting/figures/{CLIP}/speeds.svg",
    ):
        assert (root / path).stat().st_size > 0


def test_the_tracks_follow_the_contract(tracked) -> None:
    root, _ = tracked
    text = (root / f"07_model_output/tracks/{CLIP}.json").read_text()
    tracks = Tracks.model_validate_json(text)

    assert [f.frame_index for f in tracks.frames] == list(range(250))
    assert tracks.frames[25].time_s == 1.0
    assert {p.role for f in tracks.frames for p in f.players} == {"near", "far"}
    assert tracks.court is not None
    assert tracks.court.static
    assert tracks.video.uri == "sample_rally.mp4"
    assert str(root) not in text


def test_the_tracks_are_as_good_as_the_docs_say(tracked, run) -> None:
    root, _ = tracked
    run(root, "evaluation", labels=str(LABELS), videos=str(SAMPLE))

    table = (root / "08_reporting/evaluation.md").read_text()
    pooled = json.loads((root / "08_reporting/evaluation.json").read_text())["all"]
    assert "sample_rally" in table
    assert pooled["ball"]["at_px"]["5"]["f1"] >= 0.9
    assert pooled["players"]["near"]["recall"] >= 0.9
    assert pooled["players"]["far"]["recall"] >= 0.9
    assert pooled["players"]["boxes"]["on_other"] == 0
    assert pooled["court"]["median_error_px"] <= 0.5


def test_each_stage_reruns_alone_to_the_same_bytes(tracked, run, tmp_path: Path) -> None:
    root, _ = tracked
    again = tmp_path / "again"
    shutil.copytree(root, again)
    outputs = {
        "ingestion": again / "02_intermediate/clips/sample_rally.json",
        "court_detection": again / f"03_primary/courts/{CLIP}.json",
        "ball_detection": again / f"03_primary/ball/{CLIP}.parquet",
        "player_detection": again / f"03_primary/people/{CLIP}.parquet",
        "postprocessing": again / f"07_model_output/tracks/{CLIP}.json",
    }
    before = {stage: path.read_bytes() for stage, path in outputs.items()}
    for stage, path in outputs.items():
        path.unlink()

        run(again, stage, videos=str(SAMPLE))

        assert path.read_bytes() == before[stage], stage


def test_changed_options_redo_only_what_follows_from_them(tracked, run, tmp_path: Path) -> None:
    root, _ = tracked
    again = tmp_path / "again"
    shutil.copytree(root, again)

    summary = run(again, "tracking", videos=str(SAMPLE), ball={"min_points": 6})

    assert summary["stored"] == {"tracks": [CLIP], "tracks_table": []}


def test_options_of_cutting_redo_only_clips_whose_frames_change(tracked, run, tmp_path: Path) -> None:
    root, _ = tracked
    again = tmp_path / "again"
    shutil.copytree(root, again)
    tracks = again / f"07_model_output/tracks/{CLIP}.json"
    before = tracks.read_bytes()

    summary = run(again, "tracking", videos=str(SAMPLE), cutting={"min_clip_s": 1.1})

    assert {kind: names for kind, names in summary["stored"].items() if names} == {"clips": ["sample_rally"]}
    assert tracks.read_bytes() == before


def test_another_video_of_the_same_name_is_tracked_anew(run, tmp_path: Path) -> None:
    for frames in (30, 31):
        write_video(tmp_path / "01_raw/videos/final.mp4", frames=frames)
        stored = run(tmp_path, "tracking")["stored"]

        assert [stored[kind] for kind in ("courts", "people", "ball_candidates", "tracks")] == [["final__0000"]] * 4


def test_all_clips_are_one_table_made_anew_only_when_tracks_change(tracked, run, tmp_path: Path) -> None:
    root, _ = tracked
    again = tmp_path / "again"
    shutil.copytree(root, again)
    first = again / f"07_model_output/tracks/{CLIP}.json"
    (first.parent / "other__0000.json").write_text(first.read_text().replace(CLIP, "other__0000"))

    assert "tracks_table" not in run(root, "postprocessing", videos=str(SAMPLE))["stored"]
    before = (again / "07_model_output/tracks.parquet").read_bytes()
    run(again, "postprocessing", videos=str(SAMPLE), parallel={"shard": "1/1"})
    assert (again / "07_model_output/tracks.parquet").read_bytes() == before
    assert "tracks_table" in run(again, "postprocessing", videos=str(SAMPLE))["stored"]

    one, both = (pq.read_table(r / "07_model_output/tracks.parquet") for r in (root, again))
    assert both.num_rows == 2 * one.num_rows
    assert both.column("clip_id").unique().to_pylist() == ["other__0000", CLIP]


def test_clips_of_an_earlier_cut_leave_the_table(tracked, run, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(tracked[0], again)
    first, table = again / f"07_model_output/tracks/{CLIP}.json", again / "07_model_output/tracks.parquet"
    before = table.read_bytes()
    stale = first.parent / "sample_rally__0001.json"
    stale.write_text(first.read_text().replace(CLIP, stale.stem))

    assert "tracks_table" not in run(again, "postprocessing", videos=str(SAMPLE))["stored"]
    assert table.read_bytes() == before
    edit_list = again / "02_intermediate/clips/sample_rally.json"
    edit_list.write_text(json.dumps({**json.loads(edit_list.read_text()), "clips": []}))
    run(again, "postprocessing", videos=str(SAMPLE))
    assert pq.read_table(table).num_rows == 0
    assert stale.exists()


def test_postprocessing_says_which_stage_is_missing(run, tmp_path: Path) -> None:
    run(tmp_path, "ingestion", videos=str(SAMPLE))

    with pytest.raises(RuntimeError, match=r"results of court_detection, got none\. Run court_detection first"):
        run(tmp_path, "postprocessing", videos=str(SAMPLE))


def test_tables_say_what_made_them(tracked) -> None:
    root, _ = tracked
    metadata = pq.read_schema(root / f"03_primary/ball/{CLIP}.parquet").metadata

    assert b"NetworkBallDetector" in metadata[b"model"]
    assert len(metadata[b"fingerprint"]) == 64


def test_a_clip_without_a_court_is_told(tmp_path: Path, run, caplog: pytest.LogCaptureFixture) -> None:
    write_shots(tmp_path / "01_raw/videos/wall.mp4", [40])

    with caplog.at_level(logging.WARNING, "tennalytix"):
        run(tmp_path, "tracking")

    assert "postprocessing: wall__0000 shows no court" in caplog.text
    tracks = json.loads((tmp_path / "07_model_output/tracks/wall__0000.json").read_text())
    assert tracks["court"] is None
    assert not any(frame["players"] for frame in tracks["frames"])
