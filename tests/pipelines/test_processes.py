"""Stages in worker processes: what holds for `serial` holds here, and deaths cost a retry."""

import logging
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from small_tasks import attempts, bug, current, numbers, places, square, square_or_die, store
from tennalytix.datasets.partitions import Stored
from tennalytix.pipelines.parallel import Parallel
from tennalytix.pipelines.processes import end_workers, keep_workers, process_backend
from tennalytix.pipelines.stage import StageError, run_stage
from tennalytix.pipelines.tasks import Task

TWO = Parallel("process", workers=2)


def run(work, parallel: Parallel = TWO, count: int = 5, stored: dict[str, str] | None = None) -> dict:
    return dict(run_stage("squares", numbers(count), stored or {}, current, work, parallel=parallel))


def test_results_and_failures_are_those_of_serial(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stored = {"match__0002": current(2), "match__0003": "old"}
    work = partial(square, tmp_path, 0.0)
    with caplog.at_level(logging.INFO):
        serial = run(work, Parallel(), stored=stored)
        said = [r.getMessage() for r in caplog.records if "items done" not in r.getMessage()]
        caplog.clear()
        parallel = run(work, stored=stored)

    assert list(serial) == ["match__0001", "match__0003", "match__0004"]
    assert parallel == serial
    assert said == [
        "squares: match__0000: item must not be 0, got 0.",
        "squares: 1 of 5 are stored already and current.",
    ]
    assert [r.getMessage() for r in caplog.records if "items done" not in r.getMessage()] == said


def test_workers_store_by_themselves(tmp_path: Path) -> None:
    result = run(partial(square, tmp_path, 0.0), Parallel("process", workers=2, save=store(tmp_path / "out").save))
    store(tmp_path / "out").save(result)

    assert result == dict.fromkeys([f"match__{n:04}" for n in range(1, 5)], Stored())
    assert {name: load() for name, load in store(tmp_path / "out").load().items()} == run(
        partial(square, tmp_path, 0.0), Parallel()
    )


def test_a_death_costs_a_retry_and_a_deadly_item_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    result = run(partial(square_or_die, notes, {1: 1, 2: 99}), Parallel("process", workers=2, attempts=2))

    assert sorted(result) == ["match__0001", "match__0003", "match__0004"]
    assert [attempts(notes, str(n)) for n in range(5)] == [1, 2, 2, 1, 1]
    assert "squares: match__0002: its worker died 2 times" in caplog.text


def test_workers_are_as_many_as_wanted_and_share_the_cores() -> None:
    found = run(places, Parallel("process", workers=2, threads=3), count=12)

    assert len({pid for pid, _ in found.values()}) == 2
    assert os.getpid() not in {pid for pid, _ in found.values()}
    assert {threads for _, threads in found.values()} == {3}


def test_workers_may_outlive_their_stage() -> None:
    keep_workers()
    try:
        first, second, other = (
            {pid for pid, _ in run(places, Parallel("process", workers=2, threads=threads), count=12).values()}
            for threads in (1, 1, 2)
        )
    finally:
        end_workers()

    assert first == second
    assert not first & other
    assert not any(psutil.pid_exists(pid) for pid in first | other)


def test_workers_of_a_stage_that_failed_end(tmp_path: Path) -> None:
    keep_workers()
    try:
        with pytest.raises(StageError):
            run(bug, count=2)
        running = run_stage(
            "squares", numbers(9), {}, current, partial(square, tmp_path, 0.3), parallel=Parallel("process", workers=1)
        )
        next(running)
        running.close()
        time.sleep(0.3)

        assert len(list(tmp_path.iterdir())) < 4
    finally:
        end_workers()


def test_a_worker_that_is_still_starting_ends_at_once(tmp_path: Path) -> None:
    task = Task("slow", partial(int, 1), None, current, partial(square, tmp_path, 60.0))
    start = time.monotonic()
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)

    def interrupted() -> None:
        with process_backend(1, 1, 3) as work:
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            list(work(iter([task])))

    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    finally:
        signal.signal(signal.SIGALRM, before)

    assert time.monotonic() - start < 30


def test_no_worker_starts_for_what_is_current(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tennalytix.pipelines.processes._Slot._start", lambda slot: pytest.fail("a worker was started"))

    with caplog.at_level(logging.INFO):
        assert run(bug, stored={f"match__{n:04}": current(n) for n in range(4)}, count=4) == {}

    assert "squares: 4 of 4 are stored already and current." in caplog.text


def test_a_bug_in_a_worker_shows_where(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(StageError, match=r"squares failed for all of 2\. First, match__000\d: 'missing'"):
        run(bug, count=2)

    assert "small_tasks.py" in caplog.text


def test_what_cannot_be_stored_ends_the_stage(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, where a folder should be")
    parallel = Parallel("process", workers=1, save=store(tmp_path / "out").save)

    with pytest.raises(StageError, match=r"match__000\d could not be stored: .*start the same command again to go on"):
        run(partial(square, tmp_path, 0.0), parallel, count=2)


def test_workers_end_when_the_stage_is_left_or_its_process_killed(tmp_path: Path) -> None:
    running = run_stage(
        "squares", numbers(9), {}, current, partial(square, tmp_path, 0.3), parallel=Parallel("process", workers=2)
    )
    next(running)
    start = time.monotonic()
    running.close()

    assert time.monotonic() - start < 2
    assert len(list(tmp_path.iterdir())) < 7

    script = tmp_path / "stage.py"
    script.write_text(
        "from pathlib import Path\nfrom functools import partial\nfrom small_tasks import *\n"
        "from tennalytix.pipelines.parallel import Parallel\nfrom tennalytix.pipelines.stage import run_stage\n"
        "if __name__ == '__main__':\n"
        f"    work = partial(square, Path({str(tmp_path / 'killed')!r}), 0.2)\n"
        "    list(run_stage('s', numbers(99), {}, current, work, parallel=Parallel('process', workers=2)))\n"
    )
    (tmp_path / "killed").mkdir()
    tests = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tests), str(tests.parent / "src")])}
    parent = subprocess.Popen([sys.executable, str(script)], env=environment)
    while not list((tmp_path / "killed").iterdir()):
        time.sleep(0.05)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    time.sleep(0.5)
    done = len(list((tmp_path / "killed").iterdir()))
    time.sleep(0.5)

    assert len(list((tmp_path / "killed").iterdir())) == done < 99
