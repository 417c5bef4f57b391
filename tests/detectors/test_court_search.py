"""From a picture to guesses of the court: ridges, lines, guesses, and how far they are borne out."""

from functools import lru_cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drawn_frames import camera_behind, draw_court, ground, noisy
from tennalytix.core.camera import Camera
from tennalytix.core.court import LINES
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.core.homography import apply_homography
from tennalytix.detectors.court_hypotheses import ASIDE, BEHIND, guess_courts, plausible, plausible_view
from tennalytix.detectors.court_pictures import paint_brightness
from tennalytix.detectors.court_ridges import Ridges, find_ridges, ridge_rise
from tennalytix.detectors.court_search import search_court, sketch
from tennalytix.detectors.court_segments import Lines, find_lines
from tennalytix.detectors.court_support import drawn_lines, explained_share, measure_support, project

SIZE_WH = (640, 360)
VIEW = camera_behind(SIZE_WH).court_view()
IMAGE_FROM_COURT: NDArray[np.float64] = np.asarray(np.linalg.inv(VIEW.court_from_image), dtype=np.float64)


@lru_cache(maxsize=1)
def brightness() -> NDArray[np.uint8]:
    return paint_brightness(noisy(draw_court(VIEW, SIZE_WH), 0, 2.0))


@lru_cache(maxsize=1)
def ridges() -> Ridges:
    return find_ridges(brightness())


@lru_cache(maxsize=1)
def lines() -> Lines:
    return find_lines(ridges())


def line_in_picture(name: str) -> NDArray[np.float64]:
    """a x + b y + c = 0 with a^2 + b^2 = 1 of a painted line."""
    line = next(line for line in LINES if line.name == name)
    (x1, y1), (x2, y2) = VIEW.court_to_image([line.start, line.end])
    abc = np.cross([x1, y1, 1], [x2, y2, 1])
    return np.asarray(abc / np.hypot(*abc[:2]), dtype=np.float64)


