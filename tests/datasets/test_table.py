from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from kedro.io.core import DatasetError

from tennalytix.core.tables import BallTable, FrameTable, PeopleTable
from tennalytix.datasets.table import ROWS, StoredTable, TableDataset, read_fingerprint
from tennalytix.schema.tracks import ModelProvenance

MODEL = ModelProvenance(name="motion", options={"n": 3})


def dataset(path: Path, table: str) -> TableDataset:
    return TableDataset(filepath=str(path), table=f"tennalytix.core.tables.{table}")


def test_people_survive_the_round_trip(tmp_path: Path) -> None:
    between = np.array([False, False, True])
    people = PeopleTable(
        np.array([3, 3, 5]), np.arange(12, dtype=float).reshape(3, 4), np.array([0.9, 0.5, 0.1]), between
    )
    data = dataset(tmp_path / "p.parquet", "PeopleTable")
    data.save(StoredTable(people, "abc", MODEL))

    loaded = data.load()

    assert loaded.fingerprint == "abc"
    assert loaded.model == MODEL
    np.testing.assert_array_equal(loaded.table.frame_index, people.frame_index)
    np.testing.assert_array_equal(loaded.table.xyxy, people.xyxy)
    np.testing.assert_array_equal(loaded.table.score, people.score)
    np.testing.assert_array_equal(loaded.table.between, between)


def test_people_of_an_earlier_version_were_looked_for_on_every_frame(tmp_path: Path) -> None:
    people = PeopleTable(np.array([3, 5]), np.zeros((2, 4)), np.array([0.9, 0.5]), np.array([False, True]))
    data = dataset(tmp_path / "p.parquet", "PeopleTable")
    data.save(StoredTable(people, "abc", MODEL))
    pq.write_table(pq.read_table(tmp_path / "p.parquet").drop_columns("between"), tmp_path / "p.parquet")

    assert data.load().table.between.tolist() == [False, False]


def test_frames_keep_their_matrices_and_flags(tmp_path: Path) -> None:
    motion = np.random.default_rng(0).normal(size=(4, 3, 3))
    frames = FrameTable(
        np.arange(4), np.arange(4) / 25, np.array([False, True, False, False]), np.array([0, 0, 1, 1]), motion
    )
    data = dataset(tmp_path / "f.parquet", "FrameTable")
    data.save(StoredTable(frames, "f"))

    loaded = data.load()

    assert loaded.model is None
    assert loaded.table.repeated.dtype == np.bool_
    np.testing.assert_array_equal(loaded.table.reference_from_image, motion)


@pytest.mark.parametrize("name", ["PeopleTable", "BallTable"])
def test_an_empty_table_keeps_its_shape(tmp_path: Path, name: str) -> None:
    empty = {
        "PeopleTable": PeopleTable(np.zeros(0, dtype=np.int64), np.zeros((0, 4)), np.zeros(0)),
        "BallTable": BallTable(np.zeros(0, dtype=np.int64), np.zeros((0, 2)), np.zeros(0)),
    }[name]
    data = dataset(tmp_path / "e.parquet", name)
    data.save(StoredTable(empty, "e"))

    table = data.load().table

    assert table.frame_index.dtype == np.int64
    assert (table.xyxy if name == "PeopleTable" else table.xy).shape[0] == 0


def test_columns_have_plain_names_for_other_tools(tmp_path: Path) -> None:
    dataset(tmp_path / "b.parquet", "BallTable").save(
        StoredTable(BallTable(np.array([1]), np.array([[2.0, 3.0]]), np.array([0.5])), "b")
    )

    assert pq.read_table(tmp_path / "b.parquet").column_names == ["frame_index", "x", "y", "score"]


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    table = StoredTable(BallTable(np.array([1]), np.array([[2.0, 3.0]]), np.array([0.5])), "b", MODEL)
    for name in ("one", "two"):
        dataset(tmp_path / name, "BallTable").save(table)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_fingerprint_is_read_without_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "b.parquet"
    dataset(path, "BallTable").save(StoredTable(BallTable(np.array([1]), np.ones((1, 2)), np.ones(1)), "print"))

    assert read_fingerprint(path.read_bytes()) == "print"


def test_a_torn_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 half")

    with pytest.raises(DatasetError, match=r"torn\.parquet must be a BallTable file"):
        dataset(tmp_path / "torn.parquet", "BallTable").load()


def test_a_file_of_another_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b.parquet"
    dataset(path, "BallTable").save(StoredTable(BallTable(np.array([1]), np.ones((1, 2)), np.ones(1)), "b"))

    with pytest.raises(DatasetError, match="must be a PeopleTable file"):
        dataset(path, "PeopleTable").load()


def test_preview_shows_the_first_rows(tmp_path: Path) -> None:
    data = dataset(tmp_path / "b.parquet", "BallTable")
    data.save(StoredTable(BallTable(np.arange(9), np.ones((9, 2)), np.ones(9)), "b"))

    assert data.preview().count("<tr>") == 1 + 8
    assert "9 rows" in data.preview()
    assert data.exists()
    assert data._describe()["table"] == "BallTable"


@pytest.fixture(scope="module")
def long_table(tmp_path_factory: pytest.TempPathFactory) -> tuple[TableDataset, FrameTable]:
    count = 2 * ROWS + 100
    matrices = np.random.default_rng(0).normal(size=(count, 3, 3))
    frames = FrameTable(
        np.arange(count), np.arange(count) / 25, np.zeros(count, bool), np.zeros(count, np.int64), matrices
    )
    path = tmp_path_factory.mktemp("frames") / "long.parquet"
    dataset = TableDataset(filepath=str(path), table="tennalytix.core.tables.FrameTable")
    dataset.save(StoredTable(frames, "f"))
    return dataset, frames


@pytest.mark.parametrize("span", [(0, 9), (ROWS - 2, ROWS + 2), (ROWS, 2 * ROWS - 1), (5, 2 * ROWS + 50)])
def test_a_part_of_a_long_table_is_that_part(
    long_table: tuple[TableDataset, FrameTable], span: tuple[int, int]
) -> None:
    dataset, frames = long_table
    part, wanted = dataset.load_frames(*span), frames.between(*span)

    assert part.fingerprint == "f"
    for name in ("frame_index", "time_s", "repeated", "segment", "reference_from_image"):
        np.testing.assert_array_equal(getattr(part.table, name), getattr(wanted, name))


def test_of_a_long_table_only_what_is_wanted_is_unpacked(
    long_table: tuple[TableDataset, FrameTable], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[list[int]] = []
    plain = pq.ParquetFile.read_row_groups
    monkeypatch.setattr(pq.ParquetFile, "read_row_groups", lambda self, rows: (read.append(rows), plain(self, rows))[1])

    long_table[0].load_frames(ROWS + 5, ROWS + 90)
    long_table[0].load_frames(5 * ROWS, 6 * ROWS)

    assert read == [[1], []]
