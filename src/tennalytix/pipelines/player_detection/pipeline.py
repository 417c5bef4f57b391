"""Wiring."""

from kedro.pipeline import Pipeline, node

from tennalytix.pipelines.player_detection.nodes import detect_people


def create_pipeline() -> Pipeline:
    """Clips to the people in them, players or not."""
    return Pipeline(
        [
            node(
                detect_people,
                inputs={
                    "clips": "clips",
                    "detector": "person_detector",
                    "stored": "people_fingerprints",
                    "parallel": "params:parallel",
                },
                outputs="people",
                name="detect_people",
                tags="player_detection",
            )
        ]
    )
