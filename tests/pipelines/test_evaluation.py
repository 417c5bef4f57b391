import logging
from pathlib import Path

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from tennalytix.datasets import FileDataset, PartitionsDataset
from tennalytix.metrics.options import EvaluationOptions
from tennalytix.pipelines.evaluation import create_pipeline
from tennalytix.pipelines.evaluation.nodes import evaluate
from tennalytix.pipelines.stage import StageError
from tennalytix.schema.clips import ClipEntry, EditList
from tennalytix.schema.tracks import Ball, ClipSpan, Provenance, Summary, TrackedFrame, Tracks, Video

VIDEO = Video(
    uri="rally.mp4",
    sha256="",
    width=1280,
    height=720,
    frame_rate="25/1",
    frame_count=5,
    duration_s=0.2,
    codec="h264",
    rotation_deg=0,
)


def tracks_of(clip_id: str) -> Tracks:
    frames = [
        TrackedFrame(
            frame_index=i, time_s=i / 25, repeated=False, players=[], ball=Ball(xy=(i, 0), score=1, source="detected")
        )
        for i in range(5)
    ]
    return Tracks(
        clip_id=clip_id,
        video=VIDEO,
        clip=ClipSpan(first_frame=0, last_frame=4, start_s=0, end_s=0.16, view="court"),
        provenance=Provenance(tennalytix="0.1.0", fingerprint="", models={}),
        court=None,
        frames=frames,
        events=[],
        summary=Summary(ball_coverage=1, near_coverage=0, far_coverage=0, warnings=[]),
    )


@pytest.fixture
def label_root(tmp_path: Path) -> Path:
    (tmp_path / "labels" / "rally").mkdir(parents=True)
    rows = "".join(f"{i},1,{i},0,0\n" for i in range(5))
    (tmp_path / "labels" / "rally" / "ball.csv").write_text("frame,visibility,x,y,status\n" + rows)
    (tmp_path / "labels" / "rally" / "overview.png").write_bytes(b"\x89PNG")
    return tmp_path / "labels"


def test_pipeline_scores_stored_labels(label_root: Path) -> None:
    catalog = DataCatalog(
        {
            "tracks": MemoryDataset({"rally__0000": lambda: tracks_of("rally__0000")}, copy_mode="assign"),
            "labels": PartitionsDataset(path=str(label_root), dataset=FileDataset),
            "edit_lists": MemoryDataset({}, copy_mode="assign"),
            "params:evaluation": MemoryDataset(EvaluationOptions([5])),
        }
    )
    outputs = SequentialRunner().run(create_pipeline(), catalog)
    report, table = outputs["evaluation_report"].load(), outputs["evaluation_table"].load()

    assert report["all"]["ball"]["at_px"]["5"]["f1"] == 1
    assert table.startswith("### Ball (pixels of 1280x720)\n")


def test_what_was_skipped_and_the_table_are_logged(label_root: Path, caplog: pytest.LogCaptureFixture) -> None:
    tracks = {clip: lambda: tracks_of("x") for clip in ("rally__0000", "bare__0000")}
    labels = PartitionsDataset(path=str(label_root), dataset=FileDataset).load()
    with caplog.at_level(logging.INFO, logger="tennalytix"):
        _, table = evaluate(tracks, labels, {}, EvaluationOptions())

    assert "evaluation: skipped, not labelled: bare" in caplog.text
    assert table in caplog.text


def test_clips_of_an_earlier_cut_do_not_count(label_root: Path, caplog: pytest.LogCaptureFixture) -> None:
    def left_behind() -> Tracks:
        return tracks_of("rally__0001").model_copy(
            update={"frames": [f.model_copy(update={"ball": None}) for f in tracks_of("rally__0001").frames]}
        )

    entry = ClipEntry(clip_id="rally__0000", first_frame=0, last_frame=4, start_s=0, end_s=0.16)
    lists = {"rally": lambda: EditList(fingerprint="", video=None, clips=[entry])}
    labels = PartitionsDataset(path=str(label_root), dataset=FileDataset).load()
    now = {"rally__0000": lambda: tracks_of("rally__0000")}
    with caplog.at_level(logging.INFO, logger="tennalytix"):
        found = evaluate({**now, "rally__0001": left_behind}, labels, lists, EvaluationOptions())

    assert found == evaluate(now, labels, {}, EvaluationOptions())
    assert "1 of 2 clips are left out, since their videos' edit lists no longer have them" in caplog.text


def test_no_labels_at_all_is_one_sentence(tmp_path: Path) -> None:
    labels = PartitionsDataset(path=str(tmp_path / "none"), dataset=FileDataset).load()

    with pytest.raises(
        StageError, match=r"^labels must be there for at least one tracked video, got labels of nothing"
    ):
        evaluate({"rally__0000": lambda: tracks_of("rally__0000")}, labels, {}, EvaluationOptions())
