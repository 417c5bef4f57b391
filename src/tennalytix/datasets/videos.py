"""A folder of videos, wherever it lies."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from fsspec.utils import get_protocol
from kedro.io.core import AbstractDataset, DatasetError

from tennalytix.datasets.preview import HTMLPreview, described, frame, table
from tennalytix.datasets.remote_video import RemoteVideoSource
from tennalytix.datasets.storage import LOCAL, open_storage
from tennalytix.datasets.storage_errors import said_plainly
from tennalytix.datasets.video_cache import GIB, RemoteVideo, VideoCache, default_folder
from tennalytix.video.source import VideoSource
from tennalytix.video.still import middle_frame

SUFFIXES = (".avi", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ts", ".webm", ".wmv")
RESULTS = re.compile("0[2-8]_[a-z_]+/")
"""The folders below a storage root into which runs write: `02_intermediate` to `08_reporting`."""


class VideosDataset(AbstractDataset[None, dict[str, VideoSource]]):
    """Every video in a folder and below it, or one video file: {path below the folder: handle}.

    Remote videos are copied to a local cache when they are first read. It is shared by all runs on the machine: a video
    is fetched once, and again when it was changed.

    Args:
        path: with its protocol, such as `gs://tennis/01_raw/videos`.
        credentials: of its storage.
        cache_folder: for copies of remote videos, by default `~/.cache/tennalytix/videos`.
        cache_gib: how much they may take together; those used longest ago go first.
        results: the storage root: videos that runs write below it are no source videos.
        metadata: for kedro-viz.

    Examples:
        Catalog entry::

            videos:
              type: tennalytix.datasets.VideosDataset
              path: data/01_raw/videos

        >>> import tempfile
        >>> from pathlib import Path
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "final.mp4").write_bytes(b""), (folder / "notes.txt").write_bytes(b"")
        >>> list(VideosDataset(path=str(folder)).load())
        ['final.mp4']
    """

    def __init__(
        self,
        *,
        path: str,
        credentials: dict[str, Any] | None = None,
        cache_folder: str | None = None,
        cache_gib: float = 20.0,
        results: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._file_system, self._path = open_storage(path, credentials or {})
        protocol = self._file_system.protocol
        self._protocol = protocol if isinstance(protocol, str) else protocol[0]
        folder = Path(cache_folder).expanduser() if cache_folder else default_folder()
        self._results: str | None = None
        if results and (get_protocol(results) in LOCAL) == self._is_local:
            self._results = open_storage(results, credentials or {})[1].rstrip("/")
        self._cache = VideoCache(folder, round(cache_gib * GIB))
        self.metadata = metadata

    def load(self) -> dict[str, VideoSource]:
        """Handles by path below the folder, in order of that path.

        Raises:
            DatasetError: there is no such folder or file, or no video in it.
        """
        try:
            with said_plainly(self._url):
                found = self._find()
        except FileNotFoundError:
            raise DatasetError(
                f"videos must be an existing folder or file, got {self._url}. Check the path, or name another: "
                "VIDEOS=<path> for make, --params=videos=<path> for kedro."
            ) from None
        if not found:
            raise DatasetError(f"{self._url} must hold videos ({', '.join(SUFFIXES)}), got none. Put videos there.")
        return {name: self._source(info) for name, info in sorted(found.items())}

    def save(self, data: None) -> None:
        """Always an error: source videos are never written."""
        raise DatasetError("VideosDataset must only be read.")

    @property
    def _is_local(self) -> bool:
        return self._protocol in LOCAL

    @property
    def _url(self) -> str:
        return self._path if self._is_local else str(self._file_system.unstrip_protocol(self._path))

    def _find(self) -> dict[str, Mapping[str, Any]]:
        """What the file system says of each video, by path below the folder."""
        self._file_system.invalidate_cache(self._path)
        # Not exists(): to that of most file systems, a folder that may not be read is none.
        found = self._file_system.find(self._path, detail=True)
        if not found or self._path in found:
            whole = self._file_system.info(self._path)
            return {PurePosixPath(self._path).name: whole} if whole["type"] == "file" else {}
        root = len(self._path.rstrip("/"))
        return {
            path[root:].lstrip("/"): info
            for path, info in found.items()
            if _is_video(path) and not self._is_result(path)
        }

    def _is_result(self, path: str) -> bool:
        """Whether a file is one that runs write: the folder of videos may hold the storage root, or be it."""
        below = path.removeprefix(f"{self._results}/")
        return below != path and RESULTS.match(below) is not None

    def _source(self, info: Mapping[str, Any]) -> VideoSource:
        if self._is_local:
            return VideoSource(str(info["name"]))
        return RemoteVideoSource(RemoteVideo.of_info(self._file_system, info), self._cache)

    def look(self) -> str:
        """A look at what is there, as HTML: names, and the middle frame of the first video on this machine."""
        sources = self.load()
        shown = next((source.path for source in sources.values() if self._is_local), None)
        words = f"<p>{len(sources)} videos.</p>" + table(("video",), ([name] for name in sources))
        return words + (frame(middle_frame(shown)) if shown else "")

    def preview(self) -> HTMLPreview:
        """What kedro-viz shows."""
        return described(self.metadata, self.look)

    def _exists(self) -> bool:
        return bool(self._file_system.exists(self._path))

    def _describe(self) -> dict[str, Any]:
        return {"path": self._path, "protocol": self._protocol}


def _is_video(path: str) -> bool:
    name = PurePosixPath(path)
    return name.suffix.lower() in SUFFIXES and not name.name.startswith(".")
