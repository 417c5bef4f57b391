import numpy as np
import pytest

from tennalytix.core.tables import FrameTable, PlayerTrack
from tennalytix.schema.corrections import PlayerCorrection, PlayerKey, PlayerSwap
from tennalytix.tracking.correct_players import correct_players

COUNT = 40
INDEX = np.arange(100, 100 + COUNT)
SIZE_WH = (1280, 720)
NEAR, PARTNER = PlayerKey(track_id=1, role="near"), PlayerKey(track_id=3, role="near")
Box = tuple[float, float, float, float]


def frames(pan_px: float = 0.0, repeated: tuple[int, ...] = ()) -> FrameTable:
    moved = np.tile(np.eye(3), (COUNT, 1, 1))
    moved[:, 0, 2] = pan_px * np.arange(COUNT)
    return FrameTable(INDEX, INDEX / 25, np.isin(INDEX, repeated), np.zeros(COUNT, np.int64), moved)


def box(frame: int, x: float = 300.0) -> Box:
    """A player who walks 2 px to the right a frame."""
    left = x + 2.0 * (frame - 100)
    return left, 400.0, left + 60, 520.0


def track(track_id: int = 1, role: str = "near", x: float = 300.0, lost: tuple[int, ...] = ()) -> PlayerTrack:
    index = INDEX[~np.isin(INDEX, lost)]
    boxes = np.array([box(i, x) for i in index])
    return PlayerTrack(track_id, role, index, boxes, np.full(len(index), 0.9), np.zeros(len(index), bool))


def said(frame: int, xyxy: Box | None, *, last: int | None = None, key: PlayerKey = NEAR) -> PlayerCorrection:
    return PlayerCorrection(track_id=key.track_id, role=key.role, frame_index=frame, last_frame=last, xyxy=xyxy)


def correct(tracks: list[PlayerTrack], marks=(), swaps=(), table: FrameTable | None = None) -> dict:  # type: ignore[no-untyped-def]
    found = correct_players(tracks, marks, swaps, table or frames(), SIZE_WH)
    return {(t.track_id, t.role): t for t in found}


def at(player: PlayerTrack, frame: int) -> tuple[list[float], str] | None:
    row = np.flatnonzero(player.frame_index == frame)
    if not len(row):
        return None
    source = "interpolated" if player.interpolated[row[0]] else "detected"
    if player.corrected is not None and player.corrected[row[0]]:
        source = "corrected"
    return player.xyxy[row[0]].tolist(), source


def test_without_marks_nothing_changes() -> None:
    tracks = [track(), track(2, "far", 700)]

    assert correct_players(tracks, [], [], frames(), SIZE_WH) == tracks


def test_a_set_box_is_where_it_was_set_and_the_rest_stays() -> None:
    player = correct([track()], [said(110, (10, 20, 30, 60))])[1, "near"]

    assert at(player, 110) == ([10, 20, 30, 60], "corrected")
    assert at(player, 111) == (list(box(111)), "detected")
    assert len(player.frame_index) == COUNT


def test_gaps_beside_a_set_box_are_filled_evenly() -> None:
    lost = tuple(range(108, 113))
    player = correct([track(lost=lost)], [said(110, box(110))])[1, "near"]

    assert [at(player, k)[1] for k in lost] == ["interpolated"] * 2 + ["corrected"] + ["interpolated"] * 2  # type: ignore[index]
    np.testing.assert_allclose([at(player, k)[0] for k in lost], [box(k) for k in lost])  # type: ignore[index]


def test_a_panning_camera_is_taken_out_of_what_is_filled_in() -> None:
    lost = tuple(range(108, 113))
    table = frames(pan_px=7.0)
    moved = track(lost=lost)
    moved = PlayerTrack(
        1, "near", moved.frame_index, moved.xyxy - 7.0 * (moved.frame_index - 100)[:, None] * [1, 0, 1, 0],
        moved.score, moved.interpolated,
    )  # fmt: skip
    here = np.array(box(110)) - 70.0 * np.array([1, 0, 1, 0])
    player = correct([moved], [said(110, tuple(here))], table=table)[1, "near"]

    np.testing.assert_allclose(at(player, 109)[0], np.array(box(109)) - 63.0 * np.array([1, 0, 1, 0]))  # type: ignore[index]


