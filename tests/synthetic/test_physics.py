import numpy as np
import pytest

from tennalytix.synthetic.flight import Arena, fly
from tennalytix.synthetic.physics import (
    BALL_RADIUS_M,
    GRAVITY_MPS2,
    GROUNDS,
    Ground,
    acceleration,
    bounce,
    step,
    topspin,
)
from tennalytix.synthetic.shots import net_height_m, solve_shot

HARD = GROUNDS["hard_blue"]
UP = np.array([0.0, 0.0, 1.0])
OPEN = Arena(100.0, 100.0, 3.0)


def energy(position: np.ndarray, velocity: np.ndarray) -> np.ndarray:
    """Per mass, without rotation."""
    return GRAVITY_MPS2 * position[:, 2] + 0.5 * (velocity**2).sum(axis=1)


def test_a_ball_at_rest_only_falls() -> None:
    assert acceleration(np.zeros(3), np.zeros(3)) == pytest.approx([0, 0, -GRAVITY_MPS2], abs=1e-6)


def test_drag_slows_and_never_turns_a_ball_without_spin() -> None:
    velocity = np.array([3.0, 40.0, 0.0])
    drag = acceleration(velocity, np.zeros(3)) + np.array([0, 0, GRAVITY_MPS2])

    assert drag @ velocity < 0
    assert np.cross(drag, velocity) == pytest.approx([0, 0, 0], abs=1e-4)


def test_topspin_pulls_down_and_slice_lifts() -> None:
    velocity = np.array([0.0, 30.0, 0.0])
    down, up = (acceleration(velocity, topspin(velocity, turns))[2] for turns in (40.0, -40.0))

    assert down < -GRAVITY_MPS2 < up


def test_many_balls_fly_as_each_alone() -> None:
    rng = np.random.default_rng(0)
    position, velocity, spin = (rng.normal(size=(5, 3)) * s for s in (1, 20, 100))
    together = step(position, velocity, spin, 0.01)
    alone = [step(position[i], velocity[i], spin[i], 0.01) for i in range(5)]

    assert together[0] == pytest.approx(np.array([p for p, _ in alone]))
    assert together[1] == pytest.approx(np.array([v for _, v in alone]))


@pytest.mark.parametrize("surface", list(GROUNDS))
@pytest.mark.parametrize("turns", [-30.0, 0.0, 30.0])
def test_a_bounce_gives_back_less_than_it_takes(surface: str, turns: float) -> None:
    velocity = np.array([2.0, 20.0, -7.0])
    after, _ = bounce(velocity, topspin(velocity, turns), GROUNDS[surface], UP)

    assert after[2] == pytest.approx(7 * GROUNDS[surface].restitution)
    assert after @ after < velocity @ velocity * (1.1 if turns > 0 else 1)
    assert after[1] > 0


def test_a_ball_dropped_without_spin_rises_straight() -> None:
    after, spin = bounce(np.array([0.0, 0.0, -5.0]), np.zeros(3), HARD, UP)

    assert after == pytest.approx([0, 0, 5 * HARD.restitution])
    assert spin == pytest.approx(np.zeros(3))


def test_a_ball_that_grips_leaves_rolling() -> None:
    after, spin = bounce(np.array([0.0, 4.0, -12.0]), np.zeros(3), Ground(0.75, 5.0), UP)

    assert after + np.cross(spin, -BALL_RADIUS_M * UP) == pytest.approx([0, 0, after[2]], abs=1e-9)


def test_energy_falls_all_the_way_till_the_ball_rolls_out() -> None:
    velocity = np.array([1.0, 12.0, 4.0])
    flight = fly(np.array([0.0, 1.0, 1.0]), velocity, np.zeros(3), 9.0, HARD, OPEN)
    energies = energy(flight.position, flight.velocity)

    assert np.diff(energies).max() < 0.05
    assert len(flight.bounce_s) > 4
    assert flight.position[:, 2].min() > 0.9 * BALL_RADIUS_M
    assert (flight.velocity[-1, 2], flight.position[-1, 2]) == (0, BALL_RADIUS_M)


def test_walls_and_net_send_the_ball_back() -> None:
    walled = fly(np.array([0.0, 1.0, 1.0]), np.array([0.0, 25.0, 2.0]), np.zeros(3), 3.0, HARD, Arena(9.0, 17.0, 3.0))
    netted = fly(np.array([0.0, -3.0, 0.6]), np.array([0.0, 20.0, 0.5]), np.zeros(3), 2.0, HARD, OPEN)

    assert walled.position[:, 1].max() <= 17.0
    assert walled.velocity[:, 1].min() < 0
    assert netted.net_s is not None
    assert netted.position[:, 1].max() <= 0


def test_most_bounces_ends_a_flight() -> None:
    flight = fly(np.array([0.0, 1.0, 1.0]), np.array([0.0, 9.0, 2.0]), np.zeros(3), 9.0, HARD, OPEN, most_bounces=2)

    assert len(flight.bounce_s) == 2
    assert flight.time_s[-1] == flight.bounce_s[-1]
    assert flight.at(flight.bounce_s[0])[2] == pytest.approx(BALL_RADIUS_M)
    assert flight.at(-1.0).tolist() == [0, 1, 1]


@pytest.mark.parametrize("spin_rps", [-18.0, 0.0, 30.0])
def test_a_solved_shot_clears_the_net_as_wished_and_lands_there(spin_rps: float) -> None:
    start, landing = np.array([2.0, -12.0, 1.0]), np.array([-3.0, 9.5])
    velocity, spin = solve_shot(start, landing, spin_rps, 0.8)
    flight = fly(start, velocity, spin, 3.0, HARD, OPEN, most_bounces=1)
    net_s = float(np.interp(0.0, flight.position[:, 1], flight.time_s))
    over_net = flight.at(net_s)

    assert flight.position[-1, :2] == pytest.approx(landing, abs=0.05)
    assert over_net[2] - BALL_RADIUS_M - net_height_m(over_net[0]) == pytest.approx(0.8, abs=0.1)


def test_the_net_is_lowest_in_the_middle() -> None:
    assert net_height_m(0.0) == pytest.approx(0.914)
    assert net_height_m(np.array([6.5, -9.0])) == pytest.approx([1.07, 1.07], abs=2e-3)
