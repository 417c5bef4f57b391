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


@pytest.mark.parametrize(("rate", "true_rate"), [(60, 24), (60, 25), (50, 24), (30, 25), (120, 25)])
def test_conversions_repeat_unevenly_but_pictures_were_taken_evenly(rate: int, true_rate: int) -> None:
    shown = np.arange(4 * rate)
    picture = shown * true_rate // rate
    taken = taken_s(table((shown / rate).tolist(), np.flatnonzero(np.diff(picture, prepend=-1) == 0).tolist()))

    assert np.diff(taken) == pytest.approx(np.full(len(taken) - 1, 1 / true_rate), rel=0.02)


def test_a_picture_that_stood_still_in_a_conversion_keeps_its_length() -> None:
    picture = np.arange(240) * 24 // 60
    picture[120:150] = picture[120]
    taken = taken_s(table((np.arange(240) / 60).tolist(), np.flatnonzero(np.diff(picture, prepend=-1) == 0).tolist()))

    assert np.diff(taken).max() == pytest.approx(0.5, abs=0.04)
    assert np.median(np.diff(taken)) == pytest.approx(1 / 24, rel=0.02)


@pytest.mark.parametrize(("times", "repeated"), [([], []), ([2.0], []), ([2.0, 2.04], [1]), ([2.0], [0])])
def test_fewer_than_two_pictures_take_no_time(times: list[float], repeated: list[int]) -> None:
    assert taken_s(table(times, repeated)).tolist() == [0.0] * (len(times) - len(repeated))
