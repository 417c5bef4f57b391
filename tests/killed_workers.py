"""Death among the workers of a cluster of this process, as spot machines die."""

import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


@contextmanager
def killing_workers(notes: Path, every_s: float, at_most: int = 1000) -> Iterator[list[int]]:
    """Kills a random worker of this process's cluster every so often, once work left a note.

    Workers that are just starting are killed as well.
    """
    killed: list[int] = []
    stop, rng = threading.Event(), random.Random(0)

    def kill() -> None:
        while not stop.wait(every_s):
            workers = [p for p in psutil.Process().children(recursive=True) if _is_spawned(p)]
            if workers and any(notes.iterdir()) and len(killed) < at_most:
                killed.append(rng.choice(workers).pid)
                os.kill(killed[-1], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


def _is_spawned(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.Error:  # Gone meanwhile.
        return False
