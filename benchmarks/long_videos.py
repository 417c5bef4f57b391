"""Long videos: time and memory by length, and what is left of a run that is killed and started again.

python benchmarks/long_videos.py lengths                    1, 4 and 15 minutes of 1080p30, each tracked once
python benchmarks/long_videos.py killed --minutes 90        one long video, its run killed three times

The video is a rendered match of about a minute with cuts, close-ups, crowd and replays, enlarged to 1920x1080 and
repeated without being encoded again, so that repetitions are the same to the bit. `--clips` takes your videos instead,
one after the other, their frames shown at 30 a second.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import numpy as np
import psutil

from tennalytix.synthetic.match import MatchOptions
from tennalytix.synthetic.match_video import write_match
from tennalytix.video.writer import VideoWriter

PROJECT = Path(__file__).parents[1]
SIZE_WH = (1920, 1080)
RATE = Fraction(30)
LOOK_EVERY_S = 0.5
LARGE_MB = 30
"""Smaller processes only start others."""
SAME_PX = 0.05
"""Times of later repetitions are other floating-point numbers: places may be rounded to another hundredth."""


def write_once(folder: Path, clips: list[Path]) -> Path:
    """What is repeated."""
    path = folder / "once.mp4"
    if not path.exists():
        with VideoWriter(path, SIZE_WH, RATE, crf=21) as writer:
            for image in _pictures(folder, clips):
                writer.write(cv2.resize(image, SIZE_WH, interpolation=cv2.INTER_CUBIC))
    return path


def _pictures(folder: Path, clips: list[Path]) -> Iterator[np.ndarray]:
    if not clips:
        clips = [folder / "match.mp4"]
        write_match(MatchOptions(seed=7, rallies=4, frame_rate=RATE), clips[0], folder / "match.json")
    for clip in clips:
        with av.open(str(clip)) as container:
            for frame in container.decode(video=0):
                yield frame.to_ndarray(format="rgb24")


def repeat(once: Path, path: Path, minutes: float) -> tuple[int, int]:
    """Writes the video again and again into one of about so many minutes; how often, and frames of one repetition."""
    with av.open(str(once)) as container:
        stream = container.streams.video[0]
        packets = [p for p in container.demux(stream) if p.dts is not None]
        tick = Fraction(1) / (RATE * stream.time_base)
        times = max(1, round(minutes * 60 * RATE / len(packets)))
        with av.open(str(path), "w") as out:
            copy = out.add_stream_from_template(stream)
            for turn in range(times):
                container.seek(0)
                for packet in container.demux(stream):
                    if packet.dts is not None:
                        ahead = int(turn * len(packets) * tick)
                        packet.pts, packet.dts, packet.stream = packet.pts + ahead, packet.dts + ahead, copy
                        out.mux(packet)
    return times, len(packets)


class Watched:
    """A run of `tracking` in a process of its own, whose memory is looked at: that of all its processes together."""

    def __init__(self, root: Path, videos: Path, backend: str) -> None:
        params = f"--params=root={root},videos={videos},parallel.backend={backend}"
        environment = {**os.environ, "PYTHONPATH": str(PROJECT / "src"), "PYTHONWARNINGS": "ignore"}
        for name in ("TENNALYTIX_ROOT", "TENNALYTIX_VIDEOS"):
            environment.pop(name, None)
        self.log = root.with_suffix(".log").open("a")
        self.begin, self.peak_mb, self.peak_of = time.perf_counter(), 0.0, ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kedro", "run", "--pipeline=tracking", params],
            stdout=self.log, stderr=subprocess.STDOUT, env=environment, cwd=PROJECT,
        )  # fmt: skip

    def wait(self, at_most_s: float = float("inf")) -> bool:
        """Whether it ended by then."""
        while self.process.poll() is None:
            sizes_mb = _rss_mb(self.process.pid)
            if sum(sizes_mb) > self.peak_mb:
                large = " + ".join(f"{size:.0f}" for size in sizes_mb if size > LARGE_MB)
                self.peak_mb, self.peak_of = sum(sizes_mb), f"{large}, in {self._stage()}"
            if time.perf_counter() - self.begin > at_most_s:
                return False
            time.sleep(LOOK_EVERY_S)
        if self.process.returncode:
            raise RuntimeError(f"the run must end well, got exit code {self.process.returncode}; see {self.log.name}.")
        return True

    def _stage(self) -> str:
        """What the log's last line tells of."""
        lines = Path(self.log.name).read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[-1].split(" INFO ")[-1].partition(":")[0] if lines else "its start"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def _rss_mb(pid: int) -> list[float]:
    """Of the process and those it has started, MiB each."""
    try:
        me = psutil.Process(pid)
        return [p.memory_info().rss / 2**20 for p in [me, *me.children(recursive=True)]]
    except psutil.Error:  # Gone meanwhile.
        return []


