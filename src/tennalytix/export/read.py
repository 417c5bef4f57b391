"""Reading stored tracks from Python."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
from pydantic import ValidationError

from tennalytix.core.storage_words import storage_words
from tennalytix.schema.tracks import Tracks

TRACKS = "07_model_output/tracks"
"""Where a storage root holds them."""


def load_tracks(path: str, **storage_options: Any) -> Tracks:
    """The tracks of one clip.

    Args:
        path: of a JSON file of `07_model_output/tracks`, on disk or wherever fsspec reaches, such as `gs://tennis/...`.
        storage_options: credentials and options of that storage.

    Raises:
        FileNotFoundError: it is not there.
        IsADirectoryError: it is a folder.
        OSError: it cannot be read, or its storage cannot be reached or used.
        ValueError: it is no tracks file of version 1.
    """
    path = str(path)
    with _said_plainly(path):
        text = _read(path, storage_options)
    try:
        return Tracks.from_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise ValueError(f"{path} must be a tracks file, got {first['msg']} at {place}.") from error


def list_tracks(folder: str, **storage_options: Any) -> list[str]:
    """Paths of the tracks files in a folder, sorted; what `load_tracks` takes.

    Args:
        folder: `07_model_output/tracks` below the storage root.
        storage_options: credentials and options of that storage.

    Raises:
        FileNotFoundError: there is no such folder, or no tracks file in it.
        OSError: it cannot be read, or its storage cannot be reached or used.
    """
    folder = str(folder)
    with _said_plainly(folder):
        file_system, plain = fsspec.core.url_to_fs(folder, **storage_options)
        names = [p for p in file_system.ls(plain, detail=False) if p.endswith(".json")]
        visible = sorted(p for p in names if not PurePosixPath(p).name.startswith("."))
        is_root = not visible and file_system.isdir(f"{plain.rstrip('/')}/{TRACKS}")
    if not visible:
        meant = (
            f"Did you mean {folder.rstrip('/')}/{TRACKS}?" if is_root else f"They lie in {TRACKS} of a storage root."
        )
        raise FileNotFoundError(f"{folder} must hold tracks files, got none. {meant}")
    return [file_system.unstrip_protocol(p) for p in visible]


def _read(path: str, storage_options: dict[str, Any]) -> bytes:
    # A name on disk is taken as it is: fsspec gives a meaning to `::` in it.
    with fsspec.open(path, "rb", **storage_options) if _is_remote(path) else Path(path).open("rb") as file:
        return bytes(file.read())


def _is_remote(path: str) -> bool:
    return "://" in path


@contextmanager
def _said_plainly(path: str) -> Iterator[None]:
    """Turns what reading `path` raises into one sentence, an OSError."""
    try:
        yield
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} does not exist. Tracks lie in {TRACKS} of a storage root.") from None
    except Exception as error:
        if _is_remote(path):
            # From None: causes may quote addresses and answers that hold secrets.
            raise OSError(storage_words(path, error)) from None
        if not isinstance(error, OSError):
            raise
        if Path(path).is_dir():  # To be opened as a file; Windows calls that PermissionError.
            raise IsADirectoryError(
                f"{path} must be a tracks file, got a folder. list_tracks names its files."
            ) from None
        raise OSError(f"{path} could not be read: {error.strerror or error}.") from error
