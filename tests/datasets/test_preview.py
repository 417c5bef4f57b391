import inspect
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from kedro.io.core import DatasetError

from tennalytix.datasets import (
    ClipsDataset,
    DetectorDataset,
    FileDataset,
    FingerprintsDataset,
    ModelJSONDataset,
    PartitionsDataset,
    VideosDataset,
)
from tennalytix.datasets.preview import described, table
from tennalytix.video.source import VideoError
from tennalytix.video.still import middle_frame
from tennalytix.video.writer import VideoWriter

EVIL = "<img src=x onerror=alert(1)>"
KNOWN = {"description": f"What it is {EVIL}."}


def write_video(path: Path, count: int = 30) -> None:
    with VideoWriter(path, (160, 90), Fraction(25), key_frame_every=1) as writer:
        for k in range(count):
            writer.write(np.full((90, 160, 3), 8 * k, dtype=np.uint8))


def test_the_description_stands_first_and_text_stays_text() -> None:
    shown = described(KNOWN, lambda: table((EVIL,), [[EVIL]]))

    assert shown.startswith("<p><b>What it is &lt;img")
    assert EVIL not in shown


def test_where_nothing_is_stored_it_says_so(tmp_path: Path) -> None:
    def nothing() -> str:
        raise DatasetError("gone")

    datasets = (
        FileDataset(filepath=str(tmp_path / "none.md"), metadata=KNOWN),
        PartitionsDataset(path=str(tmp_path / "none"), dataset=FileDataset, metadata=KNOWN),
        ModelJSONDataset(filepath=str(tmp_path / "n"), model="tennalytix.schema.clips.EditList", metadata=KNOWN),
    )
    assert "Nothing is stored yet." in described({}, nothing)
    for dataset in datasets:
        assert "Nothing is stored yet." in dataset.preview()


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("a.svg", b"<svg/>", "data:image/svg+xml;base64,"),
        ("a.webp", b"RIFF", "data:image/webp;base64,"),
        ("a.jpg", b"\xff", "data:image/jpeg;base64,"),
        ("a.md", EVIL.encode(), "<pre>&lt;img"),
        ("a.onnx", b"123", "a.onnx, 3 bytes"),
    ],
)
def test_files_are_shown_by_what_they_are(tmp_path: Path, name: str, content: bytes, shown: str) -> None:
    (tmp_path / name).write_bytes(content)

    assert shown in FileDataset(filepath=str(tmp_path / name)).preview()


def test_of_partitions_the_first_is_shown(tmp_path: Path) -> None:
    data = PartitionsDataset(path=str(tmp_path), filename_suffix=".md", dataset=FileDataset, metadata=KNOWN)
    data.save({"b": "second", EVIL: "first"})

    assert "2 partitions" in data.preview()
    assert "first</pre>" in data.preview()
    assert EVIL not in data.preview()


def test_videos_show_their_middle_frame(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4")
    overlays = PartitionsDataset(path=str(tmp_path), filename_suffix=".mp4", dataset=FileDataset)

    assert abs(float(middle_frame(str(tmp_path / "a.mp4")).mean()) - 8 * 15) <= 10
    for shown in (VideosDataset(path=str(tmp_path)).preview(), overlays.preview()):
        assert "data:image/jpeg;base64," in shown


def test_what_is_no_video_has_no_middle(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video" * 100)

    with pytest.raises(VideoError, match=r"a\.mp4 has no video stream"):
        middle_frame(str(tmp_path / "a.mp4"))


def test_detectors_fingerprints_and_clips_are_tables(tracked_sample: tuple[Path, dict]) -> None:
    root = tracked_sample[0]
    detector = DetectorDataset(
        detector="tennalytix.detectors.ball_motion.MotionBallDetector", options={"max_candidates": 8}
    )
    prints = FingerprintsDataset(path=str(root / "03_primary/people"), filename_suffix=".parquet")
    clips = ClipsDataset(path=str(root / "02_intermediate"), videos={"path": "data/01_raw/videos"})
    tracks = PartitionsDataset(
        path=str(root / "07_model_output/tracks"),
        filename_suffix=".json",
        dataset={"type": ModelJSONDataset, "model": "tennalytix.schema.tracks.Tracks"},
    )

    assert "max_candidates" in detector.preview()
    assert "sample_rally__0000" in prints.preview()
    assert "1 clips of 1 videos" in clips.preview()
    assert "ball_coverage" in tracks.preview()


def test_kedro_viz_reads_the_kind_from_the_annotation() -> None:
    kinds = (ClipsDataset, DetectorDataset, FileDataset, FingerprintsDataset, ModelJSONDataset, PartitionsDataset)

    for kind in (*kinds, VideosDataset):
        assert inspect.signature(kind.preview).return_annotation.__name__ == "HTMLPreview"
