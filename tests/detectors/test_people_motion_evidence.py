import numpy as np
import pytest
from numpy.typing import NDArray

from drawn_frames import ground, noisy
from tennalytix.detectors.background import learn
from tennalytix.detectors.people_motion_evidence import foreground
from tennalytix.detectors.people_motion_picture import Picture, reduced_picture

EMPTY = ground((160, 90))
PLACE = (slice(40, 70), slice(60, 100))


def picture_of(image: NDArray[np.uint8]) -> Picture:
    return reduced_picture(image, np.eye(3))


def evidence(change: NDArray[np.float64] | float, add: tuple[int, int, int] = (0, 0, 0)) -> NDArray[np.uint8]:
    """Evidence where a patch of ground is multiplied and added to."""
    background = learn([picture_of(noisy(EMPTY, k)) for k in range(6)], picture_of(EMPTY))
    image = EMPTY.copy()
    image[PLACE] = np.clip(image[PLACE] * np.asarray(change) + np.array(add), 0, 255)
    return foreground(picture_of(noisy(image, 99)), background)


def test_the_empty_court_is_no_evidence() -> None:
    assert np.mean(evidence(1.0) > 4) < 0.01


@pytest.mark.parametrize("add", [(90, 90, 90), (60, 0, -60), (-30, 40, 0)])
def test_brighter_and_otherwise_coloured_things_are_evidence(add: tuple[int, int, int]) -> None:
    found = evidence(1.0, add)

    assert (found[45:65, 65:95] > 8).mean() > 0.95
    assert (found[:35] > 8).mean() < 0.01


def test_darker_than_any_shadow_is_evidence_and_a_shadow_is_not() -> None:
    assert (evidence(0.4)[45:65, 65:95] > 8).mean() > 0.95
    assert (evidence(0.85)[45:65, 65:95] > 4).mean() < 0.05
