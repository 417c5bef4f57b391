"""Corrections made in the page, stored, and merged by postprocessing."""

import json
from pathlib import Path
from typing import Any

import pytest

import small_postprocessing
from flown_rally import FlownRally
from review_clips import tracks_of, until, write_page
from small_postprocessing import CLIP_ID
from tennalytix.schema.corrections import Corrections
from tennalytix.schema.tracks import TrackedFrame, Tracks

RALLY = FlownRally(seconds=3.0)
BALL = RALLY.candidates(false_per_frame=0.0)


def build(root: Path) -> Tracks:
    return small_postprocessing.build(root, RALLY, ball=BALL, court=RALLY.court)[CLIP_ID]


def page_of(root: Path, tracks: Tracks) -> Path:
    stored = root / "05_corrections" / f"{CLIP_ID}.json"
    said = Corrections.model_validate_json(stored.read_bytes()) if stored.exists() else None
    return write_page(root / "review", tracks, corrections=said)


def save(page: Any, root: Path) -> Corrections:
    with page.expect_download() as download:
        page.click("#save")
    (root / "05_corrections").mkdir(exist_ok=True)
    assert download.value.suggested_filename == f"{CLIP_ID}.json"
    download.value.save_as(root / "05_corrections" / f"{CLIP_ID}.json")
    return Corrections.model_validate_json((root / "05_corrections" / f"{CLIP_ID}.json").read_bytes())


def correct(page: Any, frame: int) -> None:
    page.evaluate("k => picture.seek(k)", frame)
    if not page.evaluate("editor.on"):
        page.click("#correct")


