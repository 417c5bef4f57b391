from collections.abc import Iterator

import pytest

from conftest import Run, runner


@pytest.fixture(scope="module")
def run_once() -> Iterator[Run]:
    """`run` for fixtures of a whole module."""
    with pytest.MonkeyPatch.context() as patch:
        yield runner(patch)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs pipelines of the real project on a storage root, as the command line does, and returns the run summary."""
    return runner(monkeypatch)
