"""Finds people in every clip."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tennalytix.core.tables import PeopleTable
from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.datasets.partitions import Stored
from tennalytix.datasets.table import StoredTable
from tennalytix.detectors.base import People
from tennalytix.pipelines.beside import FrameStage
from tennalytix.pipelines.detection import detect_in_clips
from tennalytix.pipelines.parallel import SERIAL, Parallel


def detect_people(
    clips: dict[str, Callable[[], StoredClip]],
    detector: LoadedDetector,
    stored: dict[str, str],
    parallel: Parallel = SERIAL,
) -> Iterator[dict[str, StoredTable | Stored]]:
    """One table of people a clip, stored as each is done."""
    yield from detect_in_clips(STAGE, clips, detector, stored, parallel)


def people_table(frame_indices: Sequence[int], answers: Sequence[People]) -> PeopleTable:
    """The answers of a person detector, one for each of `frame_indices`, as one table."""
    counts = np.array([len(people.score) for people in answers], dtype=np.int64)
    return PeopleTable(
        np.repeat(np.asarray(frame_indices, dtype=np.int64), counts),
        np.concatenate([np.zeros((0, 4)), *(people.xyxy for people in answers)]),
        np.concatenate([np.zeros(0), *(people.score for people in answers)]),
        np.repeat(np.array([people.between for people in answers], dtype=bool), counts),
    )


STAGE = FrameStage("player_detection", 10, people_table)
