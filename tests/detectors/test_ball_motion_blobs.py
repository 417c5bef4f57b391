import numpy as np
import pytest
from numpy.typing import NDArray

from drawn_frames import draw_disc
from tennalytix.detectors.ball_motion_blobs import Blobs, changed_mask, find_blobs
from tennalytix.detectors.ball_motion_picture import Picture
from tennalytix.video.frame import Frame

SIZE_WH = (640, 360)
BLACK = np.zeros((360, 640, 3), np.uint8)


def picture(image: NDArray[np.uint8] = BLACK) -> Picture:
    return Picture.from_frame(Frame(0, 0.0, image))


def blobs_of(difference: NDArray[np.uint8], image: NDArray[np.uint8] = BLACK) -> Blobs:
    return find_blobs(difference, changed_mask(difference), picture(image), picture(), picture())


def disc(*places: tuple[float, float], radius_px: float = 2.0) -> NDArray[np.uint8]:
    image = BLACK
    for xy in places:
        image = draw_disc(image, xy, radius_px, (120, 120, 120))
    return image[..., 0].copy()


def test_nothing_changed_is_no_blob() -> None:
    assert len(blobs_of(BLACK[..., 0].copy()).logit) == 0
    assert Blobs.none().xy.shape == (0, 2)


def test_discs_are_found_where_they_are_at_every_level_of_contrast() -> None:
    places = [(100.3, 50.7), (400.0, 300.0), (636.4, 5.2)]
    found = blobs_of(disc(*places))

    assert len(found.logit) == 9
    for place in places:
        assert (np.hypot(*(found.xy - place).T) < 0.3).sum() == 3


def test_single_pixels_and_large_things_are_no_ball() -> None:
    speck = BLACK[..., 0].copy()
    speck[100, 100] = 200

    assert len(blobs_of(speck).logit) == 0
    assert len(blobs_of(disc((300, 200), radius_px=40)).logit) == 0


def test_a_ball_by_itself_is_likelier_than_one_among_much_that_moves() -> None:
    crowd = [(300.0 + 9 * (k % 5 - 2), 200.0 + 9 * (k // 5 - 2)) for k in range(25)]
    alone, among = blobs_of(disc((300, 200))), blobs_of(disc(*crowd))
    middle = np.hypot(*(among.xy - [300, 200]).T) < 1

    assert alone.logit.max() > among.logit[middle].max() + 1


def test_yellow_is_likelier_than_red() -> None:
    yellow, red = (draw_disc(BLACK, (300, 200), 3.0, colour) for colour in ((200, 210, 60), (210, 60, 200)))

    assert blobs_of(disc((300, 200)), yellow).logit.max() > blobs_of(disc((300, 200)), red).logit.max()


def test_stronger_is_likelier() -> None:
    assert blobs_of(disc((300, 200))).logit.max() > blobs_of(disc((300, 200)) // 4).logit.max()


def test_pictures_in_which_everything_moves_are_passed_over() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (360, 640), dtype=np.uint8)

    assert len(blobs_of(noise).logit) == 0


@pytest.mark.parametrize("step", [(1, 0), (0, 1), (1, 1), (-1, 1)])
def test_pixels_that_touch_belong_together(step: tuple[int, int]) -> None:
    trail = BLACK[..., 0].copy()
    for k in range(6):
        trail[100 + k * step[1], 200 + k * step[0]] = 100
    found = blobs_of(trail)

    np.testing.assert_allclose(found.xy, [[200 + 2.5 * step[0], 100 + 2.5 * step[1]]] * 3)
    assert found.half_side_px.tolist() == [3, 3, 3]
