"""How large a picture must be for a network to see the ball: one network, trained and measured at several sizes.

python benchmarks/ball_input_size.py videos data/07_model_output/tracks labels
python benchmarks/ball_input_size.py videos tracks labels --widths 512 960 --steps 4000

The network is the one that ships, trained anew for each size on whole pictures of that size: on the tracked ball of
the videos without labels, for the same number of steps. On the labelled ones it then looks at every whole picture,
without any help by motion or by a path: the places it likes best are compared with the ball.
"""

import argparse
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from tennalytix.core.homography import scaling
from tennalytix.core.tables import FrameTable
from tennalytix.detectors.ball_motion_picture import aligned
from tennalytix.detectors.ball_network_input import MOMENTS, Look, moments, windows
from tennalytix.detectors.onnx_session import open_network
from tennalytix.metrics.label_files import find_labels, local_label_files
from tennalytix.metrics.labels import CLEAR, HARD
from tennalytix.schema.tracks import Tracks
from tennalytix.training.ball import train_ball
from tennalytix.training.ball_export import export_ball
from tennalytix.training.ball_net import OUTPUT_STRIDE, BallAnswers
from tennalytix.training.ball_samples import SAMPLE_PX, BallSample
from tennalytix.training.options import BallOptions, FitOptions
from tennalytix.video.frame import Frame
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

Floats = NDArray[np.float64]
RIGHT_PX = 5.0
"""An answer so far from the ball is right, pixels of a 1280x720 picture."""
PER_CLIP, ELSEWHERE = 250, 6
"""Pictures to learn from in a video, and windows without the ball in each."""
HELD_OUT = 7
"""Of so many videos one is not learnt from: it says which network was the best."""
FIRST = 8
"""So many places a picture are looked at."""
TIMED = 20


@dataclass
class Size:
    """A width of pictures: what is learnt at it, and how it did."""

    width: int
    samples: list[BallSample] = field(default_factory=list)
    network: nn.Module | None = None
    rank: list[int] = field(default_factory=list)
    error_px: list[float] = field(default_factory=list)


