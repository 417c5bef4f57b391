from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from drawn_frames import draw_disc, frames_of, ground, later
from tennalytix.detectors.ball_network_input import (
    CHANNELS,
    MOMENTS,
    SIDE_PX,
    Look,
    look_at,
    look_scale,
    moments,
    window,
)
from tennalytix.video.frame import Frame

SIZE = (1280, 720)


def looks(images: list[np.ndarray]) -> list[Look]:
    return [look_at(frame) for frame in frames_of(images)]


@pytest.mark.parametrize(
    ("size_wh", "scale"),
    [
        ((1920, 1080), 1), ((1280, 720), 1), ((720, 1280), 1), ((2560, 1440), 1), ((1126, 628), 1), ((960, 540), 1),
        ((640, 360), 2), ((480, 270), 3), ((3840, 2160), 0.5), ((7680, 4320), 0.25), ((8, 8), 4),
    ],
)  # fmt: skip
def test_frames_stay_as_they_are_unless_very_large_or_small(size_wh: tuple[int, int], scale: float) -> None:
    assert look_scale(size_wh) == scale


@pytest.mark.parametrize("size_wh", [(640, 360), (1280, 720), (3840, 2160), (3841, 2163)])
def test_places_come_back(size_wh: tuple[int, int]) -> None:
    image = draw_disc(np.zeros((size_wh[1], size_wh[0], 3), np.uint8), (200.5, 150.5), 8, (255, 255, 255))
    (look,) = looks([image])
    y, x = np.nonzero(look.luma > 128)

    assert_allclose(look.to_frame(np.array([x.mean(), y.mean()])), [200.5, 150.5], atol=0.6 / look.scale**0.5)
    assert_allclose(look.to_frame(look.to_look(np.array([3.25, 70.0]))), [3.25, 70.0])


@pytest.mark.parametrize(
    ("rate", "steps"), [(24.0, 1), (25.0, 1), (29.97, 1), (30.0, 1), (50.0, 2), (59.94, 2), (120.0, 3), (240.0, 6)]
)
@pytest.mark.parametrize("start_s", [0.0, 3599.96])
def test_moments_are_a_fortieth_of_a_second_apart_or_more(rate: float, steps: int, start_s: float) -> None:
    time_s = [start_s + k / rate for k in range(40)]

    assert moments(time_s, [0] * 40, 20) == (20 - 2 * steps, 20 - steps, 20, 20 + steps, 20 + 2 * steps)


def test_no_moment_lies_beyond_a_cut() -> None:
    time_s, segment = [k / 25 for k in range(6)], [0, 0, 0, 1, 1, 1]

    assert moments(time_s, segment, 2) == (0, 1, 2, None, None)
    assert moments(time_s, segment, 3) == (None, None, 3, 4, 5)
    assert moments(time_s, segment, 4) == (None, 3, 4, 5, None)


def test_a_window_shows_each_moment_around_the_place() -> None:
    images = [ground(SIZE, seed=k) for k in range(5)]
    seen = looks(images)
    planes, corner = window(seen, np.array([300.2, 201.4]))

    assert planes.shape == (CHANNELS, SIDE_PX, SIDE_PX)
    assert corner.tolist() == [300 - 32, 200 - 32]
    for plane, look in zip(planes, seen, strict=False):
        assert_array_equal(plane, look.luma[168:232, 268:332])


def test_chroma_is_of_the_middle_moment() -> None:
    grey, blue = np.full((720, 1280, 3), 90, np.uint8), np.full((720, 1280, 3), 90, np.uint8)
    blue[..., 2] = 250
    planes, _ = window(looks([grey, grey, blue, grey, grey]), np.array([640.0, 360.0]))
    around, _ = window(looks([blue, blue, grey, blue, blue]), np.array([640.0, 360.0]))

    assert (planes[6] > 180).all()
    assert (planes[5] < 120).all()
    assert_array_equal(around[5:], 128)


@pytest.mark.parametrize(("xy", "corner"), [((0, 0), (0, 0)), ((1279, 719), (1216, 656)), ((-40.0, 900.0), (0, 656))])
def test_windows_end_at_the_pictures_edge(xy: tuple[float, float], corner: tuple[int, int]) -> None:
    seen = looks([ground(SIZE)] * 5)
    planes, found = window(seen, np.array(xy, dtype=np.float64))

    assert found.tolist() == list(corner)
    assert_array_equal(planes[2], seen[2].luma[corner[1] : corner[1] + 64, corner[0] : corner[0] + 64])


def test_chroma_lies_over_the_brightness_it_belongs_to() -> None:
    red = ground(SIZE)
    red[300:304, 500:504] = (255, 0, 0)
    planes, (x, y) = window(looks([red] * 5), np.array([507.0, 311.0]))

    found = np.argwhere(planes[MOMENTS] > 200)
    assert found.min(axis=0).tolist() == [300 - y, 500 - x]
    assert found.max(axis=0).tolist() == [303 - y, 503 - x]


def test_missing_moments_look_as_the_middle_one() -> None:
    seen = looks([ground(SIZE, seed=k) for k in range(5)])
    planes, _ = window([None, seen[1], seen[2], None, None], np.array([600.0, 300.0]))

    for k in (0, 3, 4):
        assert_array_equal(planes[k], planes[2])
    assert not np.array_equal(planes[1], planes[2])


def test_without_a_middle_moment_there_is_no_window() -> None:
    with pytest.raises(ValueError, match=r"^seen must have a look in the middle, got None\."):
        window([None] * 5, np.zeros(2))


@pytest.mark.parametrize("size_wh", [(1280, 720), (640, 360), (2880, 1620)])
def test_the_cameras_motion_is_taken_out(size_wh: tuple[int, int]) -> None:
    wide = ground((size_wh[0] + 80, size_wh[1]), seed=3)
    frames = []
    for k, frame in enumerate(frames_of([wide[:, 8 * k : 8 * k + size_wh[0]] for k in range(5)])):
        moved = np.array([[1, 0, 8.0 * k], [0, 1, 0], [0, 0, 1]])
        frames.append(replace(frame, reference_from_image=moved))
    seen = [look_at(frame) for frame in frames]
    planes, _ = window(seen, np.array(seen[2].luma.shape[::-1]) / 2)

    for plane in planes[:5].astype(int):
        assert np.abs(plane - planes[2]).max() <= 2


def test_tiny_pictures_are_padded() -> None:
    (look,) = looks([np.full((9, 12, 3), 70, np.uint8)])
    planes, _ = window([look] * 5, np.array([4.0, 4.0]))

    assert look.luma.shape == (SIDE_PX, SIDE_PX)
    assert_array_equal(planes[:5], 70)


def test_a_look_knows_the_frames_time_and_segment() -> None:
    frame: Frame = later(frames_of([ground((64, 36))]), 7, 1.5, segment=2)[0]
    look = look_at(frame)

    assert (look.time_s, look.segment) == (1.5, 2)
