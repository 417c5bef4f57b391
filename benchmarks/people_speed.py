"""Speed of person detectors on one video, decoding included, side by side in one run and against bare decoding."""

import argparse
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from pkgutil import resolve_name
from statistics import median
from typing import Any

import numpy as np
from stopwatch import DECODE, Clock, decode_bare

from tennalytix.detectors.base import PersonDetector
from tennalytix.synthetic import RallyOptions
from tennalytix.synthetic.rally_video import write_rally
from tennalytix.video.clip import Clip
from tennalytix.video.prefetch import prefetch
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

DETECTORS = "tennalytix.detectors."
MOTION = DETECTORS + "people_motion.MotionPersonDetector"
COMBINED = DETECTORS + "people_combined.CombinedPersonDetector"
NETWORK = DETECTORS + "people_network.NetworkPersonDetector"
ONNX = DETECTORS + "people_onnx.OnnxPersonDetector"
DETECTRON2 = DETECTORS + "people_detectron2.Detectron2PersonDetector"
CONFIG = "COCO-Detection/faster_rcnn_R_50_FPN_3x.yaml"


@dataclass(frozen=True)
class Candidate:
    """A detector, and how many of the video's frames it is given."""

    name: str
    detector: PersonDetector
    frames: int | None = None


def candidate(path: str, name: str, frames: int | None = None, **options: Any) -> Candidate:
    return Candidate(name, resolve_name(path)(**options), frames)


def parsed(text: str) -> Candidate:
    """`package.module.Class` or `package.module.Class:{"option": value}`."""
    path, _, options = text.partition(":")
    return candidate(path, text.removeprefix(DETECTORS), **json.loads(options or "{}"))


def yolox(path: Path, *looks: tuple[str, dict[str, Any]]) -> Iterator[Candidate]:
    weights = {"weights": str(path), "weights_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    for name, options in looks:
        yield candidate(ONNX, name, **weights, **options)


def detectron2(folder: Path, frames: int) -> Iterator[Candidate]:
    """Faster R-CNN with random weights, which do for time, if it is installed."""
    if not find_spec("detectron2"):
        print("Detectron2 is not installed: left out.")
        return
    import torch  # noqa: PLC0415
    from detectron2.modeling import build_model  # noqa: PLC0415

    from tennalytix.detectors.people_detectron2_zoo import read_config  # noqa: PLC0415

    cfg = read_config(CONFIG)
    cfg.MODEL.DEVICE = "cpu"
    torch.manual_seed(0)
    path = folder / "random.pth"
    torch.save({"model": build_model(cfg).state_dict()}, path)
    weights = {"weights": str(path), "weights_sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "device": "cpu"}
    yield candidate(DETECTRON2, "Detectron2 R50-FPN", frames, config=CONFIG, **weights)
    yield candidate(DETECTRON2, "Detectron2 R50-FPN, every frame", frames, config=CONFIG, key_every_s=0.0, **weights)


def candidates(options: argparse.Namespace, folder: Path) -> Iterator[Candidate]:
    yield candidate(MOTION, "motion")
    yield candidate(COMBINED, "motion and network (default)")
    yield candidate(NETWORK, "embedded network")
    yield candidate(NETWORK, "embedded network, every frame", key_every_s=0.0)
    if options.yolox:
        every, large = {"key_every_s": 0.0}, {"input_long_px": 960}
        yield from yolox(options.yolox, ("YOLOX-nano", {}), ("YOLOX-nano, every frame", every))
        if find_spec("onnx"):
            yield from yolox(
                options.yolox, ("YOLOX-nano at 960", large), ("YOLOX-nano at 960, every frame", large | every)
            )
    yield from map(parsed, options.detector)
    if not options.no_detectron2:
        yield from detectron2(folder, options.slow_frames)


@contextmanager
def video(options: argparse.Namespace, folder: Path) -> Iterator[Path]:
    """The user's video, or a rendered rally of 1920x1080 at 30 frames a second as H.264."""
    path = options.video or folder / "rally.mp4"
    if not options.video:
        print(f"rendering {options.seconds:g} s of a rally ...")
        write_rally(RallyOptions(size_wh=(1920, 1080), frame_rate=Fraction(30), duration_s=options.seconds), path)
    yield path


def detect(detector: PersonDetector, clip: Clip, frames: int | None) -> int:
    """Runs a detector as the pipeline does; the number of people found."""
    stream = prefetch(clip.frames())
    found = sum(len(people.score) for people in detector.detect(islice(stream, frames)))
    stream.close()
    return found


def print_table(clock: Clock, counts: dict[str, int], found: dict[str, int]) -> None:
    print(f"{'':38} {'frames/s':>9} {'cpu ms/frame':>13} {'x decode':>9} {'(cpu)':>7} {'people/frame':>13}")
    for name, frames in counts.items():
        wall, cpu = (np.array(times[name]) / frames for times in (clock.wall_s, clock.cpu_s))
        decode_wall, decode_cpu = (np.array(t[DECODE]) / counts[DECODE] for t in (clock.wall_s, clock.cpu_s))
        people = f"{found[name] / frames:13.2f}" if name in found else ""
        ratios = f"{median(wall / decode_wall):9.2f} {median(cpu / decode_cpu):7.2f}"
        print(f"{name:38} {1 / median(wall):9.1f} {1000 * median(cpu):13.2f} {ratios} {people}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--video", type=Path, help="a rendered rally if not given")
    parser.add_argument("--seconds", type=float, default=6.0, help="length of the rendered rally")
    parser.add_argument("--rounds", type=int, default=3, help="all take turns this often; medians are shown")
    parser.add_argument("--cores", type=int, default=2, help="processor cores used, where the system can be told")
    parser.add_argument("--yolox", type=Path, help="yolox_nano.onnx as published; left out if not given")
    parser.add_argument("--detector", action="append", default=[], help='one more: package.Class:{"option": value}')
    parser.add_argument("--no-detectron2", action="store_true", help="leave it out though it is installed")
    parser.add_argument("--slow-frames", type=int, default=13, help="frames that Detectron2 is given")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1.")
    use_cores(options.cores)
    with tempfile.TemporaryDirectory() as name, video(options, Path(name)) as path:
        compare(path, list(candidates(options, Path(name))), options.rounds)


def use_cores(count: int) -> None:
    """Before anything asks how many there are."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def compare(path: Path, contenders: list[Candidate], rounds: int) -> None:
    source = VideoSource(str(path))
    info, table = source.probe(), scan_frames(source)
    clip = Clip(path.stem, source, table, info.size_wh)
    clock, found = Clock(), {}
    counts = {DECODE: len(table)} | {c.name: min(c.frames or len(table), len(table)) for c in contenders}
    for _ in range(rounds):
        clock.time(DECODE, lambda: decode_bare(path))
        for contender in contenders:
            work: Callable[[], int] = lambda c=contender: detect(c.detector, clip, c.frames)  # noqa: E731
            found[contender.name] = clock.time(contender.name, work)
    size = f"{info.width}x{info.height}, {info.codec}, {len(table)} frames at {float(info.frame_rate):.2f}/s"
    print(f"{path.name}: {size}; median of {rounds} rounds")
    print_table(clock, counts, found)


if __name__ == "__main__":
    main()
