"""Draws the overlay video of every clip and the pages to look at them."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tennalytix.datasets.clips import StoredClip
from tennalytix.pipelines.progress import show_progress
from tennalytix.pipelines.stage import fingerprint, run_stage
from tennalytix.schema.corrections import Corrections
from tennalytix.schema.report import ClipFacts
from tennalytix.schema.tracks import Tracks
from tennalytix.video.clip import Clip
from tennalytix.viz.clip_facts import clip_facts
from tennalytix.viz.figures import clip_figures
from tennalytix.viz.overlay import OverlayOptions, write_overlay
from tennalytix.viz.page import INDEX_NAME, clip_page, index_page, page_name, thumbnail_jpeg
from tennalytix.viz.review_data import ClipSummary, summarise
from tennalytix.viz.review_video import ReviewOptions, write_review_video

STAGE = "visualization"
VIDEO_STAGE = "review video"
FIGURES_STAGE = "figures"
VERSION = 1

Write = Callable[[str], object]
"""Leaves a file at the local path it is given."""

LazyWrite = Callable[[], Write]
"""A partition that is a function is called when it is saved: what it returns is what is saved."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn of a clip.

    Attributes:
        write: moves the video to its place.
        record: JSON that says what all of it was made from.
        thumbnail: JPEG.
    """

    write: LazyWrite
    record: str
    thumbnail: bytes = b""


def render_overlays(
    tracks: dict[str, Callable[[], Tracks]],
    clips: dict[str, Callable[[], StoredClip]],
    stored: dict[str, str],
    options: OverlayOptions,
) -> Iterator[tuple[dict[str, LazyWrite], dict[str, bytes], dict[str, str]]]:
    """Overlay video, thumbnail and record of every clip, stored as each is done; the record says that all is there."""
    items = {clip_id: partial(_open, clip_id, load, tracks) for clip_id, load in clips.items()}

    def fingerprint_of(item: tuple[Clip, Tracks]) -> str:
        return fingerprint(STAGE, VERSION, item[1].provenance.fingerprint, options)

    # Kedro looks at the first item of a generator with several outputs, so there must be one even if all is current.
    yield {}, {}, {}
    with TemporaryDirectory(prefix="tennalytix-") as folder:
        work = partial(_draw, Path(folder) / "overlay.mp4", options)
        for clip_id, drawn in run_stage(STAGE, items, stored, fingerprint_of, work):
            yield {clip_id: drawn.write}, {clip_id: drawn.thumbnail}, {clip_id: drawn.record}


def render_review_videos(
    tracks: dict[str, Callable[[], Tracks]],
    clips: dict[str, Callable[[], StoredClip]],
    stored: dict[str, str],
    options: ReviewOptions,
) -> Iterator[tuple[dict[str, LazyWrite], dict[str, str]]]:
    """The video of every clip that has tracks, with nothing drawn into it; corrections do not make it anew."""
    items = {clip_id: load for clip_id, load in clips.items() if clip_id in tracks}

    def fingerprint_of(item: StoredClip) -> str:
        return fingerprint(VIDEO_STAGE, VERSION, item.fingerprint, item.entry, options)

    yield {}, {}
    with TemporaryDirectory(prefix="tennalytix-") as folder:
        work = partial(_copy, Path(folder) / "review.mp4", options)
        for clip_id, drawn in run_stage(VIDEO_STAGE, items, stored, fingerprint_of, work):
            yield {clip_id: drawn.write}, {clip_id: drawn.record}


def render_review_pages(
    tracks: dict[str, Callable[[], Tracks]], corrections: dict[str, Callable[[], Corrections]]
) -> Iterator[dict[str, str]]:
    """A page for every clip in storage, and at last the list of them; pages are cheap, so all are made anew."""
    neighbours = _neighbours(list(tracks))
    summaries: list[ClipSummary] = []

    def work(item: Tracks, _: str) -> str:
        said = corrections[item.clip_id]() if item.clip_id in corrections else None
        page = clip_page(item, *neighbours.get(item.clip_id, (None, None)), corrections=said)
        summaries.append(summarise(item, said))
        return page

    for clip_id, page in run_stage(STAGE, tracks, {}, lambda item: item.provenance.fingerprint, work):
        yield {page_name(clip_id): page}
    yield {INDEX_NAME: index_page(summaries)}


def draw_figures(
    tracks: dict[str, Callable[[], Tracks]], corrections: dict[str, Callable[[], Corrections]], stored: dict[str, str]
) -> Iterator[tuple[dict[str, str], dict[str, ClipFacts]]]:
    """The figures of every clip in storage, and the few numbers that the report shows of it."""

    def fingerprint_of(item: Tracks) -> str:
        return fingerprint(FIGURES_STAGE, VERSION, item.provenance.fingerprint)

    def work(item: Tracks, wanted: str) -> tuple[dict[str, str], ClipFacts]:
        said = corrections[item.clip_id]() if item.clip_id in corrections else None
        return clip_figures(item), clip_facts(item, wanted, said)

    yield {}, {}
    for clip_id, (figures, facts) in run_stage(FIGURES_STAGE, tracks, stored, fingerprint_of, work):
        yield {f"{clip_id}/{name}": figure for name, figure in figures.items()}, {clip_id: facts}


def _open(clip_id: str, load: Callable[[], StoredClip], tracks: dict[str, Callable[[], Tracks]]) -> tuple[Clip, Tracks]:
    if clip_id not in tracks:
        raise ValueError(f"{clip_id} must have results of postprocessing, got none. Run postprocessing first.")
    return load().clip, tracks[clip_id]()


def _draw(path: Path, options: OverlayOptions, item: tuple[Clip, Tracks], wanted: str) -> Drawn:
    clip, tracks = item
    with show_progress(len(clip.table), f"{STAGE}: {clip.clip_id}") as advance:
        write_overlay(clip, tracks, path, options, advance)
    record = json.dumps({"clip_id": clip.clip_id, "fingerprint": wanted}) + "\n"
    return Drawn(lambda: partial(shutil.move, path), record, thumbnail_jpeg(clip, tracks))


def _copy(path: Path, options: ReviewOptions, item: StoredClip, wanted: str) -> Drawn:
    clip = item.clip
    with show_progress(len(clip.table), f"{VIDEO_STAGE}: {clip.clip_id}") as advance:
        write_review_video(clip, item.video.frame_rate, path, options, advance)
    record = json.dumps({"clip_id": clip.clip_id, "fingerprint": wanted}) + "\n"
    return Drawn(lambda: partial(shutil.move, path), record)


def _neighbours(clip_ids: list[str]) -> dict[str, tuple[str | None, str | None]]:
    padded = [None, *clip_ids, None]
    return {clip_id: (padded[k], padded[k + 2]) for k, clip_id in enumerate(clip_ids)}
