"""Tracks as files for other tools."""

from tennalytix.pipelines.export.pipeline import create_pipeline

__all__ = ["create_pipeline"]
