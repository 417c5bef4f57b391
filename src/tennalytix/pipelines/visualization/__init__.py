"""Tracks to overlay videos and review pages."""

from tennalytix.pipelines.visualization.pipeline import create_pipeline

__all__ = ["create_pipeline"]
