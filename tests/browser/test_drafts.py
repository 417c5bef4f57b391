"""What no run has taken up is kept in the browser: of each page apart, until a page shows it or it is discarded."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from review_clips import tracks_of, write_page
from tennalytix.schema.corrections import Corrections

CLIP_ID = "rally__0000"
WRITTEN = "editsFile.write(edits.now).ball.map((word) => word.frame_index)"
OFFERED = "!document.getElementById('draft').hidden"

Visit = Callable[[Path], Any]


@pytest.fixture
def visit(browser: Any) -> Iterator[Visit]:
    """Opens a page in a browser that remembers its earlier visits; what the page complains about fails the test."""
    context = browser.new_context()
    complaints: list[str] = []

    def visited(path: Path) -> Any:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield visited
    context.close()

    assert complaints == []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_page(tmp_path, tracks_of(CLIP_ID, 40))


def set_ball(visit: Visit, path: Path, frame: int) -> None:
    """Corrects one frame and leaves."""
    page = visit(path)
    page.evaluate("k => edits.setBall(k, [7, 8])", frame)
    page.close()


def download(page: Any, folder: Path) -> Corrections:
    if not page.evaluate("editor.on"):
        page.click("#correct")
    with page.expect_download() as loaded:
        page.click("#save")
    loaded.value.save_as(folder / "saved.json")
    return Corrections.model_validate_json((folder / "saved.json").read_bytes())


def test_what_was_not_saved_is_offered_again(visit: Visit, path: Path) -> None:
    set_ball(visit, path, 3)
    again = visit(path)
    again.click("#draft-take")

    assert again.evaluate("editsFile.write(edits.now).ball") == [{"frame_index": 3, "xy": [7, 8]}]
    assert not again.evaluate(OFFERED)
    again.click("#correct")
    again.keyboard.press("Control+z")
    assert again.evaluate("edits.size") == 0


def test_a_clip_of_the_same_name_elsewhere_has_its_own(visit: Visit, path: Path, tmp_path: Path) -> None:
    other = write_page(tmp_path / "other", tracks_of(CLIP_ID, 40))
    set_ball(visit, path, 3)
    page = visit(other)
    offered = page.evaluate(OFFERED)
    page.evaluate("edits.setBall(9, [1, 1])")
    page.evaluate("edits.undo()")
    page.close()

    assert not offered
    assert visit(path).evaluate(OFFERED)


def test_who_overlooks_the_offer_finds_it_again_beside_what_was_set_since(visit: Visit, path: Path) -> None:
    set_ball(visit, path, 3)
    set_ball(visit, path, 20)
    page = visit(path)
    found = []
    while page.evaluate(OFFERED):
        page.click("#draft-take")
        found.append(page.evaluate(WRITTEN))

    assert found == [[20], [3]]


def test_what_is_discarded_is_gone_and_what_was_set_before_taking_stays(visit: Visit, path: Path) -> None:
    set_ball(visit, path, 3)
    page = visit(path)
    page.evaluate("edits.setBall(9, [1, 1])")
    page.click("#draft-take")
    page.close()
    page = visit(path)
    page.click("#draft-drop")
    page.click("#draft-take")
    kept = page.evaluate(WRITTEN)
    page.click("#correct")
    page.keyboard.press("Control+z")
    page.close()

    assert kept == [3]
    assert not visit(path).evaluate(OFFERED)


def test_an_offer_that_cannot_be_loaded_stays_and_says_why(visit: Visit, path: Path) -> None:
    set_ball(visit, path, 30)
    write_page(path.parent, tracks_of(CLIP_ID, 10))
    page = visit(path)
    page.click("#draft-take")

    assert page.evaluate(OFFERED)
    assert "Not loaded: frame_index must lie in the clip, got 30." in page.inner_text("#draft")


def test_a_download_is_offered_again_until_a_page_shows_it(visit: Visit, path: Path, tmp_path: Path) -> None:
    """Nobody tells a page whether its download was cancelled."""
    page = visit(path)
    page.evaluate("edits.setBall(3, [7.123, 8])")
    page.evaluate("edits.setAbsent('2 far', 5, 9)")
    said = download(page, tmp_path)
    unsaved = page.evaluate("edits.unsaved")
    page.close()
    before = visit(path)
    offered = before.evaluate(OFFERED)
    before.close()
    write_page(path.parent, tracks_of(CLIP_ID, 40), corrections=said)
    after = visit(path)

    assert (unsaved, offered) == (False, True)
    assert after.evaluate("edits.size") == 2
    assert not after.evaluate(OFFERED)
    assert after.evaluate("Object.keys(localStorage)") == []


def test_where_nothing_is_kept_a_download_does_not_count_as_saved(visit: Visit, path: Path, tmp_path: Path) -> None:
    page = visit(path)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    page.evaluate("edits.setBall(3, [7, 8])")
    download(page, tmp_path)

    assert page.evaluate("edits.unsaved")
    assert "1 correction, not saved. Downloaded." in page.inner_text("#edit-tools .status")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            {"clip_id": CLIP_ID, "ball": [{"frame_index": 99, "xy": [5, 5]}]},
            "frame_index must lie in the clip, got 99.",
        ),
        ({"clip_id": "other", "ball": []}, "clip_id must be rally__0000, got other."),
    ],
)
def test_a_page_whose_corrections_cannot_be_used_says_so_and_works(
    visit: Visit, tmp_path: Path, said: dict[str, Any], sentence: str
) -> None:
    corrections = Corrections.model_validate(said)
    page = visit(write_page(tmp_path, tracks_of(CLIP_ID, 40), corrections=corrections))
    page.keyboard.press("ArrowRight")
    page.evaluate("edits.setBall(3, [7, 8])")

    assert sentence in page.inner_text("#not-applied")
    assert "Frame 1" in page.inner_text("#readout")
    assert page.is_visible("#correct")
    assert page.evaluate(WRITTEN) == [3]
