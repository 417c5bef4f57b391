"""Real `kedro run` processes to kill, and what they leave; the benchmark uses it too."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def start(root: Path, videos: Path, backend: str = "serial", pipeline: str = "tracking") -> "subprocess.Popen[str]":
    """A run as the command line starts it, in a process group of its own."""
    params = f"--params=root={root},videos={videos},parallel.backend={backend},parallel.workers=2"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "src"), "PYTHONWARNINGS": "ignore"}
    for name in ("TENNALYTIX_ROOT", "TENNALYTIX_VIDEOS"):
        environment.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "-m", "kedro", "run", f"--pipeline={pipeline}", params],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        cwd=PROJECT,
        start_new_session=True,
    )


def finish(run: "subprocess.Popen[str]") -> str:
    """What a run said that must have gone through."""
    said = run.communicate()[0]
    if run.returncode:
        raise RuntimeError(f"the run must end well, got exit code {run.returncode}: {said}")
    return said


def kill_sometime(run: "subprocess.Popen[str]", root: Path, within_s: float, rng: random.Random) -> int:
    """Kills a run a random time after it has stored something new; returns how many files there are then."""
    before = len(results(root))
    while run.poll() is None and len(results(root)) == before:
        time.sleep(0.01)
    time.sleep(rng.uniform(0, within_s))
    run.send_signal(signal.SIGKILL)
    run.communicate()
    return len(results(root))


def results(root: Path) -> dict[str, bytes]:
    """All that is stored, by path, but for what tells of one run and one machine: run summary and hashes of files."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and path.name not in ("run_summary.json", "source_hashes.json")
        and not path.name.startswith(".")  # On its way, or a trial: gone before it could be read.
    }
