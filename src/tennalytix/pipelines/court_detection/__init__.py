"""Clips to the court in them."""

from tennalytix.pipelines.court_detection.pipeline import create_pipeline

__all__ = ["create_pipeline"]
