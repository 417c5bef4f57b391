import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text()


def test_the_python_example_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(PROJECT)
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code is not None

    exec(compile(code[1], "README.md", "exec"), {})

    assert len(capsys.readouterr().out.splitlines()) == 250


def test_every_linked_file_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]

    assert len(links) >= 5
    assert [link for link in links if not (PROJECT / link).exists()] == []


def test_the_first_screen_shows_both_commands_and_a_picture() -> None:
    first = README.splitlines()[:12]

    assert any("make run" in line for line in first)
    assert any("make test" in line for line in first)
    assert any(line.startswith("![") for line in first)
