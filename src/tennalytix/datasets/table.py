"""The tables of `core.tables` as parquet files."""

import io
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from kedro.io.core import AbstractDataset, DatasetError
from kedro.utils import load_obj

from tennalytix.datasets.preview import HTMLPreview, described, of_file
from tennalytix.datasets.storage import StoredFile
from tennalytix.schema.tracks import ModelProvenance

COMPONENTS = {
    "xyxy": ("x1", "y1", "x2", "y2"),
    "xy": ("x", "y"),
    "reference_from_image": tuple(f"reference_from_image_{row}{column}" for row in range(3) for column in range(3)),
}
"""Columns of parquet that together are one array of a table."""

ABSENT = {"between": False}
"""What columns hold that older files do not have."""

ROWS = 4096
"""So many are packed together, and can be read without the others."""

FINGERPRINT_KEY = b"fingerprint"
MODEL_KEY = b"model"


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table with what it was made from.

    Attributes:
        table: one of `core.tables`.
        fingerprint: of everything it follows from.
        model: what made it, None for what no model made.
    """

    table: Any
    fingerprint: str
    model: ModelProvenance | None = None


class TableDataset(AbstractDataset[StoredTable, StoredTable]):
    """One table a file: plain columns that pandas, DuckDB and R read; fingerprint and model in the file's metadata.

    Examples:
        Catalog entry::

            people:
              type: tennalytix.datasets.PartitionsDataset
              path: data/03_primary/people
              filename_suffix: .parquet
              dataset: {type: tennalytix.datasets.TableDataset, table: tennalytix.core.tables.PeopleTable}

        >>> import tempfile
        >>> from tennalytix.core.tables import BallTable
        >>> path = tempfile.mkdtemp() + "/rally__0000.parquet"
        >>> dataset = TableDataset(filepath=path, table="tennalytix.core.tables.BallTable")
        >>> dataset.save(StoredTable(BallTable(np.array([7]), np.array([[1.5, 2.5]]), np.array([0.9])), "f"))
        >>> dataset.load().table.xy.tolist()
        [[1.5, 2.5]]
    """

    def __init__(
        self,
        *,
        filepath: str,
        table: str,
        credentials: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._file = StoredFile(filepath, dict(credentials or {}))
        self._table = load_obj(table)
        self.metadata = metadata

    def load(self) -> StoredTable:
        """The table.

        Raises:
            DatasetError: the file is no parquet file or lacks a column.
        """
        return self._load()

    def load_frames(self, first: int, last: int) -> StoredTable:
        """The rows of some frames, both ends included: of a long video's table only a part is unpacked.

        Raises:
            DatasetError: as `load`.
        """
        stored = self._load(first, last)
        index = stored.table.frame_index
        inside = (index >= first) & (index <= last)
        arrays = {f.name: getattr(stored.table, f.name)[inside] for f in fields(self._table)}
        return replace(stored, table=self._table(**arrays))

    def _load(self, first: int | None = None, last: int | None = None) -> StoredTable:
        try:
            file = pq.ParquetFile(io.BytesIO(self._file.read()))
            groups = list(range(file.num_row_groups))
            if first is not None and last is not None:
                groups = [i for i in groups if _may_hold(file, i, first, last)]
            columns = file.read_row_groups(groups)
            arrays = {f.name: _column(columns, f.name) for f in fields(self._table)}
        except (pa.ArrowInvalid, KeyError) as error:
            raise DatasetError(f"{self._file.path} must be a {self._table.__name__} file, got {error}.") from error
        metadata = columns.schema.metadata or {}
        model = metadata.get(MODEL_KEY)
        return StoredTable(
            self._table(**arrays),
            metadata.get(FINGERPRINT_KEY, b"").decode(),
            ModelProvenance.model_validate_json(model) if model else None,
        )

    def save(self, data: StoredTable) -> None:
        """Replaces the file in one step."""
        columns: dict[str, Any] = {}
        for f in fields(self._table):
            columns.update(_columns(f.name, getattr(data.table, f.name)))
        metadata = {FINGERPRINT_KEY: data.fingerprint.encode()}
        if data.model is not None:
            metadata[MODEL_KEY] = data.model.model_dump_json().encode()
        buffer = io.BytesIO()
        pq.write_table(
            pa.table(columns).replace_schema_metadata(metadata), buffer, compression="zstd", row_group_size=ROWS
        )
        self._file.write(buffer.getvalue())

    def _exists(self) -> bool:
        return self._file.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._file.path, "table": self._table.__name__}

    def look(self) -> str:
        """A look at what is stored, as HTML."""
        return of_file(self._file)

    def preview(self) -> HTMLPreview:
        """What kedro-viz shows."""
        return described(self.metadata, self.look)


def read_fingerprint(content: bytes) -> str:
    """The fingerprint in a parquet file's metadata, "" where there is none."""
    metadata = pq.read_metadata(io.BytesIO(content)).metadata or {}
    return bytes(metadata.get(FINGERPRINT_KEY, b"")).decode()


def _may_hold(file: pq.ParquetFile, group: int, first: int, last: int) -> bool:
    """Whether a group of rows may be of frames from the first to the last."""
    column = file.schema_arrow.names.index("frame_index")
    held = file.metadata.row_group(group).column(column).statistics
    return held is None or not held.has_min_max or (held.min <= last and held.max >= first)


def _columns(name: str, values: Any) -> dict[str, Any]:
    if name not in COMPONENTS:
        return {name: values}
    parts = COMPONENTS[name]
    flat = np.asarray(values).reshape(len(values), len(parts))
    return {part: flat[:, i] for i, part in enumerate(parts)}


def _column(columns: pa.Table, name: str) -> Any:
    if name in ABSENT and name not in columns.column_names:
        return np.full(len(columns), ABSENT[name])
    if name not in COMPONENTS:
        return columns[name].to_numpy()
    parts = [columns[part].to_numpy() for part in COMPONENTS[name]]
    stacked = np.stack(parts, axis=1)
    return stacked.reshape(-1, 3, 3) if len(parts) == 9 else stacked