def test_a_player_said_to_be_out_of_view_is_gone_and_not_filled_in() -> None:
    player = correct([track()], [said(110, None, last=112), said(113, box(113))])[1, "near"]

    assert [at(player, k) is None for k in range(109, 114)] == [False, True, True, True, False]


def test_between_two_corrections_boxes_of_somebody_else_are_dropped() -> None:
    other = track()
    wrong = np.isin(other.frame_index, range(111, 120))
    other = PlayerTrack(
        1, "near", INDEX, other.xyxy + 200.0 * wrong[:, None] * [1, 0, 1, 0], other.score, other.interpolated
    )
    player = correct([other], [said(110, box(110)), said(120, box(120))])[1, "near"]
    right = correct([track()], [said(110, box(110)), said(120, box(120))])[1, "near"]

    np.testing.assert_allclose(at(player, 115)[0], box(115))  # type: ignore[index]
    assert at(player, 115)[1] == "interpolated"  # type: ignore[index]
    assert at(right, 115)[1] == "detected"  # type: ignore[index]


def test_a_player_nobody_found_can_be_set() -> None:
    found = correct([], [said(110, box(110)), said(118, box(118))])

    assert list(found) == [(1, "near")]
    assert found[1, "near"].frame_index.tolist() == list(range(110, 119))


def test_a_player_who_is_nowhere_any_more_is_left_out() -> None:
    assert correct([track()], [said(100, None, last=139)]) == {}


def swap(first: int, last: int, xyxy: Box | None) -> PlayerSwap:
    return PlayerSwap(frame_index=first, last_frame=last, one=NEAR, other=PARTNER, xyxy=xyxy)


def test_partners_change_names_between_two_frames() -> None:
    found = correct([track(), track(3, x=700)], swaps=[swap(110, 119, box(110, 700))])

    for frame, mine, others in ((109, 300, 700), (110, 700, 300), (119, 700, 300), (120, 300, 700)):
        assert at(found[1, "near"], frame) == (list(box(frame, mine)), "detected")
        assert at(found[3, "near"], frame) == (list(box(frame, others)), "detected")


def test_a_model_that_has_them_right_already_is_left_alone() -> None:
    right = [track(x=700), track(3)]
    found = correct(right, swaps=[swap(110, 119, box(110, 700))])

    assert at(found[1, "near"], 115) == (list(box(115, 700)), "detected")


def test_a_swap_without_a_box_is_always_done() -> None:
    found = correct([track(), track(3, x=700)], swaps=[swap(110, 119, None)])

    assert at(found[1, "near"], 115) == (list(box(115, 700)), "detected")


def test_boxes_are_set_after_swaps() -> None:
    found = correct([track(), track(3, x=700)], [said(115, box(115, 705))], [swap(110, 119, box(110, 700))])

    assert at(found[1, "near"], 115) == (list(box(115, 705)), "corrected")
    assert at(found[3, "near"], 115) == (list(box(115)), "detected")


def test_a_mark_on_a_repeated_frame_holds_for_its_picture() -> None:
    player = correct([track()], [said(111, box(105))], table=frames(repeated=(111,)))[1, "near"]

    assert at(player, 110) == at(player, 111) == (list(box(105)), "corrected")


def test_marks_outside_clip_or_picture_are_refused() -> None:
    with pytest.raises(ValueError, match=r"frame_index must lie in the clip, frames 100 to 139, got 90\."):
        correct([track()], [said(90, None)])
    with pytest.raises(ValueError, match=r"middle of xyxy of frame 110 must lie in the picture of 1280x720 pixels"):
        correct([track()], [said(110, (1270, 10, 1300, 40))])
