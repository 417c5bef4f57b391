import numpy as np
import pytest

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import Lens
from tennalytix.tracking.event_flight import flight_evidence
from tennalytix.tracking.event_order import BOUNCE_AWAY, BOUNCE_TOWARDS, FAR_HIT, NEAR_HIT

CAMERA = Camera.look_at((0.0, -30.0, 10.0), (0.0, -1.0, 0.0), 2100.0, Lens.pinhole((1280, 720), 0.02))
OFFSET_S = np.arange(-7, 8) / 25 + 0.007
FALL = np.array([0.0, 0.0, -9.81])


def seen(place, before, after, noise_px: float = 0.4):
    """The ball's pixels around an instant at which its velocity changes, and at that instant."""
    t = OFFSET_S[:, None]
    world = np.array(place) + np.where(t < 0, np.array(before), np.array(after)) * t + FALL * t**2 / 2
    rng = np.random.default_rng(3)
    return CAMERA.project(world) + rng.normal(0, noise_px, (len(t), 2)), CAMERA.project([place])[0]


def evidence(place, before, after, feet=None):
    xy, anchor = seen(place, before, after)
    return flight_evidence(CAMERA, OFFSET_S, xy, anchor, feet or {"near": [(2.0, -12.0)], "far": [(-2.0, 12.5)]}, 1.0)


@pytest.mark.parametrize("y_m", [-9.0, -4.0, 5.0, 10.5])
def test_a_bounce_is_far_likelier_than_plain_flight(y_m: float) -> None:
    found = evidence((1.0, y_m, 0.033), (2.0, 22.0, -8.0), (1.4, 15.0, 5.8))

    assert found is not None
    assert found[BOUNCE_AWAY] > 10
    assert found[BOUNCE_AWAY] > found[BOUNCE_TOWARDS] + 3


@pytest.mark.parametrize(
    ("kind", "place", "before", "after"),
    [
        (NEAR_HIT, (2.6, -11.8, 0.9), (1.0, -14.0, -1.0), (-2.0, 27.0, 4.0)),
        (FAR_HIT, (-1.5, 12.2, 1.1), (-1.0, 15.0, 0.5), (2.0, -24.0, 5.0)),
    ],
)
def test_a_hit_is_told_from_a_bounce_by_what_becomes_of_the_ball(kind: int, place, before, after) -> None:
    found = evidence(place, before, after)

    assert found is not None
    assert found.argmax() == kind
    assert found[kind] > 5


@pytest.mark.parametrize("place", [(0.5, -6.0, 2.0), (1.0, 3.0, 1.5), (-2.0, 9.0, 2.5)])
@pytest.mark.parametrize("along_mps", [20.0, -20.0])
def test_plain_flight_is_no_event(place, along_mps: float) -> None:
    velocity = (1.0, along_mps, 1.0)
    found = evidence(place, velocity, velocity)

    assert found is not None
    assert found.max() < 3


def test_a_ball_above_the_players_reach_is_not_hit() -> None:
    found = evidence((2.0, -12.0, 5.0), (0.0, -20.0, 0.0), (0.0, 20.0, 0.0))

    assert found is not None
    assert found[NEAR_HIT] < -100


def test_a_place_in_the_sky_is_no_bounce() -> None:
    found = evidence((0.0, 20.0, 12.0), (0.0, -20.0, 3.0), (0.0, -20.0, 3.0))

    assert found is None or found[[BOUNCE_AWAY, BOUNCE_TOWARDS]].max() < -100


def test_too_few_positions_on_a_side_say_nothing() -> None:
    xy, anchor = seen((1.0, 5.0, 0.033), (0.0, 20.0, -8.0), (0.0, 14.0, 6.0))
    before = OFFSET_S < 0

    assert flight_evidence(CAMERA, OFFSET_S[before], xy[before], anchor, {}, 1.0) is None
    assert flight_evidence(CAMERA, np.zeros(0), np.zeros((0, 2)), anchor, {}, 1.0) is None


def test_the_picture_s_size_does_not_matter() -> None:
    lens = Lens.pinhole((1280, 720), 0.02)
    big = Camera(CAMERA.focal_px * 1.5, CAMERA.camera_from_world, Lens.pinhole((1920, 1080), lens.k1))
    world = (
        np.array([1.0, 5.0, 0.033]) + np.where(OFFSET_S[:, None] < 0, [0, 22, -8.0], [0, 15, 5.8]) * OFFSET_S[:, None]
    )
    small_found = flight_evidence(CAMERA, OFFSET_S, CAMERA.project(world), CAMERA.project(world[7:8])[0], {}, 1.0)
    big_found = flight_evidence(big, OFFSET_S, big.project(world), big.project(world[7:8])[0], {}, 1.5)

    np.testing.assert_allclose(big_found, small_found, rtol=0.01, atol=0.5)
