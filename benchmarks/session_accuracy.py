"""How well a camera's recording of many points is divided into rallies, where the players never stand still.

python benchmarks/session_accuracy.py
python benchmarks/session_accuracy.py --seeds 21 22 --keep sessions

Scenes are rendered with exact truth: telephones behind the fence and broadcast cameras, singles and doubles, people
about the court. Between points the players walk, and nobody cuts away.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from tennalytix.cutting.edit import cut_video
from tennalytix.cutting.flights import Candidates
from tennalytix.cutting.options import CuttingOptions
from tennalytix.cutting.watcher import CuttingWatcher
from tennalytix.detectors.ball_network import NetworkBallDetector
from tennalytix.detectors.court_lines import CourtLineDetector
from tennalytix.metrics.cutting import CuttingScores, score_cutting
from tennalytix.synthetic.options import AMATEUR, BROADCAST, RallyOptions
from tennalytix.synthetic.rally import write_script
from tennalytix.synthetic.rally_video import write_rally
from tennalytix.synthetic.scenery import random_options
from tennalytix.video.clip import Clip
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

# What belongs to a rally before its serve is struck and after its last stroke.
TOSS_S, LAST_FLIGHT_S = 0.9, 0.5
Span = tuple[int, int]


def session(seed: int, duration_s: float) -> RallyOptions:
    """Odd seeds are filmed by a telephone, every other one of each kind is a doubles match, every third a hand's."""
    scene = random_options(seed, duration_s=duration_s, size_wh=(1280, 720) if seed % 2 else (640, 360))
    return replace(
        scene, camera=AMATEUR if seed % 2 else BROADCAST, venue="club" if seed % 2 else "stadium", staging="strolling",
        doubles=seed % 4 > 1, frame_rate=Fraction(30), pause_s=12.0 + seed % 3 * 5.0, pan_px=0.0,
        shake_px=0.0 if seed % 3 else 0.6, repeat_every=0, bystanders=2, standing_crowd=0, officials=not seed % 2,
    )  # fmt: skip


def rallies_of(scene: RallyOptions) -> list[Span]:
    """First and last frames of the rallies that lie in the scene, the last one as far as it is filmed."""
    strokes = write_script(scene).strokes
    serves = [i for i, stroke in enumerate(strokes) if stroke.kind == "serve"]
    spans = []
    for first, following in zip(serves, [*serves[1:], len(strokes)], strict=True):
        if strokes[first].time_s < scene.duration_s:
            span = strokes[first].time_s - TOSS_S, strokes[following - 1].time_s + LAST_FLIGHT_S
            last = min(round(span[1] * scene.frame_rate), scene.frame_count - 1)
            spans.append((round(span[0] * scene.frame_rate), last))
    return spans


def balls_in(shot: Clip) -> Iterator[tuple[int, Candidates]]:
    indices = [int(i) for i in shot.table.frame_index]
    yield from zip(indices, NetworkBallDetector().detect(shot.frames()), strict=True)


def cut(path: Path) -> tuple[list[Span], int]:
    source, watcher = VideoSource(str(path)), CuttingWatcher()
    table = scan_frames(source, watcher=watcher)
    clip = Clip(path.stem, source, table, source.probe().size_wh)
    found = cut_video(clip, watcher, CourtLineDetector().detect, CuttingOptions(), balls_in)
    return list(found.clips), len(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(11, 17)), help="one scene each")
    parser.add_argument("--seconds", type=float, default=110.0, help="length of each (%(default)s)")
    parser.add_argument("--keep", type=Path, help="folder of rendered scenes, used again where they are there")
    given = parser.parse_args()
    total, kept, frames = CuttingScores(), 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for seed in given.seeds:
            scene, path = session(seed, given.seconds), folder / f"session{seed}.mp4"
            if not path.exists():
                write_rally(scene, path, preset="veryfast")
            clips, count = cut(path)
            rallies = rallies_of(scene)
            scores = score_cutting([], clips, [], rallies)
            total, kept, frames = total + scores, kept + sum(b - a + 1 for a, b in clips), frames + count
            print(f"{path.stem}: rallies {rallies}\n  clips {clips}\n  {scores}", flush=True)
    print(json.dumps({**total.summary(), "kept": round(kept / frames, 3)}, indent=1))
    sys.exit(0 if (total.rally_recall or 0) >= 0.98 else 1)


if __name__ == "__main__":
    main()
