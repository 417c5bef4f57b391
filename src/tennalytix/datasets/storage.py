"""One file in any storage that fsspec reaches, read and written whole."""

import hashlib
import os
import platform
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fsspec.core import url_to_fs

from tennalytix.datasets.storage_errors import missing_place, said_plainly

LOCAL = ("file", "local")
PARTIAL = f".partial-{hashlib.sha256(platform.node().encode()).hexdigest()[:8]}-"
"""How names of half-written files begin; with the machine, since process ids count on one machine only."""


def open_storage(url: str, options: Mapping[str, Any]) -> tuple[Any, str]:
    """The fsspec file system of `url`, and the path in it.

    Raises:
        OSError: a package is missing, or the sign-in fails.
    """
    with said_plainly(url):
        file_system, path = url_to_fs(url, **options)
        return file_system, str(path)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is there whole or not at all: a write killed half-way leaves what was there before.

    Attributes:
        path: with its protocol, such as `data/x.json` or `gs://tennis/x.json`.
        storage_options: credentials and options of the file system.
    """

    path: str
    storage_options: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_local(self) -> bool:
        """Whether the file lies on this machine's disk."""
        protocol = self.file_system.protocol
        return (protocol if isinstance(protocol, str) else protocol[0]) in LOCAL

    @property
    def plain_path(self) -> str:
        """The path without its protocol, as the file system takes it."""
        return self._located[1]

    @property
    def file_system(self) -> Any:
        """The fsspec file system it lies in."""
        return self._located[0]

    @property
    def _located(self) -> tuple[Any, str]:
        return open_storage(self.path, self.storage_options)

    def exists(self) -> bool:
        """Whether it is there."""
        return bool(self.file_system.exists(self.plain_path))

    def read(self) -> bytes:
        """The content.

        Raises:
            FileNotFoundError: it is not there.
            OSError: it cannot be read.
        """
        if self.is_local:
            return bytes(self.file_system.cat_file(self.plain_path))
        with said_plainly(self.path):
            return bytes(self.file_system.cat_file(self.plain_path))

    def read_end(self, size: int) -> bytes:
        """The last so many bytes of the content, or all of it; of a remote file no more is fetched.

        Raises:
            FileNotFoundError: it is not there.
            OSError: it cannot be read.
        """
        with nullcontext() if self.is_local else said_plainly(self.path):
            return bytes(self.file_system.cat_file(self.plain_path, start=-size))

    def write(self, content: bytes) -> None:
        """Replaces the file by `content` in one step."""
        if not self.is_local:
            self._put(lambda: self.file_system.pipe_file(self.plain_path, content))
            return
        self.write_through(lambda path: Path(path).write_bytes(content))

    def write_through(self, write: Callable[[str], object]) -> None:
        """Replaces the file by what `write` leaves at the local path it is given, in one step."""
        target = Path(self.plain_path)
        if not self.is_local:
            with TemporaryDirectory(prefix="tennalytix-") as folder:
                local = Path(folder) / target.name
                write(str(local))
                self._put(lambda: self.file_system.put_file(str(local), self.plain_path))
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        # A name in the same folder, so that the rename is atomic; with the same ending, since writers go by it.
        _remove_stale(target.parent)
        partial = target.with_name(f"{PARTIAL}{os.getpid()}-{threading.get_ident()}{target.suffix}")
        try:
            write(str(partial))
            _flush(partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)

    def _put(self, put: Callable[[], object]) -> None:
        try:
            with said_plainly(self.path):
                put()
        except FileNotFoundError:  # Folders need not be there, so it is what holds them.
            raise missing_place(self.path) from None


def _flush(path: Path) -> None:
    """Has the content on the disk before the rename: after a power cut, too, a file is old or new, never empty."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _remove_stale(folder: Path) -> None:
    """Removes what killed processes of this machine left half-written."""
    for path in folder.glob(f"{PARTIAL}*"):
        pid = path.stem.removeprefix(PARTIAL).partition("-")[0]
        if pid.isdecimal() and not _may_run(int(pid)):
            path.unlink(missing_ok=True)


def _may_run(pid: int) -> bool:
    if sys.platform == "win32":  # There, signal 0 is no mere question.
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
