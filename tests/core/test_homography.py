import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from tennalytix.core.homography import apply_homography, as_points, fit_homography

small = st.floats(-0.2, 0.2)
# Near enough to a similarity that no point of a picture comes near the horizon.
matrices = st.tuples(small, small, small, small, st.floats(-300, 300), st.floats(-300, 300), small, small).map(
    lambda v: np.array([[1 + v[0], v[1], v[4]], [v[2], 1 + v[3], v[5]], [v[6] / 2000, v[7] / 2000, 1.0]])
)
GRID = np.stack(np.meshgrid(np.linspace(0, 1279, 5), np.linspace(0, 719, 4)), axis=-1).reshape(-1, 2)


@given(matrices)
def test_a_mapping_and_its_inverse_cancel(a_from_b: NDArray[np.float64]) -> None:
    there = apply_homography(a_from_b, GRID)

    np.testing.assert_allclose(apply_homography(np.linalg.inv(a_from_b), there), GRID, atol=1e-6)


@given(matrices, matrices)
def test_matrices_multiply_as_their_names_read(a_from_b: NDArray[np.float64], b_from_c: NDArray[np.float64]) -> None:
    at_once = apply_homography(a_from_b @ b_from_c, GRID)

    np.testing.assert_allclose(at_once, apply_homography(a_from_b, apply_homography(b_from_c, GRID)), atol=1e-6)


@given(matrices, st.floats(0.01, 100))
def test_the_scale_of_a_matrix_does_not_matter(a_from_b: NDArray[np.float64], scale: float) -> None:
    np.testing.assert_allclose(apply_homography(a_from_b * scale, GRID), apply_homography(a_from_b, GRID), atol=1e-6)


@given(matrices)
def test_a_fit_finds_the_mapping_of_exact_pairs(a_from_b: NDArray[np.float64]) -> None:
    fitted = fit_homography(GRID, apply_homography(a_from_b, GRID))

    assert fitted[2, 2] == 1
    np.testing.assert_allclose(apply_homography(fitted, GRID), apply_homography(a_from_b, GRID), atol=1e-6)


def test_four_pairs_are_enough() -> None:
    corners = [[0, 0], [100, 0], [100, 100], [0, 100]]
    target = [[10, 10], [90, 20], [120, 110], [0, 90]]

    np.testing.assert_allclose(apply_homography(fit_homography(corners, target), corners), target, atol=1e-9)


def test_noise_averages_out() -> None:
    rng = np.random.default_rng(0)
    source = rng.uniform(0, 1000, (400, 2))
    a_from_b = np.array([[1.1, 0.05, 20], [-0.02, 0.9, -30], [1e-5, 2e-5, 1]])
    fitted = fit_homography(source, apply_homography(a_from_b, source) + rng.normal(0, 1, (400, 2)))

    assert np.abs(apply_homography(fitted, GRID) - apply_homography(a_from_b, GRID)).max() < 0.5


def test_weights_decide_between_pairs_that_disagree() -> None:
    target = GRID.copy()
    target[7] += 50
    weights = np.ones(len(GRID))
    weights[7] = 0

    assert np.abs(fit_homography(GRID, target) - np.eye(3)).max() > 1e-2
    np.testing.assert_allclose(fit_homography(GRID, target, weights), np.eye(3), atol=1e-9)


def test_points_on_the_horizon_are_not_finite_and_do_not_warn() -> None:
    a_from_b = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0.0]])

    assert not np.isfinite(apply_homography(a_from_b, [[5, 0], [0, 0]])).any(axis=1).any()


def test_no_points_stay_no_points() -> None:
    assert apply_homography(np.eye(3), []).shape == (0, 2)
    assert as_points([]).shape == (0, 2)


@pytest.mark.parametrize("xy", [[1.0, 2.0, 3.0], [[1, 2, 3]], [[[1, 2]]]])
def test_other_shapes_are_refused(xy: ArrayLike) -> None:
    with pytest.raises(ValueError, match=r"xy must have shape \(n, 2\), got"):
        as_points(xy)


@pytest.mark.parametrize(("source", "target"), [(3, 3), (5, 4)])
def test_too_few_or_unequal_pairs_are_refused(source: int, target: int) -> None:
    message = f"fit_homography must have at least 4 pairs of points, got {source} and {target}"
    with pytest.raises(ValueError, match=message):
        fit_homography(GRID[:source], GRID[:target])


@pytest.mark.parametrize("points", [[[k, 2 * k] for k in range(6)], [[3, 3]] * 6])
def test_points_that_fix_no_mapping_are_refused(points: list[list[int]]) -> None:
    with pytest.raises(ValueError, match=r"got points on a line\. Use other points"):
        fit_homography(points, GRID[:6])
