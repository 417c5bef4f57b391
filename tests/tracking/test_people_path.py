from dataclasses import replace

import numpy as np

from tennalytix.tracking.people_options import PlayerOptions
from tennalytix.tracking.people_path import PathNodes, best_path, without_holes

OPTIONS = PlayerOptions()


def nodes_of(people: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> PathNodes:
    """Nodes from (frames, x, reward) of each person, 25 frames a second, everybody 100 px tall."""
    frame = np.concatenate([f for f, _, _ in people])
    order = np.argsort(frame, kind="stable")
    x = np.concatenate([x for _, x, _ in people])[order]
    anchors = np.stack([np.stack([x, np.full_like(x, y)], 1) for y in (0.0, 50.0, 100.0)], 1)
    track = np.concatenate([np.full(len(f), i) for i, (f, _, _) in enumerate(people)])[order]
    reward = np.concatenate([r for _, _, r in people])[order]
    zeros = np.zeros(len(x), dtype=np.int64)
    return PathNodes(frame[order] / 25, reward, anchors, np.full(len(x), 100.0), track, zeros)


def person(frames: range, x: float, reward: float, speed: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    frame = np.array(frames)
    return frame, x + speed * frame, np.full(len(frame), reward / 25)


def test_no_nodes_no_path():
    assert len(best_path(nodes_of([person(range(0), 0, 1)]), OPTIONS)) == 0


def test_nothing_worth_visiting_is_no_path():
    assert len(best_path(nodes_of([person(range(50), 0, -0.1)]), OPTIONS)) == 0


def test_the_more_plausible_person_is_followed_through():
    nodes = nodes_of([person(range(100), 0, 0.5), person(range(100), 300, 0.7)])

    path = best_path(nodes, OPTIONS)

    assert set(nodes.track[path]) == {1}
    assert len(path) == 100


def test_a_glance_at_a_neighbour_does_not_pay():
    nodes = nodes_of([person(range(100), 0, 0.5), person(range(40, 50), 45, 0.6)])

    assert set(nodes.track[best_path(nodes, OPTIONS)]) == {0}


def test_fragments_of_one_run_are_joined():
    nodes = nodes_of([person(range(40), 0, 0.6, 3), person(range(45, 100), 0, 0.6, 3), person(range(100), 600, 0.3)])

    path = best_path(nodes, OPTIONS)

    assert set(nodes.track[path]) == {0, 1}
    assert len(path) == 95


def test_after_a_long_absence_the_path_goes_on():
    nodes = nodes_of([person(range(50), 0, 0.6), person(range(120, 200), 400, 0.6)])

    assert len(best_path(nodes, OPTIONS)) == 130


def test_a_moment_of_somebody_who_can_be_nobody_else_is_taken_in():
    def rows(x: float) -> int:
        return len(best_path(nodes_of([person(range(50), 0, 0.6), person(range(80, 98), x, 0.6)]), OPTIONS))

    # Worth 0.43 s: less than a break costs, more than one costs after which the person stands in reach.
    assert rows(150) == 68
    assert rows(900) == 50


def test_who_comes_back_is_joined_to_himself_though_another_was_a_little_better():
    nodes = nodes_of([person(range(50), 0, 0.6), person(range(50), 600, 0.61), person(range(80, 130), 0, 0.6)])

    assert set(nodes.track[best_path(nodes, OPTIONS)]) == {0, 2}


def test_after_a_cut_the_path_goes_on():
    nodes = nodes_of([person(range(50), 0, 0.6), person(range(50, 100), 400, 0.6)])
    nodes = replace(nodes, segment=(nodes.time_s >= 2).astype(np.int64))

    assert len(best_path(nodes, OPTIONS)) == 100


def test_one_node_a_moment():
    nodes = nodes_of([person(range(60), 0, 0.5), person(range(60), 20, 0.5), person(range(60), 40, 0.5)])

    assert (np.diff(nodes.time_s[best_path(nodes, OPTIONS)]) > 0).all()


def test_good_boxes_before_a_leap_are_taken_in():
    nodes = nodes_of([person(range(50), 0, 0.6), person(range(50, 100), 250, 0.6)])

    path = without_holes(nodes, best_path(nodes, OPTIONS), 0.01)

    assert len(path) == 100
    assert (np.diff(nodes.time_s[path]) > 0).all()


def test_strangers_and_doubtful_boxes_are_not_taken_in():
    nodes = nodes_of([person(range(50), 0, 0.6), person(range(50, 100), 250, 0.6), person(range(100), 600, 0.5)])
    whole = without_holes(nodes, best_path(nodes, OPTIONS), 0.01)
    path = whole[np.abs(whole - 98) > 10]

    assert set(nodes.track[without_holes(nodes, path, 0.01)]) == {0, 1}
    np.testing.assert_array_equal(without_holes(nodes, path, 1.0), path)


def test_where_nobody_leaps_holes_stay():
    nodes = nodes_of([person(range(50), 0, 0.6)])
    path = np.delete(np.arange(50), 25)

    np.testing.assert_array_equal(without_holes(nodes, path, 0.01), path)
