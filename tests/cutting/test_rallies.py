from itertools import pairwise

import numpy as np
import pytest

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.cutting.activity import GRID_WH
from tennalytix.cutting.options import CuttingOptions
from tennalytix.cutting.rallies import motion_mps, split_at_dead_balls, split_at_pauses, split_too_long

SIZE_WH = (640, 360)
OPTIONS = CuttingOptions()
STEP_S = 0.04


def speeds(*stretches: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Speed and time of stretches, (seconds, speed) each."""
    speed = np.concatenate([np.full(round(s / STEP_S), v) for s, v in stretches])
    return speed, np.arange(len(speed)) * STEP_S


def view() -> CourtView:
    return Camera.look_at((0.0, -38.0, 10.6), (0.0, -1.6, 0.0), 2.85 * 360, Lens.pinhole(SIZE_WH)).court_view()


def test_a_long_pause_divides_and_leaves_its_margins() -> None:
    rallies = split_at_pauses(*speeds((10, 3.0), (12, 0.1), (10, 3.0)), OPTIONS)

    (first, second) = rallies
    assert first[0] == 0
    assert first[1] * STEP_S == pytest.approx(10 + OPTIONS.margin_after_s, abs=0.7)
    assert second[0] * STEP_S == pytest.approx(22 - OPTIONS.margin_before_s, abs=0.7)
    assert second[1] == 799


@pytest.mark.parametrize("pause_s", [1.0, 3.0, 5.0])
def test_a_breath_does_not_divide(pause_s: float) -> None:
    assert len(split_at_pauses(*speeds((10, 3.0), (pause_s, 0.0), (10, 3.0)), OPTIONS)) == 1


def test_waiting_at_either_end_is_kept() -> None:
    assert split_at_pauses(*speeds((10, 0.1), (10, 3.0), (10, 0.1)), OPTIONS) == [(0, 749)]


def test_walking_does_not_divide() -> None:
    assert len(split_at_pauses(*speeds((10, 3.0), (12, 1.4), (10, 3.0)), OPTIONS)) == 1


def test_what_is_not_known_does_not_divide() -> None:
    assert len(split_at_pauses(*speeds((10, 3.0), (12, np.nan), (10, 3.0)), OPTIONS)) == 1


@pytest.mark.parametrize("y_m", [-10.0, 10.0])
def test_a_walking_person_is_as_fast_near_as_far(y_m: float) -> None:
    court, apart_s, speed_mps = view(), 0.1, 1.5
    (x, y), (right, _) = court.court_to_image([(0.0, y_m), (1.0, y_m)])
    px_per_m = right - x
    shares = np.zeros((1, *GRID_WH[::-1]))
    field_px = (SIZE_WH[0] / GRID_WH[0]) * (SIZE_WH[1] / GRID_WH[1])
    moved_px = 2 * 1.7 * px_per_m * speed_mps * apart_s * px_per_m
    shares[0, int(y / SIZE_WH[1] * GRID_WH[1]), int(x / SIZE_WH[0] * GRID_WH[0])] = 255 * moved_px / field_px

    measured = motion_mps(shares, np.array([apart_s]), court, SIZE_WH)

    assert measured[0] == pytest.approx(speed_mps, rel=0.35)


def test_the_crowd_does_not_count() -> None:
    shares = np.zeros((1, *GRID_WH[::-1]), np.uint8)
    shares[0, 0] = 255

    assert motion_mps(shares, np.array([0.1]), view(), SIZE_WH)[0] == 0.0


def test_margins_must_fit_into_a_pause() -> None:
    with pytest.raises(ValueError, match="min_pause_s must be longer than both margins together"):
        CuttingOptions(min_pause_s=4.0)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"min_clip_s": -1.0}, "min_clip_s must not be negative"),
        ({"dead_ball_s": 5.0}, "dead_ball_s must be at least 8.0, both margins and 3 s"),
        ({"max_clip_s": 30.0}, "max_clip_s must be at least 60"),
        ({"min_court_share": 0.0}, "min_court_share must lie"),
    ],
)
def test_options_out_of_range_are_refused(option: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CuttingOptions(**option)


def flights(*starts_s: float) -> list[tuple[float, float]]:
    """Flights of half a second that start then."""
    return [(s, s + 0.5) for s in starts_s]


TIME_S = np.arange(3000) * STEP_S
ALL = (0, 2999)
"""Two minutes."""


def spans_s(spans: list[tuple[int, int]]) -> list[tuple[float, float]]:
    return [(round(TIME_S[a], 1), round(TIME_S[b], 1)) for a, b in spans]


def test_where_no_ball_flies_for_long_rallies_are_parted() -> None:
    found = split_at_dead_balls([ALL], flights(20, 21.5, 23, 50, 52, 54, 100), TIME_S, OPTIONS)

    assert spans_s(found) == [(15.5, 27.0), (45.5, 58.0), (95.5, 104.0)]


def test_a_ball_that_is_not_seen_for_a_while_parts_nothing() -> None:
    assert split_at_dead_balls([ALL], flights(20, 26, 32, 39, 46), TIME_S, OPTIONS) == [ALL]


def test_one_rally_is_left_with_what_is_around_it() -> None:
    assert split_at_dead_balls([ALL], flights(20, 21.5, 23), TIME_S, OPTIONS) == [ALL]


def test_no_ball_at_all_parts_nothing() -> None:
    assert split_at_dead_balls([ALL], [], TIME_S, OPTIONS) == [ALL]


def test_a_ball_seen_too_seldom_parts_nothing() -> None:
    seldom = [(float(s), s + 0.3) for s in (5, 12, 19, 40, 47, 54, 80, 87, 94)]

    assert split_at_dead_balls([ALL], seldom, TIME_S, OPTIONS) == [ALL]


def test_a_moments_flight_is_no_rally() -> None:
    found = split_at_dead_balls([ALL], sorted([*flights(20, 21, 60, 61), (40.0, 40.2)]), TIME_S, OPTIONS)

    assert spans_s(found) == [(15.5, 25.0), (55.5, 65.0)]


def test_rallies_stay_within_the_stretches_in_which_something_moves() -> None:
    stretches = [(0, 1000), (1500, 2999)]
    found = split_at_dead_balls(stretches, flights(10, 11.5, 39, 61, 62.5), TIME_S, OPTIONS)

    assert spans_s(found) == [(5.5, 15.5), (34.5, 40.0), (60.0, 66.5)]


def test_a_stretch_without_a_ball_is_left_out_where_others_have_one() -> None:
    stretches = [(0, 700), (900, 1400), (1600, 2999)]
    found = split_at_dead_balls(stretches, flights(10, 11.5, 70, 72), TIME_S, OPTIONS)

    assert spans_s(found) == [(5.5, 15.5), (65.5, 76.0)]


def test_rallies_do_not_overlap_where_the_ball_is_dead_for_a_short_time() -> None:
    first, second = split_at_dead_balls([ALL], flights(20, 21, 29.6, 31), TIME_S, OPTIONS)

    assert spans_s([first]) == [(15.5, 25.0)]
    assert second[0] >= first[1] + 1
    assert TIME_S[second[0]] == pytest.approx(29.6 - 4.5, abs=0.1)


def test_what_is_too_long_is_divided_where_least_moves() -> None:
    motion = np.full(3000, 5.0)
    motion[1400:1450] = 0.5

    (first, second) = split_too_long(ALL, motion, TIME_S, 100.0)

    assert first[0] == 0
    assert 1400 <= second[0] < 1450
    assert (first[1], second[1]) == (second[0] - 1, 2999)


def test_what_is_much_too_long_is_divided_again_and_again_without_a_gap() -> None:
    parts = split_too_long(ALL, np.random.default_rng(0).uniform(1, 2, 3000), TIME_S, 20.0)

    assert [a for a, _ in parts] == [0, *(b + 1 for _, b in parts[:-1])]
    assert parts[-1][1] == 2999
    assert max(TIME_S[b] - TIME_S[a] for a, b in parts) <= 20.0
    assert min(TIME_S[b] - TIME_S[a] for a, b in parts) >= 0.3 * 20.0 - 0.1


def test_a_gap_of_minutes_divides_too() -> None:
    time_s = np.concatenate([np.arange(50) * STEP_S, 500 + np.arange(50) * STEP_S])

    parts = split_too_long((0, 99), np.ones(100), time_s, 100.0)

    assert [a for a, _ in parts] == [0, *(b + 1 for _, b in parts[:-1])]
    assert parts[-1][1] == 99
    assert max(time_s[b] - time_s[a] for a, b in parts) <= 100.0


def test_what_could_not_be_seen_is_kept() -> None:
    found = split_at_dead_balls([ALL], flights(20, 21, 22, 50, 51), TIME_S, OPTIONS, unknown_s=[(80.0, 119.0)])

    assert spans_s(found) == [(15.5, 26.0), (45.5, 55.0), (75.5, 120.0)]


@pytest.mark.parametrize("seen_s", [(), (20, 21, 22)])
def test_what_could_not_be_seen_makes_no_rally_certain(seen_s: tuple[int, ...]) -> None:
    blind = [(60.0, 64.0), (90.0, 94.0)]

    assert split_at_dead_balls([ALL], flights(*seen_s), TIME_S, OPTIONS, unknown_s=blind) == [ALL]


def test_stretches_on_both_sides_of_a_gap_share_no_row() -> None:
    time_s = np.concatenate([np.arange(100) * 0.5, 61 + np.arange(80) * 0.5])
    speed = np.full(len(time_s), 3.0)
    speed[96:104] = 0.0

    spans = split_at_pauses(speed, time_s, OPTIONS)

    assert all(later[0] > earlier[1] for earlier, later in pairwise(spans))
