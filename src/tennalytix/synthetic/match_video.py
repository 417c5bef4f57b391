r"""`python -m tennalytix.synthetic match`: renders a match into a video file, and what is true of it.

python -m tennalytix.synthetic match match.mp4 --truth match.json --seed 3 --rallies 8
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tennalytix.synthetic.match import MatchOptions, MatchTruth, render_match
from tennalytix.video.writer import VideoWriter


def write_match(
    options: MatchOptions,
    path: str | os.PathLike[str],
    truth_path: str | os.PathLike[str] | None = None,
    *,
    crf: int = 20,
    preset: str = "veryfast",
) -> MatchTruth:
    """Renders a match into an MP4 file and, if a path is given, its truth as JSON; returns the truth.

    Args:
        options: of the match.
        path: of the video; a file of that name is replaced.
        truth_path: `shots` and `rallies`, see `match.MatchTruth`.
        crf: quality of the encoding, smaller is better.
        preset: the encoder's effort.
    """
    match = render_match(options)
    with VideoWriter(path, options.size_wh, options.frame_rate, crf, preset) as writer:
        for image in match:
            writer.write(image)
    if truth_path is not None:
        Path(truth_path).write_text(json.dumps(asdict(match.truth), indent=1) + "\n", encoding="utf-8")
    return match.truth


def main(arguments: Sequence[str]) -> int:
    """Reads the command line after `match` and renders; the exit status."""
    plain = MatchOptions()
    parser = argparse.ArgumentParser(
        prog="python -m tennalytix.synthetic match", description="Renders a match as a broadcast shows it."
    )
    parser.add_argument("video", type=Path, help="MP4 file to write")
    parser.add_argument("--truth", type=Path, help="JSON file to write")
    parser.add_argument("--seed", type=int, default=plain.seed, help="another seed, another match (%(default)s)")
    parser.add_argument("--rallies", type=int, default=plain.rallies, help="how many (%(default)s)")
    parser.add_argument("--size", default="640x360", metavar="WxH", help="pixels (%(default)s)")
    given = parser.parse_args(arguments)
    width, _, height = given.size.partition("x")
    try:
        options = MatchOptions(given.seed, given.rallies, (int(width), int(height)))
    except ValueError as error:
        parser.error(str(error))
    given.video.parent.mkdir(parents=True, exist_ok=True)
    truth = write_match(options, given.video, given.truth)
    sys.stdout.write(f"{given.video}: {len(truth.shots)} shots, {len(truth.rallies)} rallies\n")
    return 0
