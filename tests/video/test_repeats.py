from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tennalytix.video.repeats import find_repeats, frame_change


def busy_change(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(15, 40, count)


@pytest.mark.parametrize("phase", range(6))
def test_a_conversion_from_25_to_30_repeats_every_sixth(phase: int) -> None:
    change = busy_change(120)
    change[phase::6] = 0.3
    change[36 + phase] = 3.4  # a key frame: encoded anew

    assert np.flatnonzero(find_repeats(change)).tolist() == [k for k in range(phase, 120, 6) if k > 0]


def test_rare_and_irregular_repeats_are_found() -> None:
    change = busy_change(200)
    change[[7, 32, 35, 36, 150]] = 0.5

    assert np.flatnonzero(find_repeats(change)).tolist() == [7, 32, 35, 36, 150]


@pytest.mark.parametrize("pattern", ["x.", "x..", "x...", "x.x.."])
def test_rates_that_were_doubled_or_more_are_found(pattern: str) -> None:
    flags = np.array([c == "." for c in (pattern * 60)[:120]])
    change = np.where(flags, 0.4, busy_change(120))

    assert np.array_equal(find_repeats(change), flags)


def test_a_pause_is_no_repeat() -> None:
    change = busy_change(120)
    change[40:80] = np.random.default_rng(1).uniform(1, 2, 40)

    assert not find_repeats(change).any()


def test_a_calm_after_a_cut_is_no_repeat() -> None:
    change = np.full(60, 6.0)
    change[20] = 150
    change[40:44] = 90
    change[44:] = 5.0

    assert not find_repeats(change).any()


@given(st.integers(0, 50), st.floats(0, 3))
def test_where_nothing_moves_nothing_repeats(count: int, level: float) -> None:
    assert not find_repeats(np.full(count, level)).any()
    assert len(find_repeats(np.full(count, level))) == count


@given(st.integers(0, 1000))
def test_motion_of_any_liveliness_is_no_repeat(seed: int) -> None:
    assert not find_repeats(busy_change(100, seed)).any()


def test_a_small_ball_counts_and_thin_noise_does_not(scene: Callable[..., np.ndarray]) -> None:
    before = scene((640, 360))[..., 0].copy()
    ball, noisy = before.copy(), before.copy()
    for k in range(8):
        ball[100:104, 60 * k : 60 * k + 4] ^= 128
    noise = np.random.default_rng(0).integers(-2, 3, before.shape)
    noisy = np.clip(before.astype(int) + noise, 0, 255).astype(np.uint8)

    assert frame_change(before, before) == 0
    assert frame_change(before, ball) > 10 * frame_change(before, noisy)
    assert frame_change(before[:5, :7], noisy[:5, :7]) < 3
