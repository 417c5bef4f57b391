from collections.abc import Callable

import numpy as np
import pytest

from tennalytix.core.boxes import foot_xy
from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtStretch, Lens
from tennalytix.tracking.people_ground import Ground, StretchGround


def test_a_standing_person_has_the_projected_height(make_singles: Callable):
    scene = make_singles()
    box = scene.add("man", lambda t: (0 * t + 2, 0 * t - 9), height_m=1.85).boxes["man"]
    ground = Ground.of(scene.court, scene.frames, 1.85)

    foot_m, height_px = ground.locate(foot_xy(box), np.arange(len(box)))

    np.testing.assert_allclose(foot_m, np.tile([2.0, -9.0], (len(box), 1)), atol=1e-6)
    np.testing.assert_allclose(height_px, box[:, 3] - box[:, 1], rtol=1e-6)


def test_feet_are_found_below_heads(make_singles: Callable):
    scene = make_singles()
    box = scene.add("man", lambda t: (0 * t + 2, 0 * t + 9), height_m=1.85 * 0.9).boxes["man"]
    head = np.column_stack([(box[:, 0] + box[:, 2]) / 2, box[:, 1]])

    foot = Ground.of(scene.court, scene.frames, 1.85).stand_below(head, np.arange(len(box)), 0.9)

    np.testing.assert_allclose(foot[:, 1], box[:, 3], atol=0.3)


def test_frames_without_a_court_have_no_ground(make_singles: Callable):
    scene = make_singles()
    ground = Ground.of(scene.court, make_singles(first_frame=100).frames, 1.85)

    foot_m, height_px = ground.locate(np.array([[640.0, 400.0], [640.0, 400.0]]), np.array([0, 140]))

    assert np.isfinite(foot_m).all(axis=1).tolist() == [True, False]
    assert np.isfinite(height_px).tolist() == [True, False]


def test_a_court_seen_from_straight_above_still_gives_a_size():
    matrix = np.array([[0.02, 0, -12.8], [0, -0.02, 7.2], [0, 0, 1.0]])
    stretch = CourtStretch(0, 0, matrix[None], Lens.pinhole((1280, 720)), 0.5, 0.9)

    height_px = StretchGround.of(stretch, 1.85).height_px(np.array([[0.0, 5.0]]), np.zeros(1, dtype=np.int64))

    assert height_px[0] == pytest.approx(1.85 / 0.02)


def test_points_in_space_are_seen_where_the_camera_sees_them(make_singles: Callable):
    scene = make_singles(pan_px=40.0)
    ground = Ground.of(scene.court, scene.frames, 1.85)
    xyz_m = np.array([[2.0, 9.0, 1.0], [-3.0, -8.0, 0.0]])

    seen = ground.stretches[0].image_xy(xyz_m, np.zeros(2, dtype=np.int64))

    np.testing.assert_allclose(seen, scene.camera.project(xyz_m), atol=0.5)


def low_camera(height_m: float) -> tuple[Camera, Ground, Callable]:
    lens = Lens.pinhole((1280, 720))
    camera = Camera.look_at((0.0, -17.0, height_m), (0.0, 4.0, 1.0), 1000, lens)
    stretch = CourtStretch(0, 9, camera.court_view().court_from_image[None], lens, 0.5, 0.9)
    ground = Ground([StretchGround.of(stretch, 1.85)], np.zeros(10, dtype=np.int64), np.zeros(10, dtype=np.int64), 1.85)
    return camera, ground, lambda x, y, z: camera.project(np.array([[x, y, z]]))[0]


def test_legs_behind_the_net_of_a_low_camera_are_found():
    _, ground, see = low_camera(1.6)
    (x, head), (_, foot), (_, tape) = see(2.0, 12.0, 1.7), see(2.0, 12.0, 0.0), see(0.9, 0.0, 1.0)

    hidden, below = ground.behind_net(np.array([[x - 10, head, x + 10, tape]]), np.array([3]))

    assert hidden.all()
    assert below[0] == pytest.approx([x, foot], abs=3.0)


@pytest.mark.parametrize(("height_m", "y_m"), [(1.6, 11.0), (9.0, 3.0), (9.0, 18.0), (3.0, 17.0)])
def test_who_shows_his_legs_has_none_hidden(height_m: float, y_m: float):
    _, ground, see = low_camera(height_m)
    (x, head), (_, foot) = see(1.0, y_m, 1.75), see(1.0, y_m, 0.0)

    hidden, _ = ground.behind_net(np.array([[x - 10, head, x + 10, foot]]), np.array([0]))

    assert not hidden.any()


def test_low_cameras_are_forgiven_metres_and_high_ones_are_not():
    foot_m = np.array([[1.0, 17.0], [1.0, 8.0], [0.0, -16.0]])
    position = np.zeros(3, dtype=np.int64)

    low, high = (low_camera(height_m)[1].at_best(foot_m, position) for height_m in (1.5, 11.0))

    np.testing.assert_allclose(high, foot_m)
    assert 11.885 < low[0, 1] < 16
    np.testing.assert_allclose(low[1:], foot_m[1:])
