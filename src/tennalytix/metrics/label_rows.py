"""Rows of comma-separated label files, with errors that name the file and the line."""

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the text of its cells by column.

    Attributes:
        place: "<file> line <number>", how errors begin.
        cells: column to stripped text.
    """

    place: str
    cells: Mapping[str, str]

    def number(self, column: str) -> float:
        """A finite number.

        Raises:
            ValueError: the cell holds none.
        """
        try:
            value = float(self.cells[column])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.error(f"a number in column {column}", self.cells[column])
        return value

    def whole(self, column: str, *, default: int | None = None) -> int:
        """A whole number from 0, also spelt 1.0; an empty cell is `default` if there is one.

        Raises:
            ValueError: the cell holds none.
        """
        if default is not None and not self.cells[column]:
            return default
        value = self.number(column)
        if value < 0 or value != int(value):
            raise self.error(f"a whole number from 0 in column {column}", self.cells[column])
        return int(value)

    def numbers(self, *columns: str, required: bool) -> tuple[float, ...]:
        """Numbers of several columns; all NaN if all their cells are empty and they are not required.

        Raises:
            ValueError: a cell holds none.
        """
        if not required and not any(self.cells[c] for c in columns):
            return (math.nan,) * len(columns)
        return tuple(self.number(c) for c in columns)

    def choice(self, column: str, choices: tuple[str, ...]) -> str:
        """One of some words.

        Raises:
            ValueError: the cell holds another.
        """
        if self.cells[column] not in choices:
            raise self.error(f"{' or '.join(choices)} in column {column}", self.cells[column])
        return self.cells[column]

    def code(self, column: str, highest: int, *, default: int | None = None) -> int:
        """A whole number from 0 to `highest`.

        Raises:
            ValueError: the cell holds none.
        """
        value = self.whole(column, default=default)
        if value > highest:
            raise self.error(f"0 to {highest} in column {column}", self.cells[column])
        return value

    def error(self, wanted: str, got: str) -> ValueError:
        """The error that says what this row must hold."""
        return ValueError(f"{self.place} must have {wanted}, got {got!r}. Correct the row.")


def read_rows(text: TextIO, file: str, columns: tuple[str, ...]) -> Iterator[Row]:
    """The rows below a header that names at least `columns`; empty lines are passed over.

    Raises:
        ValueError: a column is missing, or a row is longer or shorter than the header.
    """
    lines = csv.reader(text)
    header = [cell.strip() for cell in next(lines, [])]
    missing = [c for c in columns if c not in header]
    if missing:
        raise ValueError(f"{file} must have the columns {', '.join(columns)}, got {', '.join(header) or 'none'}.")
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        place = f"{file} line {lines.line_num}"
        if len(cells) != len(header):
            raise ValueError(f"{place} must have {len(header)} cells, got {len(cells)}. Correct the row.")
        yield Row(place, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})
