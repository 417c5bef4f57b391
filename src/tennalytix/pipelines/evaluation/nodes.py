"""Measures tracks against hand-made labels."""

import logging
from collections.abc import Callable

from tennalytix.metrics.evaluation import evaluate_tracks
from tennalytix.metrics.options import EvaluationOptions
from tennalytix.pipelines.stage import StageError
from tennalytix.schema.tracks import Tracks

logger = logging.getLogger(__name__)


def evaluate(
    tracks: dict[str, Callable[[], Tracks]], labels: dict[str, Callable[[], bytes]], options: EvaluationOptions
) -> tuple[dict[str, object], str]:
    """Scores of every tracked video that has labels, as a report and as a Markdown table.

    Args:
        tracks: load functions by clip id.
        labels: load functions of the label files by path below the label root.
        options: how strictly to measure.

    Raises:
        StageError: no tracked video has labels, or a label file is malformed.
    """
    try:
        evaluation = evaluate_tracks(tracks, labels, options)
    except ValueError as error:
        raise StageError(str(error)) from error
    if evaluation.without_labels:
        logger.warning("evaluation: skipped, not labelled: %s", ", ".join(evaluation.without_labels))
    table = evaluation.table()
    logger.info("evaluation of %d videos\n%s", len(evaluation.videos), table, extra={"markup": False})
    return evaluation.summary(), table
