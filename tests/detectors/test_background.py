from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drawn_frames import ground, noisy
from tennalytix.detectors.background import (
    Background,
    brighten,
    comparators,
    densest_half,
    half_size,
    largest_shift,
    learn,
    relative_brightness,
    sort_layers,
    warp,
    widen_unknown,
)
from tennalytix.detectors.people_motion_evidence import foreground
from tennalytix.detectors.people_motion_picture import Picture, reduced_picture, reduced_size, scale_matrix

SIZE_WH = (160, 90)


def shift(x: float, y: float) -> NDArray[np.float64]:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])


def picture_of(image: NDArray[np.uint8], x: float = 0, y: float = 0) -> Picture:
    return reduced_picture(image, shift(x, y))


@pytest.mark.parametrize("count", range(1, 13))
def test_the_network_sorts_all_zeros_and_ones(count: int) -> None:
    # Whatever sorts all inputs of zeros and ones sorts everything (Knuth, 5.3.4, theorem Z).
    layers = [np.array([n >> k & 1 for n in range(2**count)], np.uint8) for k in range(count)]
    ordered = sort_layers(layers)

    assert (np.diff(np.array(ordered).astype(int), axis=0) >= 0).all()
    assert all(0 <= low < high < count for low, high in comparators(count))


@given(st.integers(1, 40), st.integers(0, 10**6))
@settings(max_examples=25)
def test_layers_are_sorted_pixel_by_pixel(count: int, seed: int) -> None:
    layers = np.random.default_rng(seed).integers(0, 256, (count, 3, 4), dtype=np.uint8)

    np.testing.assert_array_equal(sort_layers(list(layers)), np.sort(layers, axis=0))


@given(st.lists(st.integers(0, 255), min_size=1, max_size=15))
def test_the_densest_half_is_the_narrowest_interval_that_holds_more_than_half(values: list[int]) -> None:
    middle, width = densest_half([np.array([[v]], np.uint8) for v in values])
    ordered, half = sorted(values), len(values) // 2
    narrowest = min(ordered[k + half] - ordered[k] for k in range(len(values) - half))

    assert width[0, 0] == narrowest
    assert middle[0, 0] in values


def test_what_is_most_often_seen_is_the_background() -> None:
    values = [40, 41, 42, 40, 41, 200, 10, 90, 255]

    assert densest_half([np.array([[v]], np.uint8) for v in values])[0][0, 0] in (40, 41, 42)


def test_somebody_who_walks_leaves_no_trace_in_the_background() -> None:
    empty = ground(SIZE_WH)
    images = []
    for k in range(12):
        image = empty.copy()
        image[30:70, 5 + 12 * k : 15 + 12 * k] = 240
        images.append(noisy(image, k))
    pictures = [picture_of(image) for image in images]
    learnt, true = learn(pictures, pictures[0]), picture_of(empty)

    assert np.abs(learnt.luma.astype(int) - true.luma).max() <= 8
    assert np.abs(learnt.chroma.astype(int) - true.chroma).max() <= 8
    assert np.median(learnt.luma_spread) < 8


def test_pictures_of_a_panning_camera_are_laid_on_top_of_one_another() -> None:
    wide = noisy(ground((320, 90)), 1, 4.0)
    pictures = [picture_of(wide[:, 6 * k : 6 * k + 160], 6 * k) for k in range(10)]
    learnt = learn(pictures, pictures[5])
    middle = (slice(8, -8), slice(40, 120))

    assert np.abs(learnt.luma.astype(int) - pictures[5].luma)[middle].mean() < 2.5
    seen = learnt.seen_by(pictures[2])
    np.testing.assert_allclose(seen.reference_from_picture, pictures[2].reference_from_picture, atol=1e-9)
    assert np.abs(seen.luma.astype(int) - pictures[2].luma)[middle].mean() < 2.5


def test_what_was_never_seen_is_not_known() -> None:
    picture = picture_of(ground(SIZE_WH))
    seen = learn([picture] * 3, picture).seen_by(picture_of(ground(SIZE_WH), x=60))

    assert (seen.luma_spread[:, -50:] == 255).all()
    assert (seen.luma_spread[:, :90] < 255).all()


def test_a_still_camera_sees_the_background_itself() -> None:
    picture = picture_of(ground(SIZE_WH))
    learnt = learn([picture] * 3, picture)

    assert learnt.seen_by(picture) is learnt


@pytest.mark.parametrize("gain", [0.8, 1.2])
def test_the_background_takes_on_the_light_of_the_picture(gain: float) -> None:
    image = ground(SIZE_WH)
    picture, other = picture_of(image), picture_of((image * gain).astype(np.uint8))
    seen = learn([picture] * 3, picture).seen_by(other)

    assert np.abs(seen.luma.astype(int) - other.luma).max() < 10


@pytest.mark.parametrize("gain", [0.5, 0.9, 1.3])
def test_brightness_is_measured_as_it_is_made(gain: float) -> None:
    picture = picture_of(ground(SIZE_WH))
    luma, chroma = brighten(picture.luma, picture.chroma, gain)

    assert relative_brightness(luma, picture.luma) == pytest.approx(gain, rel=0.02)
    assert chroma.shape == picture.chroma.shape


