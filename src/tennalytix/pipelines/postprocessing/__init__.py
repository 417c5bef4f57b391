"""Courts, people and ball candidates to tracks."""

from tennalytix.pipelines.postprocessing.pipeline import create_pipeline

__all__ = ["create_pipeline"]
