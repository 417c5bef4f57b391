"""Running a person or ball detector over clips, the same for both but for the table that comes out."""

import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.datasets.partitions import Stored
from tennalytix.datasets.table import StoredTable
from tennalytix.pipelines.beside import Beside, FrameStage
from tennalytix.pipelines.parallel import Parallel
from tennalytix.pipelines.progress import follow
from tennalytix.pipelines.stage import fingerprint, run_stage
from tennalytix.video.file_check import OutOfReachError
from tennalytix.video.frame import Frame
from tennalytix.video.losses import tell_of_losses
from tennalytix.video.names import printable
from tennalytix.video.prefetch import Shared, prefetch, prefetch_for_two


def detect_in_clips(
    stage: FrameStage,
    clips: dict[str, Callable[[], StoredClip]],
    detector: LoadedDetector,
    stored: dict[str, str],
    parallel: Parallel,
) -> Iterator[dict[str, StoredTable | Stored]]:
    """One table a clip, stored as each is done.

    Args:
        stage: whose tables these are.
        clips: load functions by clip id.
        detector: a person or ball detector.
        stored: fingerprints of the tables in storage.
        parallel: where, and what stage to take along.
    """
    beside = parallel.beside
    known = {} if beside is None else beside.stored
    items = {clip_id: partial(_due, load, known.get(clip_id)) for clip_id, load in clips.items()}
    # Every task carries it, without what is stored of all the others. Where its detector cannot be built it is left to
    # its own turn.
    work = partial(_detect, stage, detector, None if beside is None else _Packed(replace(beside, stored={})))
    fingerprint_of = partial(_fingerprint, stage, detector)
    for clip_id, table in run_stage(stage.name, items, stored, fingerprint_of, work, parallel=parallel):
        yield {clip_id: table}


def clip_fingerprint(stage: str, version: int, detector: LoadedDetector, item: StoredClip) -> str:
    """What a stage's result of a clip follows from."""
    return fingerprint(stage, version, item.fingerprint, item.entry, detector.model)


@dataclass(frozen=True, slots=True)
class _Due:
    """A clip, and the fingerprint of what the stage beside has stored of it."""

    item: StoredClip
    stored_beside: str | None


def _due(load: Callable[[], StoredClip], stored_beside: str | None) -> _Due:
    return _Due(load(), stored_beside)


def _fingerprint(stage: FrameStage, detector: LoadedDetector, due: _Due) -> str:
    return clip_fingerprint(stage.name, stage.version, detector, due.item)


@dataclass(slots=True)
class _Packed:
    """A stage beside, that is unpacked by whoever looks for it."""

    beside: Beside | None

    def __reduce__(self) -> "tuple[Callable[[bytes], _Packed], tuple[bytes]]":
        return _unpacked, (pickle.dumps(self.beside),)


def _unpacked(pickled: bytes) -> _Packed:
    try:
        return _Packed(pickle.loads(pickled))
    except Exception:
        return _Packed(None)


def _detect(stage: FrameStage, detector: LoadedDetector, packed: _Packed | None, due: _Due, wanted: str) -> StoredTable:
    beside = None if packed is None else packed.beside
    wanted_beside = None if beside is None else _fingerprint(beside.stage, beside.detector, due)
    if beside is None or wanted_beside is None or wanted_beside == due.stored_beside:
        return _detect_alone(stage, detector, due.item, wanted)
    return _detect_both(stage, detector, beside, due.item, (wanted, wanted_beside))


def _detect_alone(stage: FrameStage, detector: LoadedDetector, item: StoredClip, wanted: str) -> StoredTable:
    delivered: list[int] = []
    with item.unchanged():
        answers = detector.detector.detect(noting(prefetch(item.clip.frames()), delivered))
        found = list(follow(answers, len(item.clip.table), f"{stage.name}: {printable(item.clip.clip_id)}"))
    _check_count(item, len(delivered))
    return StoredTable(stage.to_table(delivered, found), wanted, detector.model)


def _detect_both(
    stage: FrameStage, detector: LoadedDetector, beside: Beside, item: StoredClip, wanted: tuple[str, str]
) -> StoredTable:
    delivered: list[int] = []
    label = f"{stage.name} and {beside.stage.name}: {printable(item.clip.clip_id)}"
    with (
        item.unchanged(),
        ThreadPoolExecutor(1, "beside") as pool,
        prefetch_for_two(item.clip.frames()) as (frames, frames_beside),
    ):
        answering = pool.submit(_answers, beside.detector, frames_beside)
        answers = detector.detector.detect(noting(frames, delivered))
        found = list(follow(answers, len(item.clip.table), label))
        frames.leave()
        # What goes wrong beside goes wrong again when that stage's turn comes, which tells of it.
        found_beside = answering.result() if answering.exception() is None else None
    _check_count(item, len(delivered))
    if found_beside is not None and len(found_beside) == len(delivered):
        with suppress(Exception):  # As above.
            table = StoredTable(beside.stage.to_table(delivered, found_beside), wanted[1], beside.detector.model)
            beside.save({item.clip.clip_id: table})
    return StoredTable(stage.to_table(delivered, found), wanted[0], detector.model)


def _answers(detector: LoadedDetector, frames: Shared[Frame]) -> list[Any]:
    try:
        return list(detector.detector.detect(frames))
    finally:  # Nobody waits for a detector that has failed.
        frames.leave()


def _check_count(item: StoredClip, count: int) -> None:
    """Refuses fewer frames than ingestion found, as of a file that was damaged since: a result must not look complete.

    Next to losses that ingestion told of, a decoder may lose other frames this time.
    """
    expected = len(item.clip.table)
    if count < expected and not tell_of_losses(item.warnings):
        raise OutOfReachError(
            f"{printable(item.video.uri)} gave {count} of the {expected} frames that ingestion found in this clip. "
            "See that the file is whole, then start again."
        )


def noting(frames: Iterable[Frame], delivered: list[int]) -> Iterator[Frame]:
    """Passes frames on and adds their indices to `delivered`.

    A damaged stretch delivers fewer frames than the clip has: answers belong to those that came.
    """
    for frame in frames:
        delivered.append(frame.index)
        yield frame
