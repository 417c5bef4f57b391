"""Small pictures of counts, many of them, mostly zeros: packed until they are asked for."""

import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# So many are packed together.
BLOCK = 256

Grid = NDArray[np.uint8]


@dataclass(slots=True)
class PackedGrids:
    """A growing row of pictures of one size.

    Attributes:
        shape: (h, w), of each.
    """

    shape: tuple[int, int]
    _blocks: list[bytes] = field(default_factory=list)
    _open: bytearray = field(default_factory=bytearray)
    _count: int = 0

    def __len__(self) -> int:
        return self._count

    def append(self, grid: Grid) -> None:
        """Adds one at the end."""
        self._open += np.ascontiguousarray(grid, dtype=np.uint8).tobytes()
        self._count += 1
        if self._count % BLOCK == 0:
            self._blocks.append(zlib.compress(bytes(self._open), 1))
            self._open = bytearray()

    def between(self, first: int, end: int) -> Grid:
        """Those from a row up to, but without, another, (n, h, w); as for slices, rows that do not exist are none."""
        first, end = max(0, first), min(end, self._count)
        if first >= end:
            return np.zeros((0, *self.shape), np.uint8)
        numbers = range(first // BLOCK, (end - 1) // BLOCK + 1)
        held = b"".join(zlib.decompress(self._blocks[i]) if i < len(self._blocks) else self._open for i in numbers)
        grids = np.frombuffer(held, np.uint8).reshape(-1, *self.shape)
        return grids[first - numbers[0] * BLOCK : end - numbers[0] * BLOCK]
