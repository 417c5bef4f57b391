import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tennalytix.video.prefetch import Patience, prefetch, prefetch_for_two


def prefetch_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "prefetch"]


def test_items_come_whole_and_in_order() -> None:
    assert list(prefetch(range(1000), depth=3)) == list(range(1000))
    assert list(prefetch([])) == []
    assert list(prefetch([None, None])) == [None, None]
    assert prefetch_threads() == []


def test_an_error_comes_after_the_items_before_it() -> None:
    def source() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("the disk is gone")

    seen = []
    with pytest.raises(OSError, match="the disk is gone"):
        seen.extend(prefetch(source()))
    items = prefetch(source())

    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(OSError, match="the disk is gone"):
        next(items)
    assert prefetch_threads() == []


def test_closing_early_stops_the_thread_and_closes_the_source() -> None:
    closed = threading.Event()

    def source() -> Iterator[int]:
        try:
            yield from range(10**9)
        finally:
            closed.set()

    items = prefetch(source(), depth=2)
    assert next(items) == 0
    items.close()

    assert closed.is_set()
    assert prefetch_threads() == []


def test_it_reads_no_further_ahead_than_told() -> None:
    taken = []

    def source() -> Iterator[int]:
        for k in range(100):
            taken.append(k)
            yield k

    items = prefetch(source(), depth=3)
    assert next(items) == 0
    time.sleep(0.3)

    assert len(taken) <= 5  # one given out, three waiting, one in hand
    items.close()


def test_nothing_is_read_before_the_first_item_is_asked_for() -> None:
    taken = []
    items = prefetch(taken.append(k) or k for k in range(3))
    time.sleep(0.05)

    assert taken == []
    assert list(items) == [0, 1, 2]


def test_a_depth_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"depth must be at least 1, got 0\."):
        prefetch([], depth=0)


def test_a_source_that_gets_stuck_is_given_up() -> None:
    reading, writing = os.pipe()

    def source() -> Iterator[bytes]:
        yield b"first"
        yield os.read(reading, 1)

    items = prefetch(source(), patience=Patience(0.3))
    start_s = time.monotonic()
    assert next(items) == b"first"
    with pytest.raises(TimeoutError, match=r"nothing came for 0\.3 s"):
        next(items)

    assert time.monotonic() - start_s < 3
    os.write(writing, b"x")
    for thread in prefetch_threads():
        thread.join(5)
    assert prefetch_threads() == []
    os.close(reading)
    os.close(writing)


def test_a_source_that_works_on_something_long_is_waited_for() -> None:
    patience = Patience(0.2)

    def source() -> Iterator[int]:
        for _ in range(8):
            time.sleep(0.1)
            patience.beat()
        yield 1

    assert list(prefetch(source(), patience=patience)) == [1]


def test_two_consumers_get_all_items_of_one_reading() -> None:
    taken = []
    source = (taken.append(k) or k for k in range(1000))
    with ThreadPoolExecutor(1) as pool, prefetch_for_two(source, depth=3) as (first, second):
        other = pool.submit(list, second)
        mine, theirs = list(first), other.result()

    assert mine == theirs == taken == list(range(1000))
    assert prefetch_threads() == []


def test_it_reads_no_further_ahead_than_the_slower_of_two_lets_it() -> None:
    taken = []
    with prefetch_for_two((taken.append(k) or k for k in range(100)), depth=3) as readers:
        first, second = map(iter, readers)
        assert [next(first) for _ in range(3)] == [0, 1, 2]
        assert next(second) == 0
        time.sleep(0.3)
        assert len(taken) <= 5
        assert [next(second) for _ in range(3)] == [1, 2, 3]

    assert prefetch_threads() == []


def test_an_error_comes_to_both() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    with prefetch_for_two(source()) as readers:
        for items in map(iter, readers):
            assert next(items) == 1
            with pytest.raises(OSError, match="the disk is gone"):
                next(items)
    assert prefetch_threads() == []


@pytest.mark.parametrize("taken", [0, 1])
def test_one_that_has_had_enough_does_not_hold_up_the_other(taken: int) -> None:
    with prefetch_for_two(range(1000), depth=1) as (first, second):
        items = iter(second)
        assert [next(items) for _ in range(taken)] == list(range(taken))
        second.leave()
        second.leave()
        assert list(first) == list(range(1000))


def test_one_that_waits_when_the_other_leaves_finds_the_end() -> None:
    def source() -> Iterator[int]:
        yield 1
        time.sleep(0.5)
        yield 2

    with ThreadPoolExecutor(1) as pool:
        with prefetch_for_two(source()) as (first, second):
            other = pool.submit(list, second)
            assert next(iter(first)) == 1
        assert other.result(timeout=5) == [1]
    assert prefetch_threads() == []


def test_a_depth_below_one_is_refused_for_two() -> None:
    with pytest.raises(ValueError, match=r"depth must be at least 1, got 0\."), prefetch_for_two([], depth=0):
        pass
