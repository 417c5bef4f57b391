import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize(("kind", "mib", "limit_mib"), [("gdrive", 96, 60), ("s3", 160, 140)])
def test_large_files_move_in_pieces(kind: str, mib: int, limit_mib: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    from storage_memory import measure  # noqa: PLC0415

    found = measure(kind, mib)
    assert found["same"]
    assert found["extra_mib"] < limit_mib
