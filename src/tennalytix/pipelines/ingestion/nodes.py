"""Probes every video, scans its frames once, and lists its clips."""

from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath

from tennalytix.core.tables import FrameTable
from tennalytix.datasets.clips import IngestedVideo
from tennalytix.datasets.partitions import Stored
from tennalytix.pipelines.parallel import SERIAL, Parallel
from tennalytix.pipelines.progress import show_progress
from tennalytix.pipelines.stage import fingerprint, report_failure, run_stage
from tennalytix.schema.clips import ClipEntry, EditList
from tennalytix.schema.tracks import Video
from tennalytix.video.info import VideoInfo
from tennalytix.video.losses import Loss, describe_end, describe_losses
from tennalytix.video.names import check_name, printable
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

STAGE = "ingestion"
VERSION = 1


def ingest_videos(
    videos: dict[str, VideoSource], stored: dict[str, str], parallel: Parallel = SERIAL
) -> Iterator[dict[str, IngestedVideo | Stored]]:
    """One edit list and one frame table a video, stored as each is done; at present one clip spans the whole video."""
    named = _by_stem(videos)
    items = {stem: partial(_hashed, uri, source) for stem, (uri, source) in named.items()}
    for stem, ingested in run_stage(STAGE, items, stored, _fingerprint, _ingest, _refuse, parallel=parallel):
        yield {stem: ingested}


def _by_stem(videos: dict[str, VideoSource]) -> dict[str, tuple[str, VideoSource]]:
    named: dict[str, tuple[str, VideoSource]] = {}
    for uri, source in videos.items():
        stem = PurePosixPath(uri).stem
        try:
            check_name(uri)
        except ValueError as error:
            report_failure(STAGE, uri, error)
            continue
        if stem in named:
            other = named[stem][0]
            report_failure(
                STAGE, uri, ValueError(f"{uri} must have a name of its own, got that of {other}. Rename it.")
            )
            continue
        named[stem] = (uri, source)
    return named


def _hashed(uri: str, source: VideoSource) -> tuple[str, VideoSource, str]:
    return uri, source, source.sha256()


def _fingerprint(item: tuple[str, VideoSource, str]) -> str:
    uri, _, sha256 = item
    return fingerprint(STAGE, VERSION, uri, sha256)


def _ingest(item: tuple[str, VideoSource, str], wanted: str) -> IngestedVideo:
    uri, source, sha256 = item
    losses: list[Loss] = []
    with source.unchanged():
        info = source.probe()
        with show_progress(info.frame_count, f"{STAGE}: {printable(uri)}") as advance:
            table = scan_frames(source, advance, losses)
    video = _video(uri, sha256, info, table)
    entry = ClipEntry(
        clip_id=f"{PurePosixPath(uri).stem}__0000",
        first_frame=int(table.frame_index[0]),
        last_frame=int(table.frame_index[-1]),
        start_s=float(table.time_s[0]),
        end_s=float(table.time_s[-1]),
    )
    return IngestedVideo(
        EditList(fingerprint=wanted, video=video, clips=[entry], warnings=_warnings(info, table, losses)), table
    )


def _refuse(error: Exception) -> IngestedVideo:
    return IngestedVideo(EditList(fingerprint="", video=None, clips=[], error=str(error)), None)


def _video(uri: str, sha256: str, info: VideoInfo, table: FrameTable) -> Video:
    return Video(
        uri=uri,
        sha256=sha256,
        width=info.width,
        height=info.height,
        frame_rate=f"{info.frame_rate.numerator}/{info.frame_rate.denominator}",
        frame_count=len(table),
        duration_s=info.duration_s,
        codec=info.codec,
        rotation_deg=info.rotation_deg,
    )


def _warnings(info: VideoInfo, table: FrameTable, losses: list[Loss]) -> list[str]:
    held_s = float(table.time_s[-1]) + float(1 / info.frame_rate)
    return describe_losses(losses) + describe_end(info.claimed_s, held_s)