def test_black_pictures_and_tiny_ones_tell_nothing_of_the_light() -> None:
    assert relative_brightness(np.full((90, 160), 16, np.uint8), np.full((90, 160), 90, np.uint8)) == 1.0
    assert relative_brightness(np.full((2, 2), 90, np.uint8), np.full((2, 2), 30, np.uint8)) == 1.0


def test_a_plane_moves_as_its_matrix_says() -> None:
    plane = np.zeros((20, 30), np.uint8)
    plane[5, 7] = 200
    moved = warp(plane, shift(3, 2), border=9)

    assert moved[7, 10] == 200
    assert (moved[:2] == 9).all()
    assert largest_shift(shift(3, 2), (30, 20)) == 3


def test_the_unknown_is_widened_and_the_rest_kept() -> None:
    spread = np.full((9, 9), 7, np.uint8)
    spread[:, 8] = 255

    assert (widen_unknown(spread) == 255).any(axis=0).tolist() == [False] * 6 + [True] * 3
    assert (widen_unknown(spread)[:, :6] == 7).all()


def test_half_as_large_moves_half_as_far() -> None:
    np.testing.assert_allclose(half_size(shift(4, -6)), shift(2, -3), atol=1e-12)


@given(st.integers(1, 4000), st.integers(1, 4000))
def test_pictures_are_reduced_to_even_sizes_of_the_same_shape(width: int, height: int) -> None:
    small = reduced_size((width, height))

    assert all(side % 2 == 0 and side >= 2 for side in small)
    assert np.hypot(*small) < 1110
    assert all(s <= max(2, w + 1) for s, w in zip(small, (width, height), strict=True))


def test_full_hd_is_halved() -> None:
    assert reduced_size((1920, 1080)) == (960, 540)
    assert reduced_size((640, 360)) == (640, 360)


def test_resizing_moves_the_edges_onto_the_edges() -> None:
    edges = scale_matrix((1920, 1080), (960, 540)) @ np.array([[-0.5, 1919.5], [-0.5, 1079.5], [1, 1]])

    np.testing.assert_allclose(edges[:2], [[-0.5, 959.5], [-0.5, 539.5]])


def test_a_reduced_picture_has_half_the_colour_and_the_motion_of_its_own_size() -> None:
    picture = reduced_picture(np.full((720, 1280, 3), (70, 110, 150), np.uint8), shift(40, 0))

    assert picture.size_wh == (960, 540)
    assert picture.chroma.shape == (2, 270, 480)
    assert picture.size_bytes == 960 * 540 * 3 // 2
    assert picture.reference_from_picture[0, 2] == pytest.approx(30)


def test_a_score_box_is_background_though_the_camera_moves_behind_it() -> None:
    court = noisy(ground((240, 90)), 0)
    court[:, ::12] = 255
    pictures = []
    for x in (0, 12, 2, 10, 4, 8, 6, 8, 4, 10, 2, 12, 0):
        image = court[:, x : x + 160].copy()
        image[60:80, 20:60] = (250, 240, 30)
        pictures.append(picture_of(image, x=float(x)))
    background = learn(pictures, pictures[6])
    for picture in (pictures[0], pictures[1]):
        with_box, without = background.seen_by(picture), replace(background, overlay=None).seen_by(picture)

        assert differing(picture, with_box) < 0.5 * differing(picture, without)


def test_letters_in_a_score_box_stray_at_their_edges_and_are_nobody() -> None:
    court = noisy(ground((240, 90)), 0)
    rng, pictures = np.random.default_rng(5), []
    for x in (0, 12, 2, 10, 4, 8, 6, 8, 4, 10, 2, 12, 0):
        image = court[:, x : x + 160].copy()
        box = np.full((20, 40, 3), 30, np.uint8)
        for column in range(3):
            box[4:16, 3 + column :: 8] = 240
        # Compression leaves edges elsewhere each time.
        sharpness = rng.uniform(0.45, 0.65)
        image[60:80, 20:60] = cv2.GaussianBlur(box, (0, 0), sharpness)
        pictures.append(picture_of(image, x=float(x)))
    background = learn(pictures, pictures[6])

    for picture in (pictures[0], pictures[1]):
        evidence = foreground(picture, background.seen_by(picture))[62:78, 22:58]
        assert (evidence > 4).mean() < 0.02
        nobody = replace(background, overlay=None)
        assert (foreground(picture, nobody.seen_by(picture))[62:78, 22:58] > 4).mean() > 0.5


def differing(picture: Picture, background: Background) -> float:
    """Share of the score box's surroundings that differ from the background."""
    difference = np.abs(picture.luma.astype(int) - background.luma.astype(int))[58:82, 18:62]
    return float((difference > 12).mean())


def test_a_still_camera_shows_no_score_box_apart() -> None:
    pictures = [picture_of(noisy(ground(SIZE_WH), k)) for k in range(6)]

    assert learn(pictures, pictures[0]).overlay is None
