"""What all stages share: skip what is current, go on after a failure, say what happened."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from tennalytix.video.names import printable

T = TypeVar("T")
R = TypeVar("R")

logger = logging.getLogger(__name__)
failure_logger = logging.getLogger("tennalytix.failures")
"""Failures of single videos and clips: records carry `stage` and `item`; the run summary listens."""


class StageError(RuntimeError):
    """Nothing at all could be done in a stage."""


def fingerprint(*parts: Any) -> str:
    """A SHA-256 of everything a result follows from: strings, numbers, lists, mappings, dataclasses, pydantic models.

    Examples:
        >>> fingerprint("ball", {"a": 1, "b": 2}) == fingerprint("ball", {"b": 2, "a": 1})
        True
    """
    text = json.dumps(parts, sort_keys=True, default=_plain, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def run_stage(
    stage: str,
    items: Mapping[str, Callable[[], T]],
    stored: Mapping[str, str],
    fingerprint_of: Callable[[T], str],
    work: Callable[[T, str], R],
    on_failure: Callable[[Exception], R] | None = None,
) -> Iterator[tuple[str, R]]:
    """Yields (id, result) for every item whose stored fingerprint is not the current one.

    Args:
        stage: its name, for messages.
        items: load functions by id.
        stored: fingerprints of the results in storage by id.
        fingerprint_of: the fingerprint a result would have now.
        work: makes the result from the loaded item and that fingerprint.
        on_failure: what to store for an item that failed, in place of a result that was stored earlier.

    Raises:
        StageError: there were items and all of them failed.
    """
    failed: dict[str, Exception] = {}
    current = 0
    for name, load in items.items():
        try:
            item = load()
            wanted = fingerprint_of(item)
            if stored.get(name) == wanted:
                current += 1
                continue
            result = work(item, wanted)
        except Exception as error:  # One bad video must not take the others with it, whatever its fault.
            failed[name] = error
            report_failure(stage, name, error)
            if on_failure:
                yield name, on_failure(error)
            continue
        yield name, result
    if current:
        logger.info("%s: %d of %d are stored already and current.", stage, current, len(items))
    if failed and len(failed) == len(items):
        first, cause = next(iter(failed.items()))
        raise StageError(f"{stage} failed for all of {len(items)}. First, {first}: {cause}") from cause


def report_failure(stage: str, item: str, error: Exception) -> None:
    """Logs one failure in one line; the traceback too where it is no plain bad input."""
    expected = isinstance(error, (ValueError, OSError))
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