def take(page: Any, name: str) -> None:
    page.click(f"#subjects button:text-is('{name}')")


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one place to another, source pixels."""
    area = page.locator("#overlay").bounding_box()
    for name, place in (("start", start), ("end", end)):
        x, y = page.evaluate("xy => picture.toScreen(xy)", list(place))
        page.mouse.move(area["x"] + x, area["y"] + y, steps=4)
        (page.mouse.down if name == "start" else page.mouse.up)()


def player(frame: TrackedFrame, role: str) -> Any:
    return next((p for p in frame.players if p.role == role), None)


def test_what_is_done_in_the_page_is_what_postprocessing_says(open_page: Any, tmp_path: Path) -> None:
    found = build(tmp_path)
    page = open_page(page_of(tmp_path, found))
    at = found.frames[50].ball
    assert at is not None

    correct(page, 50)
    drag(page, at.xy, (400.0, 200.0))
    page.evaluate("picture.seek(60)")
    page.click("#range-from")
    page.evaluate("picture.seek(64)")
    page.click("#range-to")
    page.click("#absent")
    page.click("#range-clear")
    take(page, "Near")
    correct(page, 40)
    x1, y1, x2, y2 = player(found.frames[40], "near").xyxy
    drag(page, ((x1 + x2) / 2, (y1 + y2) / 2), ((x1 + x2) / 2 - 100, (y1 + y2) / 2))
    drag(page, (x2 - 100, y2), (x2 - 80, y2 + 10))
    take(page, "Far")
    page.click("#absent")
    correct(page, 35)
    page.click("#bounce")
    correct(page, found.events[0].frame_index)
    page.click("#strike")
    said = save(page, tmp_path)
    tracks = build(tmp_path)

    assert [(c.frame_index, c.last, c.xy is None) for c in said.ball] == [(50, 50, False), (60, 64, True)]
    ball = tracks.frames[50].ball
    assert ball is not None
    assert ball.source == "corrected"
    assert ball.xy == pytest.approx((400, 200), abs=1)
    assert [tracks.frames[k].ball for k in range(60, 65)] == [None] * 5
    near = player(tracks.frames[40], "near")
    assert near.source == "corrected"
    assert near.xyxy == pytest.approx((x1 - 100, y1, x2 - 80, y2 + 10), abs=1.5)
    assert player(tracks.frames[40], "far") is None
    assert [(e.kind, e.frame_index) for e in tracks.events if e.source == "corrected"] == [("bounce", 35)]
    assert found.events[0].frame_index not in [e.frame_index for e in tracks.events if e.kind == found.events[0].kind]


def test_the_page_goes_on_from_what_was_said_and_takes_it_back(open_page: Any, tmp_path: Path) -> None:
    found = build(tmp_path)
    page = open_page(page_of(tmp_path, found))
    correct(page, 50)
    page.keyboard.press("Alt+Shift+ArrowUp")
    correct(page, 60)
    page.keyboard.press("x")
    save(page, tmp_path)
    again = open_page(page_of(tmp_path, build(tmp_path)))

    assert again.evaluate("[edits.size, edits.unsaved]") == [2, False]
    assert again.evaluate("[shown.ballAt(50).state, shown.ballAt(60).state]") == [3, 4]
    correct(again, 50)
    again.keyboard.press("r")
    assert "as found on the next run" in again.inner_text("#readout")
    correct(again, 60)
    again.keyboard.press("r")
    said = save(again, tmp_path)
    assert said.ball == []
    restored = build(tmp_path)
    assert restored.model_dump(exclude={"provenance"}) == found.model_dump(exclude={"provenance"})


def test_everything_can_be_undone_and_done_again(open_page: Any, tmp_path: Path) -> None:
    page = open_page(write_page(tmp_path, tracks_of("rally__0000", 40)))
    correct(page, 12)
    drag(page, (700, 100), (710, 110))
    take(page, "Near")
    page.keyboard.press("x")
    page.click("#hit-far")
    page.keyboard.press("s")
    steps = [page.evaluate("JSON.stringify(editsFile.write(edits.now))")]
    for _ in range(4):
        page.keyboard.press("Control+z")
        steps.append(page.evaluate("JSON.stringify(editsFile.write(edits.now))"))

    assert len(set(steps)) >= 4
    assert page.evaluate("edits.size") == 0
    assert page.is_disabled("#undo")
    for wanted in reversed(steps[:-1]):
        page.keyboard.press("Control+y")
        assert page.evaluate("JSON.stringify(editsFile.write(edits.now))") == wanted


def test_events_are_struck_out_and_restored_from_the_list(open_page: Any, tmp_path: Path) -> None:
    page = open_page(write_page(tmp_path, tracks_of("rally__0000", 40)))
    page.click("#correct")
    page.click("#events li:first-child .drop")
    struck = page.evaluate("editsFile.write(edits.now).events")
    kinds = page.evaluate("shown.lanes.events.map((event) => event.kind)")
    page.click("#events li:first-child .drop")

    assert struck == [{"kind": "hit", "frame_index": 10, "deleted": True}]
    assert kinds == ["bounce"]
    assert page.evaluate("[edits.size, shown.lanes.events.length]") == [0, 2]


def test_neighbours_that_are_filled_in_follow_at_once(open_page: Any, tmp_path: Path) -> None:
    tracks = tracks_of("rally__0000", 40)
    frames = [f.model_copy(update={"ball": None}) if 14 <= f.frame_index <= 18 else f for f in tracks.frames]
    page = open_page(write_page(tmp_path, tracks.model_copy(update={"frames": frames})))
    correct(page, 16)
    drag(page, (500, 300), (500, 300))

    states = page.evaluate("Array.from(shown.lanes.ball.states.slice(13, 20))")
    assert states == [1, 2, 2, 3, 2, 2, 1]


def test_partners_are_swapped_to_the_end_and_a_second_time_back(open_page: Any, tmp_path: Path) -> None:
    page = open_page(write_page(tmp_path, tracks_of("rally__0000", 40)))
    before = page.evaluate("shown.playerAt(shown.lanes.players[0], 30).place")
    correct(page, 20)
    take(page, "Near")
    page.click("#swap")
    after = page.evaluate("shown.playerAt(shown.lanes.players[1], 30).place")
    swaps = page.evaluate("editsFile.write(edits.now).swaps")
    page.click("#swap")

    assert after == before
    assert (swaps[0]["frame_index"], swaps[0]["last_frame"]) == (20, 39)
    assert Corrections.model_validate({"clip_id": "rally__0000", "swaps": swaps}).swaps[0].xyxy is not None
    assert page.evaluate("edits.size") == 0


def test_the_courts_corners_are_dragged_where_they_are(open_page: Any, tmp_path: Path) -> None:
    rally = RALLY
    true = rally.camera.court_view().keypoints()
    bare = small_postprocessing.build(tmp_path, rally, ball=BALL)[CLIP_ID]
    assert bare.court is None
    page = open_page(page_of(tmp_path, bare))
    correct(page, 10)
    take(page, "Court")
    for name, start in page.evaluate("editor.courtPoints()").items():
        drag(page, start, true[name])
    said = save(page, tmp_path)
    tracks = small_postprocessing.build(tmp_path, rally, ball=BALL)[CLIP_ID]

    assert len(said.court) == 1
    assert tracks.court is not None
    assert tracks.court.source == "corrected"
    assert tracks.court.keypoints["near_left_doubles"] == pytest.approx(true["near_left_doubles"], abs=1.5)
    assert {p.role for f in tracks.frames for p in f.players} == {"near", "far"}


def test_a_file_of_another_clip_or_no_file_of_corrections_is_refused(open_page: Any, tmp_path: Path) -> None:
    page = open_page(write_page(tmp_path, tracks_of("rally__0000", 40)))
    page.click("#correct")
    for text, message in (
        ('{"clip_id": "other"}', "clip_id must be rally__0000, got other."),
        ('{"clip_id": "rally__0000", "schema_version": "2.0"}', "schema_version must be 1.x, got 2.0."),
        ('{"clip_id": "rally__0000", "ball": [{"frame_index": 99, "xy": null}]}', "must lie in the clip, got 99."),
        ('{"clip_id": "rally__0000", "ball": [{"frame_index": 9, "xy": [1]}]}', "A place must be 2 numbers or null."),
        ('{"clip_id": "rally__0000", "players": [{"frame_index": 9, "xyxy": null}]}', "A player must have a track_id"),
        (
            '{"clip_id": "rally__0000", "court": [{"frame_index": 9, "points": {"a": [1, 2]}}]}',
            "at least four of the court",
        ),
        ("[]", "This is no file of corrections."),
        ("<b>", "Not loaded:"),
    ):
        page.set_input_files("#load-file", {"name": "c.json", "mimeType": "application/json", "buffer": text.encode()})
        until(page, f"document.getElementById('save-status').textContent.includes({json.dumps(message)})")

    assert page.evaluate("edits.size") == 0


def test_what_newer_programs_wrote_into_the_file_is_kept(open_page: Any, tmp_path: Path) -> None:
    page = open_page(write_page(tmp_path, tracks_of("rally__0000", 40)))
    page.click("#correct")
    file = {"schema_version": "1.4", "clip_id": "rally__0000", "umpire": [1, 2]}
    text = json.dumps({**file, "ball": [{"frame_index": 3, "xy": [4.25, 5]}]})
    page.set_input_files("#load-file", {"name": "c.json", "mimeType": "application/json", "buffer": text.encode()})
    until(page, "edits.size === 1")

    written = page.evaluate("editsFile.write(edits.now)")
    assert (written["umpire"], written["schema_version"]) == ([1, 2], "1.4")
    assert written["ball"] == [{"frame_index": 3, "xy": [4.25, 5]}]
