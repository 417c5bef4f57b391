"""What tests of several folders share."""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

# How long an example takes says how busy the machine is.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

PROJECT = Path(__file__).parents[1]
SAMPLE = PROJECT / "data/01_raw/videos/sample_rally.mp4"
Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def tracked_sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The storage root of the whole chain on the shipped sample, made once, and its run summary; not to be changed."""
    root = tmp_path_factory.mktemp("tracked")
    with pytest.MonkeyPatch.context() as patch:
        return root, runner(patch)(root, "__default__", videos=str(SAMPLE))


def runner(monkeypatch: pytest.MonkeyPatch) -> Run:
    """What runs pipelines of the real project on a storage root and returns the run summary."""
    monkeypatch.chdir(PROJECT)
    for name in ("TENNALYTIX_ROOT", "TENNALYTIX_VIDEOS"):
        monkeypatch.delenv(name, raising=False)

    def run_pipelines(root: Path, *names: str, tags: Sequence[str] = (), **params: Any) -> dict[str, Any]:
        bootstrap_project(PROJECT)
        with KedroSession.create(project_path=PROJECT, runtime_params={"root": os.fspath(root), **params}) as session:
            session.run(pipeline_names=list(names), tags=list(tags))

        summary: dict[str, Any] = json.loads((root / "08_reporting" / "run_summary.json").read_text())
        return summary

    return run_pipelines
