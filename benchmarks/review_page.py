"""How large a review page of 36,000 frames is, and how quick: `PYTHONPATH=tests python benchmarks/review_page.py`."""

import gzip
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from review_clips import tracks_of, write_page
from tennalytix.schema.tracks import Tracks

COUNT = 36_000
STEPS = """async () => {
  picture.seek(20000);
  const start = performance.now();
  for (let k = 0; k < 180; k += 1) {
    await new Promise(requestAnimationFrame);
    picture.seek(review.frame + 1);
  }
  return 180000 / (performance.now() - start);
}"""
EDIT = "() => { const start = performance.now(); edits.setBall(100, [5, 5]); return performance.now() - start; }"


def moving(tracks: Tracks) -> Tracks:
    """The same with a court that is elsewhere in every frame."""
    assert tracks.court is not None
    matrix = np.array(tracks.court.court_from_image)
    shifts = np.random.default_rng(0).normal(0, 3, (len(tracks.frames), 2))
    frames = []
    for frame, (dx, dy) in zip(tracks.frames, shifts, strict=True):
        moved = matrix @ np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1]])
        frames.append(frame.model_copy(update={"court_from_image": moved.tolist()}))
    court = tracks.court.model_copy(update={"static": False})
    return tracks.model_copy(update={"frames": frames, "court": court})


def measure(browser: Any, path: Path) -> str:
    size, packed = path.stat().st_size / 1e6, len(gzip.compress(path.read_bytes(), 6)) / 1e6
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    start_s = time.monotonic()
    page.goto(path.as_uri())
    page.keyboard.press("ArrowRight")
    assert page.evaluate("review.frame") == 1
    ready_s = time.monotonic() - start_s
    steps, edit_ms = page.evaluate(STEPS), page.evaluate(EDIT)
    return f"| {size:.1f} MB | {packed:.1f} MB | {ready_s:.2f} s | {steps:.0f} | {edit_ms:.0f} ms |"


def main() -> int:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        print("Chromium must be installed, got none.", file=sys.stderr)
        return 1
    still = tracks_of("long__0000", COUNT, noise_px=3.0)
    print("| camera | page | compressed | usable after | steps/s | a correction |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, tracks in (("stands still", still), ("moves", moving(still))):
            print(f"| {name} {measure(browser, write_page(Path(folder), tracks))}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
