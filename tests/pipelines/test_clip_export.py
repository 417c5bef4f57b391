"""`export_clips`: clips of edit lists as files, made once."""

import json
import shutil
from pathlib import Path
from typing import Any

import av

from numbered_videos import draw_number, encode, read_number
from tennalytix.schema.clips import EditList
from tennalytix.video.source import VideoSource

CLOSED = {"preset": "fast", "x264-params": "keyint=30:min-keyint=30:scenecut=0:bframes=3"}


def ingested(run: Any, tmp_path: Path) -> Path:
    """A root with one video of 100 numbered frames whose edit list names two clips, one on key frames, one not."""
    videos = tmp_path / "videos"
    videos.mkdir()
    encode(videos / "match.mp4", map(draw_number, range(100)), options=CLOSED, audio=True)
    run(tmp_path / "root", "ingestion", videos=str(videos), cutting={"cut": False})
    path = tmp_path / "root/02_intermediate/clips/match.json"
    edits = EditList.model_validate_json(path.read_text())
    whole = edits.clips[0]
    two = [
        whole.model_copy(update={"clip_id": f"match__{k:04d}", "first_frame": a, "last_frame": b})
        for k, (a, b) in enumerate([(30, 59), (70, 99)])
    ]
    path.write_text(edits.model_copy(update={"clips": two}).model_dump_json())
    return tmp_path / "root"


def numbers(path: Path) -> list[int]:
    return [read_number(frame.image) for frame in VideoSource(str(path)).frames()]


def test_every_clip_becomes_a_file_and_says_how(run: Any, tmp_path: Path) -> None:
    root = ingested(run, tmp_path)
    summary = run(root, "export_clips", videos=str(tmp_path / "videos"))
    folder = root / "08_reporting/clips"
    records = [json.loads((folder / f"match__{k:04d}.json").read_text()) for k in range(2)]

    assert summary["failures"] == []
    assert sorted(p.name for p in folder.glob("*.mp4")) == ["match__0000.mp4", "match__0001.mp4"]
    assert numbers(folder / "match__0000.mp4") == list(range(30, 60))
    assert numbers(folder / "match__0001.mp4") == list(range(70, 100))
    assert [(r["copied"], r["first_frame"], r["frames"]) for r in records] == [(True, 30, 30), (False, 70, 30)]
    assert records[1]["reason"] == "The clip does not start on a key frame."
    assert records[0]["video"] == "match.mp4"


def test_files_are_made_once_and_again_when_options_change(run: Any, tmp_path: Path) -> None:
    root = ingested(run, tmp_path)
    videos, folder = str(tmp_path / "videos"), root / "08_reporting/clips"
    run(root, "export_clips", videos=videos)
    first = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    run(root, "export_clips", videos=videos)
    second = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    run(root, "export_clips", videos=videos, clip_videos={"copy": False})

    assert first == second
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}.keys() == first.keys()
    assert not json.loads((folder / "match__0000.json").read_text())["copied"]


def test_a_clip_that_cannot_be_written_costs_only_itself(run: Any, tmp_path: Path) -> None:
    root = ingested(run, tmp_path)
    path = root / "02_intermediate/clips/match.json"
    edits = EditList.model_validate_json(path.read_text())
    beyond = edits.clips[0].model_copy(update={"clip_id": "match__0002", "first_frame": 200, "last_frame": 220})
    path.write_text(edits.model_copy(update={"clips": [*edits.clips, beyond]}).model_dump_json())
    summary = run(root, "export_clips", videos=str(tmp_path / "videos"))

    assert [failure["item"] for failure in summary["failures"]] == ["match__0002"]
    assert sorted(p.stem for p in (root / "08_reporting/clips").glob("*.mp4")) == ["match__0000", "match__0001"]


def test_the_sample_is_copied_whole(run: Any, tracked_sample: Any, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(tracked_sample[0] / "02_intermediate", root / "02_intermediate")
    sample = Path(__file__).parents[2] / "data/01_raw/videos"
    run(root, "export_clips", videos=str(sample))
    path = root / "08_reporting/clips/sample_rally__0000.mp4"
    with av.open(str(path)) as container:
        count = sum(1 for _ in container.decode(video=0))

    assert json.loads(path.with_suffix(".json").read_text())["copied"]
    assert count == 250
