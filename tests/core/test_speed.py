import numpy as np
import pytest

from tennalytix.core.speed import GroundSpeed, ground_speed

RATE = 50


def run_and_stop(rng: np.random.Generator, noise_m: float = 0.05) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, noisy places and true speeds of somebody who runs to and fro."""
    time_s = np.arange(20 * RATE) / RATE
    x = 3 * np.sin(0.9 * time_s)
    errors = np.repeat(rng.normal(0, noise_m, (len(time_s) // 5, 2)), 5, axis=0)
    return time_s, np.column_stack([x, 0.2 * x]) + errors, np.abs(2.7 * np.cos(0.9 * time_s)) * np.hypot(1, 0.2)


def test_a_steady_run_has_its_speed_and_a_narrow_interval() -> None:
    time_s = np.arange(100) / 25
    speed = ground_speed(time_s, np.column_stack([3 * time_s, -4 * time_s]))

    assert speed.speed_mps[2:-2] == pytest.approx(np.full(96, 5.0))
    assert speed.sigma_mps[2:-2] == pytest.approx(np.zeros(96), abs=1e-3)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    time_s, places, true = run_and_stop(np.random.default_rng(3))
    low, high = ground_speed(time_s, places).interval()
    held = ((true >= low) & (true <= high))[RATE:-RATE]

    assert held.mean() > 0.93
    assert np.nanmedian(high - low) < 2.0


def test_more_noise_and_a_worse_court_make_it_less_sure() -> None:
    def median_sigma(noise_m: float, scale: float) -> float:
        time_s, places, _ = run_and_stop(np.random.default_rng(3), noise_m)
        return float(np.nanmedian(ground_speed(time_s, places, scale).sigma_mps))

    assert median_sigma(0.02, 0) < median_sigma(0.08, 0)
    assert median_sigma(0.02, 0) < median_sigma(0.02, 0.2)


def test_speeds_are_the_same_when_time_and_place_are_moved_and_turned() -> None:
    time_s, places, _ = run_and_stop(np.random.default_rng(3))
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    here, there = ground_speed(time_s, places), ground_speed(time_s + 3600, places @ turn.T + [40, -7])

    assert there.speed_mps == pytest.approx(here.speed_mps, abs=1e-5, nan_ok=True)
    assert there.sigma_mps == pytest.approx(here.sigma_mps, abs=1e-4, nan_ok=True)


def test_nothing_is_said_where_too_little_is_known() -> None:
    time_s = np.arange(100) / 25
    places = np.column_stack([time_s, time_s])
    places[30:60] = np.nan
    speed = ground_speed(time_s, places)
    lone = ground_speed([0.0, 0.04], [(0, 0), (1, 1)])

    assert np.isnan(speed.speed_mps[30:60]).all()
    assert speed.speed_mps[10:20] == pytest.approx(np.full(10, np.sqrt(2)))
    assert np.isnan(lone.speed_mps).all()
    assert len(ground_speed([], np.zeros((0, 2))).time_s) == 0


def test_no_interval_reaches_below_standstill() -> None:
    low, high = GroundSpeed(np.zeros(1), np.array([0.1]), np.array([0.2])).interval()

    assert low[0] == 0
    assert high[0] == pytest.approx(0.492)
