"""Clips as tasks: what killed workers and killed runs leave, and what Dask and processes cost and gain.

python benchmarks/scale.py workers       200 small clips on Dask, a worker killed every few seconds, the run itself once
python benchmarks/scale.py runs          `kedro run --pipeline=tracking` killed at 20 random moments
python benchmarks/scale.py speed         one stage on many clips: serial, Dask on one core, two processes
"""

import argparse
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tennalytix.datasets.clips import ClipsDataset, IngestedVideo
from tennalytix.datasets.detector import DetectorDataset
from tennalytix.pipelines.ball_detection.nodes import detect_balls
from tennalytix.pipelines.memory import keep_freed_memory
from tennalytix.pipelines.parallel import Parallel
from tennalytix.pipelines.stage import run_stage
from tennalytix.schema.clips import ClipEntry, EditList
from tennalytix.schema.tracks import Video
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

PROJECT = Path(__file__).parents[1]
SAMPLE = PROJECT / "data/01_raw/videos/sample_rally.mp4"
WAIT_S = 0.1
sys.path.append(str(PROJECT / "tests"))

from dask_client import survive  # noqa: E402
from killed_runs import finish, kill_sometime, results, start  # noqa: E402
from shortened_video import write_short_sample  # noqa: E402 - after the path to it
from small_tasks import current, numbers, square, store  # noqa: E402


def workers(folder: Path, clips: int, every_s: float, kill_client: bool) -> None:
    left = survive(folder, clips, 0.5, every_s, kill_client=kill_client)
    print(f"clips {clips}, workers killed {left.workers_killed}, seconds {left.seconds:.0f}")
    if kill_client:
        print(f"the run itself killed with {left.stored_at_kill} results stored, and started again")
    print(f"stored and right {left.right}, files {left.files}; computed once, twice, ...: {left.times}")


def runs(folder: Path, kills: int) -> None:
    videos = folder / "videos"
    write_short_sample(videos / "first.mp4")
    write_short_sample(videos / "second.mp4", first=60)
    finish(start(folder / "undisturbed", videos))
    wanted = results(folder / "undisturbed")
    rng = random.Random(0)
    left, same, rounds = [], 0, 0
    while len(left) < kills:
        root = folder / f"killed{rounds}"
        backend = ("serial", "process")[rounds % 2]
        count = min(rng.randint(1, 3), kills - len(left))
        left += [kill_sometime(start(root, videos, backend), root, 3.0, rng) for _ in range(count)]
        finish(start(root, videos, backend))
        same += results(root) == wanted
        rounds += 1
        shutil.rmtree(root)
    print(f"killed {len(left)} times, with {min(left)} to {max(left)} of {len(wanted)} files stored")
    print(f"{same} of {rounds} roots then got the same bytes as an undisturbed run")


def overhead(folder: Path, clips: int, rounds: int) -> None:
    setups = {
        "serial": Parallel(),
        "one process": Parallel("process", workers=1),
        "dask, one worker": Parallel("dask", workers=1),
    }
    added: dict[str, list[float]] = {name: [] for name in setups}
    first: dict[str, list[float]] = {name: [] for name in setups}
    for turn in range(rounds):
        for name, parallel in setups.items():
            notes, out = folder / f"{name}{turn}", folder / f"{name}{turn} out"
            notes.mkdir()
            chosen = replace(parallel, save=None if parallel.backend == "serial" else store(out).save)
            items = {key: load for key, load in numbers(clips + 2).items() if key != "match__0000"}
            begin, marks = time.perf_counter(), []
            for key, result in run_stage(
                "squares", items, {}, current, partial(square, notes, WAIT_S), parallel=chosen
            ):
                if parallel.backend == "serial":
                    store(out).save({key: result})
                marks.append(time.perf_counter())
            first[name].append(marks[0] - begin - WAIT_S)
            added[name].append((marks[-1] - marks[0]) / clips - WAIT_S)
    print("| backend | added to each clip, ms | until the first result, s |")
    print("| --- | ---: | ---: |")
    for name in setups:
        print(f"| {name} | {1000 * statistics.median(added[name]):.1f} | {statistics.median(first[name]):.1f} |")


