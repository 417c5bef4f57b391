import numpy as np

from tennalytix.metrics.labels import BallLabels, ClipLabels, CourtLabels, OtherLabels, PlayerLabels


def test_where_keeps_rows_of_some_frames_in_every_kind() -> None:
    frames = np.arange(4)
    labels = ClipLabels(
        "rally",
        ball=BallLabels(frames, np.ones(4, np.int64), np.zeros((4, 2)), np.zeros(4, np.int64)),
        players=PlayerLabels(frames, np.full(4, "near"), np.ones(4, np.int64), np.zeros((4, 4)), np.zeros((4, 4))),
        others=OtherLabels(frames, np.zeros((4, 4)), np.full(4, "umpire")),
        court=CourtLabels({0: {"near_left_doubles": (0, 0)}, 3: {}}, static=False),
    )
    kept = labels.where(lambda index: index >= 2)

    assert kept.ball is not None
    assert kept.ball.frame_index.tolist() == [2, 3]
    assert kept.players is not None
    assert kept.players.frame_index.tolist() == [2, 3]
    assert kept.others is not None
    assert kept.others.frame_index.tolist() == [2, 3]
    assert kept.court is not None
    assert list(kept.court.points) == [3]


def test_kinds_that_were_not_labelled_stay_none() -> None:
    kept = ClipLabels("rally").where(lambda index: index >= 0)

    assert kept == ClipLabels("rally")
