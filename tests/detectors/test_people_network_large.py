"""People too large for the person network are seen in a smaller picture."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from drawn_frames import frames_of
from small_people_network import detector_of, measuring_network
from tennalytix.detectors.base import People
from tennalytix.detectors.people_network import NetworkPersonDetector
from tennalytix.detectors.people_network_large import halved, has_large, with_large

LARGE, FAR = (400.0, 150.0, 520.0, 390.0), (96.0, 96.0, 156.0, 192.0)


def people(*rows: tuple[float, float, float, float, float]) -> People:
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    return People(table[:, :4], table[:, 4])


def picture(*boxes: tuple[float, ...]) -> np.ndarray:
    image = np.zeros((540, 960, 3), np.uint8)
    for x1, y1, x2, y2 in np.array(boxes, dtype=int).reshape(-1, 4):
        image[y1:y2, x1:x2] = 255
    return image


@pytest.fixture(scope="module")
def short_sighted() -> NetworkPersonDetector:
    """Its boxes are at most 200 pixels tall."""
    return detector_of(measuring_network(reach_px=100, seen_px=48), min_score=0.8, key_every_s=0)


def test_who_is_too_large_is_one_person_and_not_pieces(short_sighted: NetworkPersonDetector) -> None:
    (found,) = short_sighted.detect(frames_of([picture(LARGE, FAR)]))
    order = np.argsort(found.xyxy[:, 0])

    assert_allclose(found.xyxy[order], np.array([FAR, LARGE]) - 0.5, atol=0.05)


@pytest.mark.parametrize("start_s", [0.0, 1.2, 1.14, 1.183333])
def test_who_was_large_is_looked_for_a_second_later(short_sighted: NetworkPersonDetector, start_s: float) -> None:
    runs: list[tuple[int, ...]] = []
    network = short_sighted._network

    class Counting:
        def run(self, image: np.ndarray, motion: np.ndarray) -> tuple[np.ndarray, ...]:
            runs.append(image.shape[2:])
            return network.run(image, motion)

    object.__setattr__(short_sighted, "_network", Counting())
    frames = frames_of([picture(LARGE)] + [picture(FAR)] * 8, rate=5)
    list(short_sighted.detect([replace(f, time_s=round(start_s + f.time_s, 6)) for f in frames]))
    object.__setattr__(short_sighted, "_network", network)

    assert runs.count((288, 480)) == 1 + 5
    assert runs.count((544, 960)) == 9


def test_somebody_farther_away_is_no_piece() -> None:
    found = people((10, 10, 60, 180, 0.8), (20, 40, 40, 90, 0.6), (300, 0, 340, 120, 0.5))
    both = with_large(found, people((5, 0, 70, 250, 0.7), (300, 0, 340, 120, 0.4)))

    assert_allclose(both.xyxy, [(5, 0, 70, 250), (20, 40, 40, 90), (300, 0, 340, 120)])
    assert_allclose(both.score, [0.7, 0.6, 0.5])


def test_a_sure_box_is_no_piece_of_a_doubtful_one() -> None:
    # A ball kid passes in front of a player: in the smaller picture both are one.
    both = with_large(people((10, 10, 60, 130, 0.85), (15, 110, 80, 240, 0.5)), people((5, 0, 80, 240, 0.4)))

    assert_allclose(both.xyxy, [(10, 10, 60, 130), (5, 0, 80, 240)])


def test_who_is_seen_alike_in_both_pictures_is_seen_once() -> None:
    both = with_large(people((100, 100, 180, 300, 0.9)), people((101, 101, 181, 299, 0.6)))

    assert_allclose(both.xyxy, [(100, 100, 180, 300)])


def test_without_anybody_large_nothing_changes() -> None:
    found = people((10, 10, 60, 140, 0.9), (20, 40, 40, 90, 0.6))

    assert not has_large(found.xyxy)
    assert not has_large(People.none().xyxy)
    again = with_large(found, people((10, 10, 60, 140, 0.95)))
    assert_allclose(again.xyxy, found.xyxy)
    assert_allclose(again.score, found.score)


def test_odd_sides_are_halved_upwards() -> None:
    image, motion = halved(np.zeros((541, 963, 3), np.uint8), np.zeros((2, 271, 482), np.uint8))

    assert image.shape == (271, 482, 3)
    assert motion.shape == (2, 136, 241)
