import numpy as np
import pytest

from tennalytix.core.tables import FrameTable
from tennalytix.tracking.correct_rows import Pictures, check_inside


def frames(repeated: tuple[int, ...] = (), cut: int | None = None) -> FrameTable:
    index = np.arange(100, 110)
    segment = (index >= cut).astype(np.int64) if cut else np.zeros(10, np.int64)
    return FrameTable(index, index / 25, np.isin(index, repeated), segment, np.tile(np.eye(3), (10, 1, 1)))


def test_a_repeated_frame_shows_the_picture_before() -> None:
    pictures = Pictures.of(frames(repeated=(103, 104)))

    assert pictures.within(103, 103).tolist() == pictures.within(102, 102).tolist() == [2]
    assert pictures.within(102, 105).tolist() == [2, 3]
    assert len(pictures.time_s) == 8


def test_a_first_frame_that_is_called_repeated_is_a_picture() -> None:
    assert Pictures.of(frames(repeated=(100,))).within(100, 100).tolist() == [0]


def test_nothing_is_joined_across_a_cut_a_long_gap_or_a_moment_out_of_view() -> None:
    no = np.zeros(10, dtype=bool)
    whole, cut = Pictures.of(frames()), Pictures.of(frames(cut=104))

    assert whole.joined(2, 7, no, 0.2)
    assert not whole.joined(2, 8, no, 0.2)
    assert not cut.joined(2, 7, no, 0.2)
    assert not whole.joined(2, 7, no | (np.arange(10) == 5), 0.2)


def test_frames_outside_the_clip_and_places_outside_the_picture_are_refused() -> None:
    with pytest.raises(ValueError, match=r"frame_index must lie in the clip, frames 100 to 109, got 99\."):
        Pictures.of(frames()).within(99, 101)
    with pytest.raises(ValueError, match=r"xy of frame 7 must lie in the picture of 1280x720 pixels, got \(1280\.0"):
        check_inside("xy", (1280.0, 4.0), 7, (1280, 720))
