from typing import Any

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.io.core import DatasetError

from tennalytix.checks.detectors import check_detectors
from tennalytix.checks.names import ConfigurationError
from tennalytix.datasets import DetectorDataset

MOTION = "tennalytix.detectors.ball_motion.MotionBallDetector"
SHIPPED = {
    "court_detector": "tennalytix.detectors.court_lines.CourtLineDetector",
    "person_detector": "tennalytix.detectors.people_combined.CombinedPersonDetector",
    "ball_detector": "tennalytix.detectors.ball_network.NetworkBallDetector",
    "play_detector": MOTION,
}


class Unannotated:
    def detect(self, frames):
        return frames


class Blind:
    pass


class Homeless:
    def __init__(self) -> None:
        raise FileNotFoundError("weights.onnx is missing.")

    def detect(self, frames):
        return frames


def check(name: str, detector: str, **options: Any) -> None:
    catalog = DataCatalog({name: DetectorDataset(detector=detector, options=options), "clips": MemoryDataset({})})
    check_detectors({name, "clips", "params:parallel"}, catalog)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_detectors_pass(name: str) -> None:
    check(name, SHIPPED[name])


def test_detectors_that_say_nothing_of_their_answers_and_those_of_other_entries_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tennalytix.detectors.ball_motion.MotionBallDetector", Unannotated)
    check("person_detector", MOTION)
    monkeypatch.setattr("tennalytix.detectors.ball_motion.MotionBallDetector", Blind)
    check("my_detector", MOTION)


@pytest.mark.parametrize(
    ("name", "detector", "options", "said"),
    [
        ("person_detector", MOTION, {}, "person_detector must find people, got .*MotionBallDetector, which finds the"),
        ("ball_detector", SHIPPED["person_detector"], {}, "ball_detector must find the ball, got .*which finds people"),
        ("play_detector", SHIPPED["court_detector"], {}, "play_detector must find the ball, got .*which finds a court"),
        (
            "ball_detector",
            MOTION,
            {"max_candidate": 3},
            "^ball_detector.options.max_candidate is no option. Did you ",
        ),
        ("ball_detector", MOTION, {"max_candidates": "3"}, "options.max_candidates must be a whole number, got '3'"),
        ("ball_detector", MOTION, {"max_candidates": -3}, "^ball_detector.options.max_candidates must be at least 1, "),
    ],
)
def test_others_are_refused(name: str, detector: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        check(name, detector, **options)


def test_a_class_without_the_method_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tennalytix.detectors.ball_motion.MotionBallDetector", Blind)

    with pytest.raises(ConfigurationError, match=r"ball_detector must have a method detect, got .*Blind"):
        check("ball_detector", MOTION)


def test_missing_weights_are_told_with_the_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tennalytix.detectors.ball_motion.MotionBallDetector", Homeless)

    with pytest.raises(DatasetError, match=r"^ball_detector: weights\.onnx is missing\.$"):
        check("ball_detector", MOTION)
