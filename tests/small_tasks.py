"""Work of milliseconds that worker processes can import, and that leaves traces to count."""

import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tennalytix.core.threads import thread_limit
from tennalytix.datasets.partitions import PartitionsDataset
from tennalytix.pipelines.stage import fingerprint


def numbers(count: int) -> dict[str, Callable[[], int]]:
    """Items `match__0000` and so on: 0, 1, 2..."""
    return {f"match__{n:04}": partial(int, n) for n in range(count)}


def current(item: int) -> str:
    """The fingerprint a result has."""
    return fingerprint("small", item)


def note(folder: Path, name: str) -> int:
    """Leaves a trace of one more attempt, and says how many there were before."""
    before = attempts(folder, name)
    (folder / f"{name}.{before}.{os.getpid()}.{time.monotonic_ns()}").touch()
    return before


def attempts(folder: Path, name: str) -> int:
    """How often something was attempted."""
    return len(list(folder.glob(f"{name}.*")))


def square(folder: Path, seconds: float, item: int, wanted: str) -> bytes:
    """Slow, if wanted; 0 fails, as a bad video does."""
    note(folder, str(item))
    time.sleep(seconds)
    if item == 0:
        raise ValueError("item must not be 0, got 0.")
    return f'{{"fingerprint": "{wanted}", "square": {item * item}}}'.encode()


def square_or_die(folder: Path, deadly: dict[int, int], item: int, wanted: str) -> bytes:
    """Kills its worker as often as `deadly` says for this item."""
    if note(folder, str(item)) < deadly.get(item, 0):
        os.kill(os.getpid(), signal.SIGKILL)
    return square(folder / "..", 0.0, item, wanted)


def places(item: int, wanted: str) -> tuple[int, int]:
    """Where an item was worked on, and with how many threads."""
    return os.getpid(), thread_limit()


def bug(item: int, wanted: str) -> Any:
    """A fault of ours."""
    return {}["missing"]


def store(folder: Path) -> PartitionsDataset:
    """Files in a folder."""
    return PartitionsDataset(
        path=str(folder), filename_suffix=".json", dataset={"type": "tennalytix.datasets.FileDataset"}
    )
