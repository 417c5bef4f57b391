"""SHA-256 of source files, computed once as long as a file stays what it was."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kedro.io.core import AbstractDataset, DatasetError

from tennalytix.datasets.preview import HTMLPreview, described, of_file
from tennalytix.datasets.remote_video import RemoteVideoSource
from tennalytix.datasets.storage import StoredFile
from tennalytix.video.source import VideoSource

SETTLED_S = 2.0
"""A file changed less than this ago is not remembered: a second change could leave the same time stamp."""


@dataclass(frozen=True, slots=True)
class HashCache:
    """Hashes of local files by path, size and time of change, of remote ones by address and version.

    A cache that is lost or damaged costs time only.

    Runs at the same time may each forget what the other adds; the file is replaced whole and never mixed.

    Attributes:
        file: where the hashes are kept.
    """

    file: StoredFile

    def of_video(self, source: VideoSource) -> str:
        """The SHA-256 of a video's content, in hex; a remote one is fetched only where its version is not known.

        Raises:
            FileNotFoundError: no such file.
            VideoError: it cannot be read.
        """
        if isinstance(source, RemoteVideoSource):
            return self._known(source.video.url, [source.video.version]) or self._add_remote(source)
        state = source.state()
        path = str(Path(source.path).resolve())
        known = self._known(path, list(state))
        if known is not None:
            return known
        digest = source.sha256()
        if source.state() == state and time.time() - state[1] / 1e9 > SETTLED_S:
            self._remember(path, [*state, digest])
        return digest

    def _add_remote(self, source: RemoteVideoSource) -> str:
        digest = source.sha256()
        self._remember(source.video.url, [source.video.version, digest])
        return digest

    def _known(self, key: str, state: list[Any]) -> str | None:
        entry = self._read().get(key)
        if isinstance(entry, list) and entry[:-1] == state and isinstance(entry[-1], str):
            return entry[-1]
        return None

    def _read(self) -> dict[str, Any]:
        try:
            entries = json.loads(self.file.read())
        except (FileNotFoundError, ValueError):
            return {}
        return entries if isinstance(entries, dict) else {}

    def _remember(self, key: str, entry: list[Any]) -> None:
        self.file.write(json.dumps({**self._read(), key: entry}, indent=1, sort_keys=True).encode())


class HashCacheDataset(AbstractDataset[None, HashCache]):
    """Loads the `HashCache` kept in a file; the cache stores by itself.

    Examples:
        Catalog entry::

            source_hashes:
              type: tennalytix.datasets.hash_cache.HashCacheDataset
              filepath: data/02_intermediate/source_hashes.json
    """

    def __init__(
        self, *, filepath: str, credentials: dict[str, Any] | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        self._file = StoredFile(filepath, dict(credentials or {}))
        self.metadata = metadata

    def load(self) -> HashCache:
        """The cache, empty at first."""
        return HashCache(self._file)

    def save(self, data: None) -> None:
        """Always an error: the cache stores by itself."""
        raise DatasetError("HashCacheDataset must only be read.")

    def look(self) -> str:
        """A look at what is stored, as HTML."""
        return of_file(self._file)

    def preview(self) -> HTMLPreview:
        """What kedro-viz shows."""
        return described(self.metadata, self.look)

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._file.path}
