"""Accuracy on rendered scenarios, whose truth is exact: players chosen, all people found, court, ball.

python benchmarks/people_accuracy.py rendered
python benchmarks/people_accuracy.py rendered --scenario ball_kids --detector my.Detector:'{"min_score": 0.3}'
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from pkgutil import resolve_name

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment
from tracking_speed import ball_table, people_table, video_of

from tennalytix import __version__
from tennalytix.core.boxes import centre_xy, iou
from tennalytix.core.tables import PeopleTable
from tennalytix.detectors.ball_network import NetworkBallDetector
from tennalytix.detectors.base import PersonDetector
from tennalytix.detectors.court_lines import CourtLineDetector
from tennalytix.metrics.counts import median
from tennalytix.metrics.label_files import local_label_files, read_labels
from tennalytix.metrics.report import ClipScores, evaluate_clip, pool
from tennalytix.schema.tracks import Provenance, Tracks
from tennalytix.synthetic.crowd_regions import crowd_mask
from tennalytix.synthetic.rally_video import write_rally
from tennalytix.synthetic.scenarios import SCENARIOS
from tennalytix.synthetic.truth import RallyTruth
from tennalytix.tracking.assemble import build_tracks
from tennalytix.tracking.events import find_events
from tennalytix.tracking.rally import follow_rally
from tennalytix.video.clip import Clip
from tennalytix.video.prefetch import prefetch
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

DETECTORS = "tennalytix.detectors."
DEFAULT = (
    DETECTORS + 'people_combined.CombinedPersonDetector:{"threads": 1}',
    DETECTORS + 'people_network.NetworkPersonDetector:{"threads": 1}',
    DETECTORS + "people_motion.MotionPersonDetector",
)
MIN_IOU = 0.5
SEEN_SHARE = 0.5
"""People of whom less is visible need not be found, but may."""


@dataclass(frozen=True)
class Found:
    """All people of a clip against the truth, and identities of the chosen ones."""

    demanded: int = 0
    found: int = 0
    given: int = 0
    right: int = 0
    swaps: int = 0

    def __add__(self, other: "Found") -> "Found":
        return Found(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))


@dataclass(frozen=True)
class Result:
    """One scenario with one detector."""

    scores: ClipScores
    found: Found


def render(name: str, folder: Path, size_wh: tuple[int, int]) -> None:
    """Video, labels and truth, unless they are there and of the same options."""
    options = replace(SCENARIOS[name], size_wh=size_wh)
    record = folder / "truth" / f"{name}.json"
    if record.exists() and json.loads(record.read_text())["options"] == repr(options):
        return
    for part in ("videos", "labels", "truth"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    truth = write_rally(options, folder / "videos" / f"{name}.mp4", folder / "labels" / name)
    record.write_text(json.dumps({"options": repr(options), **truth_of(truth)}))


def truth_of(truth: RallyTruth) -> dict[str, object]:
    """Everybody (frame, track id, player or not, visible share, box) and the crowd's place in every frame."""
    people = [
        (frame.frame_index, person.track_id, person.role in ("near", "far"), person.visible_share, *person.xyxy)
        for frame in truth.frames
        for person in (*frame.players, *frame.others)
    ]
    crowd = [[region.round(1).tolist() for region in frame.crowd] for frame in truth.frames]
    return {"people": [[round(float(v), 3) for v in row] for row in people], "crowd": crowd}


def measure(name: str, folder: Path, size_wh: tuple[int, int], detectors: Sequence[str]) -> list[Result]:
    """One scenario, tracked with each detector in turn."""
    cv2.setNumThreads(1)
    render(name, folder, size_wh)
    path = folder / "videos" / f"{name}.mp4"
    source = VideoSource(str(path))
    info, frames = source.probe(), scan_frames(source)
    clip = Clip(f"{name}__0000", source, frames, info.size_wh)
    court = CourtLineDetector().detect(clip)
    balls = ball_table(frames, NetworkBallDetector().detect(prefetch(clip.frames())))
    truth = json.loads((folder / "truth" / f"{name}.json").read_text())
    labels = read_labels(local_label_files(folder / "labels"), name)
    results = []
    for detector in detectors:
        people = people_table(frames, detector_of(detector).detect(prefetch(clip.frames())))
        players, ball = follow_rally(people, balls, frames, court, info.size_wh)
        events = find_events(ball, frames, court, players, info.size_wh)
        made_by = Provenance(tennalytix=__version__, fingerprint="", models={})
        video = video_of(path, info, frames)
        tracks = build_tracks(clip.clip_id, video, frames, court, players, ball, events, made_by, [])
        results.append(Result(evaluate_clip(tracks, labels), compare(people, tracks, truth, info.size_wh)))
    return results


def detector_of(text: str) -> PersonDetector:
    """`package.module.Class` or `package.module.Class:{"option": value}`."""
    path, _, options = text.partition(":")
    made: PersonDetector = resolve_name(path)(**json.loads(options or "{}"))
    return made


