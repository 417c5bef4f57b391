"""Running a person or ball detector over clips, the same for both but for the table that comes out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.datasets.table import StoredTable
from tennalytix.pipelines.progress import follow
from tennalytix.pipelines.stage import fingerprint, run_stage
from tennalytix.video.frame import Frame
from tennalytix.video.prefetch import prefetch


def detect_in_clips(
    stage: str,
    version: int,
    clips: dict[str, Callable[[], StoredClip]],
    detector: LoadedDetector,
    stored: dict[str, str],
    to_table: Callable[[Sequence[int], Sequence[Any]], Any],
) -> Iterator[dict[str, StoredTable]]:
    """One table a clip, stored as each is done.

    Args:
        stage: its name.
        version: of the stage's code; a new one makes all results anew.
        clips: load functions by clip id.
        detector: a person or ball detector.
        stored: fingerprints of the tables in storage.
        to_table: makes a table of frame indices and the answers for these frames.
    """

    def fingerprint_of(item: StoredClip) -> str:
        return fingerprint(stage, version, item.fingerprint, item.entry, detector.model)

    def work(item: StoredClip, wanted: str) -> StoredTable:
        delivered: list[int] = []
        answers = detector.detector.detect(_noting(prefetch(item.clip.frames()), delivered))
        found = list(follow(answers, len(item.clip.table), f"{stage}: {item.clip.clip_id}"))
        return StoredTable(to_table(delivered, found), wanted, detector.model)

    for clip_id, table in run_stage(stage, clips, stored, fingerprint_of, work):
        yield {clip_id: table}


def _noting(frames: Iterable[Frame], delivered: list[int]) -> Iterator[Frame]:
    # A damaged stretch delivers fewer frames than the clip has: answers belong to those that came.
    for frame in frames:
        delivered.append(frame.index)
        yield frame