def lengths(folder: Path, once: Path, minutes: list[float], backend: str) -> None:
    print("| minutes | clips | frames tracked | seconds | processor seconds | the same, a minute ", end="")
    print("| peak memory, MiB | of these, when |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | :--- |")
    for length in minutes:
        videos, root = folder / f"videos{length:g}", folder / f"root{length:g}"
        videos.mkdir(exist_ok=True)
        times, frames = repeat(once, videos / "long.mp4", length)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = Watched(root, videos, backend)
        run.wait()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        exact = float(times * frames / RATE / 60)
        clips = json.loads((root / "02_intermediate/clips/long.json").read_text())["clips"]
        tracked = sum(c["last_frame"] - c["first_frame"] + 1 for c in clips)
        seconds = time.perf_counter() - run.begin
        print(
            f"| {exact:.1f} | {len(clips)} | {tracked} | {seconds:.0f} | {cpu:.0f} | {cpu / exact:.1f} | "
            f"{run.peak_mb:.0f} | {run.peak_of} |",
            flush=True,
        )


def killed(folder: Path, once: Path, minutes: float, backend: str, after_s: list[float]) -> None:
    videos, root = folder / "videos", folder / "killed"
    videos.mkdir(exist_ok=True)
    times, frames = repeat(once, videos / "long.mp4", minutes)
    print(f"{times} repetitions of {frames} frames: {float(times * frames / RATE / 60):.1f} minutes", flush=True)
    peak_mb, begin = 0.0, time.perf_counter()
    for at_most_s in (*after_s, float("inf")):
        run = Watched(root, videos, backend)
        ended = run.wait(at_most_s)
        peak_mb = max(peak_mb, run.peak_mb)
        stored = sum(path.is_file() for path in root.rglob("*"))
        if ended:
            break
        run.kill()
        print(f"killed after {time.perf_counter() - run.begin:.0f} s, with {stored} files stored", flush=True)
    print(f"done after {time.perf_counter() - begin:.0f} s in all; peak memory {peak_mb:.0f} MiB; {stored} files")
    same, clips, worst_px = compare(root, frames)
    print(
        f"{same} of {clips} clips are those of the first repetition, the rest differs; at most {worst_px:.3f} px apart"
    )


def compare(root: Path, frames: int) -> tuple[int, int, float]:
    """How many clips have the tracks of the first repetition's, of how many, and how far these differ, pixels."""
    clips = json.loads((root / "02_intermediate/clips/long.json").read_text())["clips"]
    first = {c["first_frame"]: c for c in clips if c["last_frame"] < frames}
    same, worst_px = 0, 0.0
    for clip in clips:
        turn = clip["first_frame"] // frames
        twin = first.get(clip["first_frame"] % frames)
        apart = None if twin is None else _apart(_tracks(root, clip), _tracks(root, twin), turn * frames)
        if apart is not None and apart <= SAME_PX:
            same += 1
            worst_px = max(worst_px, apart)
    return same, len(clips), worst_px


def _tracks(root: Path, clip: dict) -> dict:
    return json.loads((root / f"07_model_output/tracks/{clip['clip_id']}.json").read_text())


def _apart(one: dict, other: dict, ahead: int) -> float | None:
    """How far the places in two clips' tracks differ, pixels; None if other things do."""
    if [f["frame_index"] - ahead for f in one["frames"]] != [f["frame_index"] for f in other["frames"]]:
        return None
    if _events(one, ahead) != _events(other, 0):
        return None
    apart = 0.0
    for a, b in zip(one["frames"], other["frames"], strict=True):
        shapes = [[(p["role"], p["source"], p["track_id"]) for p in f["players"]] + [f["ball"] is None] for f in (a, b)]
        if shapes[0] != shapes[1]:
            return None
        places = [[x for p in f["players"] for x in p["xyxy"]] + (f["ball"]["xy"] if f["ball"] else []) for f in (a, b)]
        apart = max(apart, float(np.abs(np.subtract(*places)).max(initial=0.0)))
    return apart


def _events(tracks: dict, ahead: int) -> list[tuple]:
    return [(event["kind"], event["frame_index"] - ahead, event["player"]) for event in tracks["events"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["lengths", "killed"])
    parser.add_argument("--minutes", type=float, nargs="+", help="1 4 15, or 90 for `killed`")
    parser.add_argument("--clips", type=Path, nargs="+", default=[], help="repeated instead of a rendered match")
    parser.add_argument("--backend", default="auto", choices=["auto", "serial", "process"])
    parser.add_argument("--kill-after", type=float, nargs="+", default=[400.0, 2000.0, 1000.0], help="seconds of runs")
    parser.add_argument("--keep", type=Path, help="folder for all files; a temporary one if left out")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="tennalytix-") as scratch:
        folder = (given.keep or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        once = write_once(folder, given.clips)
        if given.what == "lengths":
            lengths(folder, once, given.minutes or [1, 4, 15], given.backend)
        else:
            killed(folder, once, (given.minutes or [90])[0], given.backend, given.kill_after)


if __name__ == "__main__":
    main()
