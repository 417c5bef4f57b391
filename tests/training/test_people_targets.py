import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from tennalytix.detectors.people_network_boxes import boxes_of
from tennalytix.training.people_targets import Targets, giou, loss_of, stack_targets, targets_of

SIZE = (160, 96)
PEOPLE = np.array([[20.0, 10, 44, 70], [100, 30, 112, 60], [130, 60, 150, 95]])


def made(xyxy: np.ndarray = PEOPLE, ignored: tuple[int, ...] = ()) -> Targets:
    return targets_of(SIZE, xyxy, np.isin(np.arange(len(xyxy)), ignored))


def batch(*targets: Targets) -> Targets:
    return stack_targets(list(targets))


def perfect(targets: Targets, sure: float = 12.0) -> tuple[torch.Tensor, torch.Tensor]:
    """An answer that finds all centres and nothing else, with the right boxes."""
    logits = torch.where(targets.centre, sure, -sure)[None, None]
    return logits, torch.log(targets.ltrb.clamp(min=1e-3))[None]


def test_a_target_read_as_an_answer_gives_the_boxes_back() -> None:
    targets = made()
    xyxy, score = boxes_of(targets.score.numpy(), targets.ltrb.numpy() * 8, 0.99)
    order = np.argsort(xyxy[:, 0])

    assert_allclose(xyxy[order], PEOPLE, atol=1e-4)
    assert_allclose(score, 1)


def test_every_cell_that_learns_a_box_learns_the_same_one() -> None:
    targets = made(PEOPLE[:1])
    rows, columns = np.nonzero(targets.box_weight.numpy())
    apart = targets.ltrb.numpy()[:, rows, columns].T * 8
    middle = np.stack([columns, rows], axis=1) * 8 + 3.5

    assert len(rows) > 3
    assert_allclose(np.hstack([middle - apart[:, :2], middle + apart[:, 2:]]), np.tile(PEOPLE[0], (len(rows), 1)))


def test_scores_fall_off_from_the_centre() -> None:
    score = made(PEOPLE[:1]).score.numpy()
    row, column = np.unravel_index(np.argmax(score), score.shape)

    assert (row, column) == (int(40.5 / 8), int(32.5 / 8))
    assert score[row, column] == 1
    assert (np.diff(score[row, column:]) <= 0).all()
    assert (np.diff(score[row:, column]) <= 0).all()
    assert score[0, -1] < 1e-6


def test_nobody_is_an_empty_target() -> None:
    targets = made(np.zeros((0, 4)))

    assert not targets.score.any()
    assert not targets.centre.any()
    assert not targets.box_weight.any()
    assert targets.counted.all()


def test_nothing_counts_where_it_is_doubtful() -> None:
    targets = made(np.array([[16 - 0.5, 24 - 0.5, 48 - 0.5, 64 - 0.5]]), ignored=(0,))
    spared = ~targets.counted.numpy()

    assert spared[3:8, 2:6].all()
    assert spared.sum() == 5 * 4
    assert not targets.centre.any()


def test_a_person_inside_a_doubtful_box_still_counts() -> None:
    targets = made(np.array([[0.0, 0, 80, 90], [20, 10, 44, 70]]), ignored=(0,))

    assert targets.centre.sum() == 1
    assert targets.counted[targets.centre].all()


@pytest.mark.parametrize("box", [(-50.0, 10, -10, 60), (150, 90, 200, 130), (-1000, -1000, -900, -900)])
def test_people_whose_centre_is_outside_are_not_painted(box: tuple[float, ...]) -> None:
    assert not made(np.array([box])).centre.any()
    assert made(np.array([box]), ignored=(0,)).counted.any()


def test_the_order_of_people_does_not_matter() -> None:
    a, b = made(PEOPLE), made(PEOPLE[::-1].copy())

    assert all(torch.equal(getattr(a, name), getattr(b, name)) for name in Targets.__slots__)


