import numpy as np
import pytest

from tennalytix.core.tables import FrameTable
from tennalytix.tracking.ball_time import taken_s


def table(time_s: list[float], repeated: list[int] = ()) -> FrameTable:  # type: ignore[assignment]
    n = len(time_s)
    flags = np.isin(np.arange(n), repeated)
    return FrameTable(np.arange(n), np.array(time_s), flags, np.zeros(n, dtype=np.int64), np.tile(np.eye(3), (n, 1, 1)))


def test_without_repeats_frames_were_taken_when_they_are_shown() -> None:
    assert taken_s(table([5.0, 5.04, 5.08, 5.12])) == pytest.approx([0, 0.04, 0.08, 0.12])


def test_a_repeat_does_not_delay_the_next_picture() -> None:
    shown = np.arange(25) / 30
    taken = taken_s(table(shown.tolist(), repeated=[5, 11, 17, 23]))

    assert np.diff(taken) == pytest.approx(np.full(20, 0.04))


def test_missing_frames_keep_their_length() -> None:
    taken = taken_s(table([0.0, 0.04, 0.08, 0.28, 0.32]))

    assert np.diff(taken) == pytest.approx([0.04, 0.04, 0.2, 0.04])


def test_a_picture_that_stood_still_keeps_its_length() -> None:
    taken = taken_s(table((np.arange(9) * 0.04).tolist(), repeated=[3, 4, 5]))

    assert np.diff(taken) == pytest.approx([0.04, 0.04, 0.16, 0.04, 0.04])


def test_every_other_frame_repeated_means_half_the_rate() -> None:
    taken = taken_s(table((np.arange(8) * 0.02).tolist(), repeated=[1, 3, 5, 7]))

    assert np.diff(taken) == pytest.approx([0.04, 0.04, 0.04])


@pytest.mark.parametrize(("times", "repeated"), [([], []), ([2.0], []), ([2.0, 2.04], [1]), ([2.0], [0])])
def test_fewer_than_two_pictures_take_no_time(times: list[float], repeated: list[int]) -> None:
    assert taken_s(table(times, repeated)).tolist() == [0.0] * (len(times) - len(repeated))
