"""Readers of the label formats, from text streams. `docs/metrics.md` describes the formats."""

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TextIO

import numpy as np

from tennalytix.core.court import KEYPOINT_NAMES
from tennalytix.core.tables import Floats
from tennalytix.metrics.label_rows import Row, read_rows
from tennalytix.metrics.labels import ABSENT, BOUNCE, FLYING, HIDDEN, BallLabels, CourtLabels, OtherLabels, PlayerLabels

_EDGE_SHIFT_PX = 0.5
"""Label files put the first pixel's edges at 0 and 1, this project at -0.5 and 0.5."""

_BOX = ("x1", "y1", "x2", "y2")
_PLAYER_COLUMNS = ("frame", "player", *_BOX, "visibility")
_SERVICE_POINT = re.compile(r"(near|far)_(left|right|centre)_service")

_BallRow = tuple[int, int, tuple[float, ...], int]
_PlayerRow = tuple[int, str, int, tuple[float, ...]]


def read_ball(text: TextIO, file: str) -> BallLabels:
    """`ball.csv`: frame, visibility, x, y, status.

    Raises:
        ValueError: a malformed row.
    """
    return _ball(
        [_ball_row(r, r.whole("frame"), "x", "y") for r in read_rows(text, file, _ball_columns("x", "y"))], file
    )


def read_tracknet(text: TextIO, file: str) -> BallLabels:
    """`Label.csv` of the public TrackNet set: file name (0000.jpg is frame 0), visibility, x- and y-coordinate, status.

    Raises:
        ValueError: a malformed row.
    """
    x, y = "x-coordinate", "y-coordinate"
    rows = read_rows(text, file, ("file name", "visibility", x, y, "status"))
    return _ball([_ball_row(r, _picture_number(r), x, y) for r in rows], file)


def read_ball_file(path: Path) -> BallLabels:
    """A file of either format, told apart by its first column.

    Raises:
        OSError: the file cannot be read.
        ValueError: a malformed row.
    """
    with path.open(encoding="utf-8-sig", newline="") as text:
        ours = text.readline().startswith("frame")
        text.seek(0)
        return (read_ball if ours else read_tracknet)(text, path.name)


def read_players(text: TextIO, file: str, amodal_text: TextIO | None = None, amodal_file: str = "") -> PlayerLabels:
    """`players.csv`, and `players_amodal.csv` if there is one: frame, player, x1, y1, x2, y2, visibility.

    Of two partners the first whole-body box is that of the first row.

    Raises:
        ValueError: a malformed row, or more whole-body boxes of a player than `players.csv` has rows on that frame.
    """
    rows = sorted((_player_row(r) for r in read_rows(text, file, _PLAYER_COLUMNS)), key=lambda r: r[:2])
    amodal = (
        [] if amodal_text is None else [_player_row(r) for r in read_rows(amodal_text, amodal_file, _PLAYER_COLUMNS)]
    )
    boxes = np.full((len(rows), 4), np.nan)
    places: dict[tuple[int, str], list[int]] = {}
    for i, row in enumerate(rows):
        places.setdefault(row[:2], []).append(i)
    for frame, role, _, box in amodal:
        left = places.get((frame, role))
        if not left:
            more = "" if left is None else " once more"
            raise ValueError(f"{amodal_file} must only have rows of {file}, got frame {frame}, {role}{more}.")
        boxes[left.pop(0)] = box
    return PlayerLabels(
        np.array([r[0] for r in rows], dtype=np.int64),
        np.array([r[1] for r in rows], dtype=np.str_),
        np.array([r[2] for r in rows], dtype=np.int64),
        _boxes([r[3] for r in rows]),
        boxes - _EDGE_SHIFT_PX,
    )


def read_others(text: TextIO, file: str) -> OtherLabels:
    """`others.csv`: frame, x1, y1, x2, y2, role.

    Raises:
        ValueError: a malformed row.
    """
    rows = sorted(
        (r.whole("frame"), _box(r, required=True), r.cells["role"])
        for r in read_rows(text, file, ("frame", *_BOX, "role"))
    )
    return OtherLabels(
        np.array([r[0] for r in rows], dtype=np.int64),
        _boxes([r[1] for r in rows]),
        np.array([r[2] for r in rows], dtype=np.str_),
    )


def read_court(text: TextIO, file: str) -> CourtLabels:
    """`court.json`: `frames`, frame to court points by name, and `static`; other points than the 14 are passed over.

    Raises:
        ValueError: not such a file.
    """
    try:
        content = json.load(text)
        points = {int(frame): _court_points(named) for frame, named in content["frames"].items()}
        static = bool(content.get("static", False))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        shape = '{"frames": {"0": {"near_left_doubles": [x, y]}}}'
        raise ValueError(f"{file} must be JSON such as {shape}, got an error: {error}. Correct the file.") from error
    return CourtLabels(points, static)


def _ball_columns(x: str, y: str) -> tuple[str, ...]:
    return ("frame", "visibility", x, y, "status")


def _ball_row(row: Row, frame: int, x: str, y: str) -> _BallRow:
    visibility = row.code("visibility", HIDDEN)
    xy = row.numbers(x, y, required=visibility != ABSENT)
    return (
        frame,
        visibility,
        xy if visibility != ABSENT else (np.nan, np.nan),
        row.code("status", BOUNCE, default=FLYING),
    )


def _picture_number(row: Row) -> int:
    stem = PurePosixPath(row.cells["file name"]).stem
    if not stem.isdecimal():
        raise row.error("a picture such as 0000.jpg in column file name", row.cells["file name"])
    return int(stem)


def _ball(rows: list[_BallRow], file: str) -> BallLabels:
    rows = sorted(rows, key=lambda r: r[0])
    twice = [a[0] for a, b in pairwise(rows) if a[0] == b[0]]
    if twice:
        raise ValueError(f"{file} must have one row a frame, got two for frame {twice[0]}. Delete one.")
    frame, visibility, status = (np.array([r[i] for r in rows], dtype=np.int64) for i in (0, 1, 3))
    return BallLabels(frame, visibility, np.array([r[2] for r in rows], dtype=np.float64).reshape(-1, 2), status)


def _player_row(row: Row) -> _PlayerRow:
    visibility = row.code("visibility", HIDDEN)
    box = _box(row, required=visibility != ABSENT)
    return (
        row.whole("frame"),
        row.choice("player", ("near", "far")),
        visibility,
        box if visibility != ABSENT else (np.nan,) * 4,
    )


def _box(row: Row, *, required: bool) -> tuple[float, ...]:
    x1, y1, x2, y2 = row.numbers(*_BOX, required=required)
    if x2 <= x1 or y2 <= y1:
        raise row.error("x1 < x2 and y1 < y2", f"{x1:g}, {y1:g}, {x2:g}, {y2:g}")
    return x1, y1, x2, y2


def _boxes(boxes: Sequence[tuple[float, ...]]) -> Floats:
    return np.array(boxes, dtype=np.float64).reshape(-1, 4) - _EDGE_SHIFT_PX


def _court_points(named: dict[str, list[float]]) -> dict[str, tuple[float, float]]:
    """Both spellings of the service line's points are known: far_service_left and far_left_service."""
    spelt = {_SERVICE_POINT.sub(r"\1_service_\2", name): xy for name, xy in named.items()}
    return {name: (float(x), float(y)) for name, (x, y) in spelt.items() if name in KEYPOINT_NAMES}
