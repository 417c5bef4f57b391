import numpy as np
import pytest

from tennalytix.tracking.ball_nodes import REFERENCE_AREA_PX2, Nodes
from tennalytix.tracking.ball_paths import PathModel, best_paths

STEP_S = 0.04


def nodes(rows: list[int], xy: np.ndarray, looks: float = 1.5) -> Nodes:
    order = np.argsort(rows, kind="stable")
    count = len(rows)
    return Nodes(
        np.array(rows, dtype=np.int64)[order],
        np.asarray(xy, dtype=np.float64).reshape(-1, 2)[order],
        np.full(count, looks),
        np.full(count, 2 / REFERENCE_AREA_PX2),
        np.arange(count)[order],
    )


def straight(rows: np.ndarray, start: tuple[float, float] = (100, 100), speed_px_s: float = 600) -> np.ndarray:
    return np.array(start) + np.outer(rows * STEP_S * speed_px_s, [0.8, 0.6])


def times(count: int) -> np.ndarray:
    return np.arange(count) * STEP_S


def test_a_straight_path_is_one_path() -> None:
    rows = np.arange(12)

    assert [p.tolist() for p in best_paths(nodes(rows.tolist(), straight(rows)), times(12), PathModel())] == [
        list(range(12))
    ]


def test_nothing_in_nothing_out() -> None:
    assert best_paths(nodes([], np.zeros((0, 2))), times(5), PathModel()) == []
    assert best_paths(nodes([], np.zeros((0, 2))), times(0), PathModel()) == []
    assert best_paths(nodes([3], np.array([[5.0, 5.0]])), times(5), PathModel()) == []


def test_of_two_candidates_the_smooth_one_is_taken() -> None:
    rows = np.arange(12)
    xy = np.concatenate([straight(rows), straight(rows) + np.array([[0, 25]]) * np.where(rows == 6, 1, 9)[:, None]])
    both = nodes([*rows.tolist(), *rows.tolist()], xy)
    (path,) = best_paths(both, times(12), PathModel())

    assert both.source[path].tolist() == list(range(12))


def test_a_bounce_does_not_break_a_path() -> None:
    rows = np.arange(14)
    xy = straight(rows)
    xy[8:, 1] = xy[7, 1] - 18 * np.arange(1, 7)

    assert [len(p) for p in best_paths(nodes(rows.tolist(), xy), times(14), PathModel())] == [14]


def test_missing_frames_are_bridged_up_to_the_longest_gap() -> None:
    rows = np.array([0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13])
    found = best_paths(nodes(rows.tolist(), straight(rows)), times(14), PathModel())
    strict = best_paths(nodes(rows.tolist(), straight(rows)), times(14), PathModel(max_gap_s=0.05))

    assert [len(p) for p in found] == [12]
    assert [len(p) for p in strict] == [6, 6]


def test_no_path_is_faster_than_a_ball() -> None:
    rows = np.arange(12)
    xy = straight(rows, speed_px_s=2600)

    assert best_paths(nodes(rows.tolist(), xy), times(12), PathModel()) == []
    assert len(best_paths(nodes(rows.tolist(), xy), times(12), PathModel(max_speed_px_s=3000))) == 1


def test_a_path_that_begins_where_no_ball_can_have_got_needs_more() -> None:
    rows = np.concatenate([np.arange(10), np.arange(11, 16)])
    far = np.concatenate([straight(np.arange(10)), straight(np.arange(5), start=(1200, 700), speed_px_s=-300)])
    lenient = best_paths(nodes(rows.tolist(), far), times(16), PathModel(jump=0.0))
    strict = best_paths(nodes(rows.tolist(), far), times(16), PathModel())

    assert [len(p) for p in lenient] == [10, 5]
    assert [len(p) for p in strict] == [10]


def test_paths_come_in_order_of_time_and_do_not_overlap() -> None:
    rng = np.random.default_rng(3)
    rows = np.concatenate([np.arange(10), np.arange(20, 32), rng.integers(0, 40, 60)])
    xy = np.concatenate([straight(np.arange(10)), straight(np.arange(12)), rng.uniform(0, 700, (60, 2))])
    many = nodes(rows.tolist(), xy)
    found = best_paths(many, times(40), PathModel())
    visited = np.concatenate([many.row[p] for p in found])

    assert (np.diff(visited) > 0).all()
    assert set(range(10)) | set(range(20, 32)) <= set(visited.tolist())


@pytest.mark.parametrize("shift", [(0.0, 0.0, 50.0), (300.0, -40.0, 0.0)])
def test_place_and_time_of_the_origin_do_not_matter(shift: tuple[float, float, float]) -> None:
    rng = np.random.default_rng(5)
    rows = np.concatenate([np.arange(20), rng.integers(0, 20, 40)])
    xy = np.concatenate([straight(np.arange(20)), rng.uniform(0, 700, (40, 2))])
    here = best_paths(nodes(rows.tolist(), xy), times(20), PathModel())
    there = best_paths(nodes(rows.tolist(), xy + shift[:2]), times(20) + shift[2], PathModel())

    assert [p.tolist() for p in here] == [p.tolist() for p in there]
