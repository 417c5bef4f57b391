"""Speed of ball detectors side by side in one run, frames to candidates: pictures scaled, networks run, heat read."""

import argparse
import hashlib
import json
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from pkgutil import resolve_name
from statistics import median
from typing import Any

import numpy as np
from people_speed import use_cores
from stopwatch import Clock

from tennalytix.detectors.base import BallDetector
from tennalytix.synthetic import RallyOptions, render_rally
from tennalytix.video.frame import Frame
from tennalytix.video.source import VideoSource

REFERENCE = "TrackNet"


@dataclass(frozen=True)
class Contender:
    """A detector to time.

    Attributes:
        name: in the table.
        detector: class path, as in the catalog.
        options: as in the catalog.
        frames: how many of the frames it gets: enough for a second or two.
        network: class path of a Torch network whose checkpoint the detector wants; random numbers are stored for it.
        last: name of the bias that makes heat maps of random numbers as empty as those of a trained network.
    """

    name: str
    detector: str
    options: dict[str, Any] = field(default_factory=dict)
    frames: int = 60
    network: str = ""
    last: str = ""


_FIELD = "tennalytix.detectors"
_V2 = f"{_FIELD}.ball_tracknet_v2.TrackNetV2"
_WASB = f"{_FIELD}.ball_wasb.Wasb"
CONTENDERS = (
    Contender("motion", f"{_FIELD}.ball_motion.MotionBallDetector"),
    Contender("motion and network", f"{_FIELD}.ball_network.NetworkBallDetector"),
    Contender("WASB, step 3", f"{_WASB}BallDetector", {}, 9, _WASB, "final_layers.0.bias"),
    Contender("WASB, step 1", f"{_WASB}BallDetector", {"step": 1}, 12, _WASB, "final_layers.0.bias"),
    Contender("TrackNetV2", f"{_V2}BallDetector", {}, 6, _V2, "outc.conv.bias"),
    Contender(
        REFERENCE,
        f"{_FIELD}.ball_tracknet.TrackNetBallDetector",
        {},
        2,
        f"{_FIELD}.ball_tracknet.TrackNet",
        "conv18.block.2.bias",
    ),
)


def parsed(text: str) -> Contender:
    """`package.module.Class` or `package.module.Class:{"option": value}`."""
    path, _, options = text.partition(":")
    return Contender(path.rpartition(".")[2], path, json.loads(options or "{}"))


def build(contender: Contender, folder: Path) -> BallDetector:
    options = dict(contender.options)
    if contender.network:
        options |= random_weights(contender, folder)
    detector: BallDetector = resolve_name(contender.detector)(**options)
    return detector


def random_weights(contender: Contender, folder: Path) -> dict[str, str]:
    import torch  # noqa: PLC0415 - only the field's networks need it

    torch.manual_seed(0)
    state = resolve_name(contender.network)().state_dict()
    # TrackNet's heat is the likeliest of 256 classes: the first of them, no heat. The others' heat lies above 0.
    state[contender.last] -= 100.0
    if len(state[contender.last]) > 3:
        state[contender.last][0] += 200.0
    path = folder / f"{contender.network}.pt"
    torch.save(state, path)
    return {"weights": str(path), "weights_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def rendered(size_wh: tuple[int, int]) -> Iterator[Frame]:
    rally = render_rally(RallyOptions(size_wh=size_wh, officials=False))
    return (Frame(k, truth.time_s, image) for k, (image, truth) in enumerate(rally.pairs()))


def pictures(options: argparse.Namespace, count: int) -> list[Frame]:
    """Frames in memory, so that decoding or rendering is nobody's time."""
    source = VideoSource(str(options.video)).frames() if options.video else rendered((options.width, options.height))
    frames = list(islice(source, count))
    if not frames:
        raise SystemExit(f"{options.video} has no frames.")
    # Every one is fresh: a detector that skips repetitions shall have nothing for free.
    return [Frame(k, f.time_s, np.ascontiguousarray(f.image)) for k, f in enumerate(frames)]


def run(detector: BallDetector, frames: list[Frame]) -> int:
    return sum(len(found.score) for found in detector.detect(frames))


def print_table(clock: Clock, frames: dict[str, int]) -> None:
    wall = {name: median(times) / frames[name] for name, times in clock.wall_s.items()}
    cpu = {name: median(times) / frames[name] for name, times in clock.cpu_s.items()}
    wide = max(map(len, wall)) + 2
    head = f"times {REFERENCE}'s rate"
    print(f"{'':{wide}} {'frames':>6} {'frames/s':>9} {'wall ms/frame':>14} {'cpu ms/frame':>13} {head:>22}")
    for name in sorted(wall, key=lambda n: wall[n]):
        ratio = f"{cpu[REFERENCE] / cpu[name]:22.1f}" if REFERENCE in cpu else f"{'':22}"
        rate, wall_ms, cpu_ms = 1 / wall[name], 1000 * wall[name], 1000 * cpu[name]
        print(f"{name:{wide}} {frames[name]:6} {rate:9.2f} {wall_ms:14.1f} {cpu_ms:13.1f} {ratio}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--video", type=Path, help="frames to look at; a rendered rally if none is given")
    parser.add_argument("--width", type=int, default=1920, help="of the rendered rally")
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--rounds", type=int, default=3, help="detectors take turns this often; medians are shown")
    parser.add_argument("--cores", type=int, default=2, help="processor cores used, where the system can be told")
    parser.add_argument("--only", nargs="*", help="names of detectors to time, all if none is given")
    parser.add_argument("--detector", action="append", default=[], help='one more: package.Class:{"option": value}')
    options = parser.parse_args()
    use_cores(options.cores)
    chosen = [c for c in CONTENDERS if not options.only or c.name in options.only] + list(map(parsed, options.detector))
    if options.rounds < 1 or not chosen:
        parser.error(f"--rounds must be positive and --only name one of {', '.join(c.name for c in CONTENDERS)}.")
    frames, clock = pictures(options, max(c.frames for c in chosen)), Clock()
    with tempfile.TemporaryDirectory() as folder:
        detectors = {c.name: build(c, Path(folder)) for c in chosen}
    for contender in chosen:
        run(detectors[contender.name], frames[:1])  # what is only done once is nobody's time
    for _ in range(options.rounds):
        for c in chosen:
            clock.time(c.name, lambda c=c: run(detectors[c.name], frames[: c.frames]))  # type: ignore[misc]
    width, height = frames[0].size_wh
    print(f"{width}x{height}, median of {options.rounds} rounds, {platform.machine()}, weights of random numbers")
    print_table(clock, {c.name: min(c.frames, len(frames)) for c in chosen})


if __name__ == "__main__":
    main()
