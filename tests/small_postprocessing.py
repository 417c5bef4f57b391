"""Postprocessing on one flown rally, with the corrections that lie in a folder."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from flown_rally import FlownRally
from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import BallTable, PeopleTable
from tennalytix.datasets import ModelJSONDataset, PartitionsDataset
from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.datasets.hash_cache import HashCache
from tennalytix.datasets.storage import StoredFile
from tennalytix.datasets.table import StoredTable
from tennalytix.pipelines.detection import clip_fingerprint
from tennalytix.pipelines.parallel import SERIAL, Parallel
from tennalytix.pipelines.postprocessing import create_pipeline
from tennalytix.schema.clips import ClipEntry, EditList
from tennalytix.schema.courts import CourtFile
from tennalytix.schema.tracks import ModelProvenance, Tracks, Video
from tennalytix.tracking.ball import BallLinkOptions
from tennalytix.tracking.events import EventOptions
from tennalytix.tracking.players import PlayerOptions
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoSource

CLIP_ID = "rally__0000"
NO_BALL = BallTable(np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros(0))
LINES = ModelProvenance(name="lines")


def build(
    root: Path,
    rally: FlownRally,
    stored: dict[str, str] | None = None,
    ball: BallTable = NO_BALL,
    court: CourtTrack | None = None,
    edit_lists: dict[str, Callable[[], EditList]] | None = None,
    parallel: Parallel = SERIAL,
) -> dict[str, Tracks]:
    """Runs postprocessing with the corrections that lie under `root`; without a court unless one is given."""
    made_of = clip_fingerprint("court_detection", 1, LoadedDetector(None, LINES), _clip(rally))
    parts: dict[str, Any] = {
        "clips": {CLIP_ID: partial(_clip, rally)},
        "courts": {CLIP_ID: partial(CourtFile.from_track, CLIP_ID, court or CourtTrack(), made_of, LINES)},
        "people": {CLIP_ID: partial(_people, rally)},
        "ball_candidates": {CLIP_ID: partial(StoredTable, ball, "b")},
        "edit_lists": edit_lists or {},
        "tracks_fingerprints": stored or {},
        "tracks_table_fingerprint": {},
        "params:players": PlayerOptions(),
        "params:ball": BallLinkOptions(),
        "params:events": EventOptions(),
        "params:parallel": parallel,
    }
    catalog = DataCatalog({name: MemoryDataset(part, copy_mode="assign") for name, part in parts.items()})
    corrections = {"type": ModelJSONDataset, "model": "tennalytix.schema.corrections.Corrections"}
    catalog["corrections"] = PartitionsDataset(
        path=str(root / "05_corrections"), filename_suffix=".json", dataset=corrections
    )
    catalog["tracks"] = tracks_store(root)
    SequentialRunner().run(create_pipeline(), catalog)
    return {name: load() for name, load in catalog["tracks"].load().items()}


def tracks_store(root: Path) -> PartitionsDataset:
    """Where the tracks go."""
    tracks = {"type": ModelJSONDataset, "model": "tennalytix.schema.tracks.Tracks"}
    return PartitionsDataset(path=str(root / "tracks"), filename_suffix=".json", dataset=tracks)


def _clip(rally: FlownRally) -> StoredClip:
    last = len(rally.frames) - 1
    entry = ClipEntry(clip_id=CLIP_ID, first_frame=0, last_frame=last, start_s=0.0, end_s=last / 25)
    shown = Clip(CLIP_ID, VideoSource(Path("rally.mp4")), rally.frames, rally.size_wh)
    video = Video(
        uri="rally.mp4", sha256="", width=1280, height=720, frame_rate="25/1", frame_count=last + 1,
        duration_s=rally.seconds, codec="h264", rotation_deg=0,
    )  # fmt: skip
    return StoredClip(shown, entry, video, "c", (), HashCache(StoredFile("hashes.json")))


def _people(rally: FlownRally) -> StoredTable:
    rows = [(int(i), box) for track in rally.players for i, box in zip(track.frame_index, track.xyxy, strict=True)]
    rows.sort(key=lambda row: row[0])
    table = PeopleTable(np.array([i for i, _ in rows]), np.array([box for _, box in rows]), np.full(len(rows), 0.9))
    return StoredTable(table, "p")
