"""Takes the picture of the flow for the README: `kedro viz` of the default pipeline in a headless browser.

pip install -e ".[viz]" playwright
python tools/screenshot_viz.py docs/images/flow.png [--browser /usr/bin/chromium]
"""

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

PORT = 4199
ADDRESS = f"http://127.0.0.1:{PORT}"
SETTINGS = '{theme: "light", showFeatureHints: false, visible: {sidebar: false, miniMap: false}}'
HIDDEN = "[class*=feature-hint], [class*=update-reminder], [class*=minimap], [class*=pipeline-toolbar]"
"""What the program says of itself is not of interest here."""


def main() -> None:
    """Starts kedro viz, waits for its drawing, and stores the picture."""
    parser = argparse.ArgumentParser(description="A picture of the flow, as kedro viz shows it.")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--browser", default="/usr/bin/chromium", help="(%(default)s)")
    parser.add_argument("--pipeline", default="__default__", help="(%(default)s)")
    given = parser.parse_args()
    kedro = Path(sys.executable).with_name("kedro")
    command = [kedro, "viz", "run", "--no-browser", "--port", str(PORT), "--pipeline", given.pipeline]
    server = subprocess.Popen([str(part) for part in command], start_new_session=True)
    try:
        _wait()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=given.browser, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1300, "height": 1200}, color_scheme="light")
            page.add_init_script(f"localStorage.setItem('KedroViz', JSON.stringify({SETTINGS}))")
            page.goto(ADDRESS)
            page.wait_for_selector(".pipeline-node", timeout=60_000)
            page.add_style_tag(content=f"{HIDDEN} {{display: none !important}}")
            page.wait_for_timeout(4000)
            page.screenshot(path=given.picture, clip={"x": 140, "y": 20, "width": 1160, "height": 1170})
            browser.close()
    finally:
        # It has processes of its own, which would keep the port.
        os.killpg(server.pid, signal.SIGKILL)


def _wait() -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{ADDRESS}/api/main", timeout=5).read()
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            return
    raise SystemExit(f"kedro viz must answer at {ADDRESS} within a minute. Run it by hand to see why not.")


if __name__ == "__main__":
    main()
