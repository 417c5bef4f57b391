import numpy as np
import pytest

from tennalytix.tracking.people_ends import changes_of_ends, partners_kept

TIME_S = np.arange(0, 40, 0.2)


def walk(post_x_m: float) -> np.ndarray:
    """Ten seconds at the near baseline, twenty on the way past the net at `post_x_m`, ten at the far baseline."""
    y = np.interp(TIME_S, [0, 10, 30, 40], [-12, -12, 12, 12])
    return np.column_stack([post_x_m * np.clip(1.5 - np.abs(y) / 8, 0, 1), y])


def changes(foot_m, person=None, near=None, far=None):
    rows = np.arange(len(TIME_S))
    near = rows[foot_m[:, 1] < 0] if near is None else near
    far = rows[foot_m[:, 1] > 0] if far is None else far
    return changes_of_ends(near, far, np.zeros(len(rows), dtype=np.int64) if person is None else person, foot_m, TIME_S)


def test_who_walks_round_the_post_changes_ends():
    assert changes(walk(7.0)) == pytest.approx([20.0], abs=0.5)
    assert changes(walk(-7.0) * [1, -1]) == pytest.approx([20.0], abs=0.5)


def test_nobody_changes_ends_through_the_net():
    assert len(changes(walk(2.0))) == 0


def test_two_people_on_two_sides_change_nothing():
    assert len(changes(walk(7.0), person=(TIME_S > 20).astype(np.int64))) == 0


def test_a_visit_is_no_change():
    rows = np.arange(len(TIME_S))

    assert len(changes(walk(7.0), far=rows[-5:])) == 0


def test_one_side_alone_changes_nothing():
    nobody = np.zeros(0, dtype=np.int64)

    assert len(changes(walk(7.0), far=nobody)) == 0
    assert len(changes(walk(7.0), near=nobody, far=nobody)) == 0


def test_both_players_change_together():
    foot_m = np.concatenate([walk(7.0), walk(-7.0) * [1, -1]])
    time_s = np.concatenate([TIME_S, TIME_S + 1.5])
    order = np.argsort(time_s, kind="stable")
    person = np.repeat([0, 1], len(TIME_S))[order]
    near, far = (np.flatnonzero(foot_m[order, 1] * side > 0) for side in (-1, 1))

    assert changes_of_ends(near, far, person, foot_m[order], time_s[order]) == pytest.approx([20.0], abs=0.5)


@pytest.mark.parametrize("crossed", [False, True])
def test_partners_keep_their_numbers_through_a_change_of_ends(crossed: bool):
    # Four people, one box each a second; persons 0 and 1 begin on the near side, 2 and 3 on the far one.
    time_s = np.repeat(np.arange(40.0), 4)
    person = np.tile(np.arange(4), 40)

    def rows(who: int, early: bool) -> np.ndarray:
        return np.flatnonzero((person == who) & ((time_s < 20) == early))

    then = [1, 0, 3, 2] if crossed else [0, 1, 2, 3]
    paths = {
        "near": [
            np.concatenate([rows(0, True), rows(then[2], False)]),
            np.concatenate([rows(1, True), rows(then[3], False)]),
        ],
        "far": [
            np.concatenate([rows(2, True), rows(then[0], False)]),
            np.concatenate([rows(3, True), rows(then[1], False)]),
        ],
    }
    kept = partners_kept(paths, np.array([20.0]), person, time_s)

    for number in (0, 1):
        near, far = kept["near"][number], kept["far"][number]
        assert set(person[near[time_s[near] < 20]]) == set(person[far[time_s[far] >= 20]]) == {number}
        assert set(person[far[time_s[far] < 20]]) == set(person[near[time_s[near] >= 20]]) == {number + 2}
    assert sorted(np.concatenate([*kept["near"], *kept["far"]])) == sorted(range(len(person)))
