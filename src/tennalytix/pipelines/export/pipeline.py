"""Wiring."""

from kedro.pipeline import Pipeline, node

from tennalytix.pipelines.export.nodes import export_tracks


def create_pipeline() -> Pipeline:
    """Tracks to CSV, Parquet, COCO and MOT files."""
    return Pipeline(
        [
            node(
                export_tracks,
                inputs={
                    "tracks": "tracks",
                    "edit_lists": "edit_lists",
                    "options": "params:export",
                    "places": "places",
                },
                outputs="exports",
                name="export_tracks",
                tags="export",
            )
        ]
    )
