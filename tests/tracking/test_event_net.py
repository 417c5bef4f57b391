"""The network that looks at the ball's path: what it is shown, and what it says of plain cases."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tennalytix.tracking.event_kinks import find_kinks
from tennalytix.tracking.event_net import EventNet, path_evidence, path_inputs, shipped_net
from tennalytix.tracking.event_order import BOUNCE_AWAY, BOUNCE_TOWARDS, FAR_HIT, NEAR_HIT

Floats = NDArray[np.float64]
LOW_Y, RANGE_Y = 150.0, 350.0


def path(rate: float, kind: str) -> tuple[Floats, Floats]:
    """A second of the ball's path in a broadcast's picture, with one thing in its middle."""
    time_s = np.arange(0, 1.2, 1 / rate)
    after = np.maximum(time_s - 0.6, 0)
    before = np.minimum(time_s - 0.6, 0)
    x = 600 + 120 * time_s
    if kind == "near hit":
        y = 480 + 500 * before + 300 * before**2 - 700 * after + 450 * after**2
    elif kind == "bounce":
        y = 420 + 520 * before + 500 * before**2 - 60 * after + 350 * after**2
    else:
        y = 300 + 250 * (time_s - 0.6) + 200 * (time_s - 0.6) ** 2
    return time_s, np.stack([x, y], axis=1)


def evidence_of(time_s: Floats, xy: Floats) -> tuple[Floats, Floats]:
    kinks = find_kinks(time_s, xy)
    return kinks.contact_s, path_evidence(time_s, xy, kinks, LOW_Y, RANGE_Y)


@pytest.mark.parametrize("rate", [24.0, 25.0, 30.0, 50.0, 60.0])
@pytest.mark.parametrize(("kind", "column"), [("near hit", NEAR_HIT), ("bounce", BOUNCE_TOWARDS)])
def test_a_hit_and_a_bounce_stand_out_where_they_are(kind: str, column: int, rate: float) -> None:
    contact_s, evidence = evidence_of(*path(rate, kind))
    best = int(evidence[:, column].argmax())

    assert abs(contact_s[best] - 0.6) < 0.05
    assert evidence[best].argmax() == column or column == BOUNCE_TOWARDS
    assert evidence[best, column] > 0
    assert evidence[np.abs(contact_s - 0.6) > 0.2].max() < 0


@pytest.mark.parametrize("rate", [25.0, 30.0, 60.0])
def test_plain_flight_shows_nothing(rate: float) -> None:
    contact_s, evidence = evidence_of(*path(rate, "flight"))

    assert evidence[(contact_s > 0.3) & (contact_s < 0.9)].max() < 0


def test_left_and_right_mean_nothing() -> None:
    time_s, xy = path(30, "near hit")
    mirrored = xy * (-1, 1) + (1280, 0)

    np.testing.assert_allclose(evidence_of(time_s, xy)[1], evidence_of(time_s, mirrored)[1], rtol=1e-3)


def test_a_bounce_is_one_whichever_way_the_ball_flies() -> None:
    _, evidence = evidence_of(*path(30, "bounce"))

    np.testing.assert_array_equal(evidence[:, BOUNCE_AWAY], evidence[:, BOUNCE_TOWARDS])
    assert evidence.shape[1] == len({NEAR_HIT, FAR_HIT, BOUNCE_AWAY, BOUNCE_TOWARDS})


def test_what_is_not_known_is_zero() -> None:
    time_s, xy = path(30, "bounce")
    inputs = path_inputs(time_s, xy, find_kinks(time_s, xy), LOW_Y, RANGE_Y)

    assert inputs.shape == (len(time_s) - 1, shipped_net().mean.size)
    assert (inputs[0, :15] == 0).all()
    assert np.isfinite(inputs).all()


def test_the_layers_are_those_of_the_card() -> None:
    net: EventNet = shipped_net()

    assert [weight.shape for weight in net.weights] == [(64, 233), (32, 64), (4, 32)]
    silent = replace(net, weights=tuple(0 * weight for weight in net.weights), biases=tuple(0 * b for b in net.biases))
    assert (silent.log_odds(np.ones((2, 233), np.float32)) == 0).all()
