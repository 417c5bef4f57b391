"""What holds for every ball detector. A new one is one line more in `DETECTORS`."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, islice

import numpy as np
import pytest

from drawn_frames import draw_disc, frames_of, ground, later, noisy
from tennalytix.detectors.ball_motion import MotionBallDetector
from tennalytix.detectors.base import BallCandidates, BallDetector
from tennalytix.video.frame import Frame

DETECTORS = (MotionBallDetector,)


@pytest.fixture(params=DETECTORS, ids=lambda d: d.__name__)
def detector(request: pytest.FixtureRequest) -> BallDetector:
    return request.param()  # type: ignore[no-any-return]


def flight(size_wh: tuple[int, int], frames: int = 12, seed: int = 0) -> list[Frame]:
    width, height = size_wh
    empty = ground(size_wh, seed)
    way = np.linspace((width * 0.2, height * 0.8), (width * 0.8, height * 0.3), frames)
    return frames_of(noisy(draw_disc(empty, (x, y), 2.0, (215, 230, 70)), k) for k, (x, y) in enumerate(way))


def noise(size_wh: tuple[int, int], frames: int = 8) -> list[Frame]:
    rng = np.random.default_rng(3)
    return frames_of(rng.integers(0, 256, (size_wh[1], size_wh[0], 3), dtype=np.uint8) for _ in range(frames))


def grey(size_wh: tuple[int, int], level: int, frames: int = 8) -> list[Frame]:
    return frames_of(np.full((size_wh[1], size_wh[0], 3), level, np.uint8) for _ in range(frames))


SCENES: dict[str, Callable[[], list[Frame]]] = {
    "flight": lambda: flight((320, 180)),
    "portrait": lambda: flight((180, 320)),
    "odd size": lambda: flight((161, 93)),
    "wide": lambda: flight((400, 60)),
    "noise": lambda: noise((160, 90)),
    "black": lambda: grey((160, 90), 0),
    "grey": lambda: grey((160, 90), 128),
    "white": lambda: grey((160, 90), 255),
    "one frame": lambda: flight((320, 180), frames=1),
    "two frames": lambda: flight((320, 180), frames=2),
    "repeats": lambda: [replace(f, repeated=k % 5 == 4) for k, f in enumerate(flight((320, 180)))],
    "all repeat": lambda: [replace(f, repeated=True) for f in grey((160, 90), 90)],
    "cuts": lambda: [*flight((160, 90), 6), *later(flight((160, 90), 6, seed=5), 6, 0.24, segment=1)],
    "a frame a shot": lambda: [replace(f, segment=k) for k, f in enumerate(flight((160, 90), 5))],
    "tiny": lambda: grey((8, 8), 60, 4),
    "one pixel": lambda: grey((1, 1), 60, 4),
}
scenes = pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)


def same(a: list[BallCandidates], b: list[BallCandidates]) -> bool:
    return len(a) == len(b) and all(
        np.array_equal(x.xy, y.xy) and np.array_equal(x.score, y.score) for x, y in zip(a, b, strict=True)
    )


@scenes
def test_every_frame_gets_one_well_formed_answer(detector: BallDetector, scene: Callable[[], list[Frame]]) -> None:
    frames = scene()
    answers = list(detector.detect(iter(frames)))

    assert len(answers) == len(frames)
    for frame, ball in zip(frames, answers, strict=True):
        assert ball.xy.shape == (len(ball.score), 2)
        assert (np.diff(ball.score) <= 0).all(), "best first"
        assert ((ball.score >= 0) & (ball.score <= 1)).all()
        assert (ball.xy >= -0.5).all()
        assert (ball.xy <= np.array(frame.size_wh) - 0.5).all()


@scenes
def test_the_same_frames_twice_give_the_same_answers(detector: BallDetector, scene: Callable[[], list[Frame]]) -> None:
    frames = scene()

    assert same(list(detector.detect(frames)), list(detector.detect(frames)))


def test_no_frames_give_no_answers(detector: BallDetector) -> None:
    assert list(detector.detect([])) == []


@pytest.mark.parametrize("level", [0, 128, 255])
def test_no_ball_is_found_where_nothing_is(detector: BallDetector, level: int) -> None:
    assert all(len(b.score) == 0 for b in detector.detect(grey((160, 90), level)))


def test_a_ball_in_flight_is_found(detector: BallDetector) -> None:
    assert all(len(b.score) > 0 for b in detector.detect(flight((320, 180))))


def test_answers_do_not_depend_on_where_in_a_video_the_frames_are(detector: BallDetector) -> None:
    frames = flight((320, 180))

    # A binary fraction, so that sums of times are exact.
    assert same(list(detector.detect(frames)), list(detector.detect(later(frames, 1000, 64.0))))


def test_a_cut_makes_it_forget(detector: BallDetector) -> None:
    first, second = flight((320, 180)), flight((320, 180), seed=5)
    both = [*first, *later(second, len(first), 0.64, segment=1)]
    alone = list(detector.detect(later(second, len(first), 0.64, segment=1)))

    assert all(len(b.score) > 0 for b in alone)
    assert same(list(detector.detect(both))[len(first) :], alone)


def test_repeated_frames_get_the_answer_of_the_frame_before(detector: BallDetector) -> None:
    answers = list(detector.detect(SCENES["repeats"]()))

    for k in range(4, len(answers), 5):
        assert same([answers[k]], [answers[k - 1]])


def test_it_answers_before_an_endless_video_ends(detector: BallDetector) -> None:
    image = ground((64, 36))
    endless: Iterator[Frame] = (Frame(k, k / 25, image) for k in count())

    assert len(list(islice(detector.detect(endless), 3))) == 3
