"""Finds the court in every clip."""

from collections.abc import Callable, Iterator

from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.pipelines.stage import fingerprint, run_stage
from tennalytix.schema.courts import CourtFile

STAGE = "court_detection"
VERSION = 2


def detect_courts(
    clips: dict[str, Callable[[], StoredClip]], detector: LoadedDetector, stored: dict[str, str]
) -> Iterator[dict[str, CourtFile]]:
    """One court file a clip, stored as each is done."""

    def fingerprint_of(item: StoredClip) -> str:
        return fingerprint(STAGE, VERSION, item.fingerprint, item.entry, detector.model)

    def work(item: StoredClip, wanted: str) -> CourtFile:
        track = detector.detector.detect(item.clip)
        return CourtFile.from_track(item.clip.clip_id, track, wanted, detector.model)

    for clip_id, court in run_stage(STAGE, clips, stored, fingerprint_of, work):
        yield {clip_id: court}
