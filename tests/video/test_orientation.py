import itertools

import numpy as np
import pytest

from tennalytix.video.orientation import Orientation

IMAGE = np.arange(24).reshape(2, 4, 3)


def test_upright_pictures_are_not_copied() -> None:
    assert Orientation().apply(IMAGE) is IMAGE


@pytest.mark.parametrize(
    ("orientation", "turns"),
    [(Orientation(False, True, True), 2), (Orientation(True, True, False), -1), (Orientation(True, False, True), 1)],
)
def test_turns_are_those_of_numpy(orientation: Orientation, turns: int) -> None:
    assert np.array_equal(orientation.apply(IMAGE), np.rot90(IMAGE, turns))
    assert orientation.clockwise_deg == -90 * turns % 360


@pytest.mark.parametrize("flags", list(itertools.product([False, True], repeat=3)))
def test_a_mirrored_picture_is_its_turn_and_a_flip(flags: tuple[bool, bool, bool]) -> None:
    orientation = Orientation(*flags)
    turned = np.rot90(IMAGE, -orientation.clockwise_deg // 90)
    upright = orientation.apply(IMAGE)

    assert any(np.array_equal(upright, candidate) for candidate in (turned, turned[:, ::-1]))
    assert upright.flags.c_contiguous
