"""Tracks and labels to scores."""

from tennalytix.pipelines.evaluation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
