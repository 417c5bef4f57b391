"""SHA-256 of source files, computed once as long as a file stays what it was."""

import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kedro.io.core import AbstractDataset, DatasetError

from tennalytix.datasets.storage import StoredFile

SETTLED_S = 2.0
"""A file changed less than this ago is not remembered: a second change could leave the same time stamp."""


@dataclass(frozen=True, slots=True)
class HashCache:
    """Hashes by path, size, time of change and etag; a cache that is lost or damaged costs time only.

    Runs at the same time may each forget what the other adds; the file is replaced whole and never mixed.

    Attributes:
        file: where the hashes are kept.
    """

    file: StoredFile

    def sha256(self, path: str, etag: str = "") -> str:
        """The SHA-256 of the local file at `path`, in hex.

        Args:
            path: of the file.
            etag: what a remote store says of the content, where it came from one.

        Raises:
            OSError: it cannot be read.
        """
        key, state = str(Path(path).resolve()), _state(path, etag)
        known = self._read().get(key)
        if isinstance(known, list) and known[:-1] == state and isinstance(known[-1], str):
            return known[-1]
        with Path(path).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if _state(path, etag) == state and time.time() - Path(path).stat().st_mtime > SETTLED_S:
            self._remember(key, [*state, digest])
        return digest

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

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._file.path}


def _state(path: str, etag: str) -> list[Any]:
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns, etag]
