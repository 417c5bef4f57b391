"""Takes docs/images/review.jpg: the sample's review page while the ball is being corrected.

`kedro run && python tools/screenshot_review.py`; needs Playwright and Chromium or Chrome.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).parents[1]
FRAME = 58
"""The ball over the net, just before it bounces."""


def main(root: Path) -> int:
    """Opens the page below the storage root, moves the ball, marks it absent for a while, takes the picture."""
    page_file = root / "08_reporting/review/sample_rally__0000.html"
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not page_file.exists() or browser is None:
        print(f"{page_file} and Chromium must be there. Run kedro run first, and install Chromium.", file=sys.stderr)
        return 1
    target = PROJECT / "docs/images/review.jpg"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = running.new_page(viewport={"width": 1180, "height": 1030})
        page.goto(page_file.resolve().as_uri())
        _correct(page)
        page.screenshot(path=target, type="jpeg", quality=84)
        running.close()
    print(f"wrote {target}, {target.stat().st_size // 1000} kB")
    return 0


def _correct(page: Any) -> None:
    page.click("#correct")
    page.evaluate("edits.setAbsent(null, 22, 32)")
    page.evaluate("edits.setEvent({ kind: 'hit', player: 'near', frame: 30, xy: [690, 480], deleted: false })")
    page.evaluate(f"picture.seek({FRAME})")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+ArrowUp")
    while not page.evaluate("picture.settled"):
        page.wait_for_timeout(20)
    page.wait_for_timeout(200)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "data"))
