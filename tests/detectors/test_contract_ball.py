"""What holds for every ball detector. A new one is one line more in `DETECTORS`."""

from collections.abc import Callable

import numpy as np
import pytest

from detector_contract import StreamContract, grey, scenes_of
from drawn_frames import draw_disc, frames_of, ground, later, noisy
from small_ball_network import network_ball_detector
from small_ball_networks import small_tracknet, small_tracknet_v2, small_wasb
from tennalytix.detectors.ball_motion import MotionBallDetector
from tennalytix.detectors.base import BallDetector
from tennalytix.video.frame import Frame

DETECTORS: tuple[Callable[[], BallDetector], ...] = (
    MotionBallDetector,
    network_ball_detector,
    small_tracknet,
    small_tracknet_v2,
    small_wasb,
)
"""Networks are stand-ins, to whom drawn balls are balls."""


def flight(size_wh: tuple[int, int], frames: int = 12, seed: int = 0) -> list[Frame]:
    width, height = size_wh
    empty = ground(size_wh, seed)
    way = np.linspace((width * 0.2, height * 0.8), (width * 0.8, height * 0.3), frames)
    return frames_of(noisy(draw_disc(empty, (x, y), 2.0, (215, 230, 70)), k) for k, (x, y) in enumerate(way))


SCENES = scenes_of(flight)


@pytest.fixture(params=DETECTORS, ids=lambda d: d.__name__)
def detector(request: pytest.FixtureRequest) -> BallDetector:
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest) -> list[Frame]:
    return SCENES[request.param]()


class TestEveryBallDetector(StreamContract):
    moving = staticmethod(flight)

    def test_every_frame_gets_one_well_formed_answer(self, detector: BallDetector, scene: list[Frame]) -> None:
        answers = list(detector.detect(iter(scene)))

        assert len(answers) == len(scene)
        for frame, ball in zip(scene, answers, strict=True):
            assert ball.xy.shape == (len(ball.score), 2)
            assert (np.diff(ball.score) <= 0).all(), "best first"
            assert ((ball.score >= 0) & (ball.score <= 1)).all()
            assert (ball.xy >= -0.5).all()
            assert (ball.xy <= np.array(frame.size_wh) - 0.5).all()

    @pytest.mark.parametrize("level", [0, 128, 255])
    def test_no_ball_is_found_where_nothing_is(self, detector: BallDetector, level: int) -> None:
        assert all(len(b.score) == 0 for b in detector.detect(grey((160, 90), level)))

    def test_a_ball_in_flight_is_found(self, detector: BallDetector) -> None:
        assert all(len(b.score) > 0 for b in detector.detect(flight((320, 180))))

    def test_a_ball_in_flight_is_found_after_a_cut(self, detector: BallDetector) -> None:
        frames = [*flight((320, 180)), *later(flight((320, 180), seed=5), 12, 0.48, segment=1)]

        assert all(len(b.score) > 0 for b in detector.detect(frames))
