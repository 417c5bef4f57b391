import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tennalytix.detectors.ball_heatmap import Placement, find_candidates, fit, pool, stretch
from tennalytix.detectors.base import BallCandidates

INPUT_WH = (512, 288)
SAME = Placement(INPUT_WH, (1.0, 1.0), (0.0, 0.0))
sizes = st.tuples(st.integers(16, 2000), st.integers(16, 2000))


def heat_at(
    *places_xy: tuple[float, float], peak: float = 0.95, size_wh: tuple[int, int] = INPUT_WH
) -> NDArray[np.float32]:
    """Gaussians, as wide as the targets of TrackNet."""
    y, x = np.mgrid[0 : size_wh[1], 0 : size_wh[0]]
    return np.max([peak * np.exp(-((x - px) ** 2 + (y - py) ** 2) / 5) for px, py in places_xy], axis=0).astype(
        np.float32
    )


def candidates(heatmap: NDArray[np.float32], placement: Placement = SAME, **options: float) -> BallCandidates:
    given = {"threshold": 0.05, "ball_heat": 21.0, "max_candidates": 8} | options
    return find_candidates(heatmap, placement, **given)  # type: ignore[arg-type]


def picture(size_wh: tuple[int, int], seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (size_wh[1], size_wh[0], 3), dtype=np.uint8)


# --- pictures in the input -------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=50)
@given(size_wh=sizes)
@pytest.mark.parametrize("place", [stretch, fit], ids=["stretch", "fit"])
def test_the_whole_picture_lies_in_the_input(place: type, size_wh: tuple[int, int]) -> None:
    seen, placement = place(np.zeros((size_wh[1], size_wh[0], 3), np.uint8), INPUT_WH)  # type: ignore[call-arg]
    first, last = placement.to_input(np.array([[0.0, 0.0], [size_wh[0] - 1.0, size_wh[1] - 1.0]]))

    assert seen.shape == (*INPUT_WH[::-1], 3)
    assert (first >= -0.5).all()
    assert (last < INPUT_WH).all()
    assert np.allclose(placement.to_source(placement.to_input(np.array([[3.25, 7.5]]))), [[3.25, 7.5]])


@settings(deadline=None, max_examples=30)
@given(width=st.integers(16, 3000), height=st.integers(16, 3000))
def test_a_resized_pixels_middle_goes_where_resizing_takes_it(width: int, height: int) -> None:
    _, placement = stretch(np.zeros((height, width, 3), np.uint8), INPUT_WH)
    scale = np.array(INPUT_WH) / (width, height)
    xy = np.array([[0.0, 0.0], [width / 3, height - 1.0]])

    assert np.allclose(placement.to_input(xy), (xy + 0.5) * scale - 0.5)


@pytest.mark.parametrize("size_wh", [(1280, 720), (1920, 1080), (640, 480), (720, 1280), (333, 187), (200, 100)])
@pytest.mark.parametrize("place", [stretch, fit], ids=["stretch", "fit"])
def test_a_spot_in_the_picture_is_where_its_placement_says(place: type, size_wh: tuple[int, int]) -> None:
    y, x = np.mgrid[0 : size_wh[1], 0 : size_wh[0]]
    wide = 0.02 * size_wh[0]
    for spot in ((0.25, 0.3), (0.71, 0.55)):
        xy = np.array(spot) * size_wh
        grey = 250 * np.exp(-((x - xy[0]) ** 2 + (y - xy[1]) ** 2) / (2 * wide**2))
        seen, placement = place(np.repeat(grey[..., None], 3, 2).round().astype(np.uint8), INPUT_WH)  # type: ignore[call-arg]
        found = candidates((seen[..., 0] / 255).astype(np.float32), placement, threshold=0.1)

        assert np.abs(found.xy[0] - xy).max() < 0.1 * max(1.0, *(1 / np.array(placement.scale_xy)))


@pytest.mark.parametrize(
    ("size_wh", "crop", "matrix"),
    [
        # What WASB-SBDT's get_affine_transform gives with these sizes.
        ((1280, 720), True, [[0.4, 0, 0], [0, 0.4, 0]]),
        ((1280, 720), False, [[0.4, 0, 0], [0, 0.4, 0]]),
        ((1000, 400), True, [[0.512, 0, 0], [0, 0.512, 41.6]]),
        ((1000, 400), False, [[0.512, 0, 0], [0, 0.512, 41.6]]),
        ((640, 480), True, [[0.8, 0, 0], [0, 0.8, -48]]),
        ((640, 480), False, [[0.6, 0, 64], [0, 0.6, 0]]),
        ((720, 1280), True, [[0.4, 0, 112], [0, 0.4, -112]]),
        ((720, 1280), False, [[0.225, 0, 175], [0, 0.225, 0]]),
    ],
)
def test_cropping_is_the_references_and_nothing_is_lost_without(
    size_wh: tuple[int, int], crop: bool, matrix: list[list[float]]
) -> None:
    _, placement = fit(picture(size_wh), INPUT_WH, crop=crop)

    assert np.allclose(placement.matrix, matrix)


def test_what_is_beside_the_picture_is_black() -> None:
    seen, _ = fit(np.full((480, 640, 3), 200, np.uint8), INPUT_WH)

    assert (seen[:, :63] == 0).all()
    assert (seen[:, 65:447] == 200).all()
    assert (seen[:, 449:] == 0).all()


def test_a_fitted_picture_is_the_references_pixel_by_pixel() -> None:
    # Values of WASB-SBDT's warp of this picture.
    seen, _ = fit(picture((1280, 720)), INPUT_WH)

    assert np.abs(seen[[0, 100, 287], [0, 300, 511]].astype(int) - FITTED).max() <= 2


