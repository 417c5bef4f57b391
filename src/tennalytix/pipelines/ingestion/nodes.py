"""Probes every video, scans its frames once, and cuts it into clips."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from tennalytix.core.tables import FrameTable
from tennalytix.cutting.edit import Cut, cut_video
from tennalytix.cutting.options import CuttingOptions
from tennalytix.cutting.watcher import CuttingWatcher
from tennalytix.datasets.clips import IngestedVideo
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.datasets.hash_cache import HashCache
from tennalytix.datasets.partitions import Stored
from tennalytix.detectors.base import BallCandidates
from tennalytix.pipelines.detection import noting
from tennalytix.pipelines.parallel import SERIAL, Parallel
from tennalytix.pipelines.progress import follow, show_progress
from tennalytix.pipelines.stage import fingerprint, report_failure, run_stage
from tennalytix.schema.clips import ClipEntry, EditList, ShotEntry, clip_id
from tennalytix.schema.tracks import Video
from tennalytix.video.clip import Clip
from tennalytix.video.file_check import OutOfReachError
from tennalytix.video.info import VideoInfo
from tennalytix.video.losses import Loss, describe_end, describe_losses
from tennalytix.video.names import check_name, printable
from tennalytix.video.pixel_aspect import pixel_aspect
from tennalytix.video.prefetch import prefetch
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

logger = logging.getLogger(__name__)

STAGE = "ingestion"
VERSION = 10


def ingest_videos(
    videos: dict[str, VideoSource],
    stored: dict[str, str],
    hashes: HashCache,
    detector: LoadedDetector,
    options: CuttingOptions,
    parallel: Parallel = SERIAL,
    play_detector: LoadedDetector | None = None,
    stored_frames: Mapping[str, str] | None = None,
) -> Iterator[dict[str, IngestedVideo | Stored]]:
    """One edit list and one frame table a video, stored as each is done.

    Args:
        videos: sources by address.
        stored: fingerprints of the edit lists in storage.
        hashes: of the videos' content.
        detector: finds courts.
        options: how videos are cut.
        parallel: where.
        play_detector: finds balls in long shots; None not to look for them.
        stored_frames: fingerprints of the frame tables in storage: an edit list is current together with its own only,
            as a run may have been killed between the two. None to take them to be there.
    """
    if not (options.cut and options.split_rallies and options.dead_ball_s):
        play_detector = None
    fingerprint_of = partial(_fingerprint, detector, play_detector, options)

    def is_stored(stem: str, uri: str, source: VideoSource) -> bool:
        with suppress(Exception):  # Which the video's own turn tells of.
            return stem in stored and fingerprint_of(_hashed(uri, source, hashes)) == stored[stem]
        return False

    named = _by_stem(videos, is_stored)
    items = {stem: partial(_hashed, uri, source, hashes) for stem, (uri, source) in named.items()}
    work = partial(_ingest, detector, play_detector, options)
    refuse = partial(_refuse, stored)
    if stored_frames is not None:
        stored = {stem: made_from for stem, made_from in stored.items() if stored_frames.get(stem) == made_from}
    for stem, ingested in run_stage(STAGE, items, stored, fingerprint_of, work, refuse, parallel=parallel):
        yield {stem: ingested}


def _by_stem(
    videos: Mapping[str, VideoSource], is_stored: Callable[[str, str, VideoSource], bool]
) -> dict[str, tuple[str, VideoSource]]:
    """The videos by name; of several of one name that from which there are results, else the first."""
    named: dict[str, list[tuple[str, VideoSource]]] = {}
    for uri, source in videos.items():
        try:
            check_name(uri)
        except ValueError as error:
            report_failure(STAGE, uri, error)
            continue
        named.setdefault(PurePosixPath(uri).stem, []).append((uri, source))
    chosen: dict[str, tuple[str, VideoSource]] = {}
    for stem, same in named.items():
        known = [video for video in same if is_stored(stem, *video)] if len(same) > 1 else []
        chosen[stem] = (known or same)[0]
        own = chosen[stem][0]
        for uri in (uri for uri, _ in same if uri != own):
            report_failure(STAGE, uri, ValueError(f"{uri} must have a name of its own, got that of {own}. Rename it."))
    return chosen


def _hashed(uri: str, source: VideoSource, hashes: HashCache) -> tuple[str, VideoSource, str]:
    return uri, source, hashes.of_video(source)


def _fingerprint(
    detector: LoadedDetector,
    play_detector: LoadedDetector | None,
    options: CuttingOptions,
    item: tuple[str, VideoSource, str],
) -> str:
    uri, _, sha256 = item
    models = detector.model if options.cut else None, play_detector.model if play_detector else None
    return fingerprint(STAGE, VERSION, uri, sha256, options, *models)


def _ingest(
    detector: LoadedDetector,
    play_detector: LoadedDetector | None,
    options: CuttingOptions,
    item: tuple[str, VideoSource, str],
    wanted: str,
) -> IngestedVideo:
    uri, source, sha256 = item
    losses: list[Loss] = []
    watcher = CuttingWatcher() if options.cut else None
    with source.unchanged():
        info = source.probe()
        with show_progress(info.frame_count, f"{STAGE}: {printable(uri)}") as advance:
            table = scan_frames(source, advance, losses, watcher)
        stem = PurePosixPath(uri).stem
        known = source.showing(_duration_s(info, table))
        whole = Clip(stem, known, table, (info.width, info.height))
        find_balls = partial(_balls, play_detector, uri) if play_detector else None
        cut = cut_video(whole, watcher, detector.detector.detect, options, find_balls)
    clips = [ClipEntry(clip_id=clip_id(stem, i), **_span(table, *rows)) for i, rows in enumerate(cut.clips)]
    edit_list = EditList(
        fingerprint=wanted,
        source_fingerprint=fingerprint(STAGE, VERSION, uri, sha256),
        video=_video(uri, sha256, info, table, pixel_aspect(source)),
        clips=clips,
        shots=_shots(stem, table, cut),
        warnings=_warnings(info, table, losses, cut),
    )
    if not clips:
        logger.warning("%s: %s has no clips. %s", STAGE, printable(stem), edit_list.warnings[-1])
    return IngestedVideo(edit_list, table)


def _balls(detector: LoadedDetector, uri: str, shot: Clip) -> Iterator[tuple[int, BallCandidates]]:
    """Where balls may be in the frames of a shot that can be read."""
    delivered: list[int] = []
    answers = detector.detector.detect(noting(prefetch(shot.frames()), delivered))
    label = f"{STAGE}: {printable(uri)}: looking for play"
    for number, answer in enumerate(follow(answers, len(shot.table), label)):
        yield delivered[number], answer


def _shots(stem: str, table: FrameTable, cut: Cut) -> list[ShotEntry]:
    return [
        ShotEntry(
            view=seen.view,
            confidence=seen.confidence,
            reason=seen.reason,
            clip_ids=[clip_id(stem, number) for number in numbers],
            **_span(table, seen.shot.first, seen.shot.last),
        )
        for seen, numbers in zip(cut.shots, cut.of_shot, strict=True)
    ]


def _span(table: FrameTable, first: int, last: int) -> dict[str, Any]:
    return {
        "first_frame": int(table.frame_index[first]),
        "last_frame": int(table.frame_index[last]),
        "start_s": float(table.time_s[first]),
        "end_s": float(table.time_s[last]),
    }


def _refuse(stored: Mapping[str, str], stem: str, error: Exception) -> IngestedVideo | None:
    """What says that a video is no good; None, which keeps a good edit list, if it only was out of reach this time."""
    if stored.get(stem) and isinstance(error, (OutOfReachError, OSError)):
        return None
    return IngestedVideo(EditList(fingerprint="", video=None, clips=[], error=str(error)), None)


def _video(uri: str, sha256: str, info: VideoInfo, table: FrameTable, aspect: Fraction) -> Video:
    return Video(
        uri=uri,
        sha256=sha256,
        width=info.width,
        height=info.height,
        frame_rate=f"{info.frame_rate.numerator}/{info.frame_rate.denominator}",
        frame_count=len(table),
        duration_s=_duration_s(info, table),
        codec=info.codec,
        rotation_deg=info.rotation_deg,
        pixel_aspect=f"{aspect.numerator}/{aspect.denominator}",
    )


def _warnings(info: VideoInfo, table: FrameTable, losses: list[Loss], cut: Cut) -> list[str]:
    warnings = describe_losses(losses) + describe_end(info.claimed_s, _duration_s(info, table))
    if not cut.clips:
        warnings.append(f"None of {len(cut.shots)} shots shows a court. Set cutting.cut: false to track all.")
    return warnings


def _duration_s(info: VideoInfo, table: FrameTable) -> float:
    """That of the clock, or of the frames where it starts over on the way, as in recordings that were joined."""
    step_s = float(1 / info.frame_rate)
    held_s = float(table.time_s[-1]) + step_s
    return held_s if held_s > info.duration_s + step_s / 2 else info.duration_s
