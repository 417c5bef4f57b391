"""Corrections go straight into a folder: into the right one, over nobody else's, and nothing but them.

The browser's private folder stands for those that a person would choose.
"""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from review_clips import tracks_of, until, write_page
from tennalytix.schema.corrections import Corrections

STATUS = "document.getElementById('save-status').textContent"

FILES = """async () => {
  const list = async (folder, path) => {
    const found = {};
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind === "file") found[path + name] = await (await handle.getFile()).text();
      else Object.assign(found, await list(handle, `${path}${name}/`));
    }
    return found;
  };
  return list(await navigator.storage.getDirectory(), "");
}"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address under which a folder is served, as a bucket would."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


Choose = Callable[..., Any]


@pytest.fixture
def choosing(open_page: Callable[..., Any], served: str, tmp_path: Path) -> Choose:
    """A page, or another one in the same browser, whose person chooses the folder of this path."""
    write_page(tmp_path, tracks_of("rally__0000", 40))

    def opened(path: str, beside: Any = None) -> Any:
        page = beside.context.new_page() if beside else open_page("about:blank")
        page.goto(f"{served}/rally__0000.html")
        page.evaluate(
            """async (path) => {
              let folder = await navigator.storage.getDirectory();
              for (const name of path.split("/")) folder = await folder.getDirectoryHandle(name, { create: true });
              window.showDirectoryPicker = async () => folder;
            }""",
            path,
        )
        page.evaluate("document.getElementById('save-folder').hidden = false")
        page.click("#correct")
        return page

    return opened


def frames(page: Any) -> dict[str, list[int]]:
    """The frames in which each stored file sets the ball."""
    found = page.evaluate(FILES)
    return {path: [c.frame_index for c in Corrections.model_validate_json(text).ball] for path, text in found.items()}


@pytest.mark.parametrize("path", ["data/05_corrections", "data"])
def test_the_folder_of_corrections_is_chosen_itself_or_as_the_one_it_stands_in(choosing: Choose, path: str) -> None:
    page = choosing("data/05_corrections")
    page = choosing(path, beside=page)
    page.evaluate("edits.setBall(3, [7, 8])")
    page.click("#save-folder")
    until(page, "!edits.unsaved")

    assert frames(page) == {"data/05_corrections/rally__0000.json": [3]}
    assert "Saved in 05_corrections as rally__0000.json." in page.inner_text("#save-status")


def test_another_folder_is_refused_and_stays_as_it_is(choosing: Choose) -> None:
    page = choosing("pictures")
    page.evaluate("edits.setBall(3, [7, 8])")
    page.click("#save-folder")
    until(page, f"{STATUS} !== ''")

    assert "Not saved: the folder must be 05_corrections or hold it, got pictures." in page.inner_text("#save-status")
    assert page.evaluate("edits.unsaved")
    assert frames(page) == {}


def test_corrections_never_go_over_others_unasked(choosing: Choose) -> None:
    page = choosing("05_corrections")
    page.evaluate("edits.setBall(3, [7, 8])")
    page.click("#save-folder")
    until(page, "!edits.unsaved")
    first = frames(page)

    again = choosing("05_corrections", beside=page)
    again.evaluate("edits.setBall(5, [1, 2])")
    again.click("#save-folder")
    until(again, f"{STATUS}.includes('holds other corrections')")
    kept = frames(again)
    again.click("#save-folder")
    until(again, "!edits.unsaved")

    assert list(first.values()) == list(kept.values()) == [[3]]
    assert list(frames(again).values()) == [[5]]


def test_who_goes_on_with_what_was_kept_may_save_over_it(choosing: Choose) -> None:
    """No run was made between the two visits."""
    page = choosing("05_corrections")
    page.evaluate("edits.setBall(3, [7, 8])")
    page.click("#save-folder")
    until(page, "!edits.unsaved")

    again = choosing("05_corrections", beside=page)
    again.click("#draft-take")
    again.evaluate("edits.setBall(5, [1, 2])")
    again.click("#save-folder")
    until(again, "!edits.unsaved")

    assert list(frames(again).values()) == [[3, 5]]


def test_what_cannot_be_written_leaves_no_empty_file(choosing: Choose) -> None:
    page = choosing("05_corrections")
    page.evaluate(
        "() => { FileSystemFileHandle.prototype.createWritable = () => { throw new Error('The disk is full.'); }; }"
    )
    page.evaluate("edits.setBall(3, [7, 8])")
    page.click("#save-folder")
    until(page, f"{STATUS} === 'Not saved: The disk is full.'")

    assert page.evaluate(FILES) == {}
