"""Times of videos that were brought to a lower frame rate by leaving pictures out."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from flown_rally import FlownRally
from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import BallEvent, BallTable, FrameTable
from tennalytix.tracking.ball import link_ball
from tennalytix.tracking.ball_steps import time_share
from tennalytix.tracking.ball_time import taken_s
from tennalytix.tracking.decimation import as_shown, undo_decimation

CONVERSIONS = [(50, 30), (60, 25), (60, 50), (60, 24), (30, 25), (30, 20), (25, 20), (24, 15)]
SECONDS = 7.0


def converted(rally: FlownRally, shown_rate: int, phase: float = 0.0) -> tuple[FrameTable, BallTable, np.ndarray]:
    """What a conversion leaves of a rally: frames shown evenly, their candidates, and when they were taken."""
    count = int(SECONDS * shown_rate) - 2
    row = np.array([int(k * Fraction(rally.rate, shown_rate) + Fraction(phase)) for k in range(count)])
    return shown_as(rally, row[row < len(rally.frames)], shown_rate)


def shown_as(rally: FlownRally, row: np.ndarray, rate: int) -> tuple[FrameTable, BallTable, np.ndarray]:
    """These frames of a rally shown evenly, their candidates, and when they were taken."""
    frames = replace(rally.frames.take(row), frame_index=np.arange(len(row)), time_s=np.arange(len(row)) / rate)
    balls = rally.candidates()
    new = np.searchsorted(row, balls.frame_index)
    kept = (new < len(row)) & (row[np.minimum(new, len(row) - 1)] == balls.frame_index)
    table = BallTable(new[kept], balls.xy[kept], balls.score[kept])
    return frames, table, rally.frames.time_s[row]


def unevenness_s(frames: FrameTable, true_s: np.ndarray) -> float:
    """How far the times are off, but for a constant."""
    off = frames.time_s - true_s
    return float(np.abs(off - np.median(off)).max())


@pytest.mark.parametrize("phase", [0.0, 0.5, 0.9])
@pytest.mark.parametrize(("taken", "shown"), CONVERSIONS)
def test_times_are_those_at_which_pictures_were_taken(taken: int, shown: int, phase: float) -> None:
    rally = FlownRally(rate=taken, seconds=SECONDS, pan_px=20.0)
    frames, balls, true_s = converted(rally, shown, phase)
    found = undo_decimation(frames, balls, rally.size_wh)

    assert unevenness_s(frames, true_s) > 0.2 / taken
    assert unevenness_s(found, true_s) < 1e-6
    assert np.diff(found.time_s).min() > 0
    assert abs(float((found.time_s - frames.time_s).mean())) < 0.2 / taken
    assert found.frame_index is frames.frame_index


@pytest.mark.parametrize("rate", [24, 25, 30, 50, 60])
def test_times_of_pictures_taken_evenly_stay(rate: int) -> None:
    rally = FlownRally(rate=rate, seconds=SECONDS)

    assert undo_decimation(rally.frames, rally.candidates(), rally.size_wh) is rally.frames


def share_right(rally: FlownRally, frames: FrameTable, balls: BallTable, true_s: np.ndarray) -> float:
    """Share of the frames with a ball in which it was found."""
    truth = rally.xy[np.rint(true_s * rally.rate).astype(int)]
    ball = link_ball(balls, frames, CourtTrack(), [], rally.size_wh)
    return float((np.hypot(*(ball.xy - truth[ball.frame_index]).T) < 5).sum() / np.isfinite(truth[:, 0]).sum())


@pytest.mark.parametrize(("taken", "shown"), CONVERSIONS)
def test_the_ball_is_followed_through_a_conversion(taken: int, shown: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rally = FlownRally(rate=taken, seconds=SECONDS)
    frames, balls, true_s = converted(rally, shown)

    assert share_right(rally, undo_decimation(frames, balls, rally.size_wh), balls, true_s) > 0.96
    monkeypatch.setattr("tennalytix.tracking.ball.time_share", lambda *_: 0.0)
    if taken < 60:  # Of pictures in quicker succession, what is left is even enough.
        assert share_right(rally, frames, balls, true_s) < 0.95


def test_a_recording_of_a_screen_shows_pictures_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    rally = FlownRally(rate=60, seconds=SECONDS)
    row = np.cumsum(np.random.default_rng(4).choice([1, 2, 3, 5], 150))
    frames, balls, true_s = shown_as(rally, row[row < len(rally.frames)], 22)
    assert undo_decimation(frames, balls, rally.size_wh) is frames
    assert time_share(frames, balls, rally.size_wh) > 0.25

    assert share_right(rally, frames, balls, true_s) > 0.88
    monkeypatch.setattr("tennalytix.tracking.ball.time_share", lambda *_: 0.0)
    assert share_right(rally, frames, balls, true_s) < 0.8


@pytest.mark.parametrize("rate", [24, 30, 60])
def test_times_of_pictures_taken_evenly_are_trusted(rate: int) -> None:
    rally = FlownRally(rate=rate, seconds=SECONDS)

    assert time_share(rally.frames, rally.candidates(), rally.size_wh) == 0


def test_a_pattern_that_slips_is_followed() -> None:
    rally = FlownRally(rate=30, seconds=SECONDS)
    frames, balls, true_s = converted(rally, 25)
    # A cut after the conversion takes two frames away, and what follows is shown at once.
    cut = len(frames) // 2
    keep = np.r_[0:cut, cut + 2 : len(frames)]
    new = np.searchsorted(keep, balls.frame_index)
    kept = (new < len(keep)) & (keep[np.minimum(new, len(keep) - 1)] == balls.frame_index)
    edited = replace(frames.take(keep), frame_index=np.arange(len(keep)), time_s=frames.time_s[: len(keep)])
    found = undo_decimation(edited, BallTable(new[kept], balls.xy[kept], balls.score[kept]), rally.size_wh)

    steps_s, true_steps_s = np.diff(found.time_s), np.diff(true_s[keep])
    away = np.abs(np.arange(len(steps_s)) - cut) > 12
    assert np.abs(steps_s - true_steps_s)[away].max() < 1e-6


def test_frames_that_are_missing_keep_their_place() -> None:
    rally = FlownRally(rate=50, seconds=SECONDS)
    frames, balls, true_s = converted(rally, 30)
    rows = np.delete(np.arange(len(frames)), [60, 61, 62, 63])
    found = undo_decimation(frames.take(rows), balls, rally.size_wh)

    assert unevenness_s(found, true_s[rows]) < 1e-6


@pytest.mark.parametrize("row", [60, 61, 62])
def test_times_rise_whatever_the_file_says(row: int) -> None:
    rally = FlownRally(rate=50, seconds=SECONDS)
    frames, balls, _ = converted(rally, 30)
    frames.time_s[row:] -= 0.033  # Shown for a moment only.

    assert np.diff(undo_decimation(frames, balls, rally.size_wh).time_s).min() > 0


@pytest.mark.parametrize("what", ["few balls", "own times", "repeats", "one frame", "nothing"])
def test_where_nothing_tells_times_stay(what: str) -> None:
    rally = FlownRally(rate=50, seconds=SECONDS)
    frames, balls, true_s = converted(rally, 30)
    if what == "few balls":
        few = balls.frame_index < 45
        balls = BallTable(balls.frame_index[few], balls.xy[few], balls.score[few])
    elif what == "own times":
        frames = replace(frames, time_s=true_s)
    elif what == "repeats":
        frames = replace(frames, repeated=np.arange(len(frames)) % 5 == 4)
    elif what == "one frame":
        frames = frames.take(np.array([3]))
    else:
        balls = BallTable(np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros(0))

    assert undo_decimation(frames, balls, rally.size_wh) is frames


def test_uneven_times_without_repeats_are_believed() -> None:
    times_s = np.cumsum([0.0, *([0.02, 0.04, 0.04] * 9)])
    n = len(times_s)
    still = np.tile(np.eye(3), (n, 1, 1))
    table = FrameTable(np.arange(n), times_s, np.zeros(n, dtype=bool), np.zeros(n, dtype=np.int64), still)

    assert taken_s(table) == pytest.approx(times_s)


def test_events_are_told_at_times_of_showing() -> None:
    rally = FlownRally(rate=50, seconds=SECONDS)
    frames, balls, _ = converted(rally, 30)
    taken = undo_decimation(frames, balls, rally.size_wh)
    events = [BallEvent("bounce", row, float(taken.time_s[row]), (1.0, 2.0), None, 0.9) for row in (0, 31, 60, 92)]

    told = as_shown(events, taken, frames)

    assert [event.time_s for event in told] == pytest.approx(frames.time_s[[0, 31, 60, 92]].tolist())
    assert [event.time_s for event in events] != pytest.approx(frames.time_s[[0, 31, 60, 92]].tolist(), abs=1e-4)
    assert as_shown(events, frames, frames) is events
