"""Detectors of a run: there, built as configured, and of the kind that its nodes want."""

import inspect
from collections.abc import Iterable
from typing import Any, get_args, get_type_hints

from kedro.io.core import DatasetError

from tennalytix.checks.names import ConfigurationError
from tennalytix.checks.option_types import build
from tennalytix.core.court_view import CourtTrack
from tennalytix.datasets import DetectorDataset
from tennalytix.detectors.base import BallCandidates, People

ANSWERS: dict[str, type] = {
    "court_detector": CourtTrack,
    "person_detector": People,
    "ball_detector": BallCandidates,
    "play_detector": BallCandidates,
}
"""What the detector of each catalog entry answers with."""

WORDS = {CourtTrack: "a court", People: "people", BallCandidates: "the ball"}


def check_detectors(names: Iterable[str], catalog: Any) -> None:
    """Builds each detector once, and lets it go: after hours of other work would be late to learn that it cannot be.

    Args:
        names: of the datasets that a run reads; those that are no detectors are passed over.
        catalog: of the run.

    Raises:
        ConfigurationError: a detector does not find what its entry is for, or an option is unknown or wrong.
        DatasetError: weights or a package are missing.
    """
    for name in sorted(names):
        dataset = catalog.get(name) if name in catalog else None
        if isinstance(dataset, DetectorDataset):
            _check_answers(name, dataset.detector_class)
            _build(name, dataset)


def _check_answers(name: str, detector: Any) -> None:
    wanted = ANSWERS.get(name)
    if wanted is None or not inspect.isclass(detector):
        return
    detect = getattr(detector, "detect", None)
    path = f"{detector.__module__}.{detector.__qualname__}"
    if detect is None:
        raise ConfigurationError(f"{name} must have a method detect, got {path}. See docs/models.md.")
    answers = _answers_of(detect)
    if answers in WORDS and answers is not wanted:
        raise ConfigurationError(
            f"{name} must find {WORDS[wanted]}, got {path}, which finds {WORDS[answers]}. See docs/models.md."
        )


def _build(name: str, dataset: DetectorDataset) -> None:
    try:
        build(f"{name}.options", dataset.options, dataset.detector_class)
    except (ImportError, OSError) as error:
        raise DatasetError(f"{name}: {error}") from error


def _answers_of(detect: Any) -> Any:
    """What one answer is; None where the annotation does not say."""
    try:
        answer = get_type_hints(inspect.unwrap(detect)).get("return")
    except (NameError, TypeError):  # Of classes that are not ours, annotations need not be importable.
        return None
    return next(iter(get_args(answer)), answer)
