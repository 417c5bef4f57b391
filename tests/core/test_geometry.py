"""Lens, court views and cameras undo what they do."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tennalytix.core.boxes import area_px, centre_xy, foot_xy, iou
from tennalytix.core.camera import Camera
from tennalytix.core.court import BASELINE_Y_M, KEYPOINT_NAMES, KEYPOINTS, LINES, keypoints_xy
from tennalytix.core.court_view import CourtStretch, CourtTrack, CourtView, Lens
from tennalytix.core.homography import apply_homography, as_points, fit_homography

SIZE_WH = (1920, 1080)
cameras = st.builds(
    lambda x, y, z, focal, k1, roll, aspect: Camera.look_at(
        (x, y, z), (0.0, -1.0, 0.0), focal, replace(Lens.pinhole(SIZE_WH, k1), pixel_aspect=aspect), roll
    ),
    st.floats(-3, 3),
    st.floats(-55, -22),
    st.floats(3, 14),
    st.floats(1500, 4500),
    st.floats(-0.05, 0.05),
    st.floats(-0.03, 0.03),
    st.sampled_from([1.0, 4 / 3, 64 / 45, 8 / 9]),
)
pixels = st.lists(st.tuples(st.floats(0, 1919), st.floats(0, 1079)), min_size=1, max_size=8)


@given(st.floats(-0.06, 0.06), pixels)
def test_distortion_is_undone_inside_the_picture(k1: float, xy: list) -> None:
    lens = Lens.pinhole(SIZE_WH, k1)

    np.testing.assert_allclose(lens.undistort(lens.distort(xy)), xy, atol=1e-7)
    np.testing.assert_allclose(lens.distort(lens.undistort(xy)), xy, atol=1e-7)


@given(st.floats(-0.06, 0.06), st.floats(0, 2 * np.pi))
def test_what_lies_far_outside_the_picture_never_comes_into_it(k1: float, angle: float) -> None:
    lens = Lens.pinhole(SIZE_WH, k1)
    radius_px = np.linspace(1.2, 40, 400) * lens.radius_px
    seen = lens.distort(lens.centre_xy + radius_px[:, None] * [np.cos(angle), np.sin(angle)])

    away_px = np.linalg.norm(seen - lens.centre_xy, axis=1)
    assert (np.diff(away_px) > 0).all()
    assert away_px[0] > lens.radius_px


def test_k1_is_the_relative_shift_in_the_corner() -> None:
    lens = Lens.pinhole(SIZE_WH, 0.02)
    corner = np.array([[-0.5, -0.5]])

    shift = np.linalg.norm(lens.undistort(corner) - corner) / lens.radius_px
    assert shift == pytest.approx(0.02, rel=1e-3)


@given(cameras)
@settings(max_examples=50)
def test_points_on_the_court_come_back_from_the_picture(camera: Camera) -> None:
    view = camera.court_view()
    seen = view.court_to_image(keypoints_xy())
    inside = np.isfinite(seen).all(axis=1) & (seen > -500).all(axis=1) & (seen < 2500).all(axis=1)

    np.testing.assert_allclose(view.image_to_court(seen[inside]), keypoints_xy()[inside], atol=1e-6)


@given(cameras)
@settings(max_examples=50)
def test_a_camera_is_recovered_from_its_view_of_the_court(camera: Camera) -> None:
    found = Camera.from_court_view(camera.court_view())

    assert found is not None
    assert found.focal_px == pytest.approx(camera.focal_px, rel=1e-6)
    np.testing.assert_allclose(found.position_m, camera.position_m, atol=1e-4)


def test_wide_pixels_squeeze_the_picture_about_its_middle() -> None:
    lens = Lens.pinhole(SIZE_WH)
    square, wide = (
        Camera.look_at((1, -28, 9), (0, 0, 0), 2000, replace(lens, pixel_aspect=aspect)) for aspect in (1.0, 1.25)
    )
    places = [(0.0, -11.9, 1.8), (4.0, 11.9, 0.0), (-4.0, 0.0, 0.9)]
    offset = square.project(places) - lens.centre_xy

    np.testing.assert_allclose(wide.project(places) - lens.centre_xy, offset / [1.25, 1], atol=1e-9)
    rays = wide.rays(wide.project(places))
    np.testing.assert_allclose(rays, square.rays(square.project(places)), atol=1e-12)
    seen = np.column_stack([rays, np.ones(3)]) @ wide.image_from_camera.T
    np.testing.assert_allclose(seen[:, :2], wide.project(places), atol=1e-9)


@given(cameras)
@settings(max_examples=30)
def test_the_ground_in_space_and_on_the_plane_are_one(camera: Camera) -> None:
    ground = np.column_stack([keypoints_xy(), np.zeros(14)])

    np.testing.assert_allclose(
        camera.project(ground), camera.court_view().court_to_image(keypoints_xy()), atol=1e-6, equal_nan=True
    )


def test_what_is_higher_is_higher_in_the_picture_and_what_is_behind_is_not_seen() -> None:
    camera = Camera.look_at((0, -30, 8), (0, 0, 0), 2000, Lens.pinhole(SIZE_WH))
    foot, head, behind = camera.project([(1, 5, 0), (1, 5, 1.8), (0, -40, 0)])

    assert head[1] < foot[1]
    assert np.isnan(behind).all()
    np.testing.assert_allclose(camera.depth_m([(0, 0, 0)]), np.hypot(30, 8), rtol=1e-9)
    assert camera.depth_m([(0, -80, 0)])[0] < 0


def test_points_behind_the_camera_have_no_pixels_and_no_keypoints() -> None:
    view = Camera.look_at((0, -8, 3), (0, 3, 0), 1200, Lens.pinhole(SIZE_WH)).court_view()

    assert np.isnan(view.court_to_image([(0, -11)])).all()
    assert "near_left_doubles" not in view.keypoints()
    assert "far_left_doubles" in view.keypoints()


def test_a_view_without_perspective_fixes_no_camera() -> None:
    flat = CourtView(np.array([[0.02, 0, -19], [0, -0.02, 10], [0, 0, 1.0]]), Lens.pinhole(SIZE_WH))

    assert Camera.from_court_view(flat) is None


def test_a_moved_view_sees_the_court_moved() -> None:
    view = Camera.look_at((0, -30, 8), (0, 0, 0), 2000, Lens.pinhole(SIZE_WH)).court_view()
    shift = np.array([[1, 0, 30.0], [0, 1, -20], [0, 0, 1]])

    np.testing.assert_allclose(view.moved_by(shift).court_to_image([(0, 0)]), view.court_to_image([(0, 0)]) - [30, -20])


def test_keypoints_are_line_crossings_half_a_width_inside_the_rules() -> None:
    assert len(KEYPOINT_NAMES) == 14
    assert KEYPOINTS["far_left_doubles"] == pytest.approx((-5.46, 11.835))
    assert KEYPOINTS["near_service_centre"] == pytest.approx((0, -6.375))
    assert keypoints_xy().sum() == pytest.approx(0)
    assert max(abs(line.start[1]) for line in LINES) == BASELINE_Y_M


def test_a_homography_is_recovered_from_points() -> None:
    matrix = np.array([[1.1, 0.2, 30], [-0.1, 0.9, 12], [1e-4, 2e-4, 1]])
    points = np.array([[0, 0], [800, 10], [790, 600], [5, 580], [400, 300.0]])

    np.testing.assert_allclose(fit_homography(points, apply_homography(matrix, points)), matrix, rtol=1e-8, atol=1e-9)


def test_weights_let_a_bad_pair_count_for_nothing() -> None:
    points = np.array([[0, 0], [800, 10], [790, 600], [5, 580], [400, 300.0]])
    target = points + np.array([[0, 0], [0, 0], [0, 0], [0, 0], [90, 0]])

    matrix = fit_homography(points, target, weights=[1, 1, 1, 1, 1e-6])
    np.testing.assert_allclose(matrix, np.eye(3), atol=1e-4)


def test_points_on_a_line_and_too_few_points_fix_no_homography() -> None:
    line = np.column_stack([np.arange(6.0), np.arange(6.0)])

    with pytest.raises(ValueError, match="general position, got points on a line"):
        fit_homography(line, line)
    with pytest.raises(ValueError, match="at least 4 pairs of points, got 3 and 3"):
        fit_homography(line[:3], line[:3])


def test_points_have_one_shape() -> None:
    assert as_points([]).shape == (0, 2)
    with pytest.raises(ValueError, match=r"xy must have shape \(n, 2\), got \(3,\)"):
        as_points([1, 2, 3])


def test_boxes_know_centre_foot_area_and_overlap() -> None:
    boxes = [[0, 0, 10, 20], [5, 5, 5, 9]]

    assert centre_xy(boxes).tolist() == [[5, 10], [5, 7]]
    assert foot_xy(boxes).tolist() == [[5, 20], [5, 9]]
    assert area_px(boxes).tolist() == [200, 0]
    assert iou(boxes, boxes).tolist() == [[1, 0], [0, 0]]
    assert iou([], boxes).shape == (0, 2)
    with pytest.raises(ValueError, match=r"xyxy must have shape \(n, 4\), got \(4,\)"):
        centre_xy([1, 2, 3, 4])


def test_a_track_of_courts_knows_where_it_has_one() -> None:
    lens = Lens.pinhole(SIZE_WH)
    still = CourtStretch(10, 19, np.eye(3)[None], lens, 0.2, 0.9)
    moving = CourtStretch(30, 32, np.stack([np.eye(3) * (k + 1) for k in range(3)]), lens, 0.2, 0.9)
    track = CourtTrack((still, moving))

    assert track.view_at(9) is None
    assert track.view_at(25) is None
    assert track.view_at(15).court_from_image[0, 0] == 1
    assert [v.court_from_image[0, 0] for v in track.views_at([30, 31, 32])] == [1, 2, 3]
    assert track.main is still
    assert CourtTrack().main is None
    assert (still.static, moving.static) == (True, False)


def test_a_stretch_has_one_matrix_or_one_a_frame() -> None:
    lens = Lens.pinhole(SIZE_WH)

    with pytest.raises(
        ValueError, match=r"court_from_image must have shape \(1, 3, 3\) or \(10, 3, 3\), got \(2, 3, 3\)"
    ):
        CourtStretch(10, 19, np.zeros((2, 3, 3)), lens, 0.2, 0.9)
    with pytest.raises(ValueError, match="last_frame must not lie before first_frame, got 5 to 4"):
        CourtStretch(5, 4, np.zeros((1, 3, 3)), lens, 0.2, 0.9)
