"""Stages on a Dask cluster of real processes, which are killed as spot machines are."""

import json
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from killed_workers import killing_workers
from small_tasks import attempts, current, numbers, square, square_or_die, store
from tennalytix.datasets.partitions import Stored
from tennalytix.pipelines.parallel import Parallel
from tennalytix.pipelines.stage import StageError, run_stage

TESTS = Path(__file__).parents[1]


def test_all_results_are_whole_although_workers_are_killed(tmp_path: Path) -> None:
    notes, out = tmp_path / "notes", tmp_path / "out"
    notes.mkdir()
    parallel = Parallel("dask", workers=2, attempts=9, save=store(out).save)
    with killing_workers(notes, every_s=0.7, at_most=6) as killed:
        work = partial(square, notes, 0.05)
        result = dict(run_stage("squares", numbers(60), {}, current, work, parallel=parallel))

    assert killed
    assert result == dict.fromkeys(list(numbers(60))[1:], Stored())
    assert {name: load() for name, load in store(out).load().items()} == {
        f"match__{n:04}": f'{{"fingerprint": "{current(n)}", "square": {n * n}}}'.encode() for n in range(1, 60)
    }
    assert max(attempts(notes, str(n)) for n in range(60)) <= 1 + len(killed)


def test_a_deadly_item_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    parallel = Parallel("dask", workers=1, attempts=2)
    work = partial(square_or_die, notes, {1: 99})
    result = dict(run_stage("squares", numbers(3), {}, current, work, parallel=parallel))

    assert sorted(result) == ["match__0002"]
    assert attempts(notes, "1") == 2
    assert "squares: match__0001: its worker died 2 times" in caplog.text


def test_no_scheduler_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tennalytix.pipelines.cluster.CONNECT_S", 0.5)
    parallel = Parallel("dask", address="tcp://127.0.0.1:9")

    with pytest.raises(StageError, match=r"address must be that of a Dask scheduler, got tcp://127\.0\.0\.1:9"):
        list(run_stage("squares", numbers(2), {}, current, partial(square, Path(), 0.0), parallel=parallel))


CLIENT = """
import sys
from functools import partial
from pathlib import Path
from small_tasks import *
from tennalytix.datasets.fingerprints import FingerprintsDataset
from tennalytix.pipelines.parallel import Parallel
from tennalytix.pipelines.stage import run_stage

folder, address = Path(sys.argv[1]), sys.argv[2]
stored = FingerprintsDataset(path=str(folder / "out"), filename_suffix=".json").load()
parallel = Parallel("dask", address=address, threads=1, save=store(folder / "out").save)
work = partial(square, folder / "notes", 0.1)
for name, _ in run_stage("squares", numbers(40), stored, current, work, parallel=parallel):
    print(name, flush=True)
"""


def test_a_killed_client_is_started_again_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])}
    start = partial(subprocess.Popen, env=environment, text=True)
    file = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = start(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port=0", "--no-dashboard", "--no-show",
         "--dashboard-address=:0", f"--scheduler-file={file}"], **quiet
    )  # fmt: skip
    worker = start(
        [sys.executable, "-m", "distributed.cli.dask_worker", "--nthreads=1", "--no-dashboard",
         f"--scheduler-file={file}"], **quiet
    )  # fmt: skip
    try:
        while not file.exists() or not file.read_text():
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        command = [sys.executable, "-c", CLIENT, str(tmp_path), address]
        first = start(command, stdout=subprocess.PIPE)
        before = [first.stdout.readline() for _ in range(5)]
        first.kill()
        first.communicate()
        second = start(command, stdout=subprocess.PIPE)
        after = second.communicate()[0].split()
    finally:
        for process in (worker, scheduler):
            process.terminate()
            process.wait()

    assert len(before) == 5
    assert second.returncode == 0
    assert len(after) <= 34
    assert sorted(store(tmp_path / "out").load()) == sorted(numbers(40))[1:]
    assert max(attempts(tmp_path / "notes", str(n)) for n in range(1, 40)) <= 2
