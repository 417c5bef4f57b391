"""Wiring."""

from kedro.pipeline import Pipeline, node

from tennalytix.pipelines.court_detection.nodes import detect_courts


def create_pipeline() -> Pipeline:
    """Clips to the court in them."""
    return Pipeline(
        [
            node(
                detect_courts,
                inputs={
                    "clips": "clips",
                    "detector": "court_detector",
                    "stored": "courts_fingerprints",
                    "parallel": "params:parallel",
                },
                outputs="courts",
                name="detect_courts",
                tags="court_detection",
            )
        ]
    )
