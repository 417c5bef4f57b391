"""Footage, labels and rendered rallies to the networks that the detectors run."""

from tennalytix.pipelines.training.pipeline import create_pipeline

__all__ = ["create_pipeline"]
