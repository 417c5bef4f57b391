"""Swaps as the page shows them are those that the run makes, and each has an effect."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from review_clips import player, tracks_of, write_page
from tennalytix.core.tables import FrameTable, PlayerTrack
from tennalytix.schema.corrections import Corrections
from tennalytix.schema.tracks import Tracks
from tennalytix.tracking.correct_players import correct_players

COUNT, SIZE_WH = 20, (1280, 720)
NEAR, FAR = (1, "near"), (2, "far")
Box = tuple[float, float, float, float]
MINE: Box = (100, 100, 200, 400)
THEIRS: Box = (600, 150, 700, 300)


def standing(near: Box = MINE, far: Box = THEIRS, lost: dict[str, Collection[int]] | None = None) -> Tracks:
    """Two players who stand still; in some frames they are not found."""
    lost = lost or {}
    tracks = tracks_of("rally__0000", COUNT, SIZE_WH)
    frames = [
        frame.model_copy(
            update={
                "players": [
                    player(*key, box)
                    for key, box in ((NEAR, near), (FAR, far))
                    if frame.frame_index not in lost.get(key[1], ())
                ]
            }
        )
        for frame in tracks.frames
    ]
    return tracks.model_copy(update={"frames": frames})


def by_run(tracks: Tracks, said: Corrections, frame: int) -> dict[tuple[int, str], Any]:
    """Where the run has each player in a frame."""
    index = np.arange(COUNT)
    none = np.zeros(COUNT, bool)
    table = FrameTable(index, index / 25, none, np.zeros(COUNT, np.int64), np.tile(np.eye(3), (COUNT, 1, 1)))
    found = []
    for key in (NEAR, FAR):
        rows = [(f.frame_index, p.xyxy) for f in tracks.frames for p in f.players if (p.track_id, p.role) == key]
        at, boxes = np.array([k for k, _ in rows]), np.array([xyxy for _, xyxy in rows])
        found.append(PlayerTrack(*key, at, boxes, np.ones(len(at)), np.zeros(len(at), bool)))
    corrected = correct_players(found, said.players, said.swaps, table, SIZE_WH)
    return {(t.track_id, t.role): t.xyxy[np.searchsorted(t.frame_index, frame)].tolist() for t in corrected}


def by_page(page: Any, frame: int) -> dict[tuple[int, str], Any]:
    """Where the page shows each player in a frame."""
    shown = page.evaluate(
        "k => shown.lanes.players.map((lane) => [lane.id, lane.role, shown.playerAt(lane, k).place])", frame
    )
    return {(track_id, role): box for track_id, role, box in shown}


def said(page: Any) -> Corrections:
    return Corrections.model_validate(page.evaluate("editsFile.write(edits.now)"))


def swap_at(page: Any, frame: int) -> None:
    page.evaluate("k => picture.seek(k)", frame)
    page.click("#correct")
    page.click("#subjects button:text-is('Near')")
    page.click("#swap")


@pytest.mark.parametrize("lost", [{"far": (5, 6)}, {"near": (5, 6)}, {}], ids=["theirs", "mine", "none"])
@pytest.mark.parametrize("hand", ["1 near", "2 far"])
def test_a_swap_after_a_box_was_set_by_hand_is_made_by_page_and_run(
    open_page: Any, tmp_path: Path, lost: dict[str, Collection[int]], hand: str
) -> None:
    tracks = standing(lost=lost)
    page = open_page(write_page(tmp_path, tracks))
    box = MINE if hand == "1 near" else THEIRS
    page.evaluate("([key, box]) => edits.setPlayer(key, 5, box)", [hand, [x + 3 for x in box]])
    swap_at(page, 5)

    assert "swapped from frame 5 to 19." in page.inner_text("#edit-status")
    for frame in (4, 10):
        mine, theirs = (MINE, THEIRS) if frame == 4 else (THEIRS, MINE)
        expected = {NEAR: pytest.approx(mine), FAR: pytest.approx(theirs)}
        assert by_page(page, frame) == expected
        assert by_run(tracks, said(page), frame) == expected
    assert by_run(tracks, said(page), 5)[FAR if hand == "1 near" else NEAR] == pytest.approx([x + 3 for x in box])


def test_a_swap_where_boxes_were_only_set_by_hand_is_refused(open_page: Any, tmp_path: Path) -> None:
    page = open_page(write_page(tmp_path, standing(lost={"near": (5,), "far": (5,)})))
    page.evaluate(
        "([mine, theirs]) => { edits.setPlayer('1 near', 5, mine); edits.setPlayer('2 far', 5, theirs); }",
        [MINE, THEIRS],
    )
    before = said(page)
    swap_at(page, 5)

    assert "Near and Far were not found in frame 5" in page.inner_text("#edit-status")
    assert said(page) == before


def test_a_box_that_an_earlier_run_took_up_is_none_to_swap_by(open_page: Any, tmp_path: Path) -> None:
    """In the tracks it stands where a model found nothing, and the gap beside it is filled."""
    tracks = standing()
    for k, source in ((5, "interpolated"), (6, "corrected"), (7, "interpolated")):
        near, far = tracks.frames[k].players
        tracks.frames[k].players[:] = [near, far.model_copy(update={"source": source})]
    word = {"track_id": 2, "role": "far", "frame_index": 6, "xyxy": THEIRS}
    corrections = Corrections.model_validate({"clip_id": "rally__0000", "players": [word]})
    page = open_page(write_page(tmp_path, tracks, corrections=corrections))
    swap_at(page, 5)
    raw = standing(lost={"far": (5, 6, 7)})

    assert by_page(page, 10) == {NEAR: pytest.approx(THEIRS), FAR: pytest.approx(MINE)}
    assert by_run(raw, said(page), 10) == by_page(page, 10)


def test_players_who_lie_on_one_another_are_swapped_where_they_are_apart(open_page: Any, tmp_path: Path) -> None:
    page = open_page(write_page(tmp_path, standing(far=(101, 100, 201, 400))))
    swap_at(page, 5)

    assert "lie on one another in frame 5" in page.inner_text("#edit-status")
    assert page.evaluate("edits.size") == 0


def test_a_box_within_the_others_is_swapped_as_the_run_does(open_page: Any, tmp_path: Path) -> None:
    within = (120.0, 150.0, 170.0, 300.0)
    tracks = standing(far=within)
    page = open_page(write_page(tmp_path, tracks))
    swap_at(page, 5)

    assert by_page(page, 10) == {NEAR: pytest.approx(within), FAR: pytest.approx(MINE)}
    assert by_run(tracks, said(page), 10) == by_page(page, 10)


def test_the_same_swap_from_the_other_side_takes_it_back(open_page: Any, tmp_path: Path) -> None:
    page = open_page(write_page(tmp_path, standing()))
    swap_at(page, 5)
    page.click("#subjects button:text-is('Far')")
    page.click("#swap")

    assert "swapped back" in page.inner_text("#edit-status")
    assert page.evaluate("edits.size") == 0
