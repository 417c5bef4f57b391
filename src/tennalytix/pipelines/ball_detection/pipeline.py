"""Wiring."""

from kedro.pipeline import Pipeline, node

from tennalytix.pipelines.ball_detection.nodes import detect_balls


def create_pipeline() -> Pipeline:
    """Clips to ball candidates."""
    return Pipeline(
        [
            node(
                detect_balls,
                inputs={
                    "clips": "clips",
                    "detector": "ball_detector",
                    "stored": "ball_candidates_fingerprints",
                    "parallel": "params:parallel",
                },
                outputs="ball_candidates",
                name="detect_balls",
                tags="ball_detection",
            )
        ]
    )
