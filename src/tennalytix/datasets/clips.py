"""The clips of all videos: edit lists and frame tables in storage, clips ready to read in memory."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
from kedro.io.core import AbstractDataset

from tennalytix.core.tables import FrameTable
from tennalytix.datasets.hash_cache import HashCache
from tennalytix.datasets.model_json import ModelJSONDataset, UnreadableEditList
from tennalytix.datasets.partitions import PartitionsDataset, Stored
from tennalytix.datasets.preview import HTMLPreview, described, table
from tennalytix.datasets.storage import StoredFile
from tennalytix.datasets.table import StoredTable, TableDataset
from tennalytix.datasets.videos import VideosDataset
from tennalytix.schema.clips import ClipEntry, EditList
from tennalytix.schema.tracks import Video
from tennalytix.video.clip import Clip
from tennalytix.video.file_check import VideoError
from tennalytix.video.names import printable
from tennalytix.video.source import VideoSource

failure_logger = logging.getLogger("tennalytix.failures")
"""As the stages report failures of single videos; see `pipelines.stage`."""

EDIT_LIST = {"type": ModelJSONDataset, "model": "tennalytix.schema.clips.EditList"}
FRAME_TABLE = "tennalytix.core.tables.FrameTable"
FRAMES = {"type": TableDataset, "table": FRAME_TABLE}


@dataclass(frozen=True, slots=True)
class IngestedVideo:
    """What ingestion stores of a video; a video that cannot be used has no frames."""

    edit_list: EditList
    frames: FrameTable | None


@dataclass(frozen=True, slots=True)
class StoredClip:
    """A clip and where it comes from.

    Attributes:
        clip: ready to read.
        entry: where it lies in the video.
        video: what the video is.
        fingerprint: of all that results of the clip follow from, but for `entry`: the same however the video is cut.
        warnings: what was odd about the video.
        hashes: of the videos' content.
    """

    clip: Clip
    entry: ClipEntry
    video: Video
    fingerprint: str
    warnings: tuple[str, ...]
    hashes: HashCache

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Reading within it counts only if the video is the one that ingestion saw, and stays so.

        Raises:
            FileNotFoundError: no such file.
            VideoError: another file has taken its place, or it cannot be read.
        """
        with self.clip.source.unchanged():
            if self.hashes.of_video(self.clip.source) != self.video.sha256:
                raise VideoError(
                    f"{printable(self.video.uri)} must be the video that ingestion saw, got another one of that name. "
                    "Run ingestion again."
                )
            yield


