r"""`python -m tennalytix.synthetic`: renders a rally into a video file with labels.

The sample in the repository, to the byte:

    python -m tennalytix.synthetic data/01_raw/videos/sample_rally.mp4 \
        --labels data/01_raw/labels/sample_rally --seed 7 --k1 -0.03 --boxes-every 5

A random scene, and one known by name (see `scenarios`):

    python -m tennalytix.synthetic scene.mp4 --labels scene --random --seed 12
    python -m tennalytix.synthetic crossing.mp4 --labels crossing --scenario doubles_crossing

A whole match, cut as on television (see `match_video`):

    python -m tennalytix.synthetic match match.mp4 --truth match.json
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

from tennalytix.synthetic import match_video
from tennalytix.synthetic.options import CAMERAS, OPTION_NAMES, Light, Looks, RallyOptions, Surface, Venue
from tennalytix.synthetic.rally_video import write_rally
from tennalytix.synthetic.scenarios import SCENARIOS
from tennalytix.synthetic.scenery import random_options


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the command line and renders; the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["match"]:
        return match_video.main(words[1:])
    parser = _parser()
    given = parser.parse_args(words)
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
    add("--crf", type=int, default=20, help="H.264 quality, smaller is better (%(default)s)")
    add("--preset", default="medium", help="H.264 effort (%(default)s)")
    add("--boxes-every", type=int, default=1, help="label boxes in every so many frames (%(default)s)")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--scenario", choices=tuple(SCENARIOS), help="a scene known by name")
    start.add_argument("--random", action="store_true", help="a random scene, which --seed chooses")
    _add_scene(parser.add_argument_group("scene", "each changes the named, the random or else the plain scene"))
    return parser


def _add_scene(group: argparse._ArgumentGroup) -> None:
    plain = RallyOptions()

    def add(flag: str, **more: Any) -> None:
        group.add_argument(flag, default=argparse.SUPPRESS, **more)

    add("--seed", type=int, help=f"another seed, another rally ({plain.seed})")
    add("--size", dest="size_wh", type=_size, metavar="WxH", help="pixels (1280x720)")
    add("--frame-rate", type=Fraction, help=f"frames a second, a fraction such as 30000/1001 ({plain.frame_rate})")
    add("--duration", dest="duration_s", type=float, help=f"seconds ({plain.duration_s})")
    add("--surface", choices=get_args(Surface), help=f"({plain.surface})")
    add("--camera", choices=tuple(CAMERAS), help="(broadcast)")
    add("--venue", choices=get_args(Venue), help=f"({plain.venue})")
    add("--light", choices=get_args(Light), help=f"({plain.light})")
    add("--looks", choices=get_args(Looks), help=f"people's builds and clothes ({plain.looks})")
    add("--pan", dest="pan_px", type=float, help="how far the camera follows the ball sideways, px (0)")
    add("--shake", dest="shake_px", type=float, help="hand-held trembling, px (0)")
    add("--repeat-every", type=int, help="every so many frames one repeats its predecessor; 6 as in 25 to 30 fps (off)")
    add("--shutter", type=float, help=f"exposure as a share of the frame time ({plain.shutter})")
    add("--noise", type=float, help=f"grey levels ({plain.noise})")
    add("--k1", type=float, help="radial distortion (0)")
    add("--doubles", action="store_true", help="four players")
    add("--no-officials", dest="officials", action="store_false", help="nobody but the players")
    add("--no-score-box", dest="score_box", action="store_false", help="no score in the picture")
    add("--bystanders", type=int, help="people who stand and walk about the court (0)")
    add("--standing-crowd", type=int, help="spectators standing in the front row (0)")
    add("--first-serve", dest="first_serve_s", type=float, help=f"when it is struck, s ({plain.first_serve_s})")


def _options(given: argparse.Namespace) -> RallyOptions:
    changes = {name: value for name, value in vars(given).items() if name in OPTION_NAMES}
    if "camera" in changes:
        changes["camera"] = CAMERAS[changes["camera"]]
    if changes.get("light", "day") != "day":
        changes["sun"] = None
    scene = SCENARIOS[given.scenario] if given.scenario else RallyOptions()
    return replace(random_options(changes.get("seed", 0)) if given.random else scene, **changes)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())
