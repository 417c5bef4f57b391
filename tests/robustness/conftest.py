"""What these tests see of a file, by all ways of reading it."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from conftest import Run, runner
from numbered_videos import Image, read_number
from tennalytix.core.tables import FrameTable
from tennalytix.cutting.options import CuttingOptions
from tennalytix.datasets.detector import DetectorDataset
from tennalytix.datasets.hash_cache import HashCache
from tennalytix.datasets.storage import StoredFile
from tennalytix.pipelines.ingestion.nodes import ingest_videos
from tennalytix.schema.clips import EditList
from tennalytix.video.info import VideoInfo
from tennalytix.video.losses import Loss
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """A file as it was read.

    Attributes:
        info: what the probe says.
        table: what the scan says.
        numbers: of the frames, as they are drawn on them.
        losses: what was lost to damage.
        first: the first picture.
    """

    info: VideoInfo
    table: FrameTable
    numbers: list[int]
    losses: list[Loss]
    first: Image


def see_file(path: Path, thread_count: int = 2) -> Seen:
    """Reads a file in every way there is, and has all of them agree."""
    source, losses = VideoSource(str(path), thread_count, stall_s=20), []
    info = source.probe()
    table = scan_frames(source, losses=losses)
    frames = list(source.frames(table))
    numbers = [read_number(frame.image) for frame in frames]
    sparse = sorted({0, len(table) // 3, len(table) - 1})

    assert [frame.index for frame in frames] == table.frame_index.tolist() == list(range(len(table)))
    assert [frame.time_s for frame in frames] == table.time_s.tolist()
    assert table.time_s[0] == 0
    assert np.all(np.diff(table.time_s) > 0)
    assert np.isfinite(table.reference_from_image).all()
    assert [read_number(frame.image) for frame in source.frames_at(table, sparse)] == [numbers[k] for k in sparse]
    assert {frame.size_wh for frame in frames} == {info.size_wh}
    return Seen(info, table, numbers, losses, frames[0].image)


@pytest.fixture
def see() -> Callable[..., Seen]:
    return see_file


@pytest.fixture
def ingest(tmp_path: Path) -> Callable[..., dict[str, EditList]]:
    """Ingests videos, uncut, and gives their edit lists, those that are made; earlier fingerprints may be given."""
    hashes = HashCache(StoredFile(str(tmp_path / "hashes.json")))
    detector = DetectorDataset(detector="tennalytix.detectors.court_lines.CourtLineDetector").load()

    def ingested(videos: dict[str, VideoSource], earlier: Mapping[str, str] | None = None) -> dict[str, EditList]:
        parts = ingest_videos(videos, dict(earlier or {}), hashes, detector, CuttingOptions(cut=False))
        return {stem: item.edit_list for part in parts for stem, item in part.items()}

    return ingested


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    return runner(monkeypatch)


@pytest.fixture(autouse=True)
def ordinary_priority() -> Iterator[None]:
    """SVT-AV1 makes the process that encodes a real-time one where it may, as for root: others would starve."""
    yield
    if hasattr(os, "sched_setscheduler") and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
