import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from tennalytix.core.boxes import area_px, centre_xy, foot_xy, iou

coordinate = st.floats(-2000, 2000)
side = st.floats(0.5, 500)
box = st.tuples(coordinate, coordinate, side, side).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))
boxes = st.lists(box, min_size=1, max_size=5)


def test_centre_foot_and_area_by_hand() -> None:
    xyxy = np.array([[0, 0, 10, 20], [2.5, 4.5, 3.5, 5.5]])

    assert centre_xy(xyxy).tolist() == [[5, 10], [3, 5]]
    assert foot_xy(xyxy).tolist() == [[5, 20], [3, 5.5]]
    assert area_px(xyxy).tolist() == [200, 1]


@given(boxes, boxes)
def test_iou_is_symmetric_and_bounded(a: list[tuple[float, ...]], b: list[tuple[float, ...]]) -> None:
    overlap = iou(a, b)

    assert overlap.shape == (len(a), len(b))
    assert (overlap >= 0).all()
    assert (overlap <= 1 + 1e-9).all()
    np.testing.assert_allclose(overlap, iou(b, a).T)


@given(boxes)
def test_every_box_overlaps_itself_wholly(a: list[tuple[float, ...]]) -> None:
    np.testing.assert_allclose(np.diag(iou(a, a)), 1)


@given(boxes, boxes, st.floats(0.1, 10), coordinate)
def test_iou_does_not_depend_on_scale_and_place(
    a: list[tuple[float, ...]], b: list[tuple[float, ...]], scale: float, shift: float
) -> None:
    moved = iou(np.array(a) * scale + shift, np.array(b) * scale + shift)

    np.testing.assert_allclose(moved, iou(a, b), atol=1e-6)


def test_boxes_that_only_touch_do_not_overlap() -> None:
    assert iou([[0, 0, 10, 10]], [[10, 0, 20, 10]]).tolist() == [[0]]


def test_empty_and_inverted_boxes_have_no_area_and_no_overlap() -> None:
    assert area_px([[5, 5, 5, 5], [9, 9, 3, 3]]).tolist() == [0, 0]
    assert iou([[5, 5, 5, 5]], [[5, 5, 5, 5]]).tolist() == [[0]]
    assert iou([[9, 9, 3, 3]], [[0, 0, 10, 10]]).tolist() == [[0]]


def test_no_boxes_give_empty_answers() -> None:
    assert centre_xy([]).shape == (0, 2)
    assert foot_xy([]).shape == (0, 2)
    assert area_px([]).shape == (0,)
    assert iou([], [[0, 0, 1, 1]]).shape == (0, 1)


@pytest.mark.parametrize("xyxy", [[1, 2, 3, 4], [[1, 2, 3]], [[[1, 2, 3, 4]]]])
def test_other_shapes_are_refused(xyxy: ArrayLike) -> None:
    with pytest.raises(ValueError, match=r"xyxy must have shape \(n, 4\), got"):
        area_px(xyxy)
