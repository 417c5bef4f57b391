"""Clips to ball candidates."""

from tennalytix.pipelines.ball_detection.pipeline import create_pipeline

__all__ = ["create_pipeline"]