def test_the_farther_person_keeps_its_cell_in_front_of_a_nearer_one() -> None:
    near, far = [20.0, 0, 80, 95], [44.0, 40, 56, 60]
    targets = made(np.array([far, near]))
    row, column = int(50.5 / 8), int(50.5 / 8)

    assert_allclose(targets.ltrb[:, row, column].numpy() * 8, [51.5 - 44, 51.5 - 40, 56 - 51.5, 60 - 51.5])


def test_a_perfect_answer_loses_next_to_nothing() -> None:
    assert float(loss_of(perfect(made()), batch(made()))) < 1e-3


@pytest.mark.parametrize(
    "spoil",
    [
        lambda logits, boxes: (-logits, boxes),
        lambda logits, boxes: (torch.full_like(logits, -12), boxes),
        lambda logits, boxes: (torch.full_like(logits, 12), boxes),
        lambda logits, boxes: (logits, boxes + 0.5),
        lambda logits, boxes: (logits, boxes - 0.5),
    ],
    ids=["upside down", "nobody", "everybody", "too large", "too small"],
)
def test_wrong_answers_lose_more(spoil) -> None:
    targets = made()

    assert float(loss_of(spoil(*perfect(targets)), batch(targets))) > 0.3


def test_a_worse_box_loses_more() -> None:
    targets = made()
    logits, boxes = perfect(targets)
    losses = [float(loss_of((logits, boxes + by), batch(targets))) for by in (0.0, 0.1, 0.3, 1.0)]

    assert losses == sorted(losses)
    assert losses[0] < losses[1]


def test_doubtful_cells_are_neither_right_nor_wrong() -> None:
    doubtful = np.vstack([PEOPLE, [[60.0, 10, 90, 90]]])
    targets = made(doubtful, ignored=(3,))
    logits, boxes = perfect(targets)
    seen = logits.clone()
    seen[0, 0, ~targets.counted] = 9.0

    assert torch.equal(loss_of((seen, boxes), batch(targets)), loss_of((logits, boxes), batch(targets)))
    assert loss_of((seen, boxes), batch(made())) > 1


def test_pictures_without_people_can_be_learnt_from() -> None:
    nobody = batch(made(np.zeros((0, 4))))
    logits = torch.full((1, 1, 12, 20), 2.0, requires_grad=True)
    loss = loss_of((logits, torch.zeros(1, 4, 12, 20)), nobody)
    loss.backward()

    assert torch.isfinite(loss)
    assert logits.grad is not None
    assert (logits.grad > 0).all()


def test_answers_far_off_stay_finite() -> None:
    wild = torch.full((1, 1, 12, 20), 80.0), torch.full((1, 4, 12, 20), -90.0)

    assert torch.isfinite(loss_of(wild, batch(made())))


def boxes_around(*ltrb: float) -> torch.Tensor:
    return torch.tensor(ltrb, dtype=torch.float64).reshape(1, 4, 1, 1)


def test_the_overlap_of_a_box_with_itself_is_one() -> None:
    box = boxes_around(2, 3, 4, 5)

    assert float(giou(box, box)) == pytest.approx(1)


def test_the_overlap_is_that_of_the_areas_when_one_holds_the_other() -> None:
    small, large = boxes_around(1, 1, 1, 1), boxes_around(2, 2, 2, 2)

    assert float(giou(small, large)) == pytest.approx(4 / 16)
    assert float(giou(large, small)) == pytest.approx(4 / 16)


def test_what_the_hull_holds_in_vain_is_taken_off() -> None:
    # A 4x2 and a 2x4 box around one point: overlap 4, union 12, hull 16.
    assert float(giou(boxes_around(2, 1, 2, 1), boxes_around(1, 2, 1, 2))) == pytest.approx(4 / 12 - 4 / 16)


def test_the_overlap_is_symmetric_and_bounded() -> None:
    rng = torch.Generator().manual_seed(0)
    a, b = torch.rand(1, 4, 20, 20, generator=rng) * 9, torch.rand(1, 4, 20, 20, generator=rng) * 9
    overlap = giou(a, b)

    assert torch.allclose(overlap, giou(b, a))
    assert ((overlap > -1) & (overlap < 1)).all()
