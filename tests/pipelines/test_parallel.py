import os
import re
from pathlib import Path

import pytest

from tennalytix.pipelines.parallel import WORKER_BYTES, Parallel, usable_bytes, usable_cores


def test_cores_are_shared_among_the_workers() -> None:
    assert Parallel().workers_for(1000) == usable_cores()
    assert Parallel(workers=8).workers_for(3) == 3
    assert Parallel(workers=8).workers_for(0) == 1
    assert Parallel().threads_for(10_000) == 1
    assert Parallel().threads_for(1) == usable_cores()
    assert Parallel(threads=3).threads_for(10_000) == 3


@pytest.mark.parametrize(
    ("limit", "cores"), [("150000 100000", 1), ("50000 100000", 1), ("max 100000", None), (None, None)]
)
def test_a_container_may_have_fewer_cores(
    limit: str | None, cores: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if limit is not None:
        (tmp_path / "cpu.max").write_text(limit)
    monkeypatch.setattr("tennalytix.pipelines.parallel.CONTAINER", tmp_path / "cpu.max")
    of_the_machine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    assert usable_cores() == (cores or of_the_machine)


def test_a_worker_needs_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "memory.max").write_text("2500000000\n")
    monkeypatch.setattr("tennalytix.pipelines.parallel.CONTAINER_MEMORY", tmp_path / "memory.max")
    monkeypatch.setattr("tennalytix.pipelines.parallel.usable_cores", lambda: 16)

    assert Parallel().workers_for(1000) == 2
    assert Parallel(workers=5).workers_for(1000) == 5

    (tmp_path / "memory.max").write_text("max\n")

    assert usable_bytes() > 2 * WORKER_BYTES


def test_auto_starts_processes_where_that_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tennalytix.pipelines.parallel.usable_cores", lambda: 2)

    assert [Parallel("auto").settled(items).backend for items in (0, 1, 3, 4, 99)] == ["serial"] * 3 + ["process"] * 2
    assert Parallel("auto", workers=1).settled(99).backend == "serial"
    assert [Parallel(backend).settled(99).backend for backend in ("serial", "dask")] == ["serial", "dask"]

    monkeypatch.setattr("tennalytix.pipelines.parallel.may_run_on_cuda", lambda device: True)

    assert Parallel("auto").settled(99).backend == "serial"
    assert Parallel("process").settled(1).backend == "process"


def test_shards_are_disjoint_and_whole() -> None:
    clips = {f"match{m}__{n:04}": m for m in range(40) for n in range(3)}
    parts = [Parallel(shard=f"{i}/4").of_shard(clips) for i in range(1, 5)]

    assert sorted(name for part in parts for name in part) == sorted(clips)
    assert all(len(part) < len(clips) / 2 for part in parts)


def test_a_video_and_its_clips_are_in_one_shard() -> None:
    for stem in ("final", "final__0003", "rome__2026__final"):
        items = {stem: 0, f"{stem}__0000": 1, f"{stem}__12345": 2}

        assert sorted(len(Parallel(shard=f"{i}/5").of_shard(items)) for i in range(1, 6)) == [0, 0, 0, 0, 3]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backend": "threads"}, "backend must be one of auto, serial, process, dask, got 'threads'."),
        ({"workers": -1}, "workers must not be negative, got -1. Use 0 to share all cores."),
        ({"threads": -2}, "threads must not be negative, got -2. Use 0 to share all cores."),
        ({"attempts": 0}, "attempts must be positive, got 0."),
        ({"shard": "0/4"}, "shard must be like 1/8, from 1/8 to 8/8, got '0/4'."),
        ({"shard": "2"}, "shard must be like 1/8, from 1/8 to 8/8, got '2'."),
        ({"address": "tcp://a:1"}, "address must go with backend dask, got backend serial. Set backend: dask."),
    ],
)
def test_bad_options_are_refused(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Parallel(**options)
