from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tennalytix.core.tables import FrameTable
from tennalytix.datasets.table import StoredTable
from tennalytix.pipelines.stage import StageError
from tennalytix.pipelines.visualization.report_nodes import draw_shot_sheets
from tennalytix.schema.clips import EditList, ShotEntry
from tennalytix.schema.tracks import Video
from tennalytix.video.source import VideoSource
from tennalytix.video.writer import VideoWriter
from tennalytix.viz.shot_sheet import ReportOptions

FRAMES = 20


@pytest.fixture
def source(tmp_path: Path) -> VideoSource:
    with VideoWriter(tmp_path / "match.mp4", (160, 90), Fraction(25)) as writer:
        for k in range(FRAMES):
            writer.write(np.full((90, 160, 3), 10 * k, dtype=np.uint8))
    return VideoSource(str(tmp_path / "match.mp4"))


def edit_list(*kept: bool, fingerprint: str = "f") -> EditList:
    """Of shots of five frames each, kept or left out."""
    shots = [
        ShotEntry(
            first_frame=5 * k, last_frame=5 * k + 4, start_s=k / 5, end_s=k / 5 + 0.16, view="other", confidence=1,
            reason="no court", clip_ids=["match__0000"] if keep else [],
        )
        for k, keep in enumerate(kept)
    ]  # fmt: skip
    video = Video(
        uri="match.mp4", sha256="", width=160, height=90, frame_rate="25/1", frame_count=FRAMES, duration_s=0.8,
        codec="h264", rotation_deg=0,
    )  # fmt: skip
    return EditList(fingerprint=fingerprint, video=video, clips=[], shots=shots)


def frames(fingerprint: str = "f") -> StoredTable:
    table = FrameTable(
        np.arange(FRAMES),
        np.arange(FRAMES) / 25,
        np.zeros(FRAMES, bool),
        np.zeros(FRAMES, int),
        np.tile(np.eye(3), (FRAMES, 1, 1)),
    )
    return StoredTable(table, fingerprint)


def drawn(source: VideoSource, found: EditList, stored: dict[str, str] | None = None, pictures: int = 60) -> dict:
    sheets = draw_shot_sheets(
        {"match": lambda: found}, {"match": frames}, {"match.mp4": source}, {}, stored or {}, ReportOptions(pictures)
    )
    return {name: record for images, records in sheets for name, record in records.items() if images[name]}


def test_a_video_gets_a_sheet_of_what_was_left_out(source: VideoSource) -> None:
    records = drawn(source, edit_list(False, True, False, True))

    assert records["match"].first_frames == [0, 10]


def test_what_is_current_is_not_drawn_again(source: VideoSource) -> None:
    record = drawn(source, edit_list(False, True))["match"]

    assert drawn(source, edit_list(False, True), {"match": record.fingerprint}) == {}
    assert drawn(source, edit_list(False, True), {"match": record.fingerprint}, pictures=1) != {}


def test_nothing_is_drawn_where_nothing_was_left_out_or_nothing_is_wanted(source: VideoSource) -> None:
    assert drawn(source, edit_list(True, True)) == {}
    assert drawn(source, edit_list(False), pictures=0) == {}


def test_frames_of_another_run_are_refused(source: VideoSource) -> None:
    with pytest.raises(StageError, match=r"frames of match must be of the same run as its edit list"):
        drawn(source, edit_list(False, fingerprint="other"))
