"""The one place with a thread: reading ahead of a slower consumer."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from queue import Full, Queue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.1


class _End:
    """Marks the end of a stream, with the error that ended it."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def prefetch(items: Iterable[T], depth: int = 4) -> Generator[T, None, None]:
    """The same items in the same order, read by a thread up to `depth` items ahead.

    An error of the source is raised here, after the items before it. Closing this generator, or leaving it to the
    garbage collector, stops the thread and closes the source if that is a generator. Nothing is read before the first
    item is asked for.

    Args:
        items: read in another thread, so nobody else may touch it meanwhile.
        depth: items that may wait.

    Raises:
        ValueError: depth below 1.
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1, got {depth}.")
    return _prefetch(items, depth)


def _prefetch(items: Iterable[T], depth: int) -> Generator[T, None, None]:
    queue: Queue[T | _End] = Queue(depth)
    with _running(items, queue):
        while not isinstance(item := queue.get(), _End):
            yield item
    if item.error is not None:
        raise item.error


@contextmanager
def _running(items: Iterable[T], queue: "Queue[T | _End]") -> Generator[None, None, None]:
    stop = Event()
    thread = Thread(target=_fill, args=(items, queue, stop), name="prefetch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        while not queue.empty():
            queue.get_nowait()


def _fill(items: Iterable[T], queue: "Queue[T | _End]", stop: Event) -> None:
    error: BaseException | None = None
    try:
        for item in items:
            _put(item, queue, stop)
            if stop.is_set():
                break
    except BaseException as caught:  # raised again in the consumer's thread
        error = caught
    finally:
        _close(items)
        _put(_End(error), queue, stop)


def _put(item: "T | _End", queue: "Queue[T | _End]", stop: Event) -> None:
    while not stop.is_set():
        try:
            queue.put(item, timeout=POLL_S)
        except Full:
            continue
        return


def _close(items: Iterable[T]) -> None:
    if isinstance(items, Generator):
        items.close()
