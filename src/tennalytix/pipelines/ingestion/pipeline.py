"""Wiring."""

from kedro.pipeline import Pipeline, node

from tennalytix.pipelines.ingestion.nodes import ingest_videos


def create_pipeline() -> Pipeline:
    """Videos to clips."""
    return Pipeline(
        [
            node(
                ingest_videos,
                inputs={
                    "videos": "videos",
                    "stored": "clips_fingerprints",
                    "hashes": "source_hashes",
                    "detector": "court_detector",
                    "options": "params:cutting",
                    "parallel": "params:parallel",
                    "play_detector": "play_detector",
                    "stored_frames": "frames_fingerprints",
                },
                outputs="clips",
                name="ingest_videos",
                tags="ingestion",
            )
        ]
    )
