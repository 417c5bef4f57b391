import numpy as np
import pytest

from tennalytix.tracking.event_kinks import find_kinks
from tennalytix.tracking.event_looks import kink_evidence, kink_features

TIME_S = np.arange(40) / 25


def bounce_at(contact_s: float, time_s: np.ndarray = TIME_S) -> np.ndarray:
    """Falls and rises again, both with 400 px/s2."""
    since = time_s - contact_s
    down, up = 300 + 250 * since + 200 * since**2, 300 - 200 * since + 200 * since**2
    return np.column_stack([200 + 150 * time_s, np.where(since < 0, down, up)])


def flight(time_s: np.ndarray = TIME_S) -> np.ndarray:
    return np.column_stack([200 + 150 * time_s, 500 - 300 * time_s + 200 * time_s**2])


def test_a_parabola_has_no_kink() -> None:
    assert find_kinks(TIME_S, flight()).strength.max() < 1


@pytest.mark.parametrize("contact_s", [0.62, 0.633, 0.65])
def test_a_bounce_is_the_strongest_kink_and_its_time_lies_between_frames(contact_s: float) -> None:
    kinks = find_kinks(TIME_S, bounce_at(contact_s))
    at = int(kinks.strength.argmax())

    assert kinks.contact_s[at] == pytest.approx(contact_s, abs=0.008)
    assert kinks.contact_xy[at] == pytest.approx([200 + 150 * contact_s, 300], abs=4)
    assert kinks.before[at, 1] > 150
    assert kinks.after[at, 1] < -100


def test_there_is_one_row_between_any_two_points() -> None:
    kinks = find_kinks(TIME_S[:2], flight()[:2])

    assert kinks.time_s.tolist() == [0.02]
    assert all(len(getattr(kinks, n)) == 1 for n in ("contact_s", "strength", "before", "after", "xy", "long_before"))
    assert np.isfinite(kinks.strength).all()


def test_contacts_stay_within_their_step() -> None:
    kinks = find_kinks(TIME_S, bounce_at(0.633))

    assert (kinks.contact_s >= TIME_S[:-1] - 1e-12).all()
    assert (kinks.contact_s <= TIME_S[1:] + 1e-12).all()


def test_the_origin_of_time_does_not_matter() -> None:
    here, there = find_kinks(TIME_S, bounce_at(0.633)), find_kinks(TIME_S + 60, bounce_at(0.633))

    at = here.strength > 1  # elsewhere both sides agree on everything, and where they come closest means nothing

    assert there.contact_s[at] - 60 == pytest.approx(here.contact_s[at], abs=1e-6)
    assert there.strength == pytest.approx(here.strength, abs=1e-4)


def test_mirrored_kinks_look_the_same() -> None:
    here, there = find_kinks(TIME_S, bounce_at(0.633)), find_kinks(TIME_S, bounce_at(0.633) * [-1, 1])

    assert kink_features(there, 100, 400) == pytest.approx(kink_features(here, 100, 400))


def test_a_bounce_looks_like_one_and_a_flight_like_nothing() -> None:
    kinks = find_kinks(TIME_S, bounce_at(0.633))
    at = int(kinks.strength.argmax())
    odds, plain = kink_evidence(kinks, 150, 300), kink_evidence(find_kinks(TIME_S, flight()), 150, 300)

    assert odds.shape == (39, 4)
    assert odds[at, 2] > 1
    assert odds[at, 2] == odds[at, 3]
    assert plain.max() < 0
    assert odds.max() <= 6
