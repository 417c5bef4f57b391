"""Finding labels among files, wherever these are stored.

A folder `<video>/` holds the labels of the video of that name: `ball.csv`, `players.csv`, `players_amodal.csv`,
`others.csv`, `court.json`, whichever there are. A folder `<game>/<Clip>/` of the public TrackNet set holds `Label.csv`
and is known as `<game>_<Clip>`; so is a single file `<game>_<Clip>.csv` in the format of `ball.csv`.
"""

import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import TextIO

from tennalytix.metrics.label_formats import read_ball, read_court, read_others, read_players, read_tracknet
from tennalytix.metrics.labels import BallLabels, ClipLabels, PlayerLabels

LabelFiles = Mapping[str, Callable[[], bytes]]
"""Path below the label root (with /) to what reads that file."""

_CLIP_FILES = ("ball.csv", "players.csv", "others.csv", "court.json")
_AMODAL_FILE = "players_amodal.csv"
_TRACKNET_FILE = "Label.csv"
_TRACKNET_STEM = re.compile(r"game\d+_Clip\d+\.csv")


def local_label_files(root: Path) -> LabelFiles:
    """The files below a folder of this machine; none is opened.

    Raises:
        FileNotFoundError: no such folder.
    """
    if not root.is_dir():
        raise FileNotFoundError(
            f"root must be a folder with labels, got {root}. Put labels there or name another folder."
        )
    paths = sorted(p for pattern in ("*.csv", "*.json") for p in root.rglob(pattern))
    return {p.relative_to(root).as_posix(): p.read_bytes for p in paths}


def find_labels(files: LabelFiles) -> dict[str, ClipLabels]:
    """The labels of every video that has some, by its name."""
    return {name: read_labels(files, name) for name in label_names(files)}


def label_names(files: LabelFiles) -> list[str]:
    """Names of the videos that have labels, sorted."""
    return sorted({name for path in files if (name := _name_of(PurePosixPath(path))) is not None})


def read_labels(files: LabelFiles, name: str) -> ClipLabels:
    """The labels of one video; a kind without a file is None.

    Raises:
        ValueError: a malformed file, or files of one kind in two places.
    """
    mine = _files_of(files, name)
    return ClipLabels(
        name,
        ball=_read_ball(files, mine),
        players=_read_players(files, mine),
        others=read_others(_text(files, mine["others.csv"]), mine["others.csv"]) if "others.csv" in mine else None,
        court=read_court(_text(files, mine["court.json"]), mine["court.json"]) if "court.json" in mine else None,
    )


def _name_of(path: PurePosixPath) -> str | None:
    folder = path.parent
    if path.name in (*_CLIP_FILES, _AMODAL_FILE) and folder.name:
        return folder.name
    if path.name == _TRACKNET_FILE and folder.parent.name:
        return f"{folder.parent.name}_{folder.name}"
    return path.stem if _TRACKNET_STEM.fullmatch(path.name) else None


def _files_of(files: LabelFiles, name: str) -> dict[str, str]:
    mine: dict[str, str] = {}
    for path in (p for p in files if _name_of(PurePosixPath(p)) == name):
        other = mine.setdefault(PurePosixPath(path).name, path)
        if other != path:
            raise ValueError(f"Labels of {name} must lie in one folder, got {other} and {path}. Rename one folder.")
    return mine


def _read_ball(files: LabelFiles, mine: Mapping[str, str]) -> BallLabels | None:
    for name, path in mine.items():
        if name == _TRACKNET_FILE:
            return read_tracknet(_text(files, path), path)
        if name == "ball.csv" or _TRACKNET_STEM.fullmatch(name):
            return read_ball(_text(files, path), path)
    return None


def _read_players(files: LabelFiles, mine: Mapping[str, str]) -> PlayerLabels | None:
    if "players.csv" not in mine:
        return None
    path, amodal_path = mine["players.csv"], mine.get(_AMODAL_FILE)
    amodal = None if amodal_path is None else _text(files, amodal_path)
    return read_players(_text(files, path), path, amodal, amodal_path or "")


def _text(files: LabelFiles, path: str) -> TextIO:
    try:
        return io.StringIO(files[path]().decode("utf-8-sig"), newline="")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} must be text in UTF-8, got byte {error.object[error.start]:#x}. Save it so."
        ) from error
