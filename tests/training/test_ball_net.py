import numpy as np
import pytest
import torch

from tennalytix.training.ball_augment import BallView
from tennalytix.training.ball_net import BallAnswers, BallNet, features
from tennalytix.training.ball_targets import ball_loss, ball_targets


def test_it_is_small() -> None:
    assert sum(p.numel() for p in BallNet().parameters()) < 100_000


@pytest.mark.parametrize("size", [(64, 64), (96, 72), (8, 16)])
def test_windows_of_any_size_give_a_cell_for_four_pixels(size: tuple[int, int]) -> None:
    logits, places = BallNet().eval()(torch.zeros((3, 7, *size)))

    assert logits.shape == (3, size[0] // 4, size[1] // 4)
    assert places.shape == (3, 2, size[0] // 4, size[1] // 4)


def test_what_is_brighter_than_before_and_after_stands_out() -> None:
    windows = torch.full((1, 7, 8, 8), 100.0)
    windows[0, 2, 4, 4] = 200
    windows[0, :5, 2, 2] = 200
    near, far = features(windows)[0, 5], features(windows)[0, 6]

    for plane in (near, far):
        assert plane[4, 4] > 1
        assert plane[2, 2] == 0


def test_answers_are_scores_and_pixels() -> None:
    answers = BallAnswers(BallNet()).eval()
    score, offset = answers(torch.randint(0, 256, (2, 7, 64, 64), dtype=torch.uint8))

    assert score.shape == (2, 16, 16)
    assert offset.shape == (2, 2, 16, 16)
    assert ((score >= 0) & (score <= 1)).all()


def view(x: float, y: float) -> BallView:
    return BallView(np.zeros((7, 64, 64), np.uint8), np.array([x, y]))


def test_the_cell_in_which_the_ball_lies_is_its_centre() -> None:
    bell, centre, counted, wanted = ball_targets([view(21.5, 9.5), view(np.nan, np.nan)])

    assert centre[0].nonzero().tolist() == [[2, 5]]
    assert bell[0, 2, 5] == 1
    assert wanted[0, :, 2, 5].tolist() == [0, 0]
    assert wanted[0, :, 2, 4].tolist() == [1, 0]
    assert centre[1].sum() == 0
    assert bell[1].max() < 1e-6
    assert (counted == 1).all()


def test_a_ball_at_the_edge_counts_for_nothing() -> None:
    _, centre, counted, _ = ball_targets([view(1.0, 30.0)])

    assert centre.sum() == 0
    assert counted[0, 7, 0] == 0
    assert counted[0, 0, 8] == 1


def test_the_right_answer_costs_least() -> None:
    views = [view(21.5, 9.5), view(np.nan, np.nan)]
    _, centre, _, wanted = ball_targets(views)
    right = (centre * 20 - 10, wanted)

    assert ball_loss(right, views) < 1e-2
    assert ball_loss((right[0], wanted + 1), views) > 0.5
    assert ball_loss((-right[0], wanted), views) > 5
