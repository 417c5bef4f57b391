"""A run over a Dask cluster of its own, to be killed and started again; the benchmark uses it too.

python tests/dask_client.py <folder> <clips> <seconds>
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import NamedTuple

from killed_workers import killing_workers
from small_tasks import attempts, current, numbers, square, store
from tennalytix.datasets.fingerprints import FingerprintsDataset
from tennalytix.pipelines.parallel import Parallel
from tennalytix.pipelines.stage import run_stage


class Survival(NamedTuple):
    """What is left after a run whose workers, and perhaps the run itself, were killed.

    Attributes:
        workers_killed: how many.
        stored_at_kill: results that were stored when the run was killed; None if it was not.
        right: results that are stored and right.
        files: all files in the folder of results.
        times: how many results were computed once, twice and so on.
        seconds: from start to end.
    """

    workers_killed: int
    stored_at_kill: int | None
    right: int
    files: int
    times: dict[int, int]
    seconds: float


def survive(folder: Path, clips: int, seconds: float, every_s: float, *, kill_client: bool) -> Survival:
    """Runs clips of some seconds each with two workers, kills one of these every so often, and the run itself once."""
    notes, out = folder / "notes", folder / "out"
    notes.mkdir()
    out.mkdir()
    begin, stored_at_kill = time.perf_counter(), None
    with killing_workers(notes, every_s) as killed:
        run = _start(folder, clips, seconds)
        if kill_client:
            enough = random.Random(0).randint(clips // 4, clips // 2)
            while run.poll() is None and len(list(out.glob("*.json"))) < enough:
                time.sleep(0.02)
            os.kill(run.pid, signal.SIGKILL)
            run.wait()
            stored_at_kill = len(list(out.glob("*.json")))
            run = _start(folder, clips, seconds)
        code = run.wait()
    if code:
        raise RuntimeError(f"the run must end well, got exit code {code}.")
    wanted = {f"match__{n:04}": f'{{"fingerprint": "{current(n)}", "square": {n * n}}}' for n in range(1, clips + 1)}
    found = {name: load().decode() for name, load in store(out).load().items()}
    times = Counter(attempts(notes, str(n)) for n in range(1, clips + 1))
    right = sum(found.get(name) == text for name, text in wanted.items())
    files = sum(path.is_file() for path in out.rglob("*"))
    return Survival(len(killed), stored_at_kill, right, files, dict(sorted(times.items())), time.perf_counter() - begin)


def _start(folder: Path, clips: int, seconds: float) -> "subprocess.Popen[bytes]":
    command = [sys.executable, __file__, str(folder), str(clips), str(seconds)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})


def main(folder: Path, clips: int, seconds: float) -> None:
    """What is stored and current is not computed again, as in `kedro run`."""
    out = store(folder / "out")
    fingerprints = FingerprintsDataset(path=str(folder / "out"), filename_suffix=".json").load()
    items = {name: load for name, load in numbers(clips + 1).items() if name != "match__0000"}
    parallel = Parallel("dask", workers=2, attempts=9, save=out.save)
    work = partial(square, folder / "notes", seconds)
    for _ in run_stage("squares", items, fingerprints, current, work, parallel=parallel):
        pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
