r"""`python -m tennalytix.synthetic`: renders a rally into a video file with labels.

The sample in the repository, to the byte:

    python -m tennalytix.synthetic data/01_raw/videos/sample_rally.mp4 \
        --labels data/01_raw/labels/sample_rally --seed 7 --k1 -0.03 --boxes-every 5
"""

import argparse
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import get_args

from tennalytix.synthetic.options import CAMERAS, Light, RallyOptions, Surface, Venue
from tennalytix.synthetic.rally_video import write_rally


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the command line and renders; the exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        options = _options(given)
    except ValueError as error:
        parser.error(str(error))
    given.video.parent.mkdir(parents=True, exist_ok=True)
    truth = write_rally(
        options, given.video, given.labels, crf=given.crf, preset=given.preset, boxes_every=given.boxes_every
    )
    strokes = f"{len(truth.hits)} hits, {len(truth.bounces)} bounces"
    sys.stdout.write(f"{given.video}: {len(truth.frames)} frames, {strokes}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tennalytix.synthetic", description="Renders a tennis rally with exact labels."
    )
    add = parser.add_argument
    add("video", type=Path, help="MP4 file to write")
    add("--labels", type=Path, help="folder to write ball.csv, players.csv, others.csv and court.json into")
    add("--seed", type=int, default=0, help="another seed, another rally (%(default)s)")
    add("--size", type=_size, default=(1280, 720), metavar="WxH", help="pixels (1280x720)")
    add(
        "--frame-rate",
        type=Fraction,
        default=Fraction(25),
        help="frames a second, a fraction such as 30000/1001 (%(default)s)",
    )
    add("--duration", type=float, default=10.0, help="seconds (%(default)s)")
    add("--surface", choices=get_args(Surface), default="hard_blue", help="(%(default)s)")
    add("--camera", choices=tuple(CAMERAS), default="broadcast", help="(%(default)s)")
    add("--venue", choices=get_args(Venue), default="stadium", help="(%(default)s)")
    add("--light", choices=get_args(Light), default="day", help="(%(default)s)")
    add("--pan", type=float, default=0.0, help="how far the camera follows the ball sideways, px (%(default)s)")
    add("--shake", type=float, default=0.0, help="hand-held trembling, px (%(default)s)")
    add(
        "--repeat-every",
        type=int,
        default=0,
        help="every so many frames one repeats its predecessor; 6 as in 25 to 30 fps (off)",
    )
    add("--shutter", type=float, default=0.3, help="exposure as a share of the frame time (%(default)s)")
    add("--noise", type=float, default=2.0, help="grey levels (%(default)s)")
    add("--k1", type=float, default=0.0, help="radial distortion (%(default)s)")
    add("--doubles", action="store_true", help="four players")
    add("--no-officials", action="store_true", help="nobody but the players")
    add("--no-score-box", action="store_true", help="no score in the picture")
    add("--first-serve", type=float, default=2.0, help="when the first serve is struck, s (%(default)s)")
    add("--crf", type=int, default=20, help="H.264 quality, smaller is better (%(default)s)")
    add("--preset", default="medium", help="H.264 effort (%(default)s)")
    add("--boxes-every", type=int, default=1, help="label boxes in every so many frames (%(default)s)")
    return parser


def _options(given: argparse.Namespace) -> RallyOptions:
    return RallyOptions(
        seed=given.seed, size_wh=given.size, frame_rate=given.frame_rate, duration_s=given.duration,
        surface=given.surface, camera=CAMERAS[given.camera], venue=given.venue, light=given.light,
        pan_px=given.pan, shake_px=given.shake,
        repeat_every=given.repeat_every, shutter=given.shutter, noise=given.noise, k1=given.k1, doubles=given.doubles,
        officials=not given.no_officials, score_box=not given.no_score_box, first_serve_s=given.first_serve,
    )  # fmt: skip


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())
