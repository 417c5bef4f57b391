"""Wiring."""

from kedro.pipeline import Pipeline, node

from tennalytix.pipelines.label_import.nodes import import_labels


def create_pipeline() -> Pipeline:
    """Exports of labelling tools to label files."""
    return Pipeline(
        [
            node(
                import_labels,
                inputs={
                    "exports": "label_exports",
                    "edit_lists": "edit_lists",
                    "labels": "labels",
                    "options": "params:label_import",
                },
                outputs="imported_labels",
                name="import_labels",
                tags="label_import",
            )
        ]
    )
