import numpy as np
import pytest

from tennalytix.detectors.base import People
from tennalytix.detectors.people_union import unite as unite_in

SIZE_WH = (1600, 900)


def unite(seen: People, moving: People) -> People:
    return unite_in(seen, moving, SIZE_WH)


def people(*rows: tuple[float, ...]) -> People:
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    return People(table[:, :4], table[:, 4])


def test_who_both_found_is_one_surer_than_either_with_a_box_between() -> None:
    both = unite(people((110, 10, 130, 70, 0.6)), people((112, 10, 132, 74, 0.5)))

    assert both.xyxy[0] == pytest.approx([111.3, 10, 131.3, 72.6])
    assert both.score == pytest.approx([0.8])


def test_who_only_one_of_them_found_stays() -> None:
    both = unite(people((10, 10, 30, 70, 0.6)), people((200, 10, 220, 70, 0.5)))

    assert both.xyxy.tolist() == [[10, 10, 30, 70], [200, 10, 220, 70]]
    assert both.score == pytest.approx([0.6, 0.35])


def test_a_person_with_a_shadow_gives_way_to_the_person() -> None:
    both = unite(people((10, 10, 30, 70, 0.6)), people((10, 10, 120, 75, 0.9)))

    assert both.xyxy.tolist() == [[10, 10, 30, 70]]


@pytest.mark.parametrize(("score", "left", "right"), [(0.6, 110, 135), (0.4, 110, 143)])
def test_a_shadow_beside_a_person_hardly_widens_him(score: float, left: float, right: float) -> None:
    both = unite(people((110, 10, 130, 70, score)), people((110, 10, 150, 70, 0.9)))

    assert both.xyxy[0] == pytest.approx([left, 10, right, 70])


def test_two_people_in_one_give_way_to_both() -> None:
    both = unite(people((10, 10, 30, 70, 0.6), (32, 12, 50, 70, 0.5)), people((10, 10, 50, 70, 0.9)))

    assert both.xyxy[:, 0].tolist() == [10, 32]


def test_a_player_before_a_line_judge_is_neither_both_nor_the_mean_of_both() -> None:
    player, judge = (480, 124, 506, 194, 0.9), (476, 100, 496, 166, 0.7)
    both = unite(people(player, judge), people((474, 99, 507, 194, 0.8)))

    assert both.xyxy.tolist() == [list(player[:4]), list(judge[:4])]


def test_who_moves_behind_somebody_is_not_joined_with_him() -> None:
    both = unite(people((773, 102, 799, 186, 0.7)), people((776, 86, 800, 155, 0.6)))

    assert both.xyxy.tolist() == [[773, 102, 799, 186], [776, 86, 800, 155]]


@pytest.mark.parametrize(
    "moving", [(100, 90, 130, 168), (100, 100, 130, 145), (100, 121, 130, 200), (100, 85, 130, 215)]
)
def test_half_of_a_person_an_arm_or_a_shadow_are_the_same_person(moving: tuple[float, ...]) -> None:
    both = unite(people((100, 100, 130, 180, 0.7)), people((*moving, 0.6)))

    assert len(both.score) == 1
    assert both.score[0] == pytest.approx(0.88)


def test_two_guesses_at_one_person_are_not_two_people() -> None:
    both = unite(people((100, 100, 130, 180, 0.9), (100, 110, 130, 190, 0.6)), people((100, 100, 130, 185, 0.8)))

    assert both.score[0] == pytest.approx(0.98)


def test_small_boxes_in_somebody_whom_the_edge_cuts_are_parts() -> None:
    both = unite(people((2, 20, 30, 60, 0.7), (5, 250, 40, 290, 0.6)), people((-0.5, 10, 60, 300, 0.5)))

    assert both.xyxy.tolist() == [[-0.5, 10, 60, 300]]


def test_somebody_small_in_a_box_inside_the_picture_stands_behind() -> None:
    both = unite(people((220, 20, 240, 60, 0.7)), people((200, 10, 260, 300, 0.5)))

    assert len(both.score) == 2


def test_motion_stays_where_the_network_is_not_sure() -> None:
    both = unite(people((10, 10, 30, 70, 0.3)), people((10, 10, 120, 75, 0.9)))

    assert len(both.score) == 2


@pytest.mark.parametrize("a", [people(), people((1, 2, 3, 4, 0.5))])
@pytest.mark.parametrize("b", [people(), people((50, 50, 60, 80, 0.5))])
def test_none_and_one_of_each_are_all_there(a: People, b: People) -> None:
    assert len(unite(a, b).score) == len(a.score) + len(b.score)


def test_forty_of_each_come_best_first_and_nobody_twice() -> None:
    left = np.arange(40)[:, None] * 40.0
    boxes = np.concatenate([left, np.zeros((40, 1)), left + 20, np.full((40, 1), 60.0)], axis=1)
    seen = People(boxes, np.linspace(0.9, 0.2, 40))
    both = unite(seen, People(boxes[::-1] + 1.0, np.linspace(0.9, 0.2, 40)))

    assert len(both.score) == 40
    assert (np.diff(both.score) <= 0).all()