def reduced(frame: Frame, width: int) -> Look:
    """A frame at a width, by averaging; sides are multiples of eight, the rest of a cell is cut off."""
    scale = width / frame.size_wh[0]
    size_wh = (width, round(frame.size_wh[1] * scale))
    keep = (slice(0, size_wh[1] // 8 * 8), slice(0, width // 8 * 8))
    half = (slice(0, keep[0].stop // 2), slice(0, keep[1].stop // 2))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    luma = cv2.resize(frame.luma, size_wh, interpolation=way)[keep]
    red, blue = (cv2.resize(p, (size_wh[0] // 2, size_wh[1] // 2), interpolation=way)[half] for p in frame.chroma(2))
    to_look = scaling(scale)
    reference = to_look @ frame.reference_from_image @ np.linalg.inv(to_look)
    return Look(frame.time_s, frame.segment, luma, red, blue, reference, scale)


def seen_at(source: VideoSource, table: FrameTable, wanted: Sequence[int], widths: Sequence[int]) -> Iterator:
    """Of each wanted frame its index and, at each width, its five moments."""
    fresh = np.flatnonzero(~table.repeated)
    time_s, segment = table.time_s[fresh].tolist(), table.segment[fresh].tolist()
    row_of = {int(index): row for row, index in enumerate(table.frame_index[fresh])}
    plans = [
        [None if row is None else int(table.frame_index[fresh[row]]) for row in moments(time_s, segment, row_of[i])]
        for i in wanted
        if i in row_of
    ]
    needed = sorted({i for plan in plans for i in plan if i is not None})
    looks: dict[int, list[Look]] = {}
    frames = source.frames_at(table, needed)
    for plan in plans:
        last = max(i for i in plan if i is not None)
        while last not in looks:
            frame = next(frames)
            looks[frame.index] = [reduced(frame, width) for width in widths]
        first = min(i for i in plan if i is not None)
        looks = {i: value for i, value in looks.items() if i >= first}
        at = plan[MOMENTS // 2]
        yield at, [[None if i is None else looks[i][k] for i in plan] for k in range(len(widths))]


def learn(sizes: Sequence[Size], source: VideoSource, table: FrameTable, known: dict[int, Floats], name: str) -> None:
    """Windows with the ball and elsewhere, at every size."""
    rng = np.random.default_rng(0)
    index = sorted(known)
    chosen = [index[i] for i in np.unique(np.linspace(0, len(index) - 1, min(PER_CLIP, len(index))).astype(int))]
    for at, by_size in seen_at(source, table, chosen, [size.width for size in sizes]):
        anywhere = rng.random((ELSEWHERE, 2))
        for size, seen in zip(sizes, by_size, strict=True):
            now = seen[MOMENTS // 2]
            ball = now.to_look(known[at])
            places = np.vstack([ball, anywhere * now.luma.shape[::-1]])
            for planes, corner in zip(*windows(seen, places, SAMPLE_PX), strict=True):
                xy = ball - corner
                inside = bool(((xy > -0.5) & (xy < SAMPLE_PX - 0.5)).all())
                size.samples.append(BallSample(name, at, planes, xy if inside else np.full(2, np.nan), False))


def whole(seen: Sequence[Look | None]) -> NDArray[np.uint8]:
    """Whole pictures as the network sees them, (7, h, w)."""
    now = seen[MOMENTS // 2]
    if now is None:
        raise ValueError("seen must have a look in the middle.")
    planes = []
    for look in seen:
        still = look is None or np.array_equal(look.reference_from_image, now.reference_from_image)
        motion = None if still else np.linalg.inv(now.reference_from_image) @ look.reference_from_image
        planes.append(now.luma if look is None else aligned(look.luma, now.luma, motion))
    chroma = [
        np.repeat(np.repeat(p, 2, 0), 2, 1)[: now.luma.shape[0], : now.luma.shape[1]] for p in (now.red, now.blue)
    ]
    return np.stack([*planes, *chroma])


@torch.no_grad()
def likeliest(network: nn.Module, planes: NDArray[np.uint8]) -> Floats:
    """The places liked best, best first, (8, 2), pixels of the picture."""
    logits, offsets = network(torch.from_numpy(planes)[None].float())
    peaks = torch.where(functional.max_pool2d(logits[None], 5, 1, 2)[0] == logits, logits, -np.inf)[0]
    best = torch.topk(peaks.flatten(), FIRST).indices
    row, column = best // peaks.shape[1], best % peaks.shape[1]
    middle = torch.stack([column, row], 1) * OUTPUT_STRIDE + (OUTPUT_STRIDE - 1) / 2
    return np.asarray((middle + offsets[0, :, row, column].T * OUTPUT_STRIDE).double())


def measure(sizes: Sequence[Size], source: VideoSource, table: FrameTable, known: dict[int, Floats]) -> None:
    """Compares the likeliest places of every labelled frame with the ball."""
    unit_px = float(np.hypot(*source.probe().size_wh) / np.hypot(1280, 720))
    for at, by_size in seen_at(source, table, sorted(known), [size.width for size in sizes]):
        for size, seen in zip(sizes, by_size, strict=True):
            places = seen[MOMENTS // 2].to_frame(likeliest(size.network, whole(seen)))
            gap_px = np.hypot(*(places - known[at]).T) / unit_px
            right = np.flatnonzero(gap_px <= RIGHT_PX)
            size.rank.append(int(right[0]) if len(right) else FIRST)
            if len(right):
                size.error_px.append(float(gap_px[right[0]]))


def milliseconds(size: Size) -> float:
    """Processor time of the network alone on a 16:9 picture."""
    opened = open_network(
        export_ball(BallAnswers(size.network)),
        inputs=((None, 7, None, None),), outputs=((None, None, None), (None, 2, None, None)), device="cpu", threads=1,
    )  # fmt: skip
    picture = np.zeros((1, 7, size.width * 9 // 16 // 8 * 8, size.width), np.uint8)
    opened.run(picture)
    begin = time.process_time()
    for _ in range(TIMED):
        opened.run(picture)
    return 1000 * (time.process_time() - begin) / TIMED


def tracked(tracks: Tracks) -> dict[int, Floats]:
    """The ball where it was seen in this frame and the ones around it."""
    seen = {f.frame_index: np.array(f.ball.xy) for f in tracks.frames if f.ball and f.ball.source == "detected"}
    return {i: xy for i, xy in seen.items() if i - 1 in seen and i + 1 in seen}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("videos", type=Path)
    parser.add_argument("tracks", type=Path, help="folder of the JSON files of these videos")
    parser.add_argument("labels", type=Path)
    parser.add_argument("--widths", type=int, nargs="+", default=[512, 960, 1920])
    parser.add_argument("--steps", type=int, default=2000, help="of training, for each")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    sizes = [Size(width) for width in given.widths]
    labels = find_labels(local_label_files(given.labels))
    files = {p.stem: p for p in sorted(given.videos.iterdir()) if p.is_file()}
    for path in sorted(given.tracks.glob("*.json")):
        video = path.stem.rpartition("__")[0]
        if video in files and video not in labels:
            source = VideoSource(str(files[video]))
            learn(sizes, source, scan_frames(source), tracked(Tracks.model_validate_json(path.read_text())), video)
    for size in sizes:
        fit = FitOptions(steps=given.steps, validate_every=500, patience=1000, threads=1)
        videos = sorted({sample.source for sample in size.samples})[::HELD_OUT]
        out = [s for s in size.samples if s.source in videos]
        learnt = [s for s in size.samples if s.source not in videos]
        size.network, history = train_ball(learnt, [], out, BallOptions(drawn_share=0.0), fit)
        size.network.eval()
        print(f"{size.width}: {len(learnt)} windows, {history.steps} steps", flush=True)
    for name in sorted(set(labels) & set(files)):
        ball = labels[name].ball
        if ball is not None:
            shown = np.isin(ball.visibility, (CLEAR, HARD))
            source = VideoSource(str(files[name]))
            known = dict(zip(ball.frame_index[shown].tolist(), ball.xy[shown], strict=True))
            measure(sizes, source, scan_frames(source), known)
    print("| width | ball is the likeliest place, % | among the first eight, % | median error, px | network, ms |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for size in sizes:
        rank = np.array(size.rank)
        print(
            f"| {size.width} | {100 * (rank == 0).mean():.1f} | {100 * (rank < FIRST).mean():.1f} | "
            f"{np.median(size.error_px):.2f} | {milliseconds(size):.0f} |"
        )


if __name__ == "__main__":
    main()
