from dataclasses import replace

import numpy as np
import pytest

from tennalytix.core.tables import Floats, FrameTable
from tennalytix.tracking.people_place import Placed, size_likelihood
from tennalytix.tracking.people_stretch import borne_out

HEIGHT = 100.0
SERVING = (-33.0, -130.0, 33.0, 0.0)
"""Box about the place where a person stands: an arm up, the racket out."""
STANDING = (-22.0, -95.0, 22.0, 0.0)


def table(count: int, shift_px: float = 0.0) -> FrameTable:
    index = np.arange(count)
    turned = np.tile(np.eye(3), (count, 1, 1))
    turned[:, 0, 2] = shift_px * index
    return FrameTable(index, index / 25, np.zeros(count, bool), np.zeros(count, np.int64), turned)


def placed(shapes: list[tuple[float, float, float, float]], foot_y_m: float = -12.0) -> Placed:
    xyxy: Floats = np.add(shapes, [400.0, 500.0, 400.0, 500.0])
    height_px = np.full(len(xyxy), HEIGHT)
    foot_m = np.tile([0.0, foot_y_m], (len(xyxy), 1))
    size = size_likelihood(xyxy, height_px)
    return Placed(np.arange(len(xyxy)), xyxy, np.full(len(xyxy), 0.8), foot_m, height_px, size)


def serve(odd: tuple[float, float, float, float] = SERVING, count: int = 5) -> Placed:
    return placed([STANDING] * 5 + [odd] * count + [STANDING] * 5)


def sizes(seen: Placed, frames: FrameTable | None = None) -> Floats:
    whose = np.zeros(len(seen.size), np.int64)
    return borne_out(seen, whose, frames or table(len(seen.size))).size[5:-5]


def test_who_serves_where_he_has_stood_is_himself() -> None:
    assert serve().size[5:-5].max() < 0.5
    assert sizes(serve()).min() >= 0.7


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param((-33.0, -100.0, 33.0, 30.0), id="a shadow lengthens the box downwards"),
        pytest.param((40.0, -130.0, 106.0, 0.0), id="somebody beside"),
        pytest.param((-45.0, -130.0, 45.0, 0.0), id="two side by side"),
        pytest.param((-33.0, -170.0, 33.0, 0.0), id="two above one another"),
    ],
)
def test_other_odd_boxes_stay_odd(odd: tuple[float, float, float, float]) -> None:
    np.testing.assert_array_equal(sizes(serve(odd)), serve(odd).size[5:-5])


def test_nothing_is_taken_for_granted_far_away_or_for_long_or_of_nobody() -> None:
    far = placed([STANDING] * 5 + [SERVING] * 5 + [STANDING] * 5, foot_y_m=12.0)
    nobody = borne_out(serve(), np.full(15, -1), table(15))

    np.testing.assert_array_equal(sizes(far), far.size[5:-5])
    np.testing.assert_array_equal(nobody.size, serve().size)
    assert sizes(serve(count=80))[40] < 0.5


def test_a_camera_that_turns_moves_nobody_and_order_does_not_matter() -> None:
    seen, frames = serve(), table(15, shift_px=-9.0)
    turning = replace(seen, xyxy=seen.xyxy + 9.0 * np.arange(15)[:, None] * [1, 0, 1, 0])
    mixed = np.random.default_rng(1).permutation(15)

    assert sizes(turning, frames).min() >= 0.7
    again = borne_out(turning.take(mixed), np.zeros(15, np.int64), frames)
    np.testing.assert_array_equal(again.size, borne_out(turning, np.zeros(15, np.int64), frames).size[mixed])
