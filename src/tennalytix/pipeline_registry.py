"""The pipelines, by name."""

from kedro.pipeline import Pipeline

from tennalytix.pipelines import (
    ball_detection,
    clip_export,
    court_detection,
    evaluation,
    export,
    ingestion,
    label_import,
    player_detection,
    postprocessing,
    training,
    visualization,
)


def register_pipelines() -> dict[str, Pipeline]:
    """Every pipeline by the name that `kedro run --pipelines=` takes."""
    stages = {
        "ingestion": ingestion.create_pipeline(),
        "court_detection": court_detection.create_pipeline(),
        "player_detection": player_detection.create_pipeline(),
        "ball_detection": ball_detection.create_pipeline(),
        "postprocessing": postprocessing.create_pipeline(),
    }
    tracking = Pipeline([node for stage in stages.values() for node in stage.nodes])
    drawing = visualization.create_pipeline()
    return {
        **stages,
        "visualization": drawing,
        "evaluation": evaluation.create_pipeline(),
        "export": export.create_pipeline(),
        "export_clips": clip_export.create_pipeline(),
        "label_import": label_import.create_pipeline(),
        "training": training.create_pipeline(),
        "tracking": tracking,
        "__default__": Pipeline([*tracking.nodes, *drawing.nodes]),
    }
