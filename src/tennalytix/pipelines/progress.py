"""Progress of long work: a bar on a terminal, a plain log line every few seconds elsewhere."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import rich
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")

logger = logging.getLogger(__name__)

LOG_EVERY_S = 10.0

Advance = Callable[[int], None]
"""Is told how many frames are done so far."""


@contextmanager
def show_progress(total: int, label: str) -> Iterator[Advance]:
    """Shows how far some work on frames is, and says at its end how fast it was.

    Args:
        total: how many frames there will be, as far as is known.
        label: what is being done to what.
    """
    start = time.perf_counter()
    done = 0

    def note(count: int) -> None:
        nonlocal done
        done = count

    with _bar(total, label) if rich.get_console().is_terminal else _lines(total, label) as advance:

        def both(count: int) -> None:
            note(count)
            advance(count)

        yield both
    rate = done / max(time.perf_counter() - start, 1e-9)
    logger.info("%s: %d frames done at %.0f frames/s", label, done, rate)


def follow(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    """Passes `items`, one a frame, on and shows how far they are."""
    with show_progress(total, label) as advance:
        for count, item in enumerate(items, 1):
            yield item
            advance(count)


@contextmanager
def _bar(total: int, label: str) -> Iterator[Advance]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=rich.get_console(), transient=True) as progress:
        task = progress.add_task(escape(label), total=total)
        yield lambda count: progress.update(task, completed=count)


@contextmanager
def _lines(total: int, label: str) -> Iterator[Advance]:
    start = said = time.perf_counter()

    def advance(count: int) -> None:
        nonlocal said
        now = time.perf_counter()
        if now - said < LOG_EVERY_S:
            return
        said = now
        share = min(100, 100 * count // max(total, 1))
        logger.info("%s: %d of %d (%d %%), %.0f frames/s", label, count, total, share, count / (now - start))

    yield advance
