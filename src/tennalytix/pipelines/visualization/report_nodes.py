"""Pictures of what was left out, and the report of the run."""

import json
import platform
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from tennalytix import __version__
from tennalytix.datasets.table import StoredTable
from tennalytix.pipelines.stage import fingerprint, run_stage
from tennalytix.schema.clips import EditList, current_clips
from tennalytix.schema.report import ClipFacts, RunSummary, ShotSheet
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoSource
from tennalytix.viz.report import RunResults, report_page
from tennalytix.viz.sharing import SharingOptions
from tennalytix.viz.shot_sheet import ReportOptions, chosen, draw_shot_sheet, left_out

STAGE = "pictures of left-out shots"
VERSION = 1
PACKAGES = ("kedro", "numpy", "scipy", "opencv-python-headless", "av", "onnxruntime", "pydantic", "pyarrow")


def draw_shot_sheets(
    edit_lists: dict[str, Callable[[], EditList]],
    frames: dict[str, Callable[[], StoredTable]],
    videos: dict[str, VideoSource],
    ingested: Mapping[str, object],
    stored: dict[str, str],
    options: ReportOptions,
) -> Iterator[tuple[dict[str, bytes], dict[str, ShotSheet]]]:
    """For every video at hand, small pictures of the shots of which cutting made no clip.

    Args:
        edit_lists: load functions by video.
        frames: load functions of frame tables by video.
        videos: by path.
        ingested: the clips, which are written with edit lists and frames: says that ingestion comes first.
        stored: fingerprints of the sheets in storage.
        options: how many.
    """
    lists = {video_id: load() for video_id, load in edit_lists.items()}
    items = {
        video_id: partial(_whole, video_id, edit_list, frames[video_id], videos)
        for video_id, edit_list in lists.items()
        if edit_list.video is not None and edit_list.video.uri in videos and video_id in frames
        if chosen(left_out(edit_list), options.shot_pictures)
    }

    def fingerprint_of(item: tuple[Clip, EditList]) -> str:
        return fingerprint(STAGE, VERSION, item[1].fingerprint, options)

    def work(item: tuple[Clip, EditList], wanted: str) -> tuple[bytes, ShotSheet]:
        clip, edit_list = item
        return draw_shot_sheet(clip, chosen(left_out(edit_list), options.shot_pictures), wanted)

    yield {}, {}
    for video_id, (sheet, record) in run_stage(STAGE, items, stored, fingerprint_of, work):
        yield {video_id: sheet}, {video_id: record}


def write_report(
    edit_lists: dict[str, Callable[[], EditList]],
    facts: dict[str, Callable[[], ClipFacts]],
    sheets: dict[str, Callable[[], ShotSheet]],
    run: bytes,
    pages: Mapping[str, object],
    pictures: Mapping[str, object],
    overlays: Mapping[str, object],
    figures: Mapping[str, object],
    shared: Mapping[str, object],
    videos: Mapping[str, object],
    sharing: SharingOptions,
    options: ReportOptions,
) -> str:
    """The report: what this run did so far, and all that lies in storage and is still wanted."""
    lists = {video_id: load() for video_id, load in edit_lists.items()}
    results = RunResults(
        run=RunSummary.model_validate(json.loads(run)),
        edit_lists=lists,
        clips=[load() for load in current_clips(facts, lists).values()],
        sheets={video_id: load() for video_id, load in sheets.items()} if options.shot_pictures else {},
        files={
            "review/.html": frozenset(pages),
            "review/.jpg": frozenset(pictures),
            "overlays/.mp4": frozenset(overlays),
            "figures/.svg": frozenset(figures),
            "sharing/.webp": frozenset(shared if sharing.seconds else ()),
        },
        versions=_versions(),
        at_hand=frozenset(videos),
    )
    return report_page(results)


def _whole(
    video_id: str, edit_list: EditList, load: Callable[[], StoredTable], videos: Mapping[str, VideoSource]
) -> tuple[Clip, EditList]:
    video, stored = edit_list.video, load()
    if video is None or stored.fingerprint != edit_list.fingerprint:
        raise ValueError(f"frames of {video_id} must be of the same run as its edit list. Run ingestion again.")
    return Clip(video_id, videos[video.uri], stored.table, (video.width, video.height)), edit_list


def _versions() -> dict[str, str]:
    """Of this package and those whose version may change a result."""
    found = {"tennalytix": __version__, "Python": platform.python_version(), "System": platform.system()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # Some go by another name, as OpenCV's variants do.
            continue
    return found
