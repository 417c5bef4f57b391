"""Clips to the people in them, players or not."""

from tennalytix.pipelines.player_detection.pipeline import create_pipeline

__all__ = ["create_pipeline"]
