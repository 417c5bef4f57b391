from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tennalytix.video.damage import Evidence
from tennalytix.video.timeline import Timeline

STEP = Fraction(1, 25)


def times_of(pts: Sequence[int | None]) -> list[float]:
    frames = []
    for value in pts:
        frame = av.VideoFrame(16, 16, "gray")
        frame.pts = value
        frames.append(frame)
    timed = list(Timeline(Fraction(1, 1000), STEP).timed((frame, Evidence(0, False)) for frame in frames))

    assert [item.frame for item in timed] == frames
    return [item.time_s for item in timed]


def test_times_count_from_the_first_frame() -> None:
    assert times_of([1400, 1440, 1480]) == [0.0, 0.04, 0.08]


def test_a_missing_time_lies_between_its_neighbours() -> None:
    assert times_of([0, None, 100]) == [0.0, 0.05, 0.1]
    assert times_of([0, None, None, 90]) == [0.0, 0.03, 0.06, 0.09]


def test_missing_times_at_the_ends_follow_the_rate() -> None:
    assert times_of([None, 40, 80]) == [0.0, 0.04, 0.08]
    assert times_of([0, 40, None, None]) == [0.0, 0.04, 0.08, 0.12]


def test_without_any_time_the_rate_decides() -> None:
    assert times_of([None] * 20) == pytest.approx([k / 25 for k in range(20)])


def test_a_single_time_that_goes_back_is_mended() -> None:
    assert times_of([0, 40, 10, 120]) == [0.0, 0.04, 0.08, 0.12]


def test_a_clock_that_starts_over_goes_on() -> None:
    times_s = times_of([40 * k for k in range(20)] + [40 * k for k in range(30)])

    assert times_s == pytest.approx([k / 25 for k in range(50)])


@given(st.lists(st.one_of(st.none(), st.integers(-2000, 2000)), max_size=60))
def test_times_rise_whatever_comes(pts: list[int | None]) -> None:
    times_s = times_of(pts)

    assert all(a < b for a, b in pairwise(times_s))
    assert times_s[:1] in ([], [0.0])
