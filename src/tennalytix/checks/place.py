"""Whether results can be stored where they are to go."""

import errno
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tennalytix.checks.names import ConfigurationError
from tennalytix.datasets.storage import LOCAL, open_storage
from tennalytix.datasets.storage_errors import missing_place, said_plainly

PLACES = ("root", "videos", "labels")
"""Parameters that say where things lie."""
PROBE = ".tennalytix-write-test"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def expanded(place: str) -> str:
    """A folder or address as it is meant: `~` is the user's own folder."""
    return os.path.expanduser(place)


def check_text(given: Mapping[str, Any]) -> None:
    """Refuses places that the command line takes for numbers and the like: what was typed is lost.

    Args:
        given: parameters of the run.

    Raises:
        ConfigurationError: one of them is no text.
    """
    for name in PLACES:
        if name in given and not isinstance(given[name], str):
            raise ConfigurationError(
                f"{name} must be a path, got {given[name]!r}, which is read as no text. Write ./ before it."
            )


def check_writable(root: str, credentials: Mapping[str, Any], project: Path) -> None:
    """Writes a file of one byte into the storage root, and deletes it; Google Drive is passed over.

    Args:
        root: a folder, which need not be there yet, or a place in remote storage.
        credentials: of that storage.
        project: what a relative folder is relative to.

    Raises:
        ConfigurationError: nothing can be written there.
        StorageError: a remote storage says no.
    """
    file_system, path = open_storage(root, credentials)
    protocol = file_system.protocol if isinstance(file_system.protocol, str) else file_system.protocol[0]
    if protocol in LOCAL:
        folder = Path(path) if "://" in root else project / Path(root).expanduser()
        _try_folder(root, folder)
    elif protocol != "gdrive":  # What is deleted there piles up in the bin.
        _try_storage(root, file_system, path)


def _try_folder(root: str, folder: Path) -> None:
    try:
        there = next(place for place in (folder, *folder.parents) if place.exists())
        # Without making the folder: a run that ends at its next check leaves nothing.
        with tempfile.NamedTemporaryFile(dir=there, prefix=PROBE) as file:
            file.write(b"1")
            file.flush()
    except OSError as error:
        reason = error.strerror or str(error)
        advice = "Free some space and start the same command again to go on." if error.errno in FULL else _ADVICE
        raise ConfigurationError(
            f"root must be a folder that can be written, got {root}: {reason}. {advice}"
        ) from error


def _try_storage(root: str, file_system: Any, path: str) -> None:
    probe = f"{path.rstrip('/')}/{PROBE}"
    with said_plainly(root):
        try:
            file_system.pipe_file(probe, b"1")
        except FileNotFoundError:
            raise missing_place(root) from None
        # An account may write and not delete, and another run may have been quicker.
        with suppress(Exception):
            file_system.rm_file(probe)


_ADVICE = "Name another: OUT=<folder> for make, --params=root=<folder> for kedro."
