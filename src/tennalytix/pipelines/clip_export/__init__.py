"""Clips as video files of their own."""

from tennalytix.pipelines.clip_export.pipeline import create_pipeline

__all__ = ["create_pipeline"]
