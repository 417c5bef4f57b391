"""Progress of long work: a bar on a terminal, a plain log line every few seconds elsewhere."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TypeVar

import rich
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")

logger = logging.getLogger(__name__)

LOG_EVERY_S = 10.0

Advance = Callable[[int], None]
"""Is told how many are done so far."""

_hidden: ContextVar[bool] = ContextVar("_hidden", default=False)


@contextmanager
def no_progress() -> Iterator[None]:
    """Nothing is shown on the way: for work in the background. What is said at the end is still logged."""
    token = _hidden.set(True)
    try:
        yield
    finally:
        _hidden.reset(token)


@contextmanager
def show_progress(total: int, label: str, unit: str = "frames") -> Iterator[Advance]:
    """Shows how far some work is, and says at its end how fast it was.

    Args:
        total: how many there will be, as far as is known.
        label: what is being done to what.
        unit: what is counted.
    """
    start = time.perf_counter()
    done = 0

    def note(count: int) -> None:
        nonlocal done
        done = count

    with _shown(total, label, unit) as advance:

        def both(count: int) -> None:
            note(count)
            advance(count)

        yield both
    rate = done / max(time.perf_counter() - start, 1e-9)
    logger.info("%s: %d %s done at %s %s/s", label, done, unit, _rounded(rate), unit)


def follow(items: Iterable[T], total: int, label: str, unit: str = "frames") -> Iterator[T]:
    """Passes `items`, one a frame or other unit, on and shows how far they are."""
    with show_progress(total, label, unit) as advance:
        for count, item in enumerate(items, 1):
            yield item
            advance(count)


def _shown(total: int, label: str, unit: str) -> AbstractContextManager[Advance]:
    if _hidden.get():
        return nullcontext(_ignore)
    return _bar(total, label) if rich.get_console().is_terminal else _lines(total, label, unit)


def _ignore(count: int) -> None: ...


def _rounded(rate: float) -> str:
    return f"{rate:.0f}" if rate >= 10 else f"{rate:.2g}"


@contextmanager
def _bar(total: int, label: str) -> Iterator[Advance]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=rich.get_console(), transient=True) as progress:
        task = progress.add_task(escape(label), total=total)
        yield lambda count: progress.update(task, completed=count)


@contextmanager
def _lines(total: int, label: str, unit: str) -> Iterator[Advance]:
    start = said = time.perf_counter()

    def advance(count: int) -> None:
        nonlocal said
        now = time.perf_counter()
        if now - said < LOG_EVERY_S:
            return
        said = now
        share = min(100, 100 * count // max(total, 1))
        rate = _rounded(count / (now - start))
        logger.info("%s: %d of %d (%d %%), %s %s/s", label, count, total, share, rate, unit)

    yield advance
