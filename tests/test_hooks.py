import logging
import os
import subprocess
import sys
from pathlib import Path

from tennalytix.hooks import LoggingHooks

PROJECT = Path(__file__).parents[1]


def kedro(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "src"), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "kedro", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=PROJECT)


def test_bad_input_is_one_sentence_and_an_exit_code(tmp_path: Path) -> None:
    result = kedro("run", "--pipelines=ingestion", f"--params=root={tmp_path},videos={tmp_path}/none")

    assert result.returncode == 1
    assert "videos must be an existing folder or file" in result.stderr
    assert "Traceback" not in result.stderr + result.stdout


def test_a_wrong_option_is_one_sentence(tmp_path: Path) -> None:
    result = kedro("run", "--pipelines=postprocessing", f"--params=root={tmp_path},ball.min_points=-3")

    assert result.returncode == 1
    assert "min_points must be positive, got -3" in result.stderr
    assert "Traceback" not in result.stderr + result.stdout


def test_other_errors_keep_their_traceback(monkeypatch) -> None:
    seen = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: seen.append(error))
    LoggingHooks().after_context_created()

    sys.excepthook(KeyError, KeyError("a bug"), None)

    assert seen[0][0] is KeyError


def test_names_of_files_are_not_markup() -> None:
    record = logging.LogRecord("tennalytix.video", logging.INFO, "f", 1, "scan [red]x[/red]", None, None)
    LoggingHooks().after_context_created()
    for handler in logging.getLogger().handlers:
        handler.filter(record)

    assert record.markup is False
