"""Windows for the network out of samples, changed at random in all that a court, a camera and a codec may change."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.ball_network_input import MOMENTS, SIDE_PX
from tennalytix.training.ball_draw import draw_ball, random_flight, real_flight
from tennalytix.training.ball_samples import BallSample

Windows = NDArray[np.uint8]
_EDGE_PX = 3.0
"""A ball nearer to the window's edge is neither demanded nor forbidden."""

_REAL_SHARE = 0.5


@dataclass(frozen=True, eq=False, slots=True)
class BallView:
    """A window to learn from.

    Attributes:
        windows: uint8, (7, 64, 64).
        xy: (2,), the ball; NaN where there is none.
    """

    windows: Windows
    xy: NDArray[np.float64]


def random_view(
    sample: BallSample, drawn_share: float, rng: np.random.Generator, paths: NDArray[np.float64] | None = None
) -> BallView:
    """The network's window out of a sample, at a random scale, perhaps mirrored or backwards, in random light.

    Args:
        sample: what to cut from; into an empty one a ball may be drawn.
        drawn_share: of empty samples that get one.
        rng: draws everything.
        paths: (n, 5, 2), of real balls, along which every second one drawn flies; None for made-up flights alone.
    """
    windows, xy = _zoomed(sample.windows, sample.xy, rng)
    xy, corner = xy.copy(), _corner(windows.shape[1], xy, rng)
    windows = windows[:, corner[1] : corner[1] + SIDE_PX, corner[0] : corner[0] + SIDE_PX]
    xy -= corner
    if sample.empty and rng.random() < drawn_share:
        windows, xy = _with_ball(windows, xy, rng, paths)
    windows, xy = _mirrored(windows, xy, rng)
    if np.isfinite(xy).all() and not ((xy > -0.5) & (xy < SIDE_PX - 0.5)).all():
        xy = np.full(2, np.nan)
    return BallView(_other_light(_with_gaps(windows, rng), rng), xy)


def middle_view(sample: BallSample) -> BallView:
    """The middle of a sample, unchanged: what is measured on."""
    corner = (sample.windows.shape[1] - SIDE_PX) // 2
    part = slice(corner, corner + SIDE_PX)
    return BallView(np.ascontiguousarray(sample.windows[:, part, part]), sample.xy - corner)


def near_edge(xy: NDArray[np.float64]) -> bool:
    """Whether a ball lies so near to a window's edge that it is hard to know."""
    return bool((xy < _EDGE_PX).any() or (xy > SIDE_PX - 1 - _EDGE_PX).any())


def _zoomed(windows: Windows, xy: NDArray[np.float64], rng: np.random.Generator) -> tuple[Windows, NDArray[np.float64]]:
    if rng.random() < 0.6:
        return windows, xy
    side = windows.shape[1]
    size = int(np.clip(round(side * np.exp(rng.uniform(-0.35, 0.35))), SIDE_PX + 4, None))
    way = cv2.INTER_AREA if size < side else cv2.INTER_LINEAR
    planes = [cv2.resize(plane, (size, size), interpolation=way) for plane in windows]
    return np.stack(planes).astype(np.uint8), (xy + 0.5) * size / side - 0.5


def _corner(side: int, xy: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    spare = side - SIDE_PX
    if rng.random() < 0.3 or not np.isfinite(xy).all():
        return rng.integers(0, spare + 1, 2)
    # What is asked about is mostly in the middle of the window.
    wanted = xy - SIDE_PX / 2 + rng.normal(0, 4, 2)
    return np.clip(wanted.round().astype(np.int64), 0, spare)


def _with_ball(
    windows: Windows, nothing: NDArray[np.float64], rng: np.random.Generator, paths: NDArray[np.float64] | None
) -> tuple[Windows, NDArray[np.float64]]:
    at = np.clip(SIDE_PX / 2 + rng.normal(0, 6, 2), 4, SIDE_PX - 5)
    unit_px = float(rng.uniform(0.9, 1.6))
    if paths is not None and rng.random() < _REAL_SHARE:
        flight = real_flight(at, unit_px, paths, rng)
    else:
        flight = random_flight(at, unit_px, rng)
    drawn = draw_ball(windows, flight, rng)
    return (windows, nothing) if drawn is None else (drawn, flight.xy[MOMENTS // 2])


def _mirrored(
    windows: Windows, xy: NDArray[np.float64], rng: np.random.Generator
) -> tuple[Windows, NDArray[np.float64]]:
    if rng.random() < 0.5:
        windows, xy = windows[..., ::-1], np.array([SIDE_PX - 1 - xy[0], xy[1]])
    if rng.random() < 0.3:
        windows, xy = windows[:, ::-1], np.array([xy[0], SIDE_PX - 1 - xy[1]])
    if rng.random() < 0.5:
        windows = np.concatenate([windows[MOMENTS - 1 :: -1], windows[MOMENTS:]])
    return windows, xy


def _with_gaps(windows: Windows, rng: np.random.Generator) -> Windows:
    """Near cuts moments are missing."""
    if rng.random() > 0.06:
        return windows
    windows = windows.copy()
    missing = [[0], [0, 1], [4], [3, 4]][int(rng.integers(4))]
    windows[missing] = windows[MOMENTS // 2]
    return windows


def _other_light(windows: Windows, rng: np.random.Generator) -> Windows:
    x = windows.astype(np.float32)
    mean = x[:MOMENTS].mean()
    contrast, brightness = np.exp(rng.normal(0, 0.22)), rng.normal(0, 18)
    x[:MOMENTS] = (x[:MOMENTS] - mean) * contrast + mean + brightness
    x[MOMENTS:] = (x[MOMENTS:] - 128) * rng.uniform(0.1, 1.2) + 128 + rng.normal(0, 5, (2, 1, 1))
    if rng.random() < 0.12:
        x[:MOMENTS] += rng.normal(0, 3, (MOMENTS, 1, 1))  # lamps that flicker
    if rng.random() < 0.25:
        spread = rng.uniform(0.4, 0.9)
        x = np.stack([cv2.GaussianBlur(plane, (0, 0), spread) for plane in x])
    if rng.random() < 0.4:
        x += rng.normal(0, rng.uniform(0.5, 5), x.shape)
    changed = np.asarray(np.clip(x.round(), 0, 255), dtype=np.uint8)
    return _compressed(changed, rng) if rng.random() < 0.5 else np.ascontiguousarray(changed)


def _compressed(windows: Windows, rng: np.random.Generator) -> Windows:
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 92))]
    coded = [cv2.imencode(".jpg", plane, quality)[1] for plane in windows]
    return np.stack([np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8) for data in coded])
