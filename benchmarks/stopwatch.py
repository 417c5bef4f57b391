"""What the benchmarks share: clocks, and the bare decode that everything is compared with."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av

DECODE = "bare decode"


@dataclass
class Clock:
    """Wall and processor seconds by stage, one entry a round."""

    wall_s: dict[str, list[float]] = field(default_factory=dict)
    cpu_s: dict[str, list[float]] = field(default_factory=dict)

    def time(self, stage: str, work: Callable[[], Any]) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        self.wall_s.setdefault(stage, []).append(time.perf_counter() - wall)
        self.cpu_s.setdefault(stage, []).append(time.process_time() - cpu)
        return result


def decode_bare(path: Path) -> int:
    """What nobody can do without: every frame as an RGB array, and nothing done with it."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        return sum(frame.to_ndarray(format="rgb24").size > 0 for frame in container.decode(stream))
