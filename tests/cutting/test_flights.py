import numpy as np
import pytest

from tennalytix.cutting.flights import FlightFinder, joined
from tennalytix.detectors.base import BallCandidates

PX_PER_M = 60.0
STEP_S = 1 / 30
STILL = np.eye(3)


def fed(
    places: list[list[tuple[float, float]]],
    scores: float = 0.9,
    cameras: list[np.ndarray] | None = None,
    segments: list[int] | None = None,
) -> list[tuple[float, float]]:
    """Flights among these places, 30 frames a second."""
    finder = FlightFinder(lambda rows: np.full(len(rows), PX_PER_M))
    for i, of_frame in enumerate(places):
        xy = np.array(of_frame, dtype=np.float64).reshape(-1, 2)
        candidates = BallCandidates(xy, np.full(len(xy), scores))
        camera, segment = cameras[i] if cameras else STILL, segments[i] if segments else 0
        finder.feed(i * STEP_S, segment, camera, candidates)
    return finder.finish()


def flying(
    frames: int, speed_mps: float = 12.0, start: tuple[float, float] = (100.0, 300.0)
) -> list[tuple[float, float]]:
    """A ball that crosses the picture and falls."""
    t = np.arange(frames) * STEP_S
    x = start[0] + speed_mps * PX_PER_M * t
    y = start[1] + PX_PER_M * (-3.0 * t + 4.9 * t**2)
    return list(zip(x, y, strict=True))


def test_a_ball_that_flies_is_a_flight_from_first_to_last_sight() -> None:
    assert fed([[]] * 5 + [[p] for p in flying(20)] + [[]] * 10) == [
        (pytest.approx(5 * STEP_S), pytest.approx(24 * STEP_S))
    ]


def test_a_flight_is_seen_among_clutter_and_through_gaps() -> None:
    rng = np.random.default_rng(3)
    places = [[p, (800.0, 500.0), tuple(rng.uniform(0, 1000, 2))] for p in flying(20)]
    places[8] = places[8][1:]

    ((start_s, end_s),) = fed(places)

    assert (start_s, end_s) == (0.0, pytest.approx(19 * STEP_S))


@pytest.mark.parametrize(
    "places",
    [
        pytest.param([(400.0, 300.0)] * 40, id="lies"),
        pytest.param(flying(40, speed_mps=1.4), id="walks"),
        pytest.param([(400.0 + 60 * (i % 2), 300.0) for i in range(40)], id="swings to and fro"),
        pytest.param(flying(3), id="too short"),
    ],
)
def test_what_does_not_fly_is_none(places: list[tuple[float, float]]) -> None:
    flat = [(x, 300.0) for x, _ in places]
    assert fed([[p] for p in flat]) == []


def test_places_that_are_hardly_a_ball_are_passed_over() -> None:
    assert fed([[p] for p in flying(20)], scores=0.2) == []


def test_places_too_far_apart_in_time_are_no_flight() -> None:
    assert fed([[p] if i % 2 else [] for i, p in enumerate(flying(20))]) == []


def test_a_camera_that_turns_makes_nothing_fly_and_hides_nothing() -> None:
    shifts = [np.array([[1.0, 0.0, -15.0 * i], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]) for i in range(20)]
    lying = [[(400.0 + 15.0 * i, 300.0)] for i in range(20)]

    assert fed(lying, cameras=shifts) == []
    assert len(fed([[p] for p in flying(20)], cameras=shifts)) == 1


def test_nothing_flies_through_a_cut() -> None:
    assert fed([[p] for p in flying(8)], segments=[0] * 4 + [1] * 4) == []


def test_flights_near_to_one_another_are_joined() -> None:
    assert joined([(0.0, 1.0), (1.5, 4.0), (2.0, 3.0), (6.0, 7.0)], 1.0) == [(0.0, 4.0), (6.0, 7.0)]


@pytest.mark.parametrize("rate_hz", [24.0, 25.0, 50.0, 60.0])
def test_flights_are_seen_at_other_frame_rates_and_through_a_gap(rate_hz: float) -> None:
    finder = FlightFinder(lambda rows: np.full(len(rows), PX_PER_M))
    for i in range(round(rate_hz)):
        xy = np.array([[100 + 12 * PX_PER_M * i / rate_hz, 300.0]]) if i != 4 else np.zeros((0, 2))
        finder.feed(i / rate_hz, 0, STILL, BallCandidates(xy, np.full(len(xy), 0.9)))

    assert joined(finder.finish(), 0.0) == [(0.0, pytest.approx(1 - 1 / rate_hz))]


def test_what_lies_for_long_is_forgotten_and_flies_when_it_does() -> None:
    finder = FlightFinder(lambda rows: np.full(len(rows), PX_PER_M))
    longest = 0
    for i in range(3000):
        x = 100.0 + (12 * PX_PER_M * (i - 2900) * STEP_S if 2900 <= i < 2930 else 0.0)
        finder.feed(i * STEP_S, 0, STILL, BallCandidates(np.array([[x, 300.0]]), np.ones(1)))
        longest = max(longest, *(len(c.places) for c in finder._chains))

    assert longest < 200
    ((start_s, end_s),) = joined(finder.finish(), 0.0)
    assert (start_s, end_s) == (pytest.approx(2900 * STEP_S, abs=0.2), pytest.approx(2930 * STEP_S, abs=0.2))
