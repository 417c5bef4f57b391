import numpy as np
import pytest

from tennalytix.core.tables import BallTable, BallTrajectory, FrameTable, PeopleTable, PlayerTrack


def frames(count: int) -> FrameTable:
    return FrameTable(
        np.arange(count),
        np.arange(count) / 25,
        np.zeros(count, bool),
        np.zeros(count, np.int64),
        np.tile(np.eye(3), (count, 1, 1)),
    )


def test_a_clip_is_a_slice_of_frames_with_both_ends() -> None:
    clip = frames(10).between(3, 6)

    assert clip.frame_index.tolist() == [3, 4, 5, 6]
    assert len(clip) == 4
    assert clip.time_s[0] == 3 / 25


def test_columns_must_be_of_one_length() -> None:
    with pytest.raises(ValueError, match="PeopleTable must have columns of one length"):
        PeopleTable(np.zeros(2, np.int64), np.zeros((3, 4)), np.zeros(2))
    with pytest.raises(ValueError, match="BallTable must have columns of one length"):
        BallTable(np.zeros(2, np.int64), np.zeros((2, 2)), np.zeros(1))
    with pytest.raises(ValueError, match="BallTrajectory must have columns of one length"):
        BallTrajectory(np.zeros(2, np.int64), np.zeros((2, 2)), np.zeros(2), np.zeros(1, bool))


def test_a_role_is_near_or_far() -> None:
    with pytest.raises(ValueError, match="role must be 'near' or 'far', got 'left'"):
        PlayerTrack(1, "left", np.zeros(0, np.int64), np.zeros((0, 4)), np.zeros(0), np.zeros(0, bool))
