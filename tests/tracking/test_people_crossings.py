import numpy as np
import pytest

from tennalytix.core.tables import Floats, Ints
from tennalytix.tracking.people_crossings import each_his_own
from tennalytix.tracking.people_path import PathNodes

RATE, HEIGHT = 25, 80.0
TIME_S = np.arange(50) / RATE


def walking(from_x: float, to_x: float, y: float) -> Floats:
    """Middles of somebody who walks evenly across for two seconds, body heights."""
    return np.column_stack([np.linspace(from_x, to_x, len(TIME_S)), np.full(len(TIME_S), y)])


def nodes_of(*people: Floats, segment: Ints | None = None) -> tuple[PathNodes, list[Ints]]:
    """Nodes by time, and the rows of each person."""
    count = len(people)
    middle = HEIGHT * np.stack(people, axis=1).reshape(-1, 2)
    time_s = np.repeat(TIME_S, count)
    anchors = middle[:, None] + np.array([[0.0, -HEIGHT / 2], [0, 0], [0, HEIGHT / 2]])
    height = np.full(len(middle), HEIGHT)
    parts = np.zeros(len(middle), np.int64) if segment is None else np.repeat(segment, count)
    nodes = PathNodes(time_s, np.zeros(len(middle)), anchors, height, np.zeros(len(middle), np.int64), parts)
    return nodes, [np.arange(i, len(middle), count) for i in range(count)]


def mixed_up(a: Ints, b: Ints, at: int) -> tuple[Ints, Ints]:
    return np.concatenate([a[:at], b[at:]]), np.concatenate([b[:at], a[at:]])


@pytest.mark.parametrize("hidden", [0, 2, 4])
def test_who_passes_another_goes_on_as_he_came(hidden: int) -> None:
    nodes, (a, b) = nodes_of(walking(0, 6, 3.0), walking(6, 0, 3.2))
    first, second = mixed_up(a, b, 25)
    seen = np.abs(np.arange(50) - 25) >= hidden

    result = each_his_own((first[seen], second), nodes)

    assert all((np.diff(path) > 0).all() for path in result)
    assert set(result[0]) >= set(a[:17]) | set(a[33:])
    assert set(result[1]) >= set(b[:17]) | set(b[33:])


def test_nothing_changes_where_nobody_was_mixed_up() -> None:
    nodes, (a, b) = nodes_of(walking(0, 6, 3.0), walking(6, 0, 3.2))

    result = each_his_own((a, b), nodes)

    assert result[0] is a
    assert result[1] is b


def test_who_stays_while_the_other_passes_keeps_his_place() -> None:
    nodes, (a, b) = nodes_of(walking(0, 6, 3.0), walking(3, 3, 3.3))

    first, second = each_his_own(mixed_up(a, b, 25), nodes)

    np.testing.assert_array_equal(first, a)
    np.testing.assert_array_equal(second, b)


def test_partners_who_never_meet_are_left_alone_and_so_are_moments_across_a_cut() -> None:
    apart, (a, b) = nodes_of(walking(0, 2, 3.0), walking(6, 4, 3.0))
    cut, _ = nodes_of(walking(0, 6, 3.0), walking(6, 0, 3.2), segment=np.repeat([0, 1], 25))
    mixed = mixed_up(a, b, 25)

    assert each_his_own((a, b), apart) == (a, b)
    for path, same in zip(each_his_own(mixed, cut), mixed, strict=True):
        np.testing.assert_array_equal(path, same)


def test_two_meetings_are_two_decisions() -> None:
    there, back = walking(0, 6, 3.0)[::2], walking(6, 0, 3.0)[::2]
    other = walking(3, 3, 3.4)[::2]
    nodes, (a, b) = nodes_of(np.concatenate([there, back]), np.concatenate([other, other]))
    first, second = np.concatenate([a[:12], b[12:37], a[37:]]), np.concatenate([b[:12], a[12:37], b[37:]])

    result = each_his_own((first, second), nodes)

    assert (result[0] == a).mean() > 0.9
    assert (result[1] == b).mean() > 0.9


def test_nobody_has_no_meetings() -> None:
    nodes, (a, _) = nodes_of(walking(0, 6, 3.0), walking(6, 0, 3.2))
    empty = np.zeros(0, np.int64)

    assert each_his_own((a, empty), nodes) == (a, empty)
