"""Where the clips of a stage are worked on: here, on the cores of this machine, or on a Dask cluster."""

import hashlib
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from tennalytix.detectors.onnx_session import may_run_on_cuda
from tennalytix.pipelines.beside import Beside

T = TypeVar("T")

Backend = Literal["auto", "serial", "process", "dask"]
Save = Callable[[dict[str, Any]], None]
"""Stores partitions by id."""

CONTAINER = Path("/sys/fs/cgroup/cpu.max")
CONTAINER_MEMORY = Path("/sys/fs/cgroup/memory.max")

AUTO_ITEMS = 4
"""With fewer, starting processes costs about as much as they save."""
WORKER_BYTES = 10**9
"""Memory that a worker may want."""

_CLIP_NUMBERS = re.compile(r"(__\d{4,})+$")


@dataclass(frozen=True, slots=True)
class Parallel:
    """How a stage spreads its clips.

    Attributes:
        backend: `serial` works on one clip after the other in this process, `process` on several at once in processes
            of this machine, `dask` on a Dask cluster; `auto` is `process` for four items or more where no
            network runs on a CUDA device, else `serial`.
        workers: processes on this machine; 0 for as many as there are cores, and memory for.
        threads: of each worker's networks and filters; 0 shares the cores among the workers.
        address: of a Dask scheduler, such as `tcp://10.0.0.5:8786`; None starts a cluster on this machine.
        attempts: how many workers may die over a clip before it is left out.
        shard: `2/8` takes the second of eight parts of the videos; None takes all. A video's clips are all in one part.
        one_decode: people and ball are found in one pass of a clip's frames where both are due in the same run.
        save: how workers store results by themselves; None has results come back. Set by a hook for the node's output.
        beside: a stage whose results are made along with the node's own. Set by a hook.
        made: items whose results an earlier node of this run made along with its own. Set by a hook.
    """

    backend: Backend = "serial"
    workers: int = 0
    threads: int = 0
    address: str | None = None
    attempts: int = 3
    shard: str | None = None
    one_decode: bool = True
    save: Save | None = field(default=None, compare=False, repr=False)
    beside: Beside | None = field(default=None, compare=False, repr=False)
    made: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.backend not in get_args(Backend):
            raise ValueError(f"backend must be one of {', '.join(get_args(Backend))}, got {self.backend!r}.")
        for name in ("workers", "threads"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}. Use 0 to share all cores.")
        if self.attempts < 1:
            raise ValueError(f"attempts must be positive, got {self.attempts}.")
        if self.address is not None and self.backend != "dask":
            raise ValueError(f"address must go with backend dask, got backend {self.backend}. Set backend: dask.")
        if self.shard is not None:
            _part(self.shard)

    def settled(self, items: int) -> "Parallel":
        """These options for so many items, with the backend that `auto` stands for."""
        if self.backend != "auto":
            return self
        # On a CUDA device networks of many processes would fill its memory, and wait for one another.
        several = items >= AUTO_ITEMS and self.workers_for(items) > 1 and not may_run_on_cuda("auto")
        return replace(self, backend="process" if several else "serial")

    def workers_for(self, items: int) -> int:
        """Processes to start on this machine: not more than there are items."""
        return max(1, min(self.workers or min(usable_cores(), usable_bytes() // WORKER_BYTES), items))

    def threads_for(self, workers: int) -> int:
        """Threads of each of so many workers on this machine."""
        return self.threads or max(1, usable_cores() // workers)

    def of_shard(self, items: Mapping[str, T]) -> dict[str, T]:
        """Those of the items, by id of a clip or a video, that are this run's to do.

        Examples:
            >>> clips = {"final__0000": 1, "final__0001": 2, "semi__0000": 3}
            >>> parts = [Parallel(shard=f"{i}/2").of_shard(clips) for i in (1, 2)]
            >>> sorted(name for part in parts for name in part) == sorted(clips)
            True
        """
        if self.shard is None:
            return dict(items)
        index, count = _part(self.shard)
        return {name: item for name, item in items.items() if _bucket(name, count) == index - 1}


SERIAL = Parallel()


def usable_cores() -> int:
    """Cores that this process may run on, also where a container has fewer than its machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _container_cores(CONTAINER)))


def usable_bytes() -> int:
    """Memory of this machine, or of the container it is; plenty where that is not told."""
    names = getattr(os, "sysconf_names", {})
    known = "SC_PHYS_PAGES" in names and "SC_PAGE_SIZE" in names
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if known else sys.maxsize
    try:
        limit = CONTAINER_MEMORY.read_text().strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdigit() else machine


def _container_cores(limits: Path) -> int:
    """By the file `cpu.max` of Linux's control groups: microseconds of processor time in so many microseconds."""
    try:
        quota, period = limits.read_text().split()
    except (OSError, ValueError):
        return sys.maxsize
    return sys.maxsize if quota == "max" else int(quota) // int(period)


def _part(shard: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)/(\d+)", str(shard))
    index, count = (int(n) for n in found.groups()) if found else (0, 0)
    if not 1 <= index <= count:
        raise ValueError(f"shard must be like 1/8, from 1/8 to 8/8, got {shard!r}.")
    return index, count


def _bucket(name: str, count: int) -> int:
    # Numbers of clips do not count, so that a video is ingested where its clips are tracked.
    video = _CLIP_NUMBERS.sub("", name)
    return int.from_bytes(hashlib.sha256(video.encode()).digest()[:8], "big") % count
