"""A folder of videos, wherever it lies."""

import logging
from pathlib import PurePosixPath
from typing import Any

import fsspec
from fsspec.core import url_to_fs
from kedro.io.core import AbstractDataset, DatasetError

from tennalytix.datasets.storage import LOCAL
from tennalytix.video.source import VideoSource

logger = logging.getLogger(__name__)

SUFFIXES = (".avi", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ts", ".webm", ".wmv")


class VideosDataset(AbstractDataset[None, dict[str, VideoSource]]):
    """Every video in a folder and below it, or one video file: {path below the folder: handle}.

    Remote videos are copied to a local cache when they are first opened by `load`.

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
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._options = dict(credentials or {})
        self._file_system, self._path = url_to_fs(path, **self._options)
        protocol = self._file_system.protocol
        self._protocol = protocol if isinstance(protocol, str) else protocol[0]
        self._cache_folder = cache_folder
        self.metadata = metadata

    def load(self) -> dict[str, VideoSource]:
        """Handles by path below the folder, in order of that path.

        Raises:
            DatasetError: there is no such folder or file, or no video in it.
        """
        file_system = self._file_system
        if not file_system.exists(self._path):
            raise DatasetError(f"videos must be an existing folder or file, got {self._path}. Put videos there.")
        if file_system.isfile(self._path):
            return {PurePosixPath(self._path).name: VideoSource(self._localise(self._path))}
        found = sorted(p for p in file_system.find(self._path) if _is_video(p))
        if not found:
            raise DatasetError(f"{self._path} must hold videos ({', '.join(SUFFIXES)}), got none. Put videos there.")
        root = len(self._path.rstrip("/"))
        return {p[root:].lstrip("/"): VideoSource(self._localise(p)) for p in found}

    def save(self, data: None) -> None:
        """Always an error: source videos are never written."""
        raise DatasetError("VideosDataset must only be read.")

    def _localise(self, path: str) -> str:
        if self._protocol in LOCAL:
            return path
        cache = {"cache_storage": self._cache_folder or "TMP", "check_files": True}
        url = f"filecache::{self._protocol}://{path}"
        return str(fsspec.open_local(url, filecache=cache, **{self._protocol: self._options}))

    def _exists(self) -> bool:
        return bool(self._file_system.exists(self._path))

    def _describe(self) -> dict[str, Any]:
        return {"path": self._path, "protocol": self._protocol}


def _is_video(path: str) -> bool:
    name = PurePosixPath(path)
    return name.suffix.lower() in SUFFIXES and not name.name.startswith(".")
