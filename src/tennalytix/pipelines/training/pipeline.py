"""Wiring."""

from kedro.pipeline import Pipeline, node

from tennalytix.pipelines.training.ball_nodes import render_balls, sample_balls, train_ball_network
from tennalytix.pipelines.training.nodes import render_people, sample_people, train_person_network


def create_pipeline() -> Pipeline:
    """Footage, labels and rendered rallies to the networks that the detectors run; a tag for each of the two."""
    return Pipeline([*_people().nodes, *_ball().nodes])


def _people() -> Pipeline:
    return Pipeline(
        [
            node(
                sample_people,
                inputs={
                    "clips": "clips",
                    "people": "people",
                    "courts": "courts",
                    "labels": "labels",
                    "options": "params:training_footage",
                },
                outputs="people_samples",
                name="sample_people",
            ),
            node(
                render_people,
                inputs={"options": "params:training_rendered"},
                outputs="people_rendered",
                # By this name it runs after the footage was read: what is wrong there is found first.
                name="sample_rendered_people",
            ),
            node(
                train_person_network,
                inputs={
                    "samples": "people_samples",
                    "rendered": "people_rendered",
                    "scenes": "params:training_rendered",
                    "options": "params:training_people",
                    "fit": "params:training_fit",
                },
                outputs=["person_network", "person_network_int8", "person_network_report", "person_network_card"],
                name="train_person_network",
            ),
        ],
        tags=["training", "people"],
    )


def _ball() -> Pipeline:
    return Pipeline(
        [
            node(
                sample_balls,
                inputs={
                    "clips": "clips",
                    "candidates": "ball_candidates",
                    "tracks": "tracks",
                    "labels": "labels",
                    "options": "params:training_ball_footage",
                },
                outputs="ball_samples",
                name="sample_balls",
            ),
            node(
                render_balls,
                inputs={"options": "params:training_ball_rendered"},
                outputs="ball_rendered",
                name="sample_rendered_balls",
            ),
            node(
                train_ball_network,
                inputs={
                    "samples": "ball_samples",
                    "rendered": "ball_rendered",
                    "scenes": "params:training_ball_rendered",
                    "options": "params:training_ball",
                    "fit": "params:training_ball_fit",
                },
                outputs=["ball_network", "ball_network_report", "ball_network_card"],
                name="train_ball_network",
            ),
        ],
        tags=["training", "ball"],
    )
