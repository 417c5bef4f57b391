"""Detectors on clips whose file has changed since ingestion: what was not read whole is not stored."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from numbered_videos import draw_number, encode, spoil
from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.datasets.hash_cache import HashCache
from tennalytix.datasets.storage import StoredFile
from tennalytix.datasets.table import StoredTable
from tennalytix.detectors.base import People
from tennalytix.pipelines.player_detection.nodes import detect_people
from tennalytix.pipelines.stage import StageError
from tennalytix.schema.clips import ClipEntry
from tennalytix.schema.tracks import ModelProvenance, Video
from tennalytix.video.clip import Clip
from tennalytix.video.frame import Frame
from tennalytix.video.losses import Loss, describe_losses
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

COUNT = 60
OPTIONS = {"preset": "veryfast", "crf": "18", "x264-params": "keyint=10:bframes=2:scenecut=0"}


class Everybody:
    """Sees one person in every frame."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self._meanwhile = meanwhile

    def detect(self, frames: Iterable[Frame]) -> Iterator[People]:
        for frame in frames:
            if frame.index == COUNT // 2:
                self._meanwhile()
            yield People(np.array([[0.0, 0.0, 9.0, 9.0]]), np.array([0.5]))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    images = map(draw_number, range(COUNT))
    return encode(tmp_path / "final.mp4", images, options=OPTIONS, container_options={"movflags": "+faststart"})


def ingested(path: Path) -> StoredClip:
    losses: list[Loss] = []
    source = VideoSource(str(path))
    info, table = source.probe(), scan_frames(source, losses=losses)
    video = Video(
        uri=path.name, sha256=source.sha256(), width=160, height=96, frame_rate="25/1", frame_count=len(table),
        duration_s=info.duration_s, codec="h264", rotation_deg=0,
    )  # fmt: skip
    clip = Clip("final__0000", source.showing(info.duration_s), table, (160, 96))
    entry = ClipEntry(clip_id="final__0000", first_frame=0, last_frame=len(table) - 1, start_s=0, end_s=1)
    return StoredClip(clip, entry, video, "f", tuple(describe_losses(losses)), HashCache(StoredFile(f"{path}.json")))


def detect(item: StoredClip, meanwhile: Callable[[], object] = lambda: None) -> StoredTable:
    detector = LoadedDetector(Everybody(meanwhile), ModelProvenance(name="everybody"))
    ((table,),) = (part.values() for part in detect_people({"final__0000": lambda: item}, detector, {}))
    return table


def taken_for_the_same(item: StoredClip) -> StoredClip:
    """The clip, whose file gives other bytes than it did though it is the same, as one on a bad disk may."""
    return replace(item, video=item.video.model_copy(update={"sha256": item.clip.source.sha256()}))


def test_every_frame_gets_an_answer(path: Path) -> None:
    assert detect(ingested(path)).table.frame_index.tolist() == list(range(COUNT))


def test_a_file_that_was_cut_short_since_is_refused(path: Path) -> None:
    item = ingested(path)
    os.truncate(path, path.stat().st_size * 7 // 10)

    with pytest.raises(
        StageError, match=r"First, final__0000: final\.mp4 ends before a frame at \d\.\d\d s that was in"
    ):
        detect(taken_for_the_same(item))


def test_a_file_that_was_damaged_since_is_refused(path: Path) -> None:
    item = ingested(path)
    spoil(path, range(25, 28))

    with pytest.raises(
        StageError, match=r"final\.mp4 gave \d\d of the 60 frames that ingestion found in this clip\. See"
    ):
        detect(taken_for_the_same(item))


def test_another_file_of_that_name_is_refused(path: Path) -> None:
    item = ingested(path)
    spoil(path, range(25, 28))

    with pytest.raises(StageError, match=r"final\.mp4 must be the video that ingestion saw, got another one of that"):
        detect(item)


def test_a_file_that_changes_meanwhile_is_refused(path: Path) -> None:
    item = ingested(path)

    with pytest.raises(StageError, match=r"final\.mp4 changed while it was being read\. Run again when it is complete"):
        detect(item, lambda: os.utime(path, (1, 1)))


def test_damage_that_ingestion_told_of_is_passed_over(path: Path) -> None:
    item = ingested(spoil(path, range(25, 28)))
    found = detect(item)

    assert item.warnings[0].startswith("The file is damaged: ")
    assert found.table.frame_index.tolist() == item.clip.table.frame_index.tolist()
    assert len(found.table.frame_index) < COUNT


def test_next_to_damage_that_is_known_other_frames_may_be_lost(path: Path) -> None:
    item = ingested(path)
    spoil(path, range(25, 28))
    known = replace(item, warnings=("The file is damaged: 1 frame could not be decoded, 1 at the end.",))
    found = detect(taken_for_the_same(known))

    assert 40 < len(found.table.frame_index) < COUNT


def test_a_damaged_file_that_was_cut_short_since_is_refused(path: Path) -> None:
    item = ingested(spoil(path, range(25, 28)))
    os.truncate(path, path.stat().st_size * 7 // 10)

    with pytest.raises(StageError, match="ends before a frame"):
        detect(taken_for_the_same(item))
