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
    """Kills a random worker of this process's cluster every so often, if work left a note since the last one.

    Workers that are just starting are killed as well. On a busy machine, where a start takes longer than that, they are
    let be until there is work again.
    """
    killed: list[int] = []
    notes_then = 0
    stop, rng = threading.Event(), random.Random(0)

    def kill() -> None:
        nonlocal notes_then
        while not stop.wait(every_s):
            workers = [p for p in psutil.Process().children(recursive=True) if _is_spawned(p)]
            notes_now = len(list(notes.iterdir()))
            if workers and notes_now > notes_then and len(killed) < at_most:
                notes_then = notes_now
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
