"""Videos in storage to edit lists and frame tables."""

from tennalytix.pipelines.ingestion.pipeline import create_pipeline

__all__ = ["create_pipeline"]
