"""Finds the court in every clip."""

import logging
from collections.abc import Callable, Iterator
from functools import partial

from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.datasets.partitions import Stored
from tennalytix.pipelines.detection import clip_fingerprint
from tennalytix.pipelines.parallel import SERIAL, Parallel
from tennalytix.pipelines.stage import run_stage
from tennalytix.schema.courts import CourtFile
from tennalytix.video.names import printable

logger = logging.getLogger(__name__)

STAGE = "court_detection"
VERSION = 6


def detect_courts(
    clips: dict[str, Callable[[], StoredClip]],
    detector: LoadedDetector,
    stored: dict[str, str],
    parallel: Parallel = SERIAL,
) -> Iterator[dict[str, CourtFile | Stored]]:
    """One court file a clip, stored as each is done."""
    fingerprint_of = partial(clip_fingerprint, STAGE, VERSION, detector)
    for clip_id, court in run_stage(
        STAGE, clips, stored, fingerprint_of, partial(_detect, detector), parallel=parallel
    ):
        yield {clip_id: court}


def _detect(detector: LoadedDetector, item: StoredClip, wanted: str) -> CourtFile:
    with item.unchanged():
        track = detector.detector.detect(item.clip)
    court = CourtFile.from_track(item.clip.clip_id, track, wanted, detector.model)
    logger.info("%s: %s: %s", STAGE, printable(item.clip.clip_id), _words(court, len(item.clip.table)))
    return court


def _words(court: CourtFile, frames: int) -> str:
    if not court.stretches:
        return "no court found"
    known = sum(stretch.last_frame - stretch.first_frame + 1 for stretch in court.stretches)
    worst = max(stretch.residual_px for stretch in court.stretches)
    return f"court in {min(known, frames)} of {frames} frames, lines fit to {worst:.1f} px"
