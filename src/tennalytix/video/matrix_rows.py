"""A growing row of matrices, one a frame, in one piece of memory."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
_NUMBERS = 9


@dataclass(slots=True)
class MatrixRows:
    """As a list of (3, 3) arrays, in a third of the memory.

    Small arrays that live as long as a video, between large ones that come and go, also keep the C library from
    giving the memory of the large ones back.
    """

    _numbers: "array[float]" = field(default_factory=lambda: array("d"))

    def __len__(self) -> int:
        return len(self._numbers) // _NUMBERS

    def __getitem__(self, row: int) -> Matrix:
        """A copy of one matrix; negative rows count from the end."""
        at = range(len(self))[row] * _NUMBERS
        return np.array(self._numbers[at : at + _NUMBERS]).reshape(3, 3)

    def append(self, matrix: Matrix) -> None:
        """Adds one at the end."""
        self._numbers.frombytes(np.ascontiguousarray(matrix, dtype=np.float64).tobytes())

    def replace_from(self, row: int, matrices: Iterable[Matrix]) -> None:
        """Puts others in place of all from a row on."""
        kept = list(matrices)
        del self._numbers[range(len(self))[row] * _NUMBERS :]
        for matrix in kept:
            self.append(matrix)

    def to_array(self) -> NDArray[np.float64]:
        """All of them, (n, 3, 3), a copy."""
        return np.array(self._numbers).reshape(-1, 3, 3)
