import numpy as np
import pytest

from tennalytix.video.matrix_rows import MatrixRows


def filled(count: int) -> tuple[MatrixRows, np.ndarray]:
    matrices = np.random.default_rng(0).normal(size=(count, 3, 3))
    rows = MatrixRows()
    for matrix in matrices:
        rows.append(matrix)
    return rows, matrices


def test_what_was_added_comes_back() -> None:
    rows, matrices = filled(7)

    assert len(rows) == 7
    assert np.array_equal(rows.to_array(), matrices)
    assert np.array_equal(rows[0], matrices[0])
    assert np.array_equal(rows[-1], matrices[-1])


@pytest.mark.parametrize("row", [3, -4])
def test_the_last_rows_make_way_for_others(row: int) -> None:
    rows, matrices = filled(7)

    rows.replace_from(row, (2 * rows[i] for i in range(3, 6)))

    assert np.array_equal(rows.to_array(), [*matrices[:3], *2 * matrices[3:6]])


def test_a_copy_stays_as_it_is() -> None:
    rows, matrices = filled(2)
    first, everything = rows[0], rows.to_array()

    first[:] = 0
    rows.replace_from(0, [np.eye(3)])

    assert np.array_equal(everything, matrices)
    assert np.array_equal(rows.to_array(), np.eye(3)[None])


@pytest.mark.parametrize("row", [2, -3])
def test_a_row_that_does_not_exist_is_an_error(row: int) -> None:
    with pytest.raises(IndexError):
        filled(2)[0][row]


def test_no_rows_are_an_empty_array() -> None:
    assert MatrixRows().to_array().shape == (0, 3, 3)
