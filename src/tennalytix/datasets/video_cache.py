"""Copies of remote videos on the local disk, as many as fit; the one used longest ago goes first."""

import errno
import hashlib
import logging
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from tennalytix.datasets.storage import StoredFile
from tennalytix.datasets.storage_errors import StorageError, said_plainly

if sys.platform != "win32":
    import fcntl

logger = logging.getLogger(__name__)

GIB = 2**30
VERSION_KEYS = (
    "md5",
    "md5Hash",
    "md5Checksum",
    "ETag",
    "etag",
    "generation",
    "mtime",
    "modified",
    "updated",
    "created",
)
"""What file systems say of a file that changes with its content, the surest first."""


@dataclass(frozen=True, slots=True)
class RemoteVideo:
    """A video somewhere else, as it was when it was listed.

    Attributes:
        file_system: of fsspec.
        path: in it.
        url: with its protocol.
        size: bytes.
        version: another one whenever the content is.
    """

    file_system: Any = field(repr=False)
    path: str
    url: str
    size: int
    version: str

    @classmethod
    def of_info(cls, file_system: Any, info: Mapping[str, Any]) -> "RemoteVideo":
        """From what the file system says of a file."""
        path, size = str(info["name"]), int(info.get("size") or 0)
        mark = next((_text(info[key]) for key in VERSION_KEYS if info.get(key)), "")
        return cls(file_system, path, file_system.unstrip_protocol(path), size, f"{size}-{mark}")


@dataclass(frozen=True, slots=True)
class VideoCache:
    """A folder of copies, shared by all runs on this machine.

    Attributes:
        folder: where they are kept.
        limit_bytes: how much they may take together; what is in use stays, and so does one video, however large.
    """

    folder: Path
    limit_bytes: int

    def __post_init__(self) -> None:
        if self.limit_bytes < 0:
            raise ValueError(f"cache_gib must not be negative, got {self.limit_bytes / GIB}. Use 0 to keep one video.")

    def copy_of(self, video: RemoteVideo) -> str:
        """The path of the local copy, which is made if there is none of this version.

        Raises:
            FileNotFoundError: the video is there no more.
            StorageError: it cannot be read, the disk is full, or the copy was removed while it was made.
            OSError: the video changed since it was listed.
        """
        of_path = self.folder / _hash(video.url)
        copy = of_path / _hash(video.version) / PurePosixPath(video.path).name
        if not copy.exists():
            of_path.mkdir(parents=True, exist_ok=True)
            with (of_path / "lock").open("wb") as file:
                _lock(file)  # Two runs that want the same video fetch it once.
                if not copy.exists():
                    self._remove_versions(of_path)
                    self._fetch(video, copy)
        with suppress(FileNotFoundError):  # Another run may just have removed it; `held` makes sure.
            os.utime(copy.parent)
        return str(copy)

    @contextmanager
    def held(self, video: RemoteVideo) -> Iterator[str]:
        """The path of the local copy, which no run removes while the block goes on; see `copy_of` for the errors."""
        file = None
        while file is None:
            file = _hold(self.copy_of(video))
        with file:
            yield file.name

    def _remove_versions(self, of_path: Path) -> None:
        for copy in of_path.glob("*/"):
            _remove(copy)

    def _fetch(self, video: RemoteVideo, copy: Path) -> None:
        logger.info("Copying %s (%.2f GiB) to the local cache.", video.url, video.size / GIB)
        self._make_room(video.size)
        try:
            _download(video, copy)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            self._make_room(self.limit_bytes)
            self._fetch_into_full_disk(video, copy)

    def _fetch_into_full_disk(self, video: RemoteVideo, copy: Path) -> None:
        try:
            _download(video, copy)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise StorageError(
                f"{self.folder} has no space for {video.url} ({video.size / GIB:.2f} GiB). "
                "Free some or move the cache (TENNALYTIX_CACHE)."
            ) from error

    def _make_room(self, size: int) -> None:
        """Removes copies, those used longest ago first, until `size` more bytes are within the limit."""
        copies = sorted(self.folder.glob("*/*/"), key=_last_use_s)
        sizes = [_size(copy) for copy in copies]
        excess = sum(sizes) + size - self.limit_bytes
        for copy, freed in zip(copies, sizes, strict=True):
            if excess > 0 and _remove_idle(copy):
                excess -= freed


def default_folder() -> Path:
    """Where copies are kept unless told otherwise."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tennalytix" / "videos"


def _download(video: RemoteVideo, copy: Path) -> None:
    def fetch(path: str) -> None:
        try:
            with said_plainly(video.url):
                video.file_system.get_file(video.path, path)
                video.file_system.invalidate_cache(video.path)
                now = RemoteVideo.of_info(video.file_system, video.file_system.info(video.path))
        except FileNotFoundError:
            if not copy.parent.exists():
                raise _lost(video) from None
            raise FileNotFoundError(f"{video.url} is gone since the run began. Put it back or start again.") from None
        if now.version != video.version or Path(path).stat().st_size != video.size:
            raise OSError(f"{video.url} was changed since the run began. Start again.")

    try:
        StoredFile(str(copy)).write_through(fetch)
    except FileNotFoundError as error:
        if error.errno is None:  # A sentence of ours.
            raise
        raise _lost(video) from error
    finally:
        if not copy.exists():
            shutil.rmtree(copy.parent, ignore_errors=True)


def _lost(video: RemoteVideo) -> StorageError:
    return StorageError(f"The local copy of {video.url} was removed while it was made. Start again.")


def _lock(file: BinaryIO) -> None:
    if sys.platform != "win32":
        fcntl.flock(file, fcntl.LOCK_EX)


def _hold(path: str) -> BinaryIO | None:
    """The open file, locked so that `_remove` leaves it alone; None if it has just been removed."""
    try:
        file = Path(path).open("rb")  # noqa: SIM115  # whoever asked closes it
    except FileNotFoundError:
        return None
    if sys.platform != "win32":  # There, a file that is open cannot be removed.
        fcntl.flock(file, fcntl.LOCK_SH)
    if Path(path).exists():
        return file
    file.close()
    return None


def _remove_idle(copy: Path) -> bool:
    """Removes a copy unless it is in use, or a run is at fetching that video; whether it is gone."""
    try:
        with (copy.parent / "lock").open("wb") as file:
            if sys.platform != "win32":
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return _remove(copy)
    except OSError:
        return False


def _remove(copy: Path) -> bool:
    """Removes a copy unless it is in use; whether it is gone."""
    with ExitStack() as opened:
        try:
            for path in copy.glob("*"):
                file = opened.enter_context(path.open("rb"))
                if sys.platform != "win32":
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        if sys.platform != "win32":
            shutil.rmtree(copy, ignore_errors=True)
    if sys.platform == "win32":
        shutil.rmtree(copy, ignore_errors=True)
    return not copy.exists()


def _last_use_s(copy: Path) -> float:
    try:
        return copy.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _size(copy: Path) -> int:
    """Bytes of a copy; none of one that is just being removed."""
    try:
        return sum(file.stat().st_size for file in copy.glob("*"))
    except FileNotFoundError:
        return 0


def _text(mark: Any) -> str:
    """The same for a time and its seconds: fsspec's memory gives one for a single file, the other in a list."""
    return str(mark.timestamp()) if isinstance(mark, datetime) else str(mark)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
