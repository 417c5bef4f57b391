import numpy as np
import pytest
from numpy.typing import NDArray

from tennalytix.core.boxes import iou
from tennalytix.detectors.people_motion_boxes import find_people, observe_heights
from tennalytix.detectors.people_motion_heights import Heights, fit_heights

LEVEL = Heights(0.2, -100.0)


def blank() -> NDArray[np.uint8]:
    return np.zeros((270, 480), np.uint8)


def stand(evidence: NDArray[np.uint8], x: int, foot_y: int, strength: int = 120) -> tuple[int, int, int, int]:
    """Marks a person of the height expected there."""
    tall = int(LEVEL.at(foot_y))
    box = (x, foot_y - tall, x + tall * 2 // 5, foot_y)
    evidence[box[1] : box[3], box[0] : box[2]] = strength
    return box


def test_nothing_is_nobody() -> None:
    xyxy, score = find_people(blank(), LEVEL)

    assert xyxy.shape == (0, 4)
    assert score.shape == (0,)


def test_people_are_boxed_wherever_they_stand() -> None:
    evidence = blank()
    boxes = [stand(evidence, 50, 80), stand(evidence, 200, 150), stand(evidence, 380, 250)]
    xyxy, score = find_people(evidence, LEVEL)

    assert len(xyxy) == 3
    assert (iou(boxes, xyxy).max(axis=1) > 0.85).all()
    assert (np.diff(score) <= 0).all()
    assert (score > 0.5).all()


def test_a_person_in_two_pieces_is_one() -> None:
    evidence = blank()
    box = stand(evidence, 200, 200)
    evidence[165:170] = 0
    xyxy, _ = find_people(evidence, LEVEL)

    assert len(xyxy) == 1
    assert iou([box], xyxy)[0, 0] > 0.85


@pytest.mark.parametrize(("x", "is_one"), [(0, True), (472, True), (200, False)])
def test_parts_that_the_pictures_side_cuts_off_from_one_another_are_one_person(x: int, is_one: bool) -> None:
    evidence = blank()
    evidence[60:80, x : x + 8] = 120  # an arm, and 20 rows below it a shoe
    evidence[100:112, x : x + 8] = 120
    xyxy, _ = find_people(evidence, Heights(1.0, 60.0))

    assert bool((iou([(x, 60, x + 8, 112)], xyxy) > 0.85).any()) == is_one


def test_strips_along_the_pictures_edge_are_part_of_nobody() -> None:
    evidence = blank()
    box = stand(evidence, 60, 248)
    assert len(find_people(evidence, LEVEL)[0]) == 1
    evidence[-6:, 60:90] = 120  # a camera that has drifted
    evidence[150:, :4] = 120
    xyxy, _ = find_people(evidence, LEVEL)

    assert len(xyxy) == 1
    assert iou([box], xyxy)[0, 0] > 0.85


def test_what_blur_adds_is_taken_off_again_but_where_the_picture_ends() -> None:
    evidence = blank()
    evidence[80:140, 0:22] = 120
    (box,), _ = find_people(evidence, Heights(1.0, 60.0))

    assert box.tolist() == [0, 80.75, 21.25, 139.25]


def test_people_side_by_side_stay_two() -> None:
    evidence = blank()
    boxes = [stand(evidence, 150, 200), stand(evidence, 260, 200)]

    assert (iou(boxes, find_people(evidence, LEVEL)[0]).max(axis=1) > 0.85).all()


def test_specks_and_weak_traces_are_nobody() -> None:
    evidence = blank()
    evidence[100:103, 100:103] = 255
    stand(evidence, 200, 200, strength=3)

    assert len(find_people(evidence, LEVEL)[0]) == 0


def test_what_is_as_tall_as_expected_scores_best() -> None:
    evidence = blank()
    box = stand(evidence, 100, 200)
    evidence[60:250, 300:420] = 120
    xyxy, _ = find_people(evidence, LEVEL)

    assert iou([box], xyxy[:1])[0, 0] > 0.85


@pytest.mark.parametrize(("slope", "horizon_y"), [(0.2, -100.0), (0.35, 40.0), (0.12, -300.0)])
def test_heights_are_learnt_from_people_in_spite_of_outliers(slope: float, horizon_y: float) -> None:
    rng = np.random.default_rng(0)
    foot_y = rng.uniform(max(80, horizon_y + 40), 520, 120)
    height = slope * (foot_y - horizon_y) * np.exp(rng.normal(0, 0.04, 120))
    height[::6] *= 2.2
    heights = fit_heights(foot_y, height, 540)

    np.testing.assert_allclose(heights.at([150, 300, 500]), slope * (np.array([150, 300, 500]) - horizon_y), rtol=0.12)


def test_few_people_leave_the_usual_view() -> None:
    assert fit_heights(np.arange(5.0), np.arange(5.0), 540) == Heights.usual(540)


def test_heights_never_vanish() -> None:
    assert (Heights(0.2, 300.0).at([0, 299, 300]) > 0).all()


def test_only_whole_upright_people_tell_how_tall_people_are() -> None:
    evidence = blank()
    evidence[60:100, 50:66] = 120
    evidence[150:220, 200:228] = 120
    evidence[230:270, 300:316] = 120
    evidence[100:110, 350:400] = 120
    foot_y, height = observe_heights(evidence)

    assert sorted(zip(foot_y.tolist(), height.tolist(), strict=True)) == [(100, 40), (220, 70)]


def test_a_change_of_light_that_covers_the_picture_is_nobody() -> None:
    evidence = blank()
    box = stand(evidence, 200, 200)
    evidence[evidence == 0] = 6
    xyxy, _ = find_people(evidence, LEVEL)

    assert len(xyxy) == 1
    assert iou([box], xyxy)[0, 0] > 0.8
