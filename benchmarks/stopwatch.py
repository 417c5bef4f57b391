"""What the benchmarks share: clocks, and the bare decode that everything is compared with."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av

DECODE = "bare decode"
DECODE_DEFAULT = "as PyAV opens it"


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


def decode_bare(path: Path, auto: bool = True) -> int:
    """What nobody can do without: every frame as an RGB array, and nothing done with it.

    Args:
        path: of the video.
        auto: FFmpeg may decode frames side by side; PyAV leaves that off unless it is asked for.
    """
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        if auto:
            stream.thread_type = "AUTO"
        return sum(frame.to_ndarray(format="rgb24").size > 0 for frame in container.decode(stream))
