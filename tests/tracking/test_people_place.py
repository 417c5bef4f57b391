from collections.abc import Callable

import numpy as np
import pytest

from tennalytix.tracking.people_ground import Ground
from tennalytix.tracking.people_options import PlayerOptions
from tennalytix.tracking.people_place import place, place_likelihood, side_likelihood, size_likelihood

OPTIONS = PlayerOptions()


@pytest.mark.parametrize(
    "place_m", [(0, 12.5), (5, -14), (-6.5, 13), (0, -3), (8.5, -13), (2, 16.5)], ids=lambda p: f"{p[0]},{p[1]}"
)
def test_players_places_suit_players(place_m: tuple[float, float]):
    assert place_likelihood(np.array([place_m]), OPTIONS)[0] > 0.6


@pytest.mark.parametrize(
    "place_m", [(4, 18.5), (9.2, 6.3), (-8.5, 0), (7.5, -1), (10.5, 12), (0, 19)], ids=lambda p: f"{p[0]},{p[1]}"
)
def test_officials_places_do_not(place_m: tuple[float, float]):
    assert place_likelihood(np.array([place_m]), OPTIONS)[0] < 0.2


def test_places_are_judged_alike_on_all_four_quarters():
    rng = np.random.default_rng(0)
    places_m = rng.uniform(-1, 1, (100, 2)) * [12, 20]

    for flip in ([-1, 1], [1, -1], [-1, -1]):
        np.testing.assert_allclose(place_likelihood(places_m * flip, OPTIONS), place_likelihood(places_m, OPTIONS))


def test_the_two_sides_exclude_each_other():
    places_m = np.column_stack([np.zeros(41), np.linspace(-10, 10, 41)])

    near, far = side_likelihood(places_m, far=False), side_likelihood(places_m, far=True)

    np.testing.assert_allclose(near + far, 1)
    assert (np.diff(far) > 0).all()


@pytest.mark.parametrize(
    ("width", "height", "suits"),
    [
        (50, 92, True),
        (35, 70, True),
        (105, 95, True),
        (40, 125, True),
        (40, 40, False),
        (45, 180, False),
        (190, 95, False),
    ],
)
def test_sizes_of_people(width: float, height: float, suits: bool):
    likelihood = size_likelihood(np.array([[0, 0, width, height]]), np.array([100.0]))[0]

    assert likelihood > 0.6 if suits else likelihood < 0.1


def test_far_away_people_are_left_out(make_singles: Callable):
    scene = make_singles().add("spectator", lambda t: (0 * t + 3, 0 * t + 40))
    ground = Ground.of(scene.court, scene.frames, 1.85)
    boxes = np.array([scene.boxes[name][0] for name in ("near", "spectator")])

    placed, rows = place(np.zeros(2, dtype=np.int64), boxes, np.ones(2), ground, scene.size_wh, OPTIONS)

    assert rows.tolist() == [0]
    assert placed.foot_m[0, 1] == pytest.approx(-12.5, abs=1)
