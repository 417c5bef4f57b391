from collections.abc import Iterator
from itertools import count, islice

import numpy as np
import pytest

from drawn_frames import draw_person, frames_of, ground, later, noisy
from small_people_network import combined_person_detector, network_person_detector
from tennalytix.detectors.people_combined import CombinedPersonDetector
from tennalytix.detectors.people_motion import MotionPersonDetector
from tennalytix.video.frame import Frame


@pytest.fixture(scope="module")
def combined() -> CombinedPersonDetector:
    return combined_person_detector()


def walk(frames: int = 16) -> list[Frame]:
    empty = ground((320, 180), 0)
    way = np.linspace(60, 140, frames).astype(int)
    return frames_of(noisy(draw_person(empty, (x, 150), 50)[0], k) for k, x in enumerate(way))


def test_who_motion_shows_is_found_whatever_the_network_says(combined: CombinedPersonDetector) -> None:
    frames = walk()
    moving = list(MotionPersonDetector().detect(frames))
    both = list(combined.detect(frames))

    assert all(len(b.score) >= 1 for b, m in zip(both, moving, strict=True) if len(m.score))


def test_a_cut_starts_both_anew(combined: CombinedPersonDetector) -> None:
    first, second = walk(), walk()
    both = list(combined.detect([*first, *later(second, len(first), 0.64, segment=1)]))
    alone = list(combined.detect(later(second, len(first), 0.64, segment=1)))

    assert all(np.array_equal(a.xyxy, b.xyxy) for a, b in zip(both[len(first) :], alone, strict=True))


def test_it_answers_before_an_endless_video_ends(combined: CombinedPersonDetector) -> None:
    image = ground((64, 36))
    endless: Iterator[Frame] = (Frame(k, k / 25, image) for k in count())

    assert len(list(islice(combined.detect(endless), 3))) == 3


def test_frames_wait_for_the_network_only(combined: CombinedPersonDetector) -> None:
    # Motion reads ten seconds ahead; only small pictures may wait that long.
    alive: list[int] = []
    image = ground((64, 36))

    def endless() -> Iterator[Frame]:
        for k in count():
            alive.append(k)
            yield Frame(k, k / 25, image)

    next(iter(combined.detect(endless())))

    assert len(alive) < 25 * (combined.look_ahead_s + 1)


def test_the_digest_is_that_of_the_network(combined: CombinedPersonDetector) -> None:
    assert combined.weights_sha256 == network_person_detector().weights_sha256


def test_bad_options_are_one_sentence() -> None:
    with pytest.raises(ValueError, match="key_every_s must not be negative, got -1"):
        CombinedPersonDetector(key_every_s=-1)
    with pytest.raises(ValueError, match="look_ahead_s must be positive, got 0"):
        CombinedPersonDetector(look_ahead_s=0)
    with pytest.raises(ValueError, match="min_score must lie between 0 and 1, got 2"):
        CombinedPersonDetector(min_score=2)
