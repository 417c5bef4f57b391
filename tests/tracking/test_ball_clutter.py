import tracemalloc

import numpy as np
import pytest

from tennalytix.tracking.ball_clutter import frames_about, others_at

TIMES_S = np.arange(100) * 0.5


def test_a_lamp_is_counted_and_a_flight_is_not() -> None:
    lamp = np.tile([50.0, 60.0], (100, 1))
    flight = np.column_stack([np.arange(100) * 20.0, np.zeros(100)])
    ones = np.ones(100)

    assert others_at(lamp, TIMES_S, ones, 4.0, (0.4, 3.0))[50] == 10
    assert (others_at(flight, TIMES_S, ones, 4.0, (0.4, 3.0)) == 0).all()


def test_blocks_do_not_show() -> None:
    rng = np.random.default_rng(1)
    xy, weight = rng.uniform(0, 20, (100, 2)), rng.uniform(0, 1, 100)
    apart = np.abs(TIMES_S[:, None] - TIMES_S[None])
    near = np.linalg.norm(xy[:, None] - xy[None], axis=2) <= 4.0

    assert others_at(xy, TIMES_S, weight, 4.0, (0.4, 30.0)) == pytest.approx(
        (near & (apart > 0.4) & (apart < 30.0)) @ weight
    )


def test_frames_about_a_time_are_at_least_one() -> None:
    assert frames_about(np.array([0.0, 10.0, 1000.0]), TIMES_S, 1.0).tolist() == [3, 5, 1]


@pytest.mark.parametrize("rate", [25, 30, 60, 120])
def test_counts_grow_with_the_frame_rate_whether_or_not_frames_stand_for_others(rate: int) -> None:
    time_s = np.arange(20 * rate) / rate
    lamp = np.tile([50.0, 60.0], (len(time_s), 1))
    count = others_at(lamp, time_s, np.ones(len(time_s)), 4.0, (0.5, 3.0))

    assert count[10 * rate] == pytest.approx(5 * rate, rel=0.05)


def test_many_things_at_rest_are_counted_in_little_memory() -> None:
    time_s = np.repeat(np.arange(60 * 60) / 60, 8)
    xy = np.tile(np.arange(8)[:, None] * 50.0, (60 * 60, 2))
    tracemalloc.start()
    count = others_at(xy, time_s, np.ones(len(xy)), 4.0, (0.4, 30.0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count[len(count) // 2] == pytest.approx(59.2 * 60, rel=0.05)
    assert peak < 200e6