@contextmanager
def on_cores(count: int) -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(before)[:count]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def speed(folder: Path, clips: int, rounds: int) -> None:
    keep_freed_memory()  # As in a run.
    loads = _stored_clips(folder, clips)
    setups = {
        "serial, one core": (1, Parallel()),
        "dask, one worker, one core": (1, Parallel("dask", workers=1, threads=1)),
        "one process, one core": (1, Parallel("process", workers=1, threads=1)),
        "serial, two cores": (2, Parallel()),
        "two processes, two cores": (2, Parallel("process", workers=2)),
    }
    figures: dict[str, list[tuple[float, float, float]]] = {name: [] for name in setups}
    for _ in range(rounds):
        for name, (cores, parallel) in setups.items():
            with on_cores(cores):
                figures[name].append(_time_stage(loads, parallel))
            print(f"{name}: {figures[name][-1]}", file=sys.stderr)
    print("| setup | seconds a clip | processor seconds a clip | whole stage, s |")
    print("| --- | ---: | ---: | ---: |")
    for name, found in figures.items():
        print(
            f"| {name} | "
            + " | ".join(f"{statistics.median(column):.2f}" for column in zip(*found, strict=True))
            + " |"
        )
    for one, other in (
        ("dask, one worker, one core", "serial, one core"),
        ("one process, one core", "serial, one core"),
        ("two processes, two cores", "one process, one core"),
        ("two processes, two cores", "serial, two cores"),
    ):
        pairs = list(zip(figures[one], figures[other], strict=True))
        wall = [a[0] / b[0] for a, b in pairs]
        cpu = [a[1] / b[1] for a, b in pairs]
        print(f"{one} / {other}: time {statistics.median(wall):.2f} ({min(wall):.2f} to {max(wall):.2f}), "
              f"processor time {statistics.median(cpu):.2f}")  # fmt: skip


def _stored_clips(folder: Path, count: int) -> dict:
    (folder / "videos").mkdir()
    source = VideoSource(str(SAMPLE))
    info, table = source.probe(), scan_frames(source)
    dataset = ClipsDataset(path=str(folder), videos={"path": str(folder / "videos")})
    for n in range(count):
        name = f"c{n:03}"
        (folder / "videos" / f"{name}.mp4").symlink_to(SAMPLE)
        video = Video(
            uri=f"{name}.mp4", sha256="", width=info.width, height=info.height, frame_rate=str(info.frame_rate) + "/1",
            frame_count=len(table), duration_s=info.duration_s, codec=info.codec, rotation_deg=0,
        )  # fmt: skip
        entry = ClipEntry(
            clip_id=f"{name}__0000", first_frame=0, last_frame=len(table) - 1, start_s=0, end_s=float(table.time_s[-1])
        )
        dataset.save({name: IngestedVideo(EditList(fingerprint="", video=video, clips=[entry]), table)})
    return dataset.load()


def _time_stage(loads: dict, parallel: Parallel) -> tuple[float, float, float]:
    """Seconds and processor seconds a clip with warm workers, and seconds of the whole stage with their start."""
    detector = DetectorDataset(detector="tennalytix.detectors.ball_motion.MotionBallDetector").load()
    width = 1 if parallel.backend == "serial" else parallel.workers
    begin = time.perf_counter()
    marks = [(time.perf_counter(), _processor_s()) for _ in detect_balls(loads, detector, {}, parallel)]
    # The first results of all workers, and the last of all but one, are left out: they start and end at odd moments.
    first, last = marks[width - 1], marks[len(marks) - width]
    count = len(marks) - 2 * width + 1
    return (last[0] - first[0]) / count, (last[1] - first[1]) / count, time.perf_counter() - begin


def _processor_s() -> float:
    me = psutil.Process()
    total = 0.0
    for process in [me, *me.children(recursive=True)]:
        try:
            spent = process.cpu_times()
        except psutil.Error:
            continue
        total += spent.user + spent.system
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["workers", "runs", "overhead", "speed"])
    parser.add_argument("--clips", type=int, default=None)
    parser.add_argument("--every-s", type=float, default=6.0, help="of killing a worker")
    parser.add_argument("--spare-client", action="store_true", help="only workers are killed, not the run itself")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with TemporaryDirectory(prefix="tennalytix-") as name:
        folder = Path(name)
        if options.what == "workers":
            workers(folder, options.clips or 200, options.every_s, not options.spare_client)
        elif options.what == "runs":
            runs(folder, options.kills)
        elif options.what == "overhead":
            overhead(folder, options.clips or 100, options.rounds)
        else:
            speed(folder, options.clips or 8, options.rounds)


if __name__ == "__main__":
    main()
