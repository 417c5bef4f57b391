from collections.abc import Iterator

import numpy as np
import pytest

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.core.tables import FrameTable
from tennalytix.cutting.play import ENOUGH_HZ, find_flights
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


@pytest.mark.parametrize("rate_hz", [25.0, 30.0, 50.0, 120.0])
def test_flights_are_found_at_their_times_whatever_the_frame_rate(rate_hz: float) -> None:
    balls = Flying(3.0, 6.0)

    (first, second) = find_flights(shot(rate_hz, 10), court(), balls)

    assert first == (pytest.approx(3.0, abs=0.05), pytest.approx(4.0, abs=0.05))
    assert second == (pytest.approx(6.0, abs=0.05), pytest.approx(7.0, abs=0.05))
    assert len(balls.asked) <= 10 * ENOUGH_HZ * 1.01


def test_a_frame_that_repeats_another_is_not_looked_at() -> None:
    balls = Flying(3.0)

    ((start_s, end_s),) = find_flights(shot(30.0, 10, repeat_every=6), court(), balls)

    assert len(balls.asked) == 250
    assert (start_s, end_s) == (pytest.approx(3.0, abs=0.05), pytest.approx(4.0, abs=0.07))


def test_frames_that_cannot_be_read_move_no_flight() -> None:
    ((start_s, _),) = find_flights(shot(30.0, 10), court(), Flying(3.0, lost=60))

    assert start_s == pytest.approx(3.0, abs=0.05)
