"""The ball where a person set it, on a rally whose ball is known exactly."""

import numpy as np
import pytest

from flown_rally import FlownRally
from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import BallTable, BallTrajectory, FrameTable
from tennalytix.schema.corrections import BallCorrection
from tennalytix.tracking.ball import link_ball
from tennalytix.tracking.correct_ball import correct_ball, marked_candidates

RALLY = FlownRally(seconds=4.0)
SIZE_WH = RALLY.size_wh
FLIGHT = 37
"""A frame in plain flight: no contact within 6 frames of it."""


def mark(frame: int, *, off: tuple[float, float] = (0, 0), rally: FlownRally = RALLY) -> BallCorrection:
    x, y = rally.xy[frame - rally.first_frame] + off
    return BallCorrection(frame_index=frame, xy=(float(x), float(y)))


def without(*frames: int, rally: FlownRally = RALLY) -> BallTrajectory:
    return rally.trajectory(~np.isin(np.arange(len(rally.frames)), frames))


def at(ball: BallTrajectory, frame: int) -> tuple[np.ndarray, str] | None:
    row = np.flatnonzero(ball.frame_index == frame)
    if not len(row):
        return None
    corrected = ball.corrected is not None and ball.corrected[row[0]]
    return ball.xy[row[0]], "corrected" if corrected else "interpolated" if ball.interpolated[row[0]] else "detected"


def test_the_rally_flies_freely_about_the_frame_that_is_used_here() -> None:
    contacts = [frame for kind in ("hit", "bounce") for _, frame, _ in RALLY.events(kind)]

    assert min(abs(c - FLIGHT) for c in contacts) > 5


def test_without_marks_nothing_changes() -> None:
    ball = RALLY.trajectory()

    assert correct_ball(ball, [], RALLY.frames, SIZE_WH) is ball
    table = RALLY.candidates()
    assert marked_candidates(table, [], RALLY.frames) is table


def test_a_set_ball_is_where_it_was_set_and_its_neighbours_stay() -> None:
    ball = RALLY.trajectory()
    moved = correct_ball(ball, [mark(FLIGHT, off=(3, -2))], RALLY.frames, SIZE_WH)

    place, source = at(moved, FLIGHT)  # type: ignore[misc]
    assert source == "corrected"
    np.testing.assert_allclose(place, RALLY.xy[FLIGHT] + [3, -2])
    others = moved.frame_index != FLIGHT
    np.testing.assert_array_equal(moved.xy[others], ball.xy[ball.frame_index != FLIGHT])


def test_gaps_beside_a_set_ball_are_filled_anew() -> None:
    lost = range(FLIGHT - 2, FLIGHT + 3)
    moved = correct_ball(without(*lost), [mark(FLIGHT)], RALLY.frames, SIZE_WH)

    assert [at(moved, k)[1] for k in lost] == ["interpolated"] * 2 + ["corrected"] + ["interpolated"] * 2  # type: ignore[index]
    off = [np.hypot(*(at(moved, k)[0] - RALLY.xy[k])) for k in lost]  # type: ignore[index]
    assert max(off) < 2


def test_what_was_filled_in_follows_the_ball_that_was_set() -> None:
    lost = np.isin(np.arange(len(RALLY.frames)), range(FLIGHT - 2, FLIGHT + 3))
    whole = RALLY.trajectory()
    filled = BallTrajectory(whole.frame_index, whole.xy, whole.score, lost[whole.frame_index])
    moved = correct_ball(filled, [mark(FLIGHT, off=(0, 12))], RALLY.frames, SIZE_WH)

    place, source = at(moved, FLIGHT + 1)  # type: ignore[misc]
    assert source == "interpolated"
    assert place[1] - RALLY.xy[FLIGHT + 1][1] > 4


def test_a_ball_said_to_be_out_of_view_is_gone_and_not_filled_in() -> None:
    said = [BallCorrection(frame_index=FLIGHT, last_frame=FLIGHT + 2, xy=None), mark(FLIGHT + 3)]
    moved = correct_ball(RALLY.trajectory(), said, RALLY.frames, SIZE_WH)

    assert [at(moved, FLIGHT + k) is None for k in range(-1, 4)] == [False, True, True, True, False]


