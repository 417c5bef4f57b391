"""docs/robustness.md and the tests name the same cases."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs/robustness.md"


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if "::" in line and line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.fixture(scope="module")
def named(rows: list[list[str]]) -> set[str]:
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row[-1])}


@pytest.fixture(scope="module")
def collected(named: set[str]) -> set[str]:
    """Ids of the tests there are, below `tests/`."""
    files = sorted({"robustness", *(name.split("::")[0] for name in named)})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *(str(TESTS / file) for file in files)]
    listed = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, check=True, timeout=120).stdout
    return {line.removeprefix("tests/") for line in listed.splitlines() if "::" in line}


def test_there_are_many_cases_each_with_what_happens_and_a_test(rows: list[list[str]]) -> None:
    assert len(rows) >= 40
    assert all(len(row) == 3 and all(row) for row in rows)


def test_every_test_in_the_table_exists(named: set[str], collected: set[str]) -> None:
    existing = collected | {name.split("[")[0] for name in collected}

    assert named - existing == set()


def test_every_robustness_test_is_in_the_table(named: set[str], collected: set[str]) -> None:
    own = {name for name in collected if name.startswith("robustness/") and "test_table.py" not in name}

    assert {name for name in own if name not in named and name.split("[")[0] not in named} == set()
