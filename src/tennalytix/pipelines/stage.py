"""What all stages share: skip what is current, go on after a failure, say what happened."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from functools import partial
from typing import Any, TypeVar, overload

from kedro.io.core import DatasetError
from pydantic import BaseModel

from tennalytix.datasets.partitions import Stored
from tennalytix.pipelines.cluster import dask_backend
from tennalytix.pipelines.parallel import SERIAL, Parallel
from tennalytix.pipelines.processes import process_backend
from tennalytix.pipelines.progress import follow
from tennalytix.pipelines.tasks import Run, StageError, Task, attempt, first_cause
from tennalytix.video.names import printable

__all__ = ["StageError", "fingerprint", "report_failure", "run_stage"]

T = TypeVar("T")
R = TypeVar("R")

logger = logging.getLogger(__name__)
failure_logger = logging.getLogger("tennalytix.failures")
"""Failures of single videos and clips: records carry `stage` and `item`; the run summary listens."""


def fingerprint(*parts: Any) -> str:
    """A SHA-256 of everything a result follows from: strings, numbers, lists, mappings, dataclasses, pydantic models.

    Examples:
        >>> fingerprint("ball", {"a": 1, "b": 2}) == fingerprint("ball", {"b": 2, "a": 1})
        True
    """
    text = json.dumps(parts, sort_keys=True, default=_plain, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@overload
def run_stage(
    stage: str,
    items: Mapping[str, Callable[[], T]],
    stored: Mapping[str, str],
    fingerprint_of: Callable[[T], str],
    work: Callable[[T, str], R],
    on_failure: Callable[[str, Exception], R | None] | None = None,
) -> Iterator[tuple[str, R]]: ...


@overload
def run_stage(
    stage: str,
    items: Mapping[str, Callable[[], T]],
    stored: Mapping[str, str],
    fingerprint_of: Callable[[T], str],
    work: Callable[[T, str], R],
    on_failure: Callable[[str, Exception], R | None] | None = None,
    *,
    parallel: Parallel,
) -> Iterator[tuple[str, R | Stored]]: ...


def run_stage(
    stage: str,
    items: Mapping[str, Callable[[], T]],
    stored: Mapping[str, str],
    fingerprint_of: Callable[[T], str],
    work: Callable[[T, str], R],
    on_failure: Callable[[str, Exception], R | None] | None = None,
    *,
    parallel: Parallel = SERIAL,
) -> Iterator[tuple[str, R | Stored]]:
    """Yields (id, result) for every item whose stored fingerprint is not the current one.

    Args:
        stage: its name, for messages.
        items: load functions by id.
        stored: fingerprints of the results in storage by id.
        fingerprint_of: the fingerprint a result would have now.
        work: makes the result from the loaded item and that fingerprint.
        on_failure: what to store for an item (its id, and the error) that failed, in place of a result that was stored
            earlier; None keeps that.
        parallel: where. Unless it is serial, load functions, `fingerprint_of` and `work` must be picklable, results
            come in the order in which they are done, and are `Stored` where `parallel.save` is given.

    Raises:
        StageError: there were items and all of them failed; or, in parallel, a result could not be stored.
    """
    items = parallel.of_shard(items)
    parallel = parallel.settled(len(items))
    save = parallel.save if parallel.backend != "serial" else None
    tasks = (Task(name, load, stored.get(name), fingerprint_of, work, save) for name, load in items.items())
    failed: dict[str, Exception] = {}
    current = made = 0
    with _backend(stage, parallel, len(items)) as run:
        for outcome in run(tasks):
            for record in outcome.records:
                logging.getLogger(record.name).handle(record)
            if outcome.current and outcome.name in parallel.made:
                made += 1
                yield outcome.name, Stored()
            elif outcome.current:
                current += 1
            elif outcome.error is None:
                yield outcome.name, outcome.result if save is None else Stored()
            else:
                failed[outcome.name] = outcome.error
                report_failure(stage, outcome.name, outcome.error)
                instead = on_failure(outcome.name, outcome.error) if on_failure else None
                if instead is not None:
                    yield outcome.name, instead
    if made:
        logger.info("%s: %d of %d were made in one pass with another stage.", stage, made, len(items))
    if current:
        logger.info("%s: %d of %d are stored already and current.", stage, current, len(items))
    if failed and len(failed) == len(items):
        first, cause = next(iter(failed.items()))
        raise StageError(f"{stage} failed for all of {len(items)}. First, {first}: {cause}") from cause


@contextmanager
def _backend(stage: str, parallel: Parallel, items: int) -> Iterator[Run]:
    if parallel.backend == "serial" or not items:
        yield partial(map, attempt)
        return
    if parallel.backend == "process":
        workers = parallel.workers_for(items)
        backend = process_backend(workers, parallel.threads_for(workers), parallel.attempts)
    else:
        backend = dask_backend(parallel, items)
    with backend as run:
        yield lambda tasks: follow(run(tasks), items, stage, "items")


def report_failure(stage: str, item: str, error: Exception) -> None:
    """Logs one failure in one line; the traceback too where it is no plain bad input."""
    bad_input = (ValueError, OSError)
    # What a dataset says of a file that it cannot read, and not what kedro says of a dataset that has a fault.
    unreadable = isinstance(error, DatasetError) and isinstance(first_cause(error), (*bad_input, DatasetError))
    expected = unreadable or isinstance(error, bad_input)
    failure_logger.error(
        "%s: %s: %s",
        stage,
        printable(item),
        error,
        extra={"stage": stage, "item": printable(item)},
        exc_info=None if expected else error,
    )


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"fingerprint parts must be plain values, got {type(value).__name__}.")
