"""What the earlier stages stored of a clip: all of it there, and made of this very clip."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.datasets.table import StoredTable
from tennalytix.pipelines.detection import clip_fingerprint
from tennalytix.schema.corrections import Corrections
from tennalytix.schema.courts import CourtFile

VERSIONS = range(1, 100)
"""Of a stage's code: results of earlier ones will do, as long as they are of this clip."""


@dataclass(frozen=True, slots=True)
class ClipResults:
    """What the earlier stages stored of one clip, and what a person set right in it."""

    item: StoredClip
    court: CourtFile
    people: StoredTable
    ball: StoredTable
    corrections: Corrections | None


def gather(
    clip_id: str,
    load: Callable[[], StoredClip],
    results: Mapping[str, Callable[[], Any] | None],
    load_corrections: Callable[[], Corrections] | None,
) -> ClipResults:
    """All that is known of a clip.

    Args:
        clip_id: its id.
        load: loads the clip.
        results: load functions by stage, of court, people and ball in this order; None where there is no result.
        load_corrections: None where nobody set anything right.

    Raises:
        ValueError: a stage has no result, or one of another video or cut, or the corrections are another clip's.
    """
    found = {stage: result for stage, result in results.items() if result is not None}
    for stage in results:
        if stage not in found:
            raise ValueError(f"{clip_id} must have results of {stage}, got none. Run {stage} first.")
    corrected = load_corrections() if load_corrections is not None else None
    if corrected is not None and corrected.clip_id != clip_id:
        raise ValueError(f"clip_id of {clip_id}'s corrections must be {clip_id}, got {corrected.clip_id}.")
    item, loaded = load(), {stage: load_result() for stage, load_result in found.items()}
    for stage, result in loaded.items():
        if not _is_of(item, stage, result):
            raise ValueError(
                f"{clip_id} must have results of {stage} for this cut of this video, got those of another. Run {stage}."
            )
    court, people, ball = loaded.values()
    return ClipResults(item, court, people, ball, corrected)


def _is_of(item: StoredClip, stage: str, result: CourtFile | StoredTable) -> bool:
    """Whether a stage made its result of this clip, with whatever model; a table that no model made is taken as it is.

    A clip's number may be that of another one now: its video was cut anew or replaced, and the stage has not run since.
    """
    if result.model is None:
        return True
    made_by = LoadedDetector(None, result.model)
    return any(clip_fingerprint(stage, version, made_by, item) == result.fingerprint for version in VERSIONS)
