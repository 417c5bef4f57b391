"""Plane-to-plane mappings in homogeneous coordinates. A matrix `a_from_b` takes points of b to points of a."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def apply_homography(a_from_b: ArrayLike, xy: ArrayLike) -> NDArray[np.float64]:
    """Maps points, shape (n, 2) to (n, 2). Points on the horizon come back as inf or NaN, without a warning.

    Examples:
        >>> apply_homography(np.diag([2.0, 2.0, 1.0]), [[1, 3]]).tolist()
        [[2.0, 6.0]]
    """
    matrix = np.asarray(a_from_b, dtype=np.float64)
    points = as_points(xy)
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        result: NDArray[np.float64] = mapped[:, :2] / mapped[:, 2:]
    return result


def scaling(x: float, y: float | None = None) -> NDArray[np.float64]:
    """Takes pixels of a picture to those of the same picture resized: x to (x + 0.5) * scale - 0.5.

    Args:
        x: pixels across for one.
        y: the same down; as across if None.

    Examples:
        >>> scaling(0.5) @ [0.5, 2.5, 1]
        array([0., 1., 1.])
    """
    y = x if y is None else y
    return np.array([[x, 0, x / 2 - 0.5], [0, y, y / 2 - 0.5], [0, 0, 1.0]])


def fit_homography(b_xy: ArrayLike, a_xy: ArrayLike, weights: ArrayLike | None = None) -> NDArray[np.float64]:
    """The matrix `a_from_b` that best maps b to a (normalised direct linear transform, Hartley 1997), last entry 1.

    Raises:
        ValueError: fewer than four pairs, or points so placed (on one line) that no unique mapping exists.
    """
    source, target = as_points(b_xy), as_points(a_xy)
    if len(source) != len(target) or len(source) < 4:
        raise ValueError(f"fit_homography must have at least 4 pairs of points, got {len(source)} and {len(target)}.")
    weight = np.ones(len(source)) if weights is None else np.asarray(weights, dtype=np.float64)
    to_source, to_target = _normaliser(source), _normaliser(target)
    p, q = apply_homography(to_source, source), apply_homography(to_target, target)
    zeros, ones = np.zeros(len(p)), np.ones(len(p))
    rows_x = np.stack(
        [p[:, 0], p[:, 1], ones, zeros, zeros, zeros, *(-q[:, 0] * c for c in (p[:, 0], p[:, 1], ones))], axis=1
    )
    rows_y = np.stack(
        [zeros, zeros, zeros, p[:, 0], p[:, 1], ones, *(-q[:, 1] * c for c in (p[:, 0], p[:, 1], ones))], axis=1
    )
    _, singular, basis = np.linalg.svd(np.concatenate([rows_x * weight[:, None], rows_y * weight[:, None]]))
    if singular[7] < 1e-10 * singular[0]:
        raise ValueError("fit_homography must have points in general position, got points on a line. Use other points.")
    matrix: NDArray[np.float64] = np.linalg.inv(to_target) @ basis[-1].reshape(3, 3) @ to_source
    matrix /= matrix[2, 2]
    return matrix


def as_points(xy: ArrayLike) -> NDArray[np.float64]:
    """`xy` as a float array of shape (n, 2); an empty list is (0, 2).

    Raises:
        ValueError: any other shape.
    """
    points = np.asarray(xy, dtype=np.float64)
    if points.size == 0:
        return np.zeros((0, 2))
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"xy must have shape (n, 2), got {points.shape}.")
    return points


def _normaliser(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    mean = xy.mean(axis=0)
    spread = np.sqrt(((xy - mean) ** 2).sum(axis=1).mean())
    scale = np.sqrt(2) / spread if spread > 0 else 1.0
    return np.array([[scale, 0, -scale * mean[0]], [0, scale, -scale * mean[1]], [0, 0, 1.0]])
