import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tennalytix.core.tables import FrameTable
from tennalytix.detectors.base import People
from tennalytix.detectors.people_between import detect_between
from tennalytix.tracking.people_boxes import steady_boxes, steady_edge
from tennalytix.tracking.people_options import PlayerOptions
from tennalytix.video.frame import Frame

TIME_S = np.arange(50) / 25
ALL = np.ones(50, dtype=bool)
HEIGHT, AGILITY = 100.0, 800.0


@given(st.floats(-500, 500), st.floats(-300, 300))
def test_steady_motion_stays_as_it_is(start: float, speed: float):
    edge = start + speed * TIME_S

    np.testing.assert_allclose(steady_edge(TIME_S, ALL, edge, HEIGHT, AGILITY), edge, atol=1e-3)


def test_exact_detections_of_a_quick_turn_hardly_change():
    edge = 30 * np.sin(2 * np.pi * TIME_S / 0.8)

    assert np.abs(steady_edge(TIME_S, ALL, edge, HEIGHT, AGILITY) - edge).max() < 1.5


@pytest.mark.parametrize("frames", [1, 3, 5])
def test_a_fault_of_a_few_frames_is_removed(frames: int):
    truth = 100 + 40 * TIME_S
    edge = truth + np.random.default_rng(0).normal(0, 0.5, 50)
    edge[20 : 20 + frames] += 40

    assert np.abs(steady_edge(TIME_S, ALL, edge, HEIGHT, AGILITY) - truth).max() < 4


def test_noise_is_averaged():
    truth = 100 + 20 * np.sin(2 * np.pi * TIME_S / 2)
    noise = np.random.default_rng(1).normal(0, 4, 50)

    error = steady_edge(TIME_S, ALL, truth + noise, HEIGHT, AGILITY) - truth

    assert np.sqrt((error**2).mean()) < 0.65 * np.sqrt((noise**2).mean())


def test_gaps_follow_the_motion():
    truth = 100 + 60 * TIME_S**2
    known = ALL.copy()
    known[20:28] = False

    assert np.abs(steady_edge(TIME_S, known, truth[known], HEIGHT, AGILITY) - truth).max() < 1


def test_uneven_times_are_respected():
    time_s = np.cumsum(np.random.default_rng(2).uniform(0.02, 0.08, 50))

    np.testing.assert_allclose(steady_edge(time_s, ALL, 5 + 70 * time_s, HEIGHT, AGILITY), 5 + 70 * time_s, atol=1e-3)


def test_without_agility_nothing_but_interpolation_is_done():
    known = ALL.copy()
    known[10] = False
    edge = np.random.default_rng(3).normal(0, 10, 49)

    result = steady_edge(TIME_S, known, edge, HEIGHT, 0.0)

    np.testing.assert_array_equal(result[known], edge)
    assert result[10] == pytest.approx((edge[9] + edge[10]) / 2)


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_values_stay(count: int):
    edge = np.array([3.0, 7.0])[:count]

    np.testing.assert_array_equal(steady_edge(TIME_S[:count], ALL[:count], edge, HEIGHT, AGILITY), edge)


@pytest.mark.parametrize("rate", [20, 25, 30, 50, 60])
def test_a_faulty_key_frame_counts_once_at_any_frame_rate(rate: int):
    count, picture = 4 * rate, np.zeros((360, 640, 3), dtype=np.uint8)
    time_s = np.arange(count) / rate
    sway = 20 * np.sin(1.5 * time_s)
    truth = np.column_stack([300 + sway, np.full(count, 100.0), 340 + sway, np.full(count, 200.0)])
    faulty = np.flatnonzero(time_s > 2)[0]

    def detect(frames):
        nonlocal faulty
        for frame in frames:
            box = truth[frame.index].copy()
            if frame.index >= faulty:
                box[3] -= 30
                faulty = count
            yield People(box[None], np.array([0.9]))

    answers = list(detect_between((Frame(i, t, picture) for i, t in enumerate(time_s.tolist())), detect))
    looked = np.array([not people.between for people in answers])
    frames = FrameTable(
        np.arange(count), time_s, np.zeros(count, bool), np.zeros(count, np.int64), np.tile(np.eye(3), (count, 1, 1))
    )
    found = np.concatenate([people.xyxy for people in answers])
    _, boxes, _, filled = steady_boxes(np.arange(count), found, np.full(count, 0.9), looked, frames, PlayerOptions())

    assert np.abs(found - truth).max() == pytest.approx(30)
    assert np.abs(boxes - truth).max() < 4
    assert not filled.any()
