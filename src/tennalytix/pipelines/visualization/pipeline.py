"""Wiring."""

from kedro.pipeline import Pipeline, node

from tennalytix.pipelines.visualization.nodes import (
    draw_figures,
    render_review_pages,
    render_videos,
)
from tennalytix.pipelines.visualization.report_nodes import draw_shot_sheets, write_report


def create_pipeline() -> Pipeline:
    """Tracks to overlay videos, review pages and figures."""
    return Pipeline(
        [
            node(
                render_videos,
                inputs={
                    "tracks": "tracks",
                    "clips": "clips",
                    "drawn": "overlays_fingerprints",
                    "copied": "review_videos_fingerprints",
                    "overlay": "params:overlay",
                    "review": "params:review",
                    "sharing": "params:sharing",
                },
                outputs=[
                    "overlays",
                    "review_thumbnails",
                    "sharing_pictures",
                    "overlay_records",
                    "review_videos",
                    "review_video_records",
                ],
                name="render_videos",
                tags="visualization",
            ),
            node(
                render_review_pages,
                inputs={
                    "tracks": "tracks",
                    "corrections": "corrections",
                    "edit_lists": "edit_lists",
                    "videos": "videos",
                    "run": "run_summary",
                    "places": "places",
                },
                outputs="review_pages",
                name="render_review_pages",
                tags="visualization",
            ),
            node(
                draw_figures,
                inputs={"tracks": "tracks", "corrections": "corrections", "stored": "figures_fingerprints"},
                outputs=["figures", "clip_facts"],
                name="draw_figures",
                tags="visualization",
            ),
            node(
                draw_shot_sheets,
                inputs={
                    "edit_lists": "edit_lists",
                    "frames": "frame_tables",
                    "videos": "videos",
                    "ingested": "clips",
                    "stored": "shot_sheets_fingerprints",
                    "options": "params:report",
                },
                outputs=["shot_sheets", "shot_sheet_records"],
                name="draw_shot_sheets",
                tags="visualization",
            ),
            node(
                write_report,
                inputs={
                    "edit_lists": "edit_lists",
                    "facts": "clip_facts",
                    "sheets": "shot_sheet_records",
                    "run": "run_summary",
                    "pages": "review_pages",
                    "pictures": "review_thumbnails",
                    "overlays": "overlays",
                    "figures": "figures",
                    "shared": "sharing_pictures",
                    "videos": "videos",
                    "sharing": "params:sharing",
                    "options": "params:report",
                },
                outputs="report",
                name="write_report",
                tags="visualization",
            ),
        ]
    )
