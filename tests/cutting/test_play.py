from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.core.tables import FrameTable
from tennalytix.cutting.play import ENOUGH_HZ, blind_spans, find_flights
from tennalytix.detectors.base import BallCandidates
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoSource

SIZE_WH = (640, 360)
FIRST = 700
"""Index of the shot's first frame in its video."""


def court() -> CourtView:
    return Camera.look_at((0.0, -38.0, 10.6), (0.0, -1.6, 0.0), 2.85 * 360, Lens.pinhole(SIZE_WH)).court_view()


def shot(rate_hz: float, seconds: float, repeat_every: int = 0) -> Clip:
    count = round(rate_hz * seconds)
    index = np.arange(count)
    repeated = index % repeat_every == repeat_every - 1 if repeat_every else np.zeros(count, dtype=bool)
    still = np.tile(np.eye(3), (count, 1, 1))
    table = FrameTable(index + FIRST, index / rate_hz, repeated, np.zeros(count, dtype=np.int64), still)
    return Clip("shot", VideoSource("nowhere.mp4"), table, SIZE_WH)


class Flying:
    """Answers as a detector would that sees a ball cross the net at these times."""

    def __init__(self, *starts_s: float, lost: int = 0) -> None:
        self.starts_s, self.lost, self.asked = starts_s, lost, np.zeros(0)

    def __call__(self, clip: Clip) -> Iterator[tuple[int, BallCandidates]]:
        self.asked = clip.table.time_s
        for index, time_s in zip(clip.table.frame_index[self.lost :], clip.table.time_s[self.lost :], strict=True):
            flown_s = [time_s - s for s in self.starts_s if 0 <= time_s - s <= 1.0]
            xy = np.array([[100 + 300 * t, 150 + 100 * t] for t in flown_s]).reshape(-1, 2)
            yield int(index), BallCandidates(xy, np.full(len(xy), 0.9))


@pytest.mark.parametrize("rate_hz", [24.0, 25.0, 30.0, 50.0, 120.0])
def test_flights_are_found_at_their_times_whatever_the_frame_rate(rate_hz: float) -> None:
    balls = Flying(3.0, 6.0)

    (first, second) = find_flights(shot(rate_hz, 10), court(), balls)

    assert first == (pytest.approx(3.0, abs=0.05), pytest.approx(4.0, abs=0.07))
    assert second == (pytest.approx(6.0, abs=0.05), pytest.approx(7.0, abs=0.07))
    assert len(balls.asked) <= 10 * ENOUGH_HZ


def test_a_frame_that_repeats_another_is_not_looked_at() -> None:
    balls = Flying(3.0)

    ((start_s, end_s),) = find_flights(shot(30.0, 10, repeat_every=6), court(), balls)

    assert len(balls.asked) == 250
    assert (start_s, end_s) == (pytest.approx(3.0, abs=0.05), pytest.approx(4.0, abs=0.07))


def test_frames_that_cannot_be_read_move_no_flight() -> None:
    ((start_s, _),) = find_flights(shot(30.0, 10), court(), Flying(3.0, lost=60))

    assert start_s == pytest.approx(3.0, abs=0.05)


@pytest.mark.parametrize(("first_hz", "second_hz"), [(60.0, 30.0), (120.0, 30.0), (60.0, 24.0), (30.0, 25.0)])
def test_flights_are_found_before_and_after_the_frame_rate_changes(first_hz: float, second_hz: float) -> None:
    before, after = shot(first_hz, 10), shot(second_hz, 10)
    time_s = np.concatenate([before.table.time_s, 10 + after.table.time_s])
    count = len(time_s)
    still = np.tile(np.eye(3), (count, 1, 1))
    table = FrameTable(np.arange(count), time_s, np.zeros(count, bool), np.zeros(count, np.int64), still)

    found = find_flights(Clip("shot", before.source, table, SIZE_WH), court(), Flying(3.0, 14.0))

    assert [round(start_s) for start_s, _ in found] == [3, 14]


def test_seconds_of_few_pictures_are_blind_and_gaps_are_not() -> None:
    times = [
        np.arange(0, 5, 1 / 30), np.arange(5, 9, 1 / 8), np.arange(9, 12.5, 1 / 30), np.arange(30.4, 33, 1 / 30),
        [33.1, 33.5], np.arange(34, 37, 1 / 30),
    ]  # fmt: skip
    time_s = np.concatenate(times)
    count = len(time_s)
    still = np.tile(np.eye(3), (count, 1, 1))
    table = FrameTable(np.arange(count), time_s, np.zeros(count, bool), np.zeros(count, np.int64), still)

    assert blind_spans(table) == [(5.0, 9.0)]


@pytest.mark.parametrize(("rate_hz", "kept_hz"), [(30, 30), (33, 33), (40, 40), (50, 25), (60, 30), (120, 40)])
def test_enough_pictures_are_looked_at_and_not_many_more(rate_hz: float, kept_hz: float) -> None:
    balls = Flying(3.0)
    clip = shot(rate_hz, 10)
    trembling = clip.table.time_s + np.random.default_rng(0).uniform(-0.001, 0.001, len(clip.table))

    find_flights(replace(clip, table=replace(clip.table, time_s=trembling)), court(), balls)

    assert len(balls.asked) == pytest.approx(10 * kept_hz, rel=0.02)


def test_nobody_looks_where_pictures_are_too_few() -> None:
    balls = Flying(3.0)

    assert find_flights(shot(15.0, 10), court(), balls) == []
    assert len(balls.asked) <= 15
