"""Reading stored tracks from Python."""

from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
from pydantic import ValidationError

from tennalytix.schema.tracks import Tracks


def load_tracks(path: str, **storage_options: Any) -> Tracks:
    """The tracks of one clip.

    Args:
        path: of a JSON file of `07_model_output/tracks`, on disk or wherever fsspec reaches, such as `gs://tennis/...`.
        storage_options: credentials and options of that storage.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: it is no tracks file of version 1.
    """
    # A name on disk is taken as it is: fsspec gives a meaning to `::` in it.
    with fsspec.open(path, "rb", **storage_options) if "://" in path else Path(path).open("rb") as file:
        text = file.read()
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
        FileNotFoundError: there is no such folder.
    """
    file_system, plain = fsspec.core.url_to_fs(str(folder), **storage_options)
    names = [p for p in file_system.ls(plain, detail=False) if p.endswith(".json")]
    visible = sorted(p for p in names if not PurePosixPath(p).name.startswith("."))
    return [file_system.unstrip_protocol(p) for p in visible]
