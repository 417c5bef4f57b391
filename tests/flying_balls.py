"""A toy world to train on: balls are small bright discs that fly over dim noise, clutter is bright and stays."""

import hashlib

import numpy as np

from tennalytix.detectors.ball_network_input import CHANNELS, MOMENTS
from tennalytix.training.ball_draw import coverage
from tennalytix.training.ball_samples import SAMPLE_PX, BallSample, ball_samples_to_bytes
from tennalytix.training.samples import SampleFile


def toy_sample(source: str, index: int, ball: bool, at: tuple[float, float] = (48.25, 47.5)) -> BallSample:
    """One window; the ball flies through `at`, clutter stays there."""
    rng = np.random.default_rng([index, len(source)])
    windows = rng.normal(80, 3, (CHANNELS, SAMPLE_PX, SAMPLE_PX))
    windows[MOMENTS:] = 128
    step = rng.uniform((-9, 0), (9, 18)) if ball else np.zeros(2)
    for k in range(MOMENTS):
        place = np.array(at) + step * (k - MOMENTS // 2)
        windows[k] += 150 * coverage(SAMPLE_PX, place, step * 0.2, 2.5, 0.5)
    xy = np.array(at) if ball else np.full(2, np.nan)
    return BallSample(source, index, np.clip(windows, 0, 255).astype(np.uint8), xy, not ball)


def toy_file(source: str, count: int = 12) -> SampleFile:
    """Half of the windows show a ball."""
    samples = [toy_sample(source, index, ball=index % 2 == 0) for index in range(count)]
    return SampleFile(source, hashlib.sha256(ball_samples_to_bytes(samples)).hexdigest(), samples)
