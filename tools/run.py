"""`make run`: the whole chain on the sample or on the videos named in VIDEOS, then where the results lie."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tennalytix.core.spelling import nearest

KNOWN = ("VIDEOS", "OUT", "PYTHON", "VENV", "BIN", "SHELL")
"""What may be set on make's command line."""


def main(given: list[str]) -> int:
    """Runs tracking and visualization; VIDEOS and OUT come from the environment, where make puts them.

    Args:
        given: names of all that was set on make's command line.
    """
    for name in given:
        if name not in KNOWN:
            near = nearest(name, KNOWN[:2])
            advice = f"Did you mean {near}?" if near else "Use VIDEOS=<folder or file> and OUT=<folder>."
            print(f"{name} is no setting of make run. {advice}", file=sys.stderr)
            return 2
    videos, out = os.environ.get("VIDEOS", ""), os.environ.get("OUT", "")
    environment = dict(os.environ)
    if videos:
        environment["TENNALYTIX_VIDEOS"] = _absolute(videos)
    if out:
        environment["TENNALYTIX_ROOT"] = _absolute(out)
    root = environment.get("TENNALYTIX_ROOT", "data")
    code = _run([str(Path(sys.executable).with_name("kedro")), "run"], environment)
    if code == 128 + signal.SIGINT:
        return code
    if code:
        print("The run failed; the lines above say why.", file=sys.stderr)
        return code
    print(f"Tracks (JSON):  {root}/07_model_output/tracks/")
    print(f"Overlay videos: {root}/08_reporting/overlays/")
    print(f"Review page:    {root}/08_reporting/review/index.html")
    print(f"Report:         {root}/08_reporting/report.html")
    return 0


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Runs a command to its end, which Ctrl-C is left to: a terminal sends it to both. Returns the exit code."""
    interrupts: list[int] = []
    # A handler, unlike SIG_IGN, is not handed on to the command.
    before = signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))
    try:
        code = subprocess.run(command, env=environment, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)
    # Stopped so early that the command had no word for it, or by a signal.
    return 128 + signal.SIGINT if interrupts and code else code


def _absolute(path: str) -> str:
    return path if "://" in path else str(Path(path).expanduser().resolve())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