FITTED = np.array([[95, 130, 194], [201, 65, 37], [104, 202, 67]])


# --- candidates ------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(size_wh=sizes, share=st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)), whole=st.booleans())
def test_a_blob_is_found_to_a_fraction_of_a_pixel_at_any_resolution(
    size_wh: tuple[int, int], share: tuple[float, float], whole: bool
) -> None:
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    _, placement = fit(image, INPUT_WH) if whole else stretch(image, INPUT_WH)
    truth = np.array([share]) * size_wh - 0.5
    place = placement.to_input(truth)[0]
    if not ((place > 6) & (place < np.array(INPUT_WH) - 7)).all():
        return
    found = candidates(heat_at((place[0], place[1])), placement)

    # A twentieth of a pixel of the input, which is coarser than the picture or finer.
    assert (np.abs(found.xy[0] - truth[0]) * placement.scale_xy < 0.05).all()


def test_several_blobs_are_several_candidates_heaviest_first() -> None:
    heat = np.maximum(heat_at((100.25, 50.5), peak=0.6), heat_at((300.75, 200.0), peak=0.95))
    found = candidates(heat, threshold=0.1)

    assert np.abs(found.xy - [[300.75, 200.0], [100.25, 50.5]]).max() < 0.05
    assert found.score[0] > found.score[1]


def test_the_score_is_the_share_of_a_whole_balls_heat() -> None:
    heat = np.zeros((288, 512), np.float32)
    heat[10:13, 10:13] = 0.5
    heat[50:60, 50:60] = 1.0

    assert candidates(heat).score == pytest.approx([1.0, 4.5 / 21])


def test_blobs_that_score_one_alike_still_come_heaviest_first() -> None:
    heat = np.zeros((288, 512), np.float32)
    heat[10:20, 10:20] = 0.8
    heat[50:60, 50:60] = 0.9
    found = candidates(heat)

    assert found.score.tolist() == [1.0, 1.0]
    assert found.xy[0].tolist() == [54.5, 54.5]


def test_pixels_that_touch_at_corners_are_one_blob_and_a_value_at_the_threshold_is_none() -> None:
    heat = np.zeros((8, 8), np.float32)
    heat[2, 2] = heat[3, 3] = 0.75
    heat[6, 6] = 0.5
    found = candidates(heat, Placement((8, 8), (1.0, 1.0), (0.0, 0.0)), threshold=0.5)

    assert found.xy.tolist() == [[2.5, 2.5]]


def test_an_unweighted_centroid_takes_every_pixel_for_the_same() -> None:
    heat = np.zeros((288, 512), np.float32)
    heat[20, 30:33] = 0.6, 0.6, 0.9
    weighted, plain = (candidates(heat, threshold=0.5, weighted=w) for w in (True, False))

    assert plain.xy[0].tolist() == [31.0, 20.0]
    assert weighted.xy[0, 0] == pytest.approx((30 * 0.6 + 31 * 0.6 + 32 * 0.9) / 2.1)
    assert plain.score == pytest.approx([3 / 21])


def test_what_lies_beside_the_picture_is_no_candidate() -> None:
    _, placement = fit(np.zeros((480, 640, 3), np.uint8), INPUT_WH)
    found = candidates(heat_at((20.0, 100.0), (256.0, 144.0)), placement)

    assert np.abs(found.xy - [[320.0, 240.0]]).max() < 0.1


def test_a_ball_at_the_very_edge_stays_in_the_picture() -> None:
    _, placement = fit(np.zeros((72, 128, 3), np.uint8), INPUT_WH)
    found = candidates(heat_at((511.0, 287.0)), placement, threshold=0.9)

    assert found.xy.tolist() == [[127.5, 71.5]]


@pytest.mark.parametrize("level", [0.0, 0.5])
def test_a_flat_map_has_no_candidates(level: float) -> None:
    found = candidates(np.full((288, 512), level, np.float32), threshold=0.5)

    assert found.xy.shape == (0, 2)
    assert found.score.shape == (0,)


def test_no_more_candidates_are_given_than_asked_for() -> None:
    heat = heat_at(*((30.0 * k, 20.0 * k) for k in range(1, 12)))

    assert len(candidates(heat, max_candidates=3).score) == 3


def test_a_shifted_placement_moves_candidates_by_so_many_input_pixels() -> None:
    _, placement = fit(np.zeros((720, 1280, 3), np.uint8), INPUT_WH)
    heat = heat_at((200.0, 100.0))

    assert np.allclose(candidates(heat, placement.shifted(0.4)).xy - candidates(heat, placement).xy, 1.0)


# --- pooling ---------------------------------------------------------------------------------------------------------


def test_pooling_keeps_the_best_of_what_is_close() -> None:
    a = BallCandidates(np.array([[10.0, 10.0], [50.0, 50.0]]), np.array([0.9, 0.2]))
    b = BallCandidates(np.array([[12.0, 10.0], [90.0, 90.0]]), np.array([0.95, 0.5]))
    found = pool([a, b, BallCandidates.none()], apart_px=5, max_candidates=8)

    assert found.xy.tolist() == [[12.0, 10.0], [90.0, 90.0], [50.0, 50.0]]
    assert found.score.tolist() == [0.95, 0.5, 0.2]
    assert len(pool([a, b], apart_px=5, max_candidates=2).score) == 2


def test_nothing_pooled_with_nothing_is_nothing() -> None:
    found = pool([BallCandidates.none()] * 3, apart_px=5, max_candidates=8)

    assert found.xy.shape == (0, 2)
