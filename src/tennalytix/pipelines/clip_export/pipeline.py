"""Wiring."""

from kedro.pipeline import Pipeline, node

from tennalytix.pipelines.clip_export.nodes import export_clip_videos


def create_pipeline() -> Pipeline:
    """Clips to MP4 files."""
    return Pipeline(
        [
            node(
                export_clip_videos,
                inputs={"clips": "clips", "stored": "clip_videos_fingerprints", "options": "params:clip_videos"},
                outputs=["clip_videos", "clip_video_records"],
                name="export_clip_videos",
                tags="export_clips",
            )
        ]
    )
