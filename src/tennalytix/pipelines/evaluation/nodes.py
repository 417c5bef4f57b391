"""Measures tracks against hand-made labels."""

import logging
from collections.abc import Callable

from tennalytix.metrics.evaluation import evaluate_tracks
from tennalytix.metrics.options import EvaluationOptions
from tennalytix.pipelines.current import current_tracks
from tennalytix.pipelines.stage import StageError
from tennalytix.schema.clips import EditList
from tennalytix.schema.tracks import Tracks

logger = logging.getLogger(__name__)


def evaluate(
    tracks: dict[str, Callable[[], Tracks]],
    labels: dict[str, Callable[[], bytes]],
    edit_lists: dict[str, Callable[[], EditList]],
    options: EvaluationOptions,
) -> tuple[dict[str, object], str]:
    """Scores of every tracked video that has labels, as a report and as a Markdown table.

    Args:
        tracks: load functions by clip id; those of clips that their video no longer has do not count.
        labels: load functions of the label files by path below the label root.
        edit_lists: load functions by video.
        options: how strictly to measure.

    Raises:
        StageError: no tracked video has labels, or a label file is malformed.
    """
    current = current_tracks("evaluation", tracks, {video_id: load() for video_id, load in edit_lists.items()})
    try:
        evaluation = evaluate_tracks(current, labels, options)
    except ValueError as error:
        raise StageError(str(error)) from error
    if evaluation.without_labels:
        logger.warning("evaluation: skipped, not labelled: %s", ", ".join(evaluation.without_labels))
    table = evaluation.table()
    logger.info("evaluation of %d videos\n%s", len(evaluation.videos), table, extra={"markup": False})
    return evaluation.summary(), table
