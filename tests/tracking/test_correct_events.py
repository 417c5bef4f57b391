import numpy as np
import pytest

from tennalytix.core.tables import BallEvent, BallTrajectory, FrameTable
from tennalytix.schema.corrections import EventCorrection
from tennalytix.tracking.correct_events import correct_events

INDEX = np.arange(50)
FRAMES = FrameTable(INDEX, INDEX / 25, np.zeros(50, bool), np.zeros(50, np.int64), np.tile(np.eye(3), (50, 1, 1)))
BALL = BallTrajectory(
    INDEX[:40], np.stack([10.0 * INDEX[:40], 300.0 - INDEX[:40]], axis=1), np.ones(40), np.zeros(40, bool)
)
BOUNCE = BallEvent("bounce", 20, 0.81, (200.0, 280.0), None, 0.7)
HIT = BallEvent("hit", 30, 1.2, (300.0, 270.0), "far", 0.8)


def correct(*marks: EventCorrection) -> list[BallEvent]:
    return correct_events([BOUNCE, HIT], marks, BALL, FRAMES, (1280, 720))


def test_without_marks_nothing_changes() -> None:
    assert correct() == [BOUNCE, HIT]


def test_an_added_event_is_where_the_ball_is_and_says_who_set_it() -> None:
    added = correct(EventCorrection(kind="hit", frame_index=10, player="near"))[0]

    assert added == BallEvent("hit", 10, 0.4, (100.0, 290.0), "near", 1.0, corrected=True)


def test_an_added_event_takes_the_place_of_the_same_kind_beside_it() -> None:
    events = correct(EventCorrection(kind="bounce", frame_index=22, xy=(5, 6)))

    assert [(e.kind, e.frame_index, e.corrected) for e in events] == [("bounce", 22, True), ("hit", 30, False)]
    assert events[0].xy == (5, 6)


def test_a_struck_event_is_gone_though_a_model_sees_it_a_frame_later() -> None:
    assert correct(EventCorrection(kind="bounce", frame_index=19, deleted=True)) == [HIT]
    assert correct(EventCorrection(kind="hit", frame_index=19, deleted=True)) == [BOUNCE, HIT]
    assert correct(EventCorrection(kind="bounce", frame_index=10, deleted=True)) == [BOUNCE, HIT]


def test_events_without_a_place_or_outside_the_clip_are_refused() -> None:
    with pytest.raises(ValueError, match=r"xy of the bounce in frame 45 must be given, got null\. No ball is known"):
        correct(EventCorrection(kind="bounce", frame_index=45))
    with pytest.raises(ValueError, match=r"frame_index must lie in the clip, frames 0 to 49, got 50\."):
        correct(EventCorrection(kind="bounce", frame_index=50))
    with pytest.raises(ValueError, match=r"xy of frame 4 must lie in the picture of 1280x720 pixels, got \(2000"):
        correct(EventCorrection(kind="bounce", frame_index=4, xy=(2000, 0)))
