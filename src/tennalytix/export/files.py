"""The files of one clip in the formats that were asked for."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from tennalytix.export.boxes import tracks_to_coco, tracks_to_mot
from tennalytix.export.tables import ball_table, events_table, players_table
from tennalytix.schema.tracks import Tracks

Format = Literal["csv", "parquet", "coco", "mot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What to write.

    Attributes:
        formats: any of csv and parquet (players, ball and events, a table each), coco, mot.
    """

    formats: tuple[Format, ...] = ("csv",)

    def __post_init__(self) -> None:
        known = get_args(Format)
        for name in self.formats:
            if name not in known:
                raise ValueError(f"formats must be of {', '.join(known)}, got {name}.")
        if not self.formats:
            raise ValueError(f"formats must name at least one of {', '.join(known)}, got none.")


def export_files(tracks: Tracks, options: ExportOptions) -> dict[str, bytes]:
    """Content by file name: `players.csv`, `ball.parquet`, `coco.json`, `mot.txt` and so on.

    The same tracks give the same bytes. A name of a clip that begins like a formula stays text only in tools that do
    not calculate CSV cells; parquet is safe everywhere.
    """
    files: dict[str, bytes] = {}
    for name in options.formats:
        files.update(_WRITERS[name](tracks))
    return files


def _csv(tracks: Tracks) -> dict[str, bytes]:
    return {f"{name}.csv": _written(table, pyarrow.csv.write_csv) for name, table in _tables(tracks).items()}


def _parquet(tracks: Tracks) -> dict[str, bytes]:
    return {f"{name}.parquet": _written(table, pyarrow.parquet.write_table) for name, table in _tables(tracks).items()}


def _tables(tracks: Tracks) -> dict[str, pa.Table]:
    return {"players": players_table(tracks), "ball": ball_table(tracks), "events": events_table(tracks)}


def _written(table: pa.Table, write: Callable[[pa.Table, io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    write(table, buffer)
    return buffer.getvalue()


_WRITERS: Mapping[str, Callable[[Tracks], dict[str, bytes]]] = {
    "csv": _csv,
    "parquet": _parquet,
    "coco": lambda tracks: {"coco.json": tracks_to_coco(tracks).encode()},
    "mot": lambda tracks: {"mot.txt": tracks_to_mot(tracks).encode()},
}
