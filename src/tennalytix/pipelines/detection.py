"""Running a person or ball detector over clips, the same for both but for the table that comes out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.datasets.partitions import Stored
from tennalytix.datasets.table import StoredTable
from tennalytix.pipelines.parallel import Parallel
from tennalytix.pipelines.progress import follow
from tennalytix.pipelines.stage import fingerprint, run_stage
from tennalytix.video.file_check import OutOfReachError
from tennalytix.video.frame import Frame
from tennalytix.video.losses import tell_of_losses
from tennalytix.video.names import printable
from tennalytix.video.prefetch import prefetch

ToTable = Callable[[Sequence[int], Sequence[Any]], Any]
"""Makes a table of frame indices and the answers for these frames."""


def detect_in_clips(
    stage: str,
    version: int,
    clips: dict[str, Callable[[], StoredClip]],
    detector: LoadedDetector,
    stored: dict[str, str],
    to_table: ToTable,
    parallel: Parallel,
) -> Iterator[dict[str, StoredTable | Stored]]:
    """One table a clip, stored as each is done.

    Args:
        stage: its name.
        version: of the stage's code; a new one makes all results anew.
        clips: load functions by clip id.
        detector: a person or ball detector.
        stored: fingerprints of the tables in storage.
        to_table: a function of a module, so that workers find it.
        parallel: where.
    """
    fingerprint_of = partial(clip_fingerprint, stage, version, detector)
    work = partial(_detect, stage, detector, to_table)
    for clip_id, table in run_stage(stage, clips, stored, fingerprint_of, work, parallel=parallel):
        yield {clip_id: table}


def clip_fingerprint(stage: str, version: int, detector: LoadedDetector, item: StoredClip) -> str:
    """What a stage's result of a clip follows from."""
    return fingerprint(stage, version, item.fingerprint, item.entry, detector.model)


def _detect(stage: str, detector: LoadedDetector, to_table: ToTable, item: StoredClip, wanted: str) -> StoredTable:
    delivered: list[int] = []
    with item.clip.source.unchanged():
        answers = detector.detector.detect(noting(prefetch(item.clip.frames()), delivered))
        found = list(follow(answers, len(item.clip.table), f"{stage}: {printable(item.clip.clip_id)}"))
    _check_count(item, len(delivered))
    return StoredTable(to_table(delivered, found), wanted, detector.model)


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
