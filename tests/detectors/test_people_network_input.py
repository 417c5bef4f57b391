import cv2
import numpy as np
import pytest
from numpy.testing import assert_allclose

from drawn_frames import ground
from tennalytix.detectors.people_network_input import AREA_PX, difference, look_at, network_size, resize, to_planes
from tennalytix.video.frame import Frame

SIZES = [(1920, 1080), (1280, 720), (640, 360), (720, 1280), (3840, 2160), (161, 93), (400, 60), (1920, 8), (7, 900)]


def frame(image: np.ndarray, time_s: float = 0.0, reference: np.ndarray | None = None) -> Frame:
    known = {} if reference is None else {"reference_from_image": reference}
    return Frame(round(time_s * 25), time_s, image, **known)


def shifted(dx: float, dy: float) -> np.ndarray:
    return np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1.0]])


@pytest.mark.parametrize("size_wh", SIZES)
def test_pictures_keep_their_shape_and_never_exceed_the_area(size_wh: tuple[int, int]) -> None:
    width, height = network_size(size_wh)

    assert width * height <= AREA_PX * 1.01
    assert abs(width / size_wh[0] - height / size_wh[1]) <= 0.5 / min(size_wh) + 1e-9
    assert width <= 1.5 * size_wh[0] + 0.5


@pytest.mark.parametrize(
    ("size_wh", "expected"),
    [
        ((1920, 1080), (960, 540)),
        ((960, 540), (960, 540)),
        ((1280, 720), (960, 540)),
        ((1080, 1920), (540, 960)),
        ((320, 180), (480, 270)),
        ((1, 1), (2, 2)),
    ],
)
def test_sizes_that_matter_are_exact(size_wh: tuple[int, int], expected: tuple[int, int]) -> None:
    assert network_size(size_wh) == expected


def test_half_of_1080p_is_the_mean_of_four_pixels() -> None:
    image = np.random.default_rng(0).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
    means = image.reshape(540, 2, 960, 2, 3).mean(axis=(1, 3))

    assert np.abs(look_at(frame(image)).image - means).max() <= 0.5


@pytest.mark.parametrize("size_wh", [(1920, 1080), (1280, 720), (640, 360), (720, 1280), (800, 600)])
def test_edges_lie_where_resizing_puts_them(size_wh: tuple[int, int]) -> None:
    scale = network_size(size_wh)[0] / size_wh[0]
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    image[64:128, 32:256] = 255
    look = look_at(frame(image)).image[..., 0] / 255.0

    # How much is bright in a row that crosses it tells its width; where the middle of it is, its place.
    row = look[round(96 * scale)]
    at = np.arange(len(row)) + 0.5
    assert row.sum() == pytest.approx(224 * scale, abs=0.35)
    assert (row * at).sum() / row.sum() == pytest.approx(144 * scale, abs=0.2)


@pytest.mark.parametrize("size_wh", [(1, 1), (2, 1), (3, 500), (33, 17)])
def test_pictures_of_any_size_can_be_looked_at(size_wh: tuple[int, int]) -> None:
    look = look_at(frame(np.full((size_wh[1], size_wh[0], 3), 90, np.uint8)))
    image, motion = to_planes(look.image, np.stack([difference(look, look), difference(look, None)]))

    assert image.shape[1] % 32 == image.shape[2] % 32 == 0
    assert (motion.shape[1], motion.shape[2]) == (image.shape[1] // 2, image.shape[2] // 2)
    assert look.luma.shape == (-(-look.image.shape[0] // 2), -(-look.image.shape[1] // 2))


def test_frames_are_not_written_to() -> None:
    image = ground((960, 540))
    before = image.copy()
    image.setflags(write=False)
    look = look_at(frame(image))

    assert np.array_equal(image, before)
    assert not np.shares_memory(look.image, image)


def test_equal_pictures_do_not_differ() -> None:
    image = ground((320, 180))

    assert not difference(look_at(frame(image)), look_at(frame(image, 0.3))).any()


def test_no_picture_to_compare_with_is_no_difference() -> None:
    look = look_at(frame(ground((320, 180))))

    assert difference(look, None).shape == look.luma.shape
    assert not difference(look, None).any()


def test_differences_are_doubled_and_cut() -> None:
    dark, light = (look_at(frame(np.full((180, 320, 3), level, np.uint8))) for level in (40, 70))
    black, white = (look_at(frame(np.full((180, 320, 3), level, np.uint8))) for level in (0, 255))

    assert (difference(dark, light) == 60).all()
    assert np.array_equal(difference(dark, light), difference(light, dark))
    assert (difference(black, white) == 255).all()


@pytest.mark.parametrize("size_wh", [(960, 540), (1280, 720), (640, 360)])
def test_the_cameras_motion_is_taken_out(size_wh: tuple[int, int]) -> None:
    wide = cv2.GaussianBlur(ground((size_wh[0] + 60, size_wh[1] + 40), seed=1), (0, 0), 3)
    still, moved = wide[: size_wh[1], : size_wh[0]], wide[20 : size_wh[1] + 20, 40 : size_wh[0] + 40]
    first = look_at(frame(still))
    known = look_at(frame(moved, 0.3, shifted(40, 20)))
    unknown = look_at(frame(moved, 0.3))

    inside = (slice(2, -14), slice(2, -24))
    assert np.percentile(difference(known, first)[inside], 99) <= 4
    assert np.percentile(difference(first, known)[inside], 99) <= 4
    assert difference(first, unknown)[inside].mean() > 5 * difference(first, known)[inside].mean()


def test_what_the_other_picture_does_not_show_does_not_differ() -> None:
    look = look_at(frame(np.full((180, 320, 3), 200, np.uint8)))
    elsewhere = look_at(frame(np.full((180, 320, 3), 10, np.uint8), 0.3, shifted(160, 0)))
    apart = difference(look, elsewhere)

    # The other picture shows only what lies right of the middle.
    half = apart.shape[1] // 2
    assert not apart[:, : half - 1].any()
    assert (apart[:, half + 1 :] == 255).all()


def test_padding_is_black_and_at_the_right_and_below() -> None:
    image = np.full((70, 50, 3), (1, 2, 3), np.uint8)
    motion = np.full((2, 35, 25), 9, np.uint8)
    planes, halves = to_planes(image, motion)

    assert (planes.shape, halves.shape) == ((3, 96, 64), (2, 48, 32))
    assert np.array_equal(planes[:, :70, :50], image.transpose(2, 0, 1))
    assert np.array_equal(halves[:, :35, :25], motion)
    assert planes.sum() == image.sum()
    assert halves.sum() == motion.sum()


def test_resizing_to_the_same_size_changes_nothing() -> None:
    image = ground((64, 36))

    assert_allclose(resize(image, (64, 36)), image)
