"""What holds for every person detector. A new one is one line more in `SEEING` or in `DETECTORS`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from detector_contract import StreamContract, grey, scenes_of
from drawn_frames import draw_person, frames_of, ground, later, noisy
from small_networks import onnx_person_detector
from small_people_network import combined_person_detector, network_person_detector
from tennalytix.detectors.base import People, PersonDetector
from tennalytix.detectors.people_between import detect_between
from tennalytix.detectors.people_motion import MotionPersonDetector
from tennalytix.detectors.people_network import NetworkPersonDetector
from tennalytix.video.frame import Frame


@dataclass(frozen=True)
class OnKeyFrames:
    """Another detector on key frames, and what lies between."""

    detector: PersonDetector

    def detect(self, frames: Iterable[Frame]) -> Iterator[People]:
        return detect_between(frames, self.detector.detect)


SEEING: dict[str, Callable[[], PersonDetector]] = {
    "motion": MotionPersonDetector,
    "onnx": onnx_person_detector,
    "network": network_person_detector,
    "motion and network": combined_person_detector,
    "network on key frames": lambda: OnKeyFrames(network_person_detector()),
}
"""Networks are stand-ins, to whom drawn people are people."""

DETECTORS = SEEING | {"embedded network": NetworkPersonDetector}


def walk(size_wh: tuple[int, int], frames: int = 16, seed: int = 0) -> list[Frame]:
    width, height = size_wh
    empty = ground(size_wh, seed)
    tall = max(6, height // 4)
    # Two heights a second: people can run, and some detectors see but a part of them.
    way = np.linspace(tall, max(min(width - tall, tall + 0.08 * tall * frames), tall), frames).astype(int)
    return frames_of(noisy(draw_person(empty, (x, height * 3 // 4), tall)[0], k) for k, x in enumerate(way))


SCENES = scenes_of(walk)


@pytest.fixture(scope="module", params=DETECTORS)
def detector(request: pytest.FixtureRequest) -> PersonDetector:
    return DETECTORS[request.param]()


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest) -> list[Frame]:
    return SCENES[request.param]()


class TestEveryPersonDetector(StreamContract):
    moving = staticmethod(walk)

    def test_every_frame_gets_one_well_formed_answer(self, detector: PersonDetector, scene: list[Frame]) -> None:
        answers = list(detector.detect(iter(scene)))

        assert len(answers) == len(scene)
        for frame, people in zip(scene, answers, strict=True):
            edges = np.array(frame.size_wh) - 0.5
            assert people.xyxy.shape == (len(people.score), 4)
            assert (np.diff(people.score) <= 0).all(), "best first"
            assert ((people.score >= 0) & (people.score <= 1)).all()
            assert (people.xyxy[:, :2] >= -0.5).all()
            assert (people.xyxy[:, 2:] <= edges).all()
            assert (people.xyxy[:, :2] < people.xyxy[:, 2:]).all()


@pytest.mark.parametrize("detector", SEEING, indirect=True)
class TestDetectorsThatSeeDrawnPeople:
    @pytest.mark.parametrize("level", [0, 128, 255])
    def test_nobody_is_found_where_nothing_is(self, detector: PersonDetector, level: int) -> None:
        assert all(len(p.score) == 0 for p in detector.detect(grey((160, 90), level)))

    def test_somebody_who_walks_is_found(self, detector: PersonDetector) -> None:
        assert all(len(p.score) > 0 for p in detector.detect(walk((320, 180))))

    def test_somebody_who_walks_is_found_after_a_cut(self, detector: PersonDetector) -> None:
        frames = [*walk((160, 90)), *later(walk((160, 90), seed=5), 16, 0.64, segment=1)]

        assert all(len(p.score) > 0 for p in detector.detect(frames))
