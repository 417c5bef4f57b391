"""Ingestion of long shots: it looks for the ball, here with the motion detector, and remembers what it depends on."""

from fractions import Fraction
from pathlib import Path

import pytest

from tennalytix.cutting.options import CuttingOptions
from tennalytix.datasets.clips import IngestedVideo
from tennalytix.datasets.detector import DetectorDataset, LoadedDetector
from tennalytix.datasets.hash_cache import HashCache
from tennalytix.datasets.storage import StoredFile
from tennalytix.pipelines.ingestion.nodes import ingest_videos
from tennalytix.pipelines.parallel import Parallel
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.render import render_rally
from tennalytix.video.source import VideoSource
from tennalytix.video.writer import VideoWriter

SIZE_WH = (480, 270)
COURT = DetectorDataset(detector="tennalytix.detectors.court_lines.CourtLineDetector").load()


def looking(max_candidates: int = 8) -> LoadedDetector:
    detector = "tennalytix.detectors.ball_motion.MotionBallDetector"
    return DetectorDataset(detector=detector, options={"max_candidates": max_candidates}).load()


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A still court of 24 s over which a ball flies at 4 s and at 18 s, for a second each."""
    path = tmp_path_factory.mktemp("videos") / "long.mp4"
    court = render_rally(RallyOptions(seed=7, size_wh=SIZE_WH, duration_s=4.0, officials=False, noise=1.0)).image(30)
    with VideoWriter(path, SIZE_WH, Fraction(25), preset="ultrafast") as writer:
        for k in range(24 * 25):
            image = court.copy()
            flown = next((k - start for start in (100, 450) if 0 <= k - start < 25), None)
            if flown is not None:
                x, y = 140 + 8 * flown, 120 + 2 * flown
                image[y : y + 4, x : x + 4] = (235, 245, 120)
            writer.write(image)
    return path


def ingested(
    video: Path,
    tmp_path: Path,
    play_detector: LoadedDetector | None,
    options: CuttingOptions | None = None,
    parallel: Parallel | None = None,
) -> IngestedVideo:
    videos = {"long.mp4": VideoSource(str(video))}
    hashes = HashCache(StoredFile(str(tmp_path / "hashes.json")))
    given = options or CuttingOptions(), parallel or Parallel(backend="serial"), play_detector
    ((item,),) = (part.values() for part in ingest_videos(videos, {}, hashes, COURT, *given))
    assert isinstance(item, IngestedVideo)
    return item


@pytest.mark.parametrize("backend", ["serial", "process"])
def test_rallies_are_parted_by_the_ball_here_and_in_a_worker(video: Path, tmp_path: Path, backend: str) -> None:
    item = ingested(video, tmp_path, looking(), parallel=Parallel(backend=backend, workers=1))  # type: ignore[arg-type]

    first, second = item.edit_list.clips
    assert first.start_s < 4.0
    assert 5.0 < first.end_s < 10.0
    assert 12.0 < second.start_s < 18.0
    assert second.end_s > 19.0


def test_without_a_detector_nobody_looks(video: Path, tmp_path: Path) -> None:
    assert len(ingested(video, tmp_path, None).edit_list.clips) == 1


def test_an_edit_list_depends_on_the_detector_that_looked_and_on_none_that_did_not(video: Path, tmp_path: Path) -> None:
    def fingerprint(play_detector: LoadedDetector | None, **options: float) -> str:
        return ingested(video, tmp_path, play_detector, CuttingOptions(**options)).edit_list.fingerprint

    assert fingerprint(looking(8)) != fingerprint(looking(4))
    for off in ({"dead_ball_s": 0.0}, {"split_rallies": False}, {"cut": False}):
        assert fingerprint(looking(8), **off) == fingerprint(looking(4), **off)
