"""The one place with threads that read: ahead of a slower consumer, or once for several."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")

POLL_S = 0.1
# A thread that is to stop and shows no sign of life for so long is left behind.
LEAVE_S = 5.0


@dataclass(slots=True)
class Patience:
    """How long a source may work on an item without a sign of life.

    Attributes:
        limit_s: seconds of silence after which it counts as stuck.
        beats: signs of life so far.
        given_up: it was silent for longer.
    """

    limit_s: float
    beats: int = 0
    given_up: bool = False

    def beat(self) -> None:
        """A sign of life; called in the thread that reads."""
        self.beats += 1


class _End:
    """Marks the end of a stream, with the error that ended it."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def prefetch(items: Iterable[T], depth: int = 4, patience: Patience | None = None) -> Generator[T, None, None]:
    """The same items in the same order, read by a thread up to `depth` items ahead.

    An error of the source is raised here, after the items before it. Closing this generator, or leaving it to the
    garbage collector, stops the thread and closes the source if that is a generator. Nothing is read before the first
    item is asked for.

    A read that never comes back, as from a drive that is gone, cannot be ended: with `patience` it is given up, and its
    thread left behind, which ends if the read ever does.

    Args:
        items: read in another thread, so nobody else may touch it meanwhile.
        depth: items that may wait.
        patience: for a source that may get stuck; waits for ever if None.

    Raises:
        ValueError: depth below 1.
        TimeoutError: the source gave no item and no sign of life for too long.
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1, got {depth}.")
    return _prefetch(items, depth, patience)


@contextmanager
def prefetch_for_two(items: Iterable[T], depth: int = 4) -> Generator[tuple["Shared[T]", "Shared[T]"], None, None]:
    """The same items, read once, for each of two consumers in threads of their own; reading ends when this is left.

    A thread reads, up to `depth` items ahead of the slower one. An error of the source is raised in both, after the
    items before it. One who has had enough, or has failed, says `leave`, from whatever thread, and the other goes on
    alone. One who still waits for an item when this is left finds an early end.

    Raises:
        ValueError: depth below 1.
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1, got {depth}.")
    first, second = _Reader[T](depth), _Reader[T](depth)
    with _running(items, (first, second), None):
        yield Shared(first), Shared(second)


@dataclass(slots=True)
class _Reader(Generic[T]):
    """One who reads what a thread fills in.

    Attributes:
        depth: items that may wait.
        gone: it wants no more.
        queue: what waits.
    """

    depth: int
    gone: Event = field(default_factory=Event)
    queue: "Queue[T | _End]" = field(init=False)

    def __post_init__(self) -> None:
        self.queue = Queue(self.depth)

    def put(self, item: "T | _End") -> None:
        """Waits until there is room, or it wants no more."""
        while not self.gone.is_set():
            try:
                self.queue.put(item, timeout=POLL_S)
            except Full:
                continue
            return

    def release(self) -> None:
        """Nothing comes any more: whoever waits finds the end."""
        with suppress(Empty):  # Who reads meanwhile may be quicker.
            while True:
                self.queue.get_nowait()
        with suppress(Full):
            self.queue.put_nowait(_End(None))


class Shared(Generic[T]):
    """The items for one of two consumers."""

    def __init__(self, reader: _Reader[T]) -> None:
        self._reader = reader
        self._items = _read(reader, None)

    def __iter__(self) -> Iterator[T]:
        return self._items

    def leave(self) -> None:
        """Wants no more; may be called twice."""
        self._reader.gone.set()


def _prefetch(items: Iterable[T], depth: int, patience: Patience | None) -> Generator[T, None, None]:
    reader = _Reader[T](depth)
    with _running(items, (reader,), patience):
        yield from _read(reader, patience)


def _read(reader: _Reader[T], patience: Patience | None) -> Generator[T, None, None]:
    try:
        while not isinstance(item := _next(reader.queue, patience), _End):
            yield item
    finally:
        reader.gone.set()
    if item.error is not None:
        raise item.error


def _next(queue: "Queue[T | _End]", patience: Patience | None) -> "T | _End":
    if patience is None:
        return queue.get()
    # Silence is counted, not read off a clock: a machine that slept, or a process that was stopped, is not stuck.
    step_s = min(POLL_S, patience.limit_s)
    silent_s, beats = 0.0, patience.beats
    while silent_s < patience.limit_s:
        try:
            return queue.get(timeout=step_s)
        except Empty:
            silent_s = silent_s + step_s if patience.beats == beats else 0.0
            beats = patience.beats
    patience.given_up = True
    raise TimeoutError(f"nothing came for {patience.limit_s:g} s")


@contextmanager
def _running(
    items: Iterable[T], readers: Sequence[_Reader[T]], patience: Patience | None
) -> Generator[None, None, None]:
    thread = Thread(target=_fill, args=(items, readers), name="prefetch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        for reader in readers:
            reader.gone.set()
        _join(thread, patience)
        for reader in readers:
            reader.release()


def _join(thread: Thread, patience: Patience | None) -> None:
    beats = -1
    while thread.is_alive() and (patience is None or (beats != patience.beats and not patience.given_up)):
        beats = -1 if patience is None else patience.beats
        thread.join(LEAVE_S)


def _fill(items: Iterable[T], readers: Sequence[_Reader[T]]) -> None:
    error: BaseException | None = None
    try:
        for item in items:
            for reader in readers:
                reader.put(item)
            if all(reader.gone.is_set() for reader in readers):
                break
    except BaseException as caught:  # raised again in the consumer's thread
        error = caught
    finally:
        _close(items)
        for reader in readers:
            reader.put(_End(error))


def _close(items: Iterable[T]) -> None:
    if isinstance(items, Generator):
        items.close()
