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
def killing_workers(notes: Path, every_s: float) -> Iterator[list[int]]:
    """Kills a random worker of this process's cluster every so often, once work left a note."""
    killed: list[int] = []
    stop, rng = threading.Event(), random.Random(0)

    def kill() -> None:
        while not stop.wait(every_s):
            workers = [p for p in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(p.cmdline())]
            if workers and any(notes.iterdir()):
                killed.append(rng.choice(workers).pid)
                os.kill(killed[-1], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()