def compare(people: PeopleTable, tracks: Tracks, truth: dict, size_wh: tuple[int, int]) -> Found:
    """All frames together."""
    rows = np.array(truth["people"]).reshape(-1, 8)
    total = Found(swaps=swaps(tracks, rows))
    for frame, regions in enumerate(truth["crowd"]):
        boxes = people.xyxy[people.frame_index == frame]
        mask = crowd_mask([np.array(region) for region in regions], size_wh)
        total += compare_frame(boxes, rows[rows[:, 0] == frame], mask)
    return total


def compare_frame(boxes: np.ndarray, rows: np.ndarray, mask: np.ndarray) -> Found:
    """People of one frame; boxes on nobody count for nothing where the crowd sits."""
    overlap = iou(rows[:, 4:], boxes)
    person, box = linear_sum_assignment(overlap, maximize=True)
    good = overlap[person, box] >= MIN_IOU
    demanded = rows[:, 3] >= SEEN_SHARE
    centre = np.round(centre_xy(boxes)).astype(int)
    in_crowd = mask[centre[:, 1].clip(0, mask.shape[0] - 1), centre[:, 0].clip(0, mask.shape[1] - 1)]
    counted = ~in_crowd
    counted[box[good]] = True
    return Found(int(demanded.sum()), int((good & demanded[person]).sum()), int(counted.sum()), int(good.sum()))


def swaps(tracks: Tracks, rows: np.ndarray) -> int:
    """How often the id that lies on a player changes."""
    followed: dict[int, list[int]] = {}
    for frame in tracks.frames:
        players = rows[(rows[:, 0] == frame.frame_index) & (rows[:, 2] > 0)]
        boxes = np.array([p.xyxy for p in frame.players]).reshape(-1, 4)
        overlap = iou(players[:, 4:], boxes)
        for who, which in zip(*linear_sum_assignment(overlap, maximize=True), strict=True):
            if overlap[who, which] >= MIN_IOU:
                followed.setdefault(int(players[who, 1]), []).append(frame.players[which].track_id)
    return sum(a != b for ids in followed.values() for a, b in pairwise(ids))


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "–"


def number(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def people_cells(result: Result) -> list[str]:
    players, found = result.scores.players, result.found
    if players is None:
        return ["–"] * 9
    errors = (*players.near.errors_px, *players.far.errors_px)
    return [
        share(players.near.found, players.near.visible),
        share(players.far.found, players.far.visible),
        str(players.boxes.on_other),
        str(players.boxes.on_nobody),
        str(players.near.swapped + players.far.swapped),
        str(found.swaps),
        number(median(errors)),
        share(found.found, found.demanded),
        share(found.right, found.given),
    ]


def scene_cells(result: Result) -> list[str]:
    scores = result.scores
    court = ["–"] * 3
    if scores.court:
        errors = scores.court.errors_px
        court = [f"{scores.court.missed_frames} of {scores.court.labelled_frames}", number(median(errors), 2)]
        court.append(number(max(errors, default=None), 1))
    ball = scores.ball
    rates = [number(ball.at(t).f1, 2) if ball else "–" for t in (4.0, 10.0)]
    seen, error = (ball.visible_frames, median(ball.errors_px)) if ball else (0, None)
    return [*court, str(seen), *rates, number(error, 2)]


PEOPLE_HEAD = ("near %", "far %", "on others", "on nobody", "swapped", "id swaps", "centre px", "all R %", "all P %")
SCENE_HEAD = ("court missed", "court px", "largest px", "ball seen", "F1@4", "F1@10", "ball px")


def table(title: str, head: Sequence[str], rows: dict[str, list[str]]) -> str:
    lines = [("", *head), (":--", *["--:"] * len(head)), *((name, *cells) for name, cells in rows.items())]
    return "\n".join([f"### {title}", "", *(f"| {' | '.join(line)} |" for line in lines), ""])


def pooled(results: Sequence[Result]) -> Result:
    return Result(pool([r.scores for r in results]), sum((r.found for r in results), Found()))


def size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where scenarios are rendered to, or lie already")
    parser.add_argument("--scenario", action="append", choices=tuple(SCENARIOS), help="some only; repeat it")
    parser.add_argument("--detector", action="append", help='class path, ":" and JSON options after it; repeat it')
    parser.add_argument("--size", type=size, default=(1280, 720), metavar="WxH")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    names, detectors = given.scenario or list(SCENARIOS), given.detector or list(DEFAULT)
    work = partial(measure, folder=given.folder, size_wh=given.size, detectors=detectors)
    with ProcessPoolExecutor(given.processes) as pool_of_processes:
        results = {}
        for name, of_all in zip(names, pool_of_processes.map(work, names), strict=True):
            results[name] = of_all
            print(name, file=sys.stderr, flush=True)
    for index, detector in enumerate(detectors):
        mine = {name: of_all[index] for name, of_all in results.items()}
        everything = {**mine, "**all**": pooled(list(mine.values()))}
        title = detector.partition(":")[0].removeprefix(DETECTORS)
        print(table(title, PEOPLE_HEAD, {n: people_cells(r) for n, r in everything.items()}))
    first = {name: of_all[0] for name, of_all in results.items()}
    first["**all**"] = pooled(list(first.values()))
    print(table("Court and ball", SCENE_HEAD, {n: scene_cells(r) for n, r in first.items()}))


if __name__ == "__main__":
    main()
