"""`make run`: the whole chain on the sample or on the videos named in VIDEOS, then where the results lie."""

import os
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Runs tracking and visualization; VIDEOS and OUT come from the environment, where make puts them."""
    videos, out = os.environ.get("VIDEOS", ""), os.environ.get("OUT", "")
    environment = dict(os.environ)
    if videos:
        environment["TENNALYTIX_VIDEOS"] = _absolute(videos)
    if out:
        environment["TENNALYTIX_ROOT"] = _absolute(out)
    root = environment.get("TENNALYTIX_ROOT", "data")
    kedro = Path(sys.executable).with_name("kedro")
    code = subprocess.run([kedro, "run"], env=environment, check=False).returncode
    if code:
        print("The run failed; the lines above say why.", file=sys.stderr)
        return code
    print(f"Tracks (JSON):  {root}/07_model_output/tracks/")
    print(f"Overlay videos: {root}/08_reporting/overlays/")
    print(f"Review page:    {root}/08_reporting/review/index.html")
    print(f"Report:         {root}/08_reporting/report.html")
    return 0


def _absolute(path: str) -> str:
    return path if "://" in path else str(Path(path).expanduser().resolve())


if __name__ == "__main__":
    sys.exit(main())
