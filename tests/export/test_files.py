import io

import pyarrow.csv
import pyarrow.parquet
import pytest

from tennalytix.export.files import ExportOptions, export_files
from tennalytix.export.tables import ball_table, players_table
from viz.conftest import ball, make_tracks, player, tracked

TRACKS = make_tracks([tracked(0, (player("near", (1.25, 2.5, 30.0, 40.0)),), ball((5.5, 6.25))), tracked(1)])


def test_parquet_reads_back_as_written() -> None:
    files = export_files(TRACKS, ExportOptions(formats=("parquet",)))

    assert set(files) == {"players.parquet", "ball.parquet", "events.parquet"}
    assert pyarrow.parquet.read_table(io.BytesIO(files["players.parquet"])) == players_table(TRACKS)


def test_csv_reads_back_as_written() -> None:
    files = export_files(TRACKS, ExportOptions(formats=("csv",)))
    read = pyarrow.csv.read_csv(io.BytesIO(files["ball.csv"])).to_pylist()

    assert [r["x_px"] for r in read] == [5.5, None]
    assert [r["frame_index"] for r in read] == ball_table(TRACKS).column("frame_index").to_pylist()


def test_every_format_writes_its_files_and_the_same_bytes_twice() -> None:
    options = ExportOptions(formats=("csv", "parquet", "coco", "mot"))

    assert len(export_files(TRACKS, options)) == 8
    assert export_files(TRACKS, options) == export_files(TRACKS, options)


def test_unknown_formats_are_refused() -> None:
    with pytest.raises(ValueError, match=r"formats must be of csv, parquet, coco, mot, got xlsx\."):
        ExportOptions(formats=("xlsx",))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="formats must name at least one"):
        ExportOptions(formats=())
