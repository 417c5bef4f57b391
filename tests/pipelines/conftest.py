import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

PROJECT = Path(__file__).parents[2]
Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def run_once() -> Iterator[Run]:
    """`run` for fixtures of a whole module."""
    with pytest.MonkeyPatch.context() as patch:
        yield _runner(patch)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs pipelines of the real project on a storage root, as the command line does, and returns the run summary."""
    return _runner(monkeypatch)


def _runner(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(PROJECT)
    for name in ("TENNALYTIX_ROOT", "TENNALYTIX_VIDEOS"):
        monkeypatch.delenv(name, raising=False)

    def run_pipelines(root: Path, *names: str, **params: Any) -> dict[str, Any]:
        bootstrap_project(PROJECT)
        with KedroSession.create(project_path=PROJECT, runtime_params={"root": os.fspath(root), **params}) as session:
            session.run(pipeline_names=list(names))

        summary: dict[str, Any] = json.loads((root / "08_reporting" / "run_summary.json").read_text())
        return summary

    return run_pipelines
