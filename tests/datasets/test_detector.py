import pickle

import pytest

from tennalytix.datasets.detector import DetectorDataset, LoadedDetector

BALL = "tennalytix.detectors.ball_motion.MotionBallDetector"
PEOPLE = "tennalytix.detectors.people_network.NetworkPersonDetector"


def test_what_is_sent_to_a_worker_is_how_to_build_it() -> None:
    loaded = DetectorDataset(detector=PEOPLE, options={"threads": 1}).load()
    sent = pickle.dumps(loaded)
    first, second = pickle.loads(sent), pickle.loads(sent)

    assert len(sent) < 1000
    assert first.model == loaded.model
    assert first.detector.threads == 1
    assert first is second  # Once a process, not once a clip.


def test_other_weights_on_a_worker_are_refused() -> None:
    loaded = DetectorDataset(detector=BALL).load()
    other = LoadedDetector(loaded.detector, replace_weights(loaded, "0" * 64))

    with pytest.raises(ValueError, match=r"weights of .*MotionBallDetector must be the same on all workers, got None"):
        pickle.loads(pickle.dumps(other))


def replace_weights(loaded: LoadedDetector, sha256: str):
    return loaded.model.model_copy(update={"weights_sha256": sha256})
