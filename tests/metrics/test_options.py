from typing import Any

import pytest

from tennalytix.metrics.options import EvaluationOptions


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ball_tolerances_px": []}, r"ball_tolerances_px must be positive distances, got \[\]\."),
        ({"ball_tolerances_px": [4, 0]}, r"ball_tolerances_px must be positive distances, got \[4, 0\]\."),
        ({"min_iou": 0}, r"min_iou must lie in \(0, 1\], got 0\."),
        ({"min_iou": 1.5}, r"min_iou must lie in \(0, 1\], got 1.5\."),
        ({"event_tolerance_frames": -1}, r"event_tolerance_frames must not be negative, got -1\."),
    ],
)
def test_bad_options_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EvaluationOptions(**wrong)


def test_defaults_are_the_published_tolerances() -> None:
    assert tuple(EvaluationOptions().ball_tolerances_px) == (4, 5, 10)
