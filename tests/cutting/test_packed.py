import numpy as np
import pytest

from tennalytix.cutting.packed import BLOCK, PackedGrids


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (2 * BLOCK + 9, 3, 4)).astype(np.uint8)


@pytest.fixture(scope="module")
def packed(grids: np.ndarray) -> PackedGrids:
    rows = PackedGrids((3, 4))
    for grid in grids:
        rows.append(grid)
    return rows


@pytest.mark.parametrize(
    "span",
    [(0, 5), (0, BLOCK), (BLOCK - 1, BLOCK + 1), (BLOCK, 2 * BLOCK), (7, 2 * BLOCK + 9)],
)
def test_what_was_added_comes_back(packed: PackedGrids, grids: np.ndarray, span: tuple[int, int]) -> None:
    assert np.array_equal(packed.between(*span), grids[slice(*span)])


@pytest.mark.parametrize("span", [(-3, 2), (2 * BLOCK, 5 * BLOCK), (4, 4), (9, 3), (5 * BLOCK, 6 * BLOCK)])
def test_rows_that_do_not_exist_are_none(packed: PackedGrids, grids: np.ndarray, span: tuple[int, int]) -> None:
    assert np.array_equal(packed.between(*span), grids[max(0, span[0]) : span[1]])


def test_it_counts(packed: PackedGrids, grids: np.ndarray) -> None:
    assert len(packed) == len(grids)
    assert len(PackedGrids((3, 4))) == 0


def test_a_still_picture_takes_hardly_any_memory() -> None:
    rows = PackedGrids((9, 16))
    for _ in range(20 * BLOCK):
        rows.append(np.zeros((9, 16), np.uint8))

    assert sum(map(len, rows._blocks)) < 20 * BLOCK * 144 / 50
