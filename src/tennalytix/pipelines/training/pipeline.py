"""Wiring."""

from kedro.pipeline import Pipeline, node

from tennalytix.pipelines.training.nodes import render_people, sample_people, train_person_network


def create_pipeline() -> Pipeline:
    """Footage, labels and rendered rallies to the networks that the detectors run."""
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
                tags="training",
            ),
            node(
                render_people,
                inputs={"options": "params:training_rendered"},
                outputs="people_rendered",
                # By this name it runs after the footage was read: what is wrong there is found first.
                name="sample_rendered_people",
                tags="training",
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
                outputs=["person_network", "person_network_report", "person_network_card"],
                name="train_person_network",
                tags="training",
            ),
        ]
    )
