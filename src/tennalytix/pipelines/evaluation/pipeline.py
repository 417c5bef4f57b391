"""Wiring."""

from kedro.pipeline import Pipeline, node

from tennalytix.pipelines.evaluation.nodes import evaluate


def create_pipeline() -> Pipeline:
    """Tracks and labels to scores."""
    return Pipeline(
        [
            node(
                evaluate,
                inputs={
                    "tracks": "tracks",
                    "labels": "labels",
                    "edit_lists": "edit_lists",
                    "options": "params:evaluation",
                },
                outputs=["evaluation_report", "evaluation_table"],
                name="evaluate",
                tags="evaluation",
            )
        ]
    )