class ClipsDataset(AbstractDataset[dict[str, IngestedVideo | Stored], dict[str, Callable[[], StoredClip]]]):
    """Saves {video id: IngestedVideo} as an edit list and a frame table; loads {clip id: load function}.

    They lie in `clips/<video>.json` and `frames/<video>.parquet`; the hashes of the videos are `source_hashes.json`.
    Only clips whose video is among the videos at hand are loaded: a run on other videos leaves earlier ones alone.

    Examples:
        Catalog entry::

            clips:
              type: tennalytix.datasets.ClipsDataset
              path: data/02_intermediate
              videos: {path: data/01_raw/videos}
    """

    def __init__(
        self,
        *,
        path: str,
        videos: dict[str, Any],
        credentials: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._path = path.rstrip("/")
        self._credentials = credentials
        options: dict[str, Any] = {"credentials": dict(credentials)} if credentials else {}
        self._edit_lists = PartitionsDataset(
            path=f"{self._path}/clips", filename_suffix=".json", dataset=EDIT_LIST, **options
        )
        self._frames = PartitionsDataset(
            path=f"{self._path}/frames", filename_suffix=".parquet", dataset=FRAMES, **options
        )
        self._videos = VideosDataset(**videos, **options)
        self._hashes = HashCache(StoredFile(f"{self._path}/source_hashes.json", dict(credentials or {})))
        self._reported: set[str] = set()
        self.metadata = metadata

    def load(self) -> dict[str, Callable[[], StoredClip]]:
        """Load functions by clip id, in order of clip id; an edit list that cannot be read is reported as a failure."""
        sources = self._videos.load()
        clips: dict[str, Callable[[], StoredClip]] = {}
        for video_id, load in self._edit_lists.load().items():
            edit_list: EditList = load()
            if isinstance(edit_list, UnreadableEditList):
                self._report(video_id, edit_list)
            if edit_list.video is None or edit_list.video.uri not in sources:
                continue
            source = sources[edit_list.video.uri]
            # A long video's table is not unpacked whole for each of its clips.
            table = TableDataset(
                filepath=f"{self._path}/frames/{video_id}.parquet", table=FRAME_TABLE, credentials=self._credentials
            )
            for entry in edit_list.clips:
                clips[entry.clip_id] = partial(_open_clip, edit_list, entry, source, table, self._hashes)
        return dict(sorted(clips.items()))

    def save(self, data: dict[str, IngestedVideo | Stored]) -> None:
        """Stores videos; the edit list last, since it is what says that a video is done."""
        for video_id, video in data.items():
            if isinstance(video, Stored):
                continue
            if video.frames is not None:
                self._frames.save({video_id: StoredTable(video.frames, video.edit_list.fingerprint)})
            self._edit_lists.save({video_id: video.edit_list})

    def _report(self, video_id: str, edit_list: EditList) -> None:
        """Once, however many stages load the clips."""
        if video_id not in self._reported:
            self._reported.add(video_id)
            name = printable(video_id)
            said = {"stage": "ingestion", "item": name}
            failure_logger.error("%s: %s: %s", "ingestion", name, edit_list.error, extra=said)

    def look(self) -> str:
        """A look at what is stored, as HTML: the clips of all videos."""
        lists = [load() for load in self._edit_lists.load().values()]
        clips = [(c.clip_id, c.first_frame, c.last_frame, c.start_s, c.end_s) for e in lists for c in e.clips]
        head = ("clip", "first frame", "last frame", "from, s", "to, s")
        return f"<p>{len(clips)} clips of {len(lists)} videos.</p>" + table(head, clips)

    def preview(self) -> HTMLPreview:
        """What kedro-viz shows."""
        return described(self.metadata, self.look)

    def _describe(self) -> dict[str, Any]:
        return {"path": self._path, "videos": self._videos._describe()["path"]}


def _open_clip(
    edit_list: EditList, entry: ClipEntry, source: VideoSource, frames: TableDataset, hashes: HashCache
) -> StoredClip:
    if edit_list.video is None:
        raise ValueError("edit_list must name its video, got None.")
    try:
        stored = frames.load_frames(entry.first_frame, entry.last_frame)
    except FileNotFoundError:
        raise FileNotFoundError(f"The table of frames of {edit_list.video.uri} is gone. Run ingestion again.") from None
    if stored.fingerprint != edit_list.fingerprint:
        raise ValueError(
            f"frames of {edit_list.video.uri} must be of the same run as its edit list, got another fingerprint. "
            "Run ingestion again."
        )
    table = stored.table
    source = source.showing(edit_list.video.duration_s)
    clip = Clip(entry.clip_id, source, table, (edit_list.video.width, edit_list.video.height))
    return StoredClip(clip, entry, edit_list.video, _fingerprint(edit_list, table), tuple(edit_list.warnings), hashes)


def _fingerprint(edit_list: EditList, frames: FrameTable) -> str:
    if edit_list.source_fingerprint is None or edit_list.video is None:
        return edit_list.fingerprint
    digest = hashlib.sha256(edit_list.source_fingerprint.encode())
    # What is told of the video, and of the clip's frames, goes into results or decides how frames are read.
    digest.update(json.dumps([edit_list.video.model_dump(mode="json"), edit_list.warnings], sort_keys=True).encode())
    for column in fields(frames):
        digest.update(np.ascontiguousarray(getattr(frames, column.name)).tobytes())
    return digest.hexdigest()
