"""The report in a real browser: accessible, of any width, names stay text."""

from pathlib import Path
from typing import Any

import pytest

from review_clips import tracks_of
from tennalytix.schema.clips import EditList, ShotEntry
from tennalytix.schema.report import RunSummary, ShotSheet
from tennalytix.viz.clip_facts import clip_facts
from tennalytix.viz.figures import clip_figures
from tennalytix.viz.report import RunResults, report_page

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report with something in every section, its figures beside it."""
    tracks = tracks_of(EVIL, 60)
    for name, figure in clip_figures(tracks).items():
        path = tmp_path / f"figures/{EVIL}/{name}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(figure)
    shot = ShotEntry(
        first_frame=0, last_frame=40, start_s=0, end_s=1.6, view="other", confidence=0.8, reason=f"No court {EVIL}."
    )
    lists = {EVIL: EditList(fingerprint="f", video=None, clips=[], shots=[shot] * 5, warnings=[EVIL])}
    sheet = ShotSheet(fingerprint="f", tile_wh=(192, 108), columns=10, first_frames=[0])
    (tmp_path / "shots").mkdir()
    (tmp_path / f"shots/{EVIL}.jpg").write_bytes(b"")
    files = {
        "figures/.svg": frozenset(f"{EVIL}/{name}" for name in ("court", "ball", "speeds")),
        "review/.html": frozenset({EVIL}),
        "overlays/.mp4": frozenset({EVIL}),
    }
    run = RunSummary(node_seconds={"a": 1}, failures=[{"stage": "s", "item": EVIL, "error": EVIL}])
    results = RunResults(run, lists, [clip_facts(tracks, "f")], {EVIL: sheet}, files, {"tennalytix": "1"})
    (tmp_path / "report.html").write_text(report_page(results))
    return tmp_path / "report.html"


@pytest.mark.parametrize("width", [1400, 360])
def test_no_serious_fault_of_accessibility(open_page: Any, report: Path, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed.").Axe()
    page = open_page(report, (width, 800))
    found = axe.run(page).response["violations"]

    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_figures_of_evil_names_are_shown_and_names_stay_text(open_page: Any, report: Path) -> None:
    page = open_page(report)
    page.locator(".figures img").last.scroll_into_view_if_needed()
    page.wait_for_function("Array.from(document.querySelectorAll('.figures img')).every((i) => i.naturalWidth > 0)")

    assert page.locator(".figures img").count() == 3
    assert EVIL in page.inner_text("main")
    assert page.locator("img[src='x']").count() == 0
