import numpy as np
import pytest

from tennalytix.tracking.event_order import BOUNCE_AWAY, BOUNCE_TOWARDS, FAR_HIT, NEAR_HIT, Reading, read_rally

TIME_S = np.arange(100) / 25
RALLY = ((10, NEAR_HIT), (30, BOUNCE_AWAY), (42, FAR_HIT), (63, BOUNCE_TOWARDS), (74, NEAR_HIT))


def evidence(marks: tuple[tuple[int, int], ...], strength: float = 4.0) -> np.ndarray:
    odds = np.full((len(TIME_S), 4), -8.0)
    for at, kind in marks:
        odds[at, kind] = strength
    return odds


def away(marks: tuple[tuple[int, int], ...] = RALLY) -> np.ndarray:
    """Evidence summed up of a ball that flies away after a near hit and back after a far one."""
    rate = np.zeros(len(TIME_S))
    for at, kind in marks:
        if kind in (NEAR_HIT, FAR_HIT):
            rate[at:] = 4.0 if kind == NEAR_HIT else -4.0
    return np.cumsum(rate) / 25


def read(odds: np.ndarray, flying: np.ndarray | None = None) -> list[tuple[int, int]]:
    reading = read_rally(TIME_S, odds, away() if flying is None else flying)
    return list(zip(reading.kink.tolist(), reading.kind.tolist(), strict=True))


def test_a_rally_is_read_as_it_was_played() -> None:
    assert read(evidence(RALLY)) == list(RALLY)


def test_what_is_certain_has_a_probability_near_one() -> None:
    reading = read_rally(TIME_S, evidence(RALLY), away())

    assert reading.probability.min() > 0.9
    assert reading.probability.max() <= 1


def test_without_evidence_nothing_happens() -> None:
    assert read(evidence(()), np.zeros(100)) == []


def test_no_kinks_no_events() -> None:
    reading = read_rally(np.zeros(0), np.zeros((0, 4)), np.zeros(0))

    assert isinstance(reading, Reading)
    assert (len(reading.kink), len(reading.kind), len(reading.probability)) == (0, 0, 0)


def test_one_kink_alone_is_read() -> None:
    reading = read_rally(np.array([0.5]), np.array([[-9.0, -9.0, 5.0, -9.0]]), np.array([0.0]))

    assert reading.kind.tolist() == [BOUNCE_AWAY]


def test_the_rules_decide_where_looks_do_not() -> None:
    odds = evidence(RALLY)
    odds[42] = [2.0, 2.0, 2.0, 2.0]  # something happened between the bounce and the ball's way back

    assert read(odds)[2] == (42, FAR_HIT)


def test_the_direction_of_flight_tells_the_bounces_apart() -> None:
    odds = evidence(())
    odds[30, [BOUNCE_AWAY, BOUNCE_TOWARDS]] = 4.0

    assert read(odds, np.linspace(0, 8, 100)) == [(30, BOUNCE_AWAY)]
    assert read(odds, np.linspace(0, -8, 100)) == [(30, BOUNCE_TOWARDS)]


@pytest.mark.parametrize("strength", [3.5, 12.0, 20.0])
def test_two_events_at_once_are_one(strength: float) -> None:
    twice = evidence(RALLY)
    twice[[30, 31], BOUNCE_AWAY] = strength, strength - 0.5

    found = read(twice)

    assert len(found) == len(RALLY)
    assert found[1] in {(30, BOUNCE_AWAY), (31, BOUNCE_AWAY)}


def test_the_origin_of_time_does_not_matter() -> None:
    here, there = read_rally(TIME_S, evidence(RALLY), away()), read_rally(TIME_S + 500, evidence(RALLY), away())

    assert here.kink.tolist() == there.kink.tolist()
    assert there.probability == pytest.approx(here.probability, abs=1e-6)
