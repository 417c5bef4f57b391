"""Labels of CVAT and Label Studio to label files."""

from tennalytix.pipelines.label_import.pipeline import create_pipeline

__all__ = ["create_pipeline"]
