import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tennalytix.core.tables import BallTrajectory
from tennalytix.metrics.ball import BallScores, pool_ball, score_ball
from tennalytix.metrics.counts import Counts
from tennalytix.metrics.labels import ABSENT, CLEAR, HARD, HIDDEN, BallLabels

HD = (1280, 720)


def labels_of(*rows: tuple[int, int, float, float]) -> BallLabels:
    frame, visibility, x, y = (np.array(column) for column in zip(*rows, strict=True))
    xy = np.stack([x, y], axis=1).astype(float)
    xy[visibility == ABSENT] = np.nan
    return BallLabels(frame, visibility, xy, np.zeros(len(rows), np.int64))


def ball_of(*rows: tuple[int, float, float], interpolated: tuple[int, ...] = ()) -> BallTrajectory:
    frame = np.array([r[0] for r in rows], dtype=np.int64)
    xy = np.array([r[1:] for r in rows], dtype=float).reshape(-1, 2)
    return BallTrajectory(frame, xy, np.ones(len(rows)), np.isin(frame, interpolated))


def score(ball: BallTrajectory, labels: BallLabels, **options: bool) -> BallScores:
    return score_ball(ball, labels, HD, tolerances_px=(4, 5, 10), **options)


def test_counts_by_hand() -> None:
    labels = labels_of(
        (0, CLEAR, 100, 100), (1, CLEAR, 110, 100), (2, HARD, 120, 100), (3, HARD, 130, 100), (4, ABSENT, 0, 0)
    )
    ball = ball_of((0, 103, 104), (1, 110, 104.5), (2, 160, 100), (4, 5, 5), (9, 0, 0))
    scores = score(ball, labels)

    # Distances 5, 4.5 and 40; frame 3 is missing, frame 4 has no ball, frame 9 no label.
    assert scores.at(4) == Counts(0, 4, 4)
    assert scores.at(5) == Counts(2, 2, 2)
    assert scores.at(10) == Counts(2, 2, 2)
    assert scores.visible_frames == 4
    assert scores.errors_px == pytest.approx((5, 4.5, 40))


def test_summary_names_tolerances_and_has_plain_values() -> None:
    summary = score(ball_of((0, 0, 3)), labels_of((0, CLEAR, 0, 0))).summary()

    assert summary["visible_frames"] == 1
    assert summary["median_error_px"] == 3
    assert list(summary["at_px"]) == ["4", "5", "10"]  # type: ignore[call-overload]


def test_hidden_balls_are_not_demanded_and_near_guesses_not_punished() -> None:
    labels = labels_of((0, HIDDEN, 100, 100))

    assert score(ball_of(), labels).at(4) == Counts()
    assert score(ball_of((0, 109, 100)), labels).at(4) == Counts()
    assert score(ball_of((0, 111, 100)), labels).at(4) == Counts(0, 1, 0)


def test_wider_tolerances_also_hold_for_hidden_balls() -> None:
    scores = score_ball(ball_of((0, 115, 100)), labels_of((0, HIDDEN, 100, 100)), HD, tolerances_px=(4, 20))

    assert scores.counts == (Counts(0, 1, 0), Counts())


def test_interpolated_positions_can_be_left_out() -> None:
    labels = labels_of((0, CLEAR, 0, 0), (1, CLEAR, 0, 0))
    ball = ball_of((0, 0, 0), (1, 0, 0), interpolated=(1,))

    assert score(ball, labels).at(5) == Counts(2, 0, 0)
    assert score(ball, labels, count_interpolated=False).at(5) == Counts(1, 0, 1)


def test_distances_go_by_the_diagonal() -> None:
    labels, ball = labels_of((0, CLEAR, 0, 0)), ball_of((0, 0, 6.6))

    assert score_ball(ball, labels, (1280, 720), tolerances_px=(5,)).counts == (Counts(0, 1, 1),)
    assert score_ball(ball, labels, (1920, 1080), tolerances_px=(5,)).errors_px == pytest.approx((4.4,))
    assert score_ball(ball, labels, (640, 360), tolerances_px=(5,)).errors_px == pytest.approx((13.2,))


def test_no_labels_give_no_scores() -> None:
    nothing = BallLabels(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros(0, np.int64))
    scores = score(ball_of((0, 1, 1)), nothing)

    assert scores.at(5) == Counts()
    assert scores.summary()["median_error_px"] is None


frames = st.lists(
    st.tuples(st.sampled_from([ABSENT, CLEAR, HARD, HIDDEN]), st.floats(0, 30), st.booleans()), min_size=1, max_size=40
)


@given(frames)
def test_every_visible_frame_is_right_or_missing(rows: list[tuple[int, float, bool]]) -> None:
    labels = labels_of(*((i, visibility, 0, 0) for i, (visibility, _, _) in enumerate(rows)))
    ball = ball_of(*((i, d, 0) for i, (_, d, given) in enumerate(rows) if given))
    scores = score(ball, labels)

    for counts in scores.counts:
        assert counts.true_positive + counts.false_negative == scores.visible_frames
        assert counts.true_positive + counts.false_positive <= len(ball.frame_index)
    assert scores.at(4).true_positive <= scores.at(5).true_positive <= scores.at(10).true_positive


@given(frames, st.integers(0, 40))
def test_scoring_parts_and_pooling_is_scoring_the_whole(rows: list[tuple[int, float, bool]], cut: int) -> None:
    labels = labels_of(*((i, visibility, 0, 0) for i, (visibility, _, _) in enumerate(rows)))
    ball = ball_of(*((i, d, 0) for i, (_, d, given) in enumerate(rows) if given))
    parts = [score(ball, labels.where(lambda i: i < cut)), score(ball, labels.where(lambda i: i >= cut))]

    assert pool_ball(parts) == score(ball, labels)


def test_different_tolerances_do_not_pool() -> None:
    labels, ball = labels_of((0, CLEAR, 0, 0)), ball_of((0, 0, 0))
    scores = [score_ball(ball, labels, HD, tolerances_px=(t,)) for t in (4, 5)]

    with pytest.raises(ValueError, match=r"scores must have one set of tolerances_px, got \[\(4,\), \(5,\)\]\."):
        pool_ball(scores)
