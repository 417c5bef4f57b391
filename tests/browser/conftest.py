"""Review pages in a real browser; without Chromium these tests are skipped and say so."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: the review pages are not tested in a browser.")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: pip install playwright."
    )
    with playwright.sync_playwright() as running:
        launched = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


Open = Callable[..., Any]


def _complaint(message: Any) -> bool:
    """Not the browser's own line about a video or picture that is not there: the page has its own way of saying so."""
    missing = "Failed to load resource" in message.text
    return message.type in ("error", "warning") and not (
        missing and message.location["url"].endswith((".mp4", ".jpg", "/favicon.ico"))
    )


@pytest.fixture
def open_page(browser: Any) -> Iterator[Open]:
    """Opens a file or an address; whatever the page complains about on the console fails the test."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def opened(target: Path | str, size_wh: tuple[int, int] = (1400, 900), scale: float = 1.0) -> Any:
        width, height = size_wh
        context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=scale)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda m: complaints.append(m.text) if _complaint(m) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(target if isinstance(target, str) else target.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()

    assert complaints == []
