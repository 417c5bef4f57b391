"""How well rendered matches are cut: borders of shots, what shots show, and whole rallies."""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from session_accuracy import balls_in

from tennalytix.cutting.edit import Cut, cut_video
from tennalytix.cutting.options import CuttingOptions
from tennalytix.cutting.watcher import CuttingWatcher
from tennalytix.detectors.court_lines import CourtLineDetector
from tennalytix.metrics.cutting import CuttingScores, score_cutting
from tennalytix.synthetic.match import MatchOptions
from tennalytix.synthetic.match_video import write_match
from tennalytix.video.clip import Clip
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource


def cut(path: Path) -> tuple[Cut, int, float, float]:
    """The cut, the number of frames, and processor seconds of the scan and of the rest."""
    source, watcher, start = VideoSource(str(path)), CuttingWatcher(), time.process_time()
    table = scan_frames(source, watcher=watcher)
    scanned = time.process_time()
    clip = Clip(path.stem, source, table, source.probe().size_wh)
    result = cut_video(clip, watcher, CourtLineDetector().detect, CuttingOptions(), balls_in)
    return result, len(table), scanned - start, time.process_time() - scanned


def score(path: Path, truth: dict[str, list]) -> tuple[CuttingScores, list[str]]:
    found, frames, scan_s, rest_s = cut(path)
    true_shots = [(s["first"], s["last"]) for s in truth["shots"]]
    shots = [(seen.shot.first, seen.shot.last) for seen in found.shots]
    scores = score_cutting(shots, found.clips, true_shots, [tuple(r) for r in truth["rallies"]])
    notes = [f"{path.stem}: {frames} frames, scan {scan_s:.1f} s, rest {rest_s:.1f} s of processor time"]
    for seen in found.shots:
        kind = max(truth["shots"], key=lambda s: min(s["last"], seen.shot.last) - max(s["first"], seen.shot.first))
        if (kind["kind"] == "court") != (seen.view == "court"):
            notes.append(
                f"  {seen.shot.first} to {seen.shot.last}: {kind['kind']} taken for {seen.view}. {seen.reason}"
            )
    borders = [s[0] for s in shots]
    missed = [s for s in truth["shots"] if min(abs(s["first"] - b) for b in borders) > 5]
    notes += [f"  missed: {s['entered']} to {s['kind']} at {s['first']}" for s in missed]
    return scores, notes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[2, 3, 4, 5])
    parser.add_argument("--rallies", type=int, default=4, help="in each match (%(default)s)")
    parser.add_argument("--keep", type=Path, help="folder of rendered matches, used again where they are there")
    given = parser.parse_args()
    total = CuttingScores()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for seed in given.seeds:
            video, truth = folder / f"b{seed}.mp4", folder / f"b{seed}.json"
            if not truth.exists():
                write_match(MatchOptions(seed, given.rallies), video, truth)
            scores, notes = score(video, json.loads(truth.read_text()))
            total += scores
            print("\n".join([*notes, f"  {scores}"]))
    summary = total.summary()
    print(json.dumps(summary, indent=1))
    sys.exit(0 if min(summary["shot_f1"] or 0, summary["rally_recall"] or 0) >= 0.98 else 1)


if __name__ == "__main__":
    main()
