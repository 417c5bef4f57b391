from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tennalytix.detectors.people_tiles import Seen, Tiling, merge, place

NO_CUT = np.zeros(9, dtype=bool)


def test_without_columns_there_is_the_picture_alone() -> None:
    assert Tiling().corners((640, 360)) == [(0, 0, 640, 360)]


@given(
    st.integers(1, 6),
    st.integers(1, 4),
    st.floats(0, 0.9),
    st.floats(0, 0.5),
    st.floats(0.51, 1),
    st.tuples(st.integers(1, 2000), st.integers(1, 2000)),
)
def test_tiles_cover_their_band_and_lie_in_the_picture(
    columns: int, rows: int, overlap: float, top: float, bottom: float, size_wh: tuple[int, int]
) -> None:
    whole, *tiles = Tiling(columns=columns, rows=rows, band=(top, bottom), overlap=overlap).corners(size_wh)
    width, height = size_wh

    assert whole == (0, 0, width, height)
    assert len(tiles) == columns * rows
    assert all(0 <= x1 < x2 <= width + 1 and 0 <= y1 < y2 <= height + 1 for x1, y1, x2, y2 in tiles)
    assert min(t[0] for t in tiles) == 0
    assert abs(max(t[2] for t in tiles) - width) <= 1
    assert all(b[0] <= a[2] for a, b in pairwise(tiles[:columns])), "no gap"


def test_neighbours_share_the_overlap() -> None:
    _, left, right = Tiling(columns=2, overlap=0.25).corners((700, 100))

    assert left == (0, 0, 400, 100)
    assert right == (300, 0, 700, 100)


def test_a_box_at_an_inner_edge_is_cut_off_and_at_the_pictures_edge_is_not() -> None:
    tile, size_wh = (100, 0, 200, 50), (200, 100)
    boxes = np.array([[0.5, 10, 20, 30], [50, 10, 60, 49.5], [80, 10, 100, 30], [50, 0, 60, 30], [40, 10, 60, 30]])
    seen = place(boxes, np.ones(5), tile, size_wh, 1.0)

    np.testing.assert_array_equal(seen.cut, [True, True, False, False, False])
    np.testing.assert_allclose(seen.xyxy[4], [139.5, 9.5, 159.5, 29.5])


def seen(*rows: tuple[float, float, float, float, float, bool]) -> Seen:
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    return Seen(table[:, :4], table[:, 4], table[:, 5].astype(bool))


def test_the_better_of_two_equal_boxes_stays() -> None:
    people = merge([seen((0, 0, 10, 20, 0.4, False)), seen((0, 1, 10, 21, 0.6, False))], 0.45)

    np.testing.assert_array_equal(people.xyxy, [[0, 1, 10, 21]])


def test_a_whole_box_stays_rather_than_a_better_one_that_is_cut_off() -> None:
    people = merge([seen((0, 0, 10, 20, 0.4, False)), seen((0, 0, 10, 12, 0.9, True), (0, 0, 4, 20, 0.9, True))], 0.45)

    np.testing.assert_array_equal(people.xyxy, [[0, 0, 10, 20]])


def test_a_box_that_is_cut_off_stays_where_there_is_no_other() -> None:
    people = merge([seen((50, 0, 60, 20, 0.4, False)), seen((0, 0, 10, 12, 0.9, True))], 0.45)

    np.testing.assert_array_equal(people.score, [0.9, 0.4])


def test_a_small_person_before_a_large_one_stays() -> None:
    people = merge([seen((0, 0, 100, 200, 0.9, False), (40, 40, 60, 90, 0.5, False))], 0.45)

    assert len(people.score) == 2


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 30), st.integers(1, 30)), max_size=12))
def test_what_stays_is_apart_best_first_and_does_not_hang_on_order(boxes: list[tuple[int, int, int, int]]) -> None:
    rows = [(x, y, x + w, y + h, 0.9 - 0.05 * k, k % 3 == 2) for k, (x, y, w, h) in enumerate(boxes)]
    people, shuffled = merge([seen(*rows)], 0.45), merge([seen(*rows[::-1])], 0.45)

    np.testing.assert_array_equal(people.xyxy, shuffled.xyxy)
    assert (np.diff(people.score) <= 0).all()
    again = merge([Seen(people.xyxy, people.score, NO_CUT.repeat(2)[: len(people.score)])], 0.45)
    np.testing.assert_array_equal(again.xyxy, people.xyxy)


@pytest.mark.parametrize("count", [0, 1, 300])
def test_any_number_of_people_is_merged(count: int) -> None:
    x = 20.0 * np.arange(count)
    boxes = np.stack([x, 0 * x, x + 10, 0 * x + 10], axis=1)

    assert len(merge([Seen(boxes, np.full(count, 0.5), np.zeros(count, bool))], 0.45).score) == count
