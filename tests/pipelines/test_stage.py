import logging
from dataclasses import dataclass
from functools import partial

import pytest
from kedro.io.core import DatasetError

from tennalytix.pipelines.progress import follow, show_progress
from tennalytix.pipelines.stage import StageError, fingerprint, report_failure, run_stage
from tennalytix.schema.tracks import ModelProvenance


@dataclass(frozen=True)
class Options:
    gate_px: float = 3.0


def run(items: dict[str, int], stored: dict[str, str] | None = None) -> dict[str, float]:
    loads = {name: partial(int, value) for name, value in items.items()}
    return dict(run_stage("halving", loads, stored or {}, fingerprint, lambda n, _: 12 / n))


def test_every_item_is_worked_on() -> None:
    assert run({"a": 2, "b": 4}) == {"a": 6, "b": 3}


def test_what_is_stored_and_current_is_skipped() -> None:
    assert run({"a": 2, "b": 4}, {"a": fingerprint(2), "b": fingerprint(5)}) == {"b": 3}


def test_a_failure_is_said_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        result = run({"a": 0, "b": 4})

    assert result == {"b": 3}
    assert "halving: a: " in caplog.text


def test_a_traceback_is_for_faults_and_not_for_files_that_cannot_be_read(caplog: pytest.LogCaptureFixture) -> None:
    def chained(error: Exception, cause: Exception | None) -> Exception:
        error.__cause__ = cause
        return error

    bad_file = chained(DatasetError("a.json must be a Corrections file, got Invalid JSON."), ValueError("json"))
    missing = DatasetError("videos must be an existing folder.")
    fault = chained(DatasetError("Failed while loading data from dataset a."), KeyError("a"))
    for error in (bad_file, missing, ValueError("x"), OSError("y"), fault, KeyError("a")):
        report_failure("halving", "a", error)

    assert [record.exc_info is not None for record in caplog.records] == [False, False, False, False, True, True]


def test_nothing_at_all_done_is_an_error() -> None:
    with pytest.raises(StageError, match=r"halving failed for all of 2\. First, a: division by zero"):
        run({"a": 0, "b": 0})


def test_no_items_are_no_error() -> None:
    assert run({}) == {}


def test_a_failure_may_replace_what_was_stored_or_leave_it() -> None:
    loads = {"a": partial(int, 0), "b": partial(int, 1), "c": partial(int, 0)}

    def instead(name: str, error: Exception) -> str | None:
        return None if name == "c" else type(error).__name__

    result = dict(run_stage("s", loads, {}, fingerprint, lambda n, _: str(1 // n), instead))

    assert result == {"a": "ZeroDivisionError", "b": "1"}


def test_fingerprints_follow_content_and_nothing_else() -> None:
    model = ModelProvenance(name="m")

    assert fingerprint("a", Options(), model) == fingerprint("a", Options(3.0), ModelProvenance(name="m"))
    assert fingerprint("a", Options(), model) != fingerprint("a", Options(3.1), model)
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    with pytest.raises(TypeError, match="plain values, got object"):
        fingerprint(object())


def test_progress_passes_everything_on_and_says_the_rate(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tennalytix"):
        passed = list(follow(iter("abc"), 3, "ball_detection: match [1/2]"))

    assert passed == ["a", "b", "c"]
    assert "ball_detection: match [1/2]: 3 frames done" in caplog.text


def test_long_work_is_reported_on_the_way(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("tennalytix.pipelines.progress.LOG_EVERY_S", 0.0)
    with caplog.at_level(logging.INFO, "tennalytix"), show_progress(4, "scan") as advance:
        advance(1)

    assert "scan: 1 of 4 (25 %)" in caplog.text


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import rich  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415

    monkeypatch.setattr(rich, "_console", Console(force_terminal=True))

    assert list(follow(range(3), 3, "scan [x]")) == [0, 1, 2]
    assert "scan [x]" in capsys.readouterr().out
