"""A rough view made exact: profiles across lines, the fit, and the pictures they are read from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn_frames import camera_behind, clip_of, draw_court, frames_of, ground, noisy
from tennalytix.core.court import LINES
from tennalytix.core.court_fit import line_distances_px
from tennalytix.core.court_view import CourtView
from tennalytix.detectors.court_pictures import laid_over, median_picture, paint_brightness, reduced, spread_frames
from tennalytix.detectors.court_profiles import sight_lines
from tennalytix.detectors.court_refine import judge_view, refine_view
from tennalytix.video.frame import Frame

SIZE_WH = (640, 360)
CORNERS = [(-4.1, 11.8), (4.1, 11.8), (-4.1, -6.3), (4.1, -6.3)]


def view_of(k1: float = 0.0) -> CourtView:
    return camera_behind(SIZE_WH, k1).court_view()


def nudged(view: CourtView, x: float, y: float) -> CourtView:
    return CourtView(view.court_from_image @ np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]]), view.lens)


def picture(k1: float = 0.0) -> np.ndarray:
    return paint_brightness(noisy(draw_court(view_of(k1), SIZE_WH), 1, 2.0))


def test_lines_are_sighted_to_a_fraction_of_a_pixel() -> None:
    sightings = sight_lines(picture(), nudged(view_of(), 1.0, -0.8), reach_px=4.0)
    away = np.abs(line_distances_px(view_of(), sightings.points))

    assert len(sightings.points) > 200
    assert np.median(away) < 0.1
    assert np.quantile(away, 0.9) < 0.4
    assert len(sightings.line) == len(sightings.points)
    assert (np.bincount(sightings.line, minlength=len(LINES)) <= sightings.read).all()


def test_nothing_is_sighted_on_bare_ground_or_out_of_the_picture() -> None:
    bare = sight_lines(np.full((360, 640), 90, np.uint8), view_of(), 4.0)
    away = sight_lines(picture(), nudged(view_of(), 5000, 0), 4.0)

    assert len(bare.points) == 0
    assert bare.read.sum() > 100
    assert away.read.sum() == 0


@pytest.mark.parametrize("k1", [0.0, -0.03, 0.03])
def test_a_rough_view_becomes_exact(k1: float) -> None:
    start = nudged(CourtView(view_of(k1).court_from_image, view_of().lens), 1.5, -1.0)
    found = refine_view(picture(k1), start)

    assert found is not None
    assert np.abs(found.view.court_to_image(CORNERS) - view_of(k1).court_to_image(CORNERS)).max() < 0.25
    assert found.view.lens.k1 == pytest.approx(k1, abs=0.01)
    assert found.share > 0.9
    assert found.residual_px < 0.2
    assert found.fixes_court


def test_the_lens_can_be_kept() -> None:
    found = refine_view(picture(-0.03), view_of(), fit_lens=False)

    assert found is not None
    assert found.view.lens.k1 == 0


def test_nothing_is_fitted_where_hardly_a_line_is_seen() -> None:
    assert refine_view(np.full((360, 640), 90, np.uint8), view_of()) is None


def test_a_picture_bears_out_the_true_view_only() -> None:
    true, wrong = judge_view(picture(), view_of()), judge_view(picture(), nudged(view_of(), 9, 7))
    nowhere = judge_view(np.full((360, 640), 90, np.uint8), view_of())

    assert true.share > 0.9
    assert wrong.share < 0.4
    assert (nowhere.share, nowhere.residual_px, nowhere.fixes_court) == (0, float("inf"), False)


def test_lines_one_way_alone_do_not_fix_the_court() -> None:
    image = np.full((360, 640, 3), (60, 100, 150), np.uint8)
    court = draw_court(view_of(), SIZE_WH)
    for _, y in view_of().court_to_image([(0, 11.835), (0, 6.375), (0, -6.375), (0, -11.835)]):
        rows = slice(int(y) - 3, int(y) + 4)
        image[rows] = court[rows]

    assert not judge_view(paint_brightness(image), view_of()).fixes_court


def test_white_outshines_every_coloured_ground() -> None:
    colours = np.array([[[255, 255, 255], [60, 100, 200], [200, 100, 60], [60, 160, 60], [255, 255, 0]]], np.uint8)

    assert paint_brightness(colours)[0].argmax() == 0
    assert paint_brightness(colours).shape == (1, 5)


@given(st.integers(1, 9), st.integers(0, 1000))
def test_the_median_is_that_of_every_pixel(count: int, seed: int) -> None:
    layers = np.random.default_rng(seed).integers(0, 256, (count, 4, 5), dtype=np.uint8)
    before = layers.copy()
    median = median_picture(layers)

    np.testing.assert_array_equal(median, np.sort(layers, axis=0)[count // 2])
    np.testing.assert_array_equal(layers, before)


def test_no_pictures_have_no_median() -> None:
    assert median_picture([]) is None
    assert laid_over(clip_of(frames_of([ground(SIZE_WH)])), [], 0) == {}


def test_a_clean_picture_shows_nothing_that_moves() -> None:
    images = []
    for k in range(5):
        image = draw_court(view_of(), SIZE_WH)
        image[100:300, 100 * k : 100 * k + 90] = 10
        images.append(image)
    clean = median_picture(laid_over(clip_of(frames_of(images)), range(5), 2).values())

    np.testing.assert_array_equal(clean, paint_brightness(draw_court(view_of(), SIZE_WH)))


def test_pictures_of_a_moving_camera_are_laid_over_the_reference() -> None:
    wide = noisy(ground((800, 360)), 0, 5.0)
    frames = []
    for k in range(5):
        moved = np.array([[1, 0, 20.0 * k], [0, 1, 0], [0, 0, 1]])
        frames.append(Frame(k, k / 25, wide[:, 20 * k : 20 * k + 640].copy(), reference_from_image=moved))
    clean = median_picture(laid_over(clip_of(frames), range(5), 2).values())

    assert clean is not None
    np.testing.assert_array_equal(clean[:, 50:-50], paint_brightness(frames[2].image)[:, 50:-50])


def test_pictures_are_only_ever_made_smaller() -> None:
    large = np.zeros((1080, 1920), np.uint8)

    assert reduced(large, 1280).shape == (720, 1280)
    assert reduced(large.T, 1280).shape == (1280, 720)
    assert reduced(large, 4000) is large


@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 12))
def test_frames_are_spread_over_the_whole_span(first: int, length: int, count: int) -> None:
    frames = spread_frames(first, first + length, count)

    assert frames == sorted(set(frames))
    assert len(frames) == min(count, length + 1)
    assert frames[0] == first
    assert count == 1 or frames[-1] == first + length