def test_a_bar_of_every_width_rises_above_the_ground_and_an_edge_does_not() -> None:
    for width in (1, 2, 4, 8):
        picture = np.full((60, 80), 90, np.float32)
        picture[30 : 30 + width] = 190

        assert ridge_rise(picture)[30 + width // 2, 40] > 60
    edge = np.full((60, 80), 90, np.float32)
    edge[30:] = 190
    assert ridge_rise(edge)[25:40].max() < 10


def test_ridges_run_along_the_middles_of_lines() -> None:
    lying = line_in_picture("near_service")
    rows, columns = np.nonzero(ridges().lying)
    on = np.abs(columns * lying[0] + rows * lying[1] + lying[2]) < 1.0

    assert on.sum() > 100
    assert ridges().size_wh == SIZE_WH
    assert ridges().lying_near[ridges().lying > 0].max() == 0
    assert not find_ridges(np.full((90, 160), 80, np.uint8)).standing.any()


@pytest.mark.parametrize(
    "name", ["far_baseline", "near_baseline", "left_singles", "right_singles", "near_service", "centre_service"]
)
def test_painted_lines_are_found_as_lines(name: str) -> None:
    true = line_in_picture(name)
    close = [
        abs(abs(found[:2] @ true[:2]) - 1) < 2e-4 and abs(end @ true[:2] + true[2]) < 1.5
        for found, end in zip(lines().abc, lines().ends[:, :2], strict=True)
    ]

    assert any(close)


def test_lines_are_in_order_of_length_and_run_through_their_ends() -> None:
    found = lines()
    start = np.abs((found.abc[:, :2] * found.ends[:, :2]).sum(axis=1) + found.abc[:, 2])

    assert (np.diff(found.length_px) <= 0).all()
    np.testing.assert_allclose(np.hypot(*found.abc[:, :2].T), 1)
    assert start.max() < 1e-6
    assert len(found.best(found.slope < 0.35, 3)) == 3


def test_pieces_of_one_line_are_joined() -> None:
    lying = np.zeros((200, 300), np.uint8)
    for x in range(10, 280, 52):
        cv2.line(lying, (x, 100), (x + 46, 100), 255, 1)
    near = np.zeros(lying.shape, np.float32)
    found = find_lines(Ridges(lying, np.zeros_like(lying), near, near))

    assert len(found) == 1
    assert found.length_px[0] > 200
    assert np.ptp(found.ends[0, [0, 2]]) > 240


def test_no_ridges_give_no_lines_and_no_guesses() -> None:
    found = find_lines(find_ridges(np.full((90, 160), 80, np.uint8)))

    assert len(found) == 0
    assert guess_courts(found, (160, 90)).shape == (0, 3, 3)


@given(st.floats(-6, 6), st.floats(-60, -25), st.floats(3, 15), st.floats(1.4, 5), st.floats(-0.03, 0.03))
@settings(max_examples=60)
def test_views_of_cameras_behind_the_court_are_plausible(
    x: float, y: float, z: float, heights: float, roll: float
) -> None:
    camera = Camera.look_at((x, y, z), (0, -1, 0), heights * 360, Lens.pinhole(SIZE_WH), roll)

    assert plausible_view(camera.court_view(), SIZE_WH)


def test_views_that_no_such_camera_has_are_not() -> None:
    aside = Camera.look_at((-40, 0, 9), (0, 0, 0), 700, Lens.pinhole(SIZE_WH)).court_view()
    above = Camera.look_at((0, -30, 80), (0, 0, 0), 700, Lens.pinhole(SIZE_WH)).court_view()
    mirrored = np.diag([-1.0, 1, 1]) @ VIEW.court_from_image
    squeezed = VIEW.court_from_image @ np.diag([2.0, 1, 1])

    for view in (aside, above):
        assert not plausible_view(view, SIZE_WH)
    for matrix in (mirrored, squeezed):
        assert not plausible_view(CourtView(matrix, VIEW.lens), SIZE_WH)
    assert plausible(np.stack([IMAGE_FROM_COURT, np.eye(3)]), SIZE_WH).tolist() == [True, False]


def test_the_true_court_is_among_the_guesses() -> None:
    guesses = guess_courts(lines(), SIZE_WH)
    points = np.array([[-4.0, 11], [4, 11], [-4, -6], [4, -6]])
    off = np.hypot(*np.moveaxis(project(guesses, points) - VIEW.court_to_image(points), -1, 0)).max(axis=1)

    assert off.min() < 3


def test_the_true_court_is_borne_out_and_a_shifted_one_is_not() -> None:
    shift = np.array([[1, 0, 12.0], [0, 1, 9], [0, 0, 1]])
    support = measure_support(np.stack([IMAGE_FROM_COURT, shift @ IMAGE_FROM_COURT]), ridges())

    assert support.total[0] > 0.85
    assert support.total[1] < 0.4
    assert support.held_px[0] > support.held_px[1]
    assert explained_share(IMAGE_FROM_COURT, drawn_lines(lines(), SIZE_WH)) > 0.9
    assert explained_share(shift @ IMAGE_FROM_COURT, drawn_lines(lines(), SIZE_WH)) < 0.6


def test_no_guesses_have_no_support_and_no_lines_leave_nothing_unexplained() -> None:
    empty = find_ridges(np.full((360, 640), 80, np.uint8))

    assert measure_support(np.zeros((0, 3, 3)), ridges()).total.shape == (0,)
    assert measure_support(IMAGE_FROM_COURT[None], empty).total.tolist() == [0]
    assert explained_share(IMAGE_FROM_COURT, drawn_lines(find_lines(empty), SIZE_WH)) == 1


def test_points_behind_the_camera_are_projected_far_outside() -> None:
    seen = project(IMAGE_FROM_COURT[None], np.array([[0.0, -40.0], [0, 0]]))

    assert (seen[0, 0] == -1e5).all()
    np.testing.assert_allclose(seen[0, 1], VIEW.court_to_image([(0, 0)])[0])


@pytest.mark.parametrize("scale", [1, 3])
def test_the_search_finds_the_court_in_pictures_of_any_size(scale: int) -> None:
    size_wh = (SIZE_WH[0] * scale, SIZE_WH[1] * scale)
    view = camera_behind(size_wh).court_view()
    guesses = search_court(sketch(paint_brightness(noisy(draw_court(view, size_wh), 0, 2.0))))
    points = [(-4, 11), (4, 11), (-4, -6), (4, -6)]

    assert 1 <= len(guesses) <= 3
    assert np.abs(guesses[0].view.court_to_image(points) - view.court_to_image(points)).max() < 4 * scale
    assert guesses[0].support > 0.7
    assert guesses[0].explained > 0.7


@pytest.mark.parametrize("degrees", [-88, -65, -40, 35, 50, 75, 85])
def test_a_court_is_found_from_aside(degrees: float) -> None:
    angle, size_wh = np.radians(degrees), (1280, 720)
    place = (34 * np.sin(angle), -34 * np.cos(angle), 9.0)
    view = Camera.look_at(place, (0.0, 0.0, 0.0), 1000, Lens.pinhole(size_wh)).court_view()
    lines = sketch(paint_brightness(noisy(draw_court(view, size_wh), 0, 2.0)))
    points = [(-4, 11), (4, 11), (-4, -6), (4, -6)]

    guess = search_court(lines, ASIDE)[0]

    assert np.abs(guess.view.court_to_image(points) - view.court_to_image(points)).max() < 5
    assert plausible_view(guess.view, size_wh, ASIDE)


@pytest.mark.parametrize("scale", [1, 3])
def test_a_bent_picture_is_searched_as_if_it_were_straight(scale: int) -> None:
    size_wh = (SIZE_WH[0] * scale, SIZE_WH[1] * scale)
    view = camera_behind(size_wh, k1=0.3).court_view()
    found = sketch(paint_brightness(noisy(draw_court(view, size_wh), 0, 2.0)), 0.3)
    points = [(-4, 11), (4, 11), (-4, -6), (4, -6)]

    guess = search_court(found)[0]

    assert guess.view.lens.k1 == 0.3
    assert np.abs(guess.view.court_to_image(points) - view.court_to_image(points)).max() < 4 * scale
    edges = [(0.0, size_wh[1] / 2), (size_wh[0] - 1.0, size_wh[1] / 2)]
    straight = apply_homography(found.picture_from_undistorted, view.lens.undistort(edges))
    assert np.abs(straight[:, 0] - [0, found.picture.shape[1] - 1]).max() < 1


def test_the_search_finds_nothing_on_bare_ground() -> None:
    lines = sketch(paint_brightness(noisy(ground(SIZE_WH), 0)))

    assert [search_court(lines, stance) for stance in (BEHIND, ASIDE)] == [[], []]
