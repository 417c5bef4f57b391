"""All clips in one flat table, for those who begin with a data frame."""

from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from tennalytix.export.tables import PLAYERS, ball_table, events_table, players_table
from tennalytix.schema.tracks import Tracks

_ROWS_A_GROUP = 100_000

FLAT = pa.schema(
    [
        *[PLAYERS.field(name) for name in ("clip_id", "frame_index", "time_s", "repeated")],
        ("kind", pa.string()),
        ("track_id", pa.int64()),
        ("role", pa.string()),
        ("x_px", pa.float64()),
        ("y_px", pa.float64()),
        *[PLAYERS.field(f"{side}_px") for side in ("left", "top", "right", "bottom")],
        *[PLAYERS.field(name) for name in ("foot_x_px", "foot_y_px", "x_m", "y_m", "score", "source")],
    ]
)


def tracks_table(tracks: Tracks) -> pa.Table:
    """A row for every player and for the ball in every frame, and for every hit and bounce, in order of frame.

    Columns are those of `FLAT`. `kind` is player, ball, hit or bounce; `x_px` and `y_px` the middle of a player's box,
    the ball, or where the event is; `x_m` and `y_m` a player's foot, or where the ball came down; `role` the player's,
    or who hit. What does not apply or is not known is null: a frame without a ball has a row of kind ball with nulls.

    Examples:
        >>> tracks = load_tracks("data/07_model_output/tracks/sample_rally__0000.json")  # doctest: +SKIP
        >>> tracks_table(tracks).to_pandas().groupby("kind").size()  # doctest: +SKIP
    """
    players = players_table(tracks).rename_columns({"centre_x_px": "x_px", "centre_y_px": "y_px"})
    parts = [
        _as_flat(players, "player"),
        _as_flat(ball_table(tracks), "ball"),
        _as_flat(events_table(tracks).rename_columns({"player": "role"})),
    ]
    return pa.concat_tables(parts).sort_by([("frame_index", "ascending"), ("kind", "ascending"), ("role", "ascending")])


def write_flat_table(clips: Iterable[Tracks], path: str, fingerprint: Callable[[], str]) -> int:
    """Writes the rows of all clips, one after another, to a parquet file and counts them.

    Memory holds one clip and the rows of one row group, however many clips there are.

    Args:
        clips: in the order of the file.
        path: local.
        fingerprint: of what the table was made from, kept in the file's metadata; asked when all clips are written.
    """
    count, waiting = 0, [FLAT.empty_table()]
    with pq.ParquetWriter(path, FLAT, compression="zstd") as writer:
        for tracks in clips:
            waiting.append(tracks_table(tracks))
            count += waiting[-1].num_rows
            if sum(table.num_rows for table in waiting) >= _ROWS_A_GROUP:
                writer.write_table(pa.concat_tables(waiting))
                waiting = [FLAT.empty_table()]
        writer.write_table(pa.concat_tables(waiting))
        writer.add_key_value_metadata({"fingerprint": fingerprint()})
    return count


def _as_flat(table: pa.Table, kind: str | None = None) -> pa.Table:
    """The columns of `FLAT`, null where the table lacks one."""
    rows = table.num_rows
    columns = {name: table[name] for name in table.schema.names}
    if kind is not None:
        columns["kind"] = pa.array([kind] * rows, pa.string())
    return pa.table([columns.get(f.name, pa.nulls(rows, f.type)) for f in FLAT], schema=FLAT)