def test_between_two_corrections_what_was_found_elsewhere_is_dropped() -> None:
    ball = RALLY.trajectory()
    wrong = np.isin(ball.frame_index, range(FLIGHT - 2, FLIGHT + 3))
    strayed = BallTrajectory(ball.frame_index, ball.xy + 80.0 * wrong[:, None], ball.score, ball.interpolated)
    said = [mark(FLIGHT - 3), mark(FLIGHT + 3)]
    moved = correct_ball(strayed, said, RALLY.frames, SIZE_WH)
    agreed = correct_ball(ball, said, RALLY.frames, SIZE_WH)

    assert [at(moved, FLIGHT + k)[1] for k in range(-2, 3)] == ["interpolated"] * 5  # type: ignore[index]
    assert max(np.hypot(*(at(moved, FLIGHT + k)[0] - RALLY.xy[FLIGHT + k])) for k in range(-2, 3)) < 4  # type: ignore[index]
    assert [at(agreed, FLIGHT + k)[1] for k in range(-2, 3)] == ["detected"] * 5  # type: ignore[index]


def test_a_lone_set_ball_stands_even_where_nothing_else_is_known() -> None:
    nothing = BallTrajectory(np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros(0), np.zeros(0, bool))
    moved = correct_ball(nothing, [mark(FLIGHT)], RALLY.frames, SIZE_WH)

    assert moved.frame_index.tolist() == [FLIGHT]
    assert moved.score.tolist() == [1.0]


def test_a_moving_camera_does_not_bend_what_is_filled_in() -> None:
    panning = RALLY.changed(pan_px=120.0)
    lost = range(FLIGHT - 2, FLIGHT + 3)
    moved = correct_ball(without(*lost, rally=panning), [mark(FLIGHT, rally=panning)], panning.frames, SIZE_WH)

    assert max(np.hypot(*(at(moved, k)[0] - panning.xy[k])) for k in lost) < 2  # type: ignore[index]


def test_a_mark_on_a_repeated_frame_holds_for_its_picture() -> None:
    frames = RALLY.frames
    repeated = np.zeros(len(frames), dtype=bool)
    repeated[FLIGHT + 1] = True
    frames = FrameTable(frames.frame_index, frames.time_s, repeated, frames.segment, frames.reference_from_image)
    moved = correct_ball(RALLY.trajectory(), [mark(FLIGHT + 1)], frames, SIZE_WH)

    assert at(moved, FLIGHT)[1] == at(moved, FLIGHT + 1)[1] == "corrected"  # type: ignore[index]
    np.testing.assert_array_equal(at(moved, FLIGHT)[0], at(moved, FLIGHT + 1)[0])  # type: ignore[index]


def test_the_set_ball_is_the_only_candidate_of_its_frame() -> None:
    said = [mark(FLIGHT), BallCorrection(frame_index=FLIGHT + 1, xy=None)]
    table = marked_candidates(RALLY.candidates(), said, RALLY.frames)

    assert table.xy[table.frame_index == FLIGHT].tolist() == [list(said[0].xy or ())]
    assert not (table.frame_index == FLIGHT + 1).any()
    assert (np.diff(table.frame_index) >= 0).all()


def test_the_path_is_linked_through_what_a_person_set() -> None:
    """Three marks in a second without candidates that look like the ball give the linker its path back."""
    rally = FlownRally(seconds=4.0)
    table = rally.candidates(false_per_frame=0.0, static=0)
    weak = np.isin(table.frame_index, range(FLIGHT - 6, FLIGHT + 7))
    table = BallTable(table.frame_index, table.xy, np.where(weak, 0.02, table.score))
    said = [mark(FLIGHT + k) for k in (-6, 0, 6)]
    linked = link_ball(marked_candidates(table, said, rally.frames), rally.frames, CourtTrack(), [], SIZE_WH)

    assert {FLIGHT - 6, FLIGHT, FLIGHT + 6} <= set(linked.frame_index.tolist())


def test_marks_outside_clip_or_picture_are_refused() -> None:
    ball = RALLY.trajectory()

    with pytest.raises(ValueError, match=r"frame_index must lie in the clip, frames 0 to 99, got 100\."):
        correct_ball(ball, [BallCorrection(frame_index=100, xy=None)], RALLY.frames, SIZE_WH)
    with pytest.raises(ValueError, match=r"xy of frame 3 must lie in the picture of 1280x720 pixels, got \(-9"):
        correct_ball(ball, [BallCorrection(frame_index=3, xy=(-9, 0))], RALLY.frames, SIZE_WH)
