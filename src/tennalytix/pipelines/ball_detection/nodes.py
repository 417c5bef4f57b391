"""Finds ball candidates in every clip."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tennalytix.core.tables import BallTable
from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.datasets.partitions import Stored
from tennalytix.datasets.table import StoredTable
from tennalytix.detectors.base import BallCandidates
from tennalytix.pipelines.beside import FrameStage
from tennalytix.pipelines.detection import detect_in_clips
from tennalytix.pipelines.parallel import SERIAL, Parallel


def detect_balls(
    clips: dict[str, Callable[[], StoredClip]],
    detector: LoadedDetector,
    stored: dict[str, str],
    parallel: Parallel = SERIAL,
) -> Iterator[dict[str, StoredTable | Stored]]:
    """One table of ball candidates a clip, stored as each is done."""
    yield from detect_in_clips(STAGE, clips, detector, stored, parallel)


def ball_table(frame_indices: Sequence[int], answers: Sequence[BallCandidates]) -> BallTable:
    """The answers of a ball detector, one for each of `frame_indices`, as one table."""
    counts = np.array([len(candidates.score) for candidates in answers], dtype=np.int64)
    return BallTable(
        np.repeat(np.asarray(frame_indices, dtype=np.int64), counts),
        np.concatenate([np.zeros((0, 2)), *(candidates.xy for candidates in answers)]),
        np.concatenate([np.zeros(0), *(candidates.score for candidates in answers)]),
    )


STAGE = FrameStage("ball_detection", 3, ball_table)
