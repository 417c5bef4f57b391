"""One item's work in a stage: what a worker is given, and what it says of it."""

import gc
import logging
import os
import pickle
import queue
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from logging.handlers import QueueHandler
from typing import Any

import cv2

from tennalytix.core.threads import LIMIT
from tennalytix.pipelines.memory import give_back_memory, keep_freed_memory
from tennalytix.pipelines.parallel import Save
from tennalytix.pipelines.progress import no_progress


class StageError(RuntimeError):
    """A stage could not go on, or could do nothing at all."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with one item.

    Attributes:
        name: its id.
        load: loads it.
        stored: the fingerprint of the result in storage, None if there is none.
        fingerprint_of: the fingerprint a result would have now.
        work: makes the result from the loaded item and that fingerprint.
        save: stores the result; None hands it back.
    """

    name: str
    load: Callable[[], Any]
    stored: str | None
    fingerprint_of: Callable[[Any], str]
    work: Callable[[Any, str], Any]
    save: Save | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item.

    Attributes:
        name: its id.
        current: what is stored is current, so nothing was done.
        result: None if it was stored already, by the worker or earlier.
        error: why there is none.
        records: what the worker logged.
    """

    name: str
    current: bool = False
    result: Any = None
    error: Exception | None = None
    records: tuple[logging.LogRecord, ...] = ()


Run = Callable[[Iterable[Task]], Iterator[Outcome]]
"""Works on tasks, in whatever order; one outcome each."""


def attempt(task: Task) -> Outcome:
    """Works on a task.

    Raises:
        StageError: the result cannot be stored.
    """
    # Open videos in reference cycles hold megabytes that the collector does not count: each would stay for a while.
    # Pieces that one clip leaves free would add to what the next one needs, so that memory grew with their number.
    gc.collect()
    _leave_libraries(len(sys.modules))
    give_back_memory()
    try:
        item = task.load()
        wanted = task.fingerprint_of(item)
        if task.stored == wanted:
            return Outcome(task.name, current=True)
        result = task.work(item, wanted)
    except Exception as error:  # One bad video must not take the others with it, whatever its fault.
        return Outcome(task.name, error=error)
    if task.save is None:
        return Outcome(task.name, result=result)
    try:
        task.save({task.name: result})
    except Exception as error:
        cause = first_cause(error)
        raise StageError(
            f"{task.name} could not be stored: {cause}. See to that, then start the same command again to go on."
        ) from error
    return Outcome(task.name)


@lru_cache(maxsize=1)
def _leave_libraries(modules: int) -> None:
    """Has the collector leave what there is whenever libraries were loaded: looking through them takes 0.1 s a time."""
    gc.freeze()


def mind_libraries() -> None:
    """The collector looks through everything again: a process may go on to other things."""
    gc.unfreeze()
    _leave_libraries.cache_clear()


def is_current(task: Task) -> bool:
    """Whether what is stored is current; False where only an attempt can tell what is wrong."""
    if task.stored is None:
        return False
    try:
        return task.stored == task.fingerprint_of(task.load())
    except Exception:  # The attempt meets it again, and says what it is.
        return False


def attempt_in_worker(threads: int, pickled: bytes) -> Outcome:
    """Works on a pickled task in a process made for that; see `attempt` for the errors."""
    settle(threads)  # Before the task is unpickled: that builds its detector.
    task: Task = pickle.loads(pickled)
    with no_progress(), _collected() as records:
        outcome = attempt(task)
    return replace(outcome, error=_portable(outcome.error), records=tuple(records))


@lru_cache(maxsize=1)
def settle(threads: int) -> None:
    """Keeps this process to so many threads, as far as libraries did not start theirs before, and to its memory."""
    keep_freed_memory()
    os.environ[LIMIT] = str(threads)
    cv2.setNumThreads(threads)


def first_cause(error: BaseException) -> BaseException:
    """What went wrong first, below all that was raised from it."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


@contextmanager
def _collected() -> Iterator[list[logging.LogRecord]]:
    """Collects what this package logs, which the parent shows; complete when it is left."""
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    found: list[logging.LogRecord] = []
    handler = QueueHandler(records)
    logger = logging.getLogger("tennalytix")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield found
    finally:
        logger.removeHandler(handler)
        logger.propagate = True
        while not records.empty():
            found.append(records.get())


def _portable(error: Exception | None) -> Exception | None:
    """The error as it can be sent, with its traceback as a note."""
    if error is None:
        return None
    sent: Exception = RuntimeError(f"{type(error).__name__}: {error}")
    with suppress(Exception):  # Errors of other libraries need not be made for being sent.
        sent = pickle.loads(pickle.dumps(error))
    sent.add_note("".join(traceback.format_exception(error)))
    return sent
