"""Wiring."""

from kedro.pipeline import Pipeline, node

from tennalytix.pipelines.postprocessing.nodes import build_clip_tracks, flatten_tracks


def create_pipeline() -> Pipeline:
    """Courts, people and ball candidates to tracks."""
    return Pipeline(
        [
            node(
                build_clip_tracks,
                inputs={
                    "clips": "clips",
                    "courts": "courts",
                    "people": "people",
                    "balls": "ball_candidates",
                    "corrections": "corrections",
                    "edit_lists": "edit_lists",
                    "stored": "tracks_fingerprints",
                    "players": "params:players",
                    "ball": "params:ball",
                    "events": "params:events",
                    "parallel": "params:parallel",
                },
                outputs="tracks",
                name="build_tracks",
                tags="postprocessing",
            ),
            node(
                flatten_tracks,
                inputs={
                    "tracks": "tracks",
                    "clips": "clips",
                    "edit_lists": "edit_lists",
                    "fingerprints": "tracks_fingerprints",
                    "stored": "tracks_table_fingerprint",
                    "parallel": "params:parallel",
                },
                outputs="tracks_table",
                name="flatten_tracks",
                tags="postprocessing",
            ),
        ]
    )
