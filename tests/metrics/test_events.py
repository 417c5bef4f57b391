import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tennalytix.core.tables import BallEvent
from tennalytix.metrics.counts import Counts
from tennalytix.metrics.events import EventScores, pool_events, score_events
from tennalytix.metrics.labels import BOUNCE, HIT, BallLabels

TIMES = {i: i / 25 for i in range(200)}


def labels_of(frames: range, hits: tuple[int, ...] = (), bounces: tuple[int, ...] = ()) -> BallLabels:
    index = np.array(frames)
    status = np.where(np.isin(index, hits), HIT, np.where(np.isin(index, bounces), BOUNCE, 0))
    return BallLabels(index, np.ones(len(index), np.int64), np.zeros((len(index), 2)), status)


def event(kind: str, frame: int, late_s: float = 0) -> BallEvent:
    return BallEvent(kind, frame, frame / 25 + late_s, (0, 0), None, 0.5)


def score(events: list[BallEvent], labels: BallLabels, tolerance: int = 2) -> EventScores:
    return score_events(events, labels, TIMES, tolerance_frames=tolerance)


def test_counts_by_hand() -> None:
    labels = labels_of(range(100), hits=(10, 50), bounces=(30, 70))
    events = [event("hit", 12), event("hit", 53), event("bounce", 29), event("bounce", 90)]
    scores = score(events, labels)

    assert scores.hit.counts == Counts(1, 1, 1)
    assert scores.bounce.counts == Counts(1, 1, 1)
    assert scores.hit.errors_s == pytest.approx((2 / 25,))
    assert scores.bounce.errors_s == pytest.approx((1 / 25,))


def test_kinds_do_not_stand_in_for_each_other() -> None:
    scores = score([event("bounce", 10)], labels_of(range(100), hits=(10,)))

    assert scores.hit.counts == Counts(0, 0, 1)
    assert scores.bounce.counts == Counts(0, 1, 0)


def test_one_event_answers_one_label() -> None:
    assert score([event("hit", 11)], labels_of(range(100), hits=(10, 12))).hit.counts == Counts(1, 0, 1)
    assert score([event("hit", 10), event("hit", 11)], labels_of(range(100), hits=(10,))).hit.counts == Counts(1, 1, 0)


def test_as_many_pairs_as_possible_come_before_nearness() -> None:
    # The nearest pair, 12 with 12, would leave 10 and 14 alone.
    scores = score([event("hit", 12), event("hit", 14)], labels_of(range(100), hits=(10, 12)))

    assert scores.hit.counts == Counts(2, 0, 0)
    assert scores.hit.errors_s == pytest.approx((2 / 25, 2 / 25))


def test_times_count_between_frames() -> None:
    assert score([event("hit", 10, late_s=0.013)], labels_of(range(20), hits=(10,))).hit.errors_s == pytest.approx(
        (0.013,)
    )


def test_events_are_not_judged_where_nobody_looked() -> None:
    labels = labels_of(range(20, 40))

    assert score([event("hit", i) for i in (10, 19, 20, 21)], labels).hit.counts == Counts()
    assert score([event("hit", 22)], labels).hit.counts == Counts(0, 1, 0)
    assert score([event("hit", i) for i in (38, 39, 41, 60)], labels).hit.counts == Counts()


def test_an_event_just_outside_answers_a_label_at_the_end() -> None:
    assert score([event("bounce", 41)], labels_of(range(20, 40), bounces=(39,))).bounce.counts == Counts(1, 0, 0)


def test_labels_outside_the_clip_have_no_time() -> None:
    scores = score_events([event("hit", 10)], labels_of(range(20), hits=(10,)), {}, tolerance_frames=2)

    assert scores.hit.counts == Counts(1, 0, 0)
    assert scores.hit.summary()["mean_time_error_s"] is None


frames = st.sets(st.integers(0, 100), max_size=12)


@given(frames, frames, st.integers(0, 3))
def test_everything_is_right_or_missing_or_invented(found: set[int], wanted: set[int], tolerance: int) -> None:
    labels = labels_of(range(-5, 106), hits=tuple(wanted))
    counts = score([event("hit", i) for i in found], labels, tolerance).hit.counts

    assert counts.true_positive + counts.false_negative == len(wanted)
    assert counts.true_positive + counts.false_positive == len(found)


@given(frames, st.integers(0, 2))
def test_a_late_copy_within_the_tolerance_is_all_right(wanted: set[int], late: int) -> None:
    scores = score([event("hit", i + late) for i in wanted], labels_of(range(110), hits=tuple(wanted)))

    assert scores.hit.counts == Counts(len(wanted), 0, 0)


def test_pool_adds_up() -> None:
    scores = score([event("hit", 10)], labels_of(range(20), hits=(10,), bounces=(5,)))
    pooled = pool_events([scores, scores])

    assert pooled.hit.counts == Counts(2, 0, 0)
    assert pooled.bounce.counts == Counts(0, 0, 2)
    assert pooled.summary()["hit"]["mean_time_error_s"] == 0  # type: ignore[index]
