"""Draws the overlay video of every clip and the pages to look at them."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.places import Places
from tennalytix.pipelines.current import current_tracks, of_now
from tennalytix.pipelines.progress import show_progress
from tennalytix.pipelines.stage import fingerprint, run_stage
from tennalytix.schema.clips import EditList
from tennalytix.schema.corrections import Corrections
from tennalytix.schema.report import ClipFacts, RunSummary
from tennalytix.schema.tracks import Tracks
from tennalytix.video.names import printable
from tennalytix.viz.clip_facts import clip_facts
from tennalytix.viz.figures import clip_figures
from tennalytix.viz.overlay import OverlayOptions, OverlayWriter
from tennalytix.viz.page import INDEX_NAME, clip_page, index_page, page_name, thumbnail_jpeg
from tennalytix.viz.page_tables import ToCorrect
from tennalytix.viz.passes import FrameWriter, write_all
from tennalytix.viz.review_data import ClipSummary, summarise
from tennalytix.viz.review_video import ReviewOptions, ReviewWriter
from tennalytix.viz.sharing import SharingOptions, SharingWriter
from tennalytix.viz.troubles import ABSENT, run_troubles

STAGE = "visualization"
VIDEO_STAGE = "review video"
FIGURES_STAGE = "figures"
VERSION = 2
VIDEO_VERSION = 1
FIGURES_VERSION = 2

Write = Callable[[str], object]
"""Leaves a file at the local path it is given."""

LazyWrite = Callable[[], Write]
"""A partition that is a function is called when it is saved: what it returns is what is saved."""


Videos = tuple[
    dict[str, LazyWrite], dict[str, bytes], dict[str, bytes], dict[str, str], dict[str, LazyWrite], dict[str, str]
]
"""By clip id: overlay, thumbnail, picture for sharing, record of the three; review video and its record."""


def render_videos(
    tracks: dict[str, Callable[[], Tracks]],
    clips: dict[str, Callable[[], StoredClip]],
    drawn: dict[str, str],
    copied: dict[str, str],
    overlay: OverlayOptions,
    review: ReviewOptions,
    sharing: SharingOptions,
) -> Iterator[Videos]:
    """All that is made of a clip's pictures in one pass over them, stored as each clip is done.

    A clip whose tracks changed gets a new overlay; its review video, with nothing drawn into it, stays. Of what is
    stored together, the record comes last and says that all is there.

    Args:
        tracks: load functions by clip id.
        clips: load functions by clip id.
        drawn: fingerprints of the overlays in storage.
        copied: fingerprints of the review videos in storage.
        overlay: options.
        review: options.
        sharing: options.
    """
    items = {clip_id: partial(_open, clip_id, load, tracks) for clip_id, load in clips.items()}
    stored = {clip_id: f"{drawn.get(clip_id)} {copied.get(clip_id)}" for clip_id in items}

    def fingerprint_of(item: tuple[StoredClip, Tracks]) -> str:
        clip, found = item
        return (
            fingerprint(STAGE, VERSION, found.provenance.fingerprint, overlay, sharing)
            + " "
            + fingerprint(VIDEO_STAGE, VIDEO_VERSION, clip.fingerprint, clip.entry, review)
        )

    # Kedro looks at the first item of a generator with several outputs, so there must be one even if all is current.
    yield {}, {}, {}, {}, {}, {}
    with TemporaryDirectory(prefix="tennalytix-") as folder:
        paths = Path(folder) / "overlay.mp4", Path(folder) / "review.mp4"

        def work(item: tuple[StoredClip, Tracks], wanted: str) -> Videos:
            clip_id = item[0].clip.clip_id
            new = [w != s.get(clip_id) for w, s in zip(wanted.split(" "), (drawn, copied), strict=True)]
            return _render(item, paths, (overlay if new[0] else None, review if new[1] else None, sharing), wanted)

        for _, videos in run_stage(STAGE, items, stored, fingerprint_of, work):
            yield videos


def render_review_pages(
    tracks: dict[str, Callable[[], Tracks]],
    corrections: dict[str, Callable[[], Corrections]],
    edit_lists: dict[str, Callable[[], EditList]],
    videos: Mapping[str, object],
    run: bytes,
    places: Places,
) -> Iterator[dict[str, str]]:
    """A page for every clip in storage, and at last the list of them; pages are cheap, so all are made anew.

    Args:
        tracks: load functions by clip id; clips that their video no longer has get no page.
        corrections: the same.
        edit_lists: load functions by video.
        videos: in the folder, by path.
        run: summary of what this run did so far.
        places: where corrections go.
    """
    lists = {video_id: load() for video_id, load in edit_lists.items()}
    current = current_tracks(STAGE, tracks, lists)
    neighbours = _neighbours(list(current))
    to_correct = ToCorrect(places.below("05_corrections"), places.command("postprocessing,visualization"))
    summaries: list[ClipSummary] = []

    def work(item: Tracks, _: str) -> str:
        said = corrections[item.clip_id]() if item.clip_id in corrections else None
        page = clip_page(item, *neighbours.get(item.clip_id, (None, None)), said, to_correct)
        seen = summarise(item, said)
        summaries.append(seen if item.video.uri in videos else replace(seen, warnings=(*seen.warnings, ABSENT)))
        return page

    for clip_id, page in run_stage(STAGE, current, {}, lambda item: item.provenance.fingerprint, work):
        yield {page_name(clip_id): page}
    summary = RunSummary.model_validate_json(run)
    yield {INDEX_NAME: index_page(summaries, run_troubles(summary, lists, set(current), set(videos)))}


def draw_figures(
    tracks: dict[str, Callable[[], Tracks]], corrections: dict[str, Callable[[], Corrections]], stored: dict[str, str]
) -> Iterator[tuple[dict[str, str], dict[str, ClipFacts]]]:
    """The figures of every clip in storage, and the few numbers that the report shows of it."""

    def fingerprint_of(item: Tracks) -> str:
        return fingerprint(FIGURES_STAGE, FIGURES_VERSION, item.provenance.fingerprint)

    def work(item: Tracks, wanted: str) -> tuple[dict[str, str], ClipFacts]:
        said = corrections[item.clip_id]() if item.clip_id in corrections else None
        return clip_figures(item), clip_facts(item, wanted, said)

    yield {}, {}
    for clip_id, (figures, facts) in run_stage(FIGURES_STAGE, tracks, stored, fingerprint_of, work):
        yield {f"{clip_id}/{name}": figure for name, figure in figures.items()}, {clip_id: facts}


def _open(
    clip_id: str, load: Callable[[], StoredClip], tracks: dict[str, Callable[[], Tracks]]
) -> tuple[StoredClip, Tracks]:
    if clip_id not in tracks:
        raise ValueError(f"{clip_id} must have results of postprocessing, got none. Run postprocessing first.")
    stored = load()
    return stored, of_now(tracks[clip_id](), stored.entry, stored.video)


def _render(
    item: tuple[StoredClip, Tracks],
    paths: tuple[Path, Path],
    options: tuple[OverlayOptions | None, ReviewOptions | None, SharingOptions],
    wanted: str,
) -> Videos:
    """Those of the two whose options are given."""
    stored, tracks = item
    clip, (overlay, review, sharing) = stored.clip, options
    name, shared = clip.clip_id, SharingWriter(tracks, sharing)
    writers: list[AbstractContextManager[FrameWriter]] = []
    if overlay is not None:
        writers += [OverlayWriter(clip, tracks, paths[0], overlay), *([shared] if sharing.seconds else [])]
    if review is not None:
        writers += [ReviewWriter(clip, stored.video.frame_rate, paths[1], review)]
    with stored.unchanged(), show_progress(len(clip.table), f"{STAGE}: {printable(name)}") as advance:
        write_all(clip, writers, advance)
    records = [json.dumps({"clip_id": name, "fingerprint": part}) + "\n" for part in wanted.split(" ")]
    picture = shared.webp()
    drawn: tuple[Any, ...] = ({}, {}, {}, {})
    if overlay is not None:
        pictures = {name: picture} if picture else {}
        drawn = ({name: _moved(paths[0])}, {name: thumbnail_jpeg(clip, tracks)}, pictures, {name: records[0]})
    copied: tuple[Any, ...] = ({}, {})
    if review is not None:
        copied = ({name: _moved(paths[1])}, {name: records[1]})
    return (*drawn, *copied)


def _moved(path: Path) -> LazyWrite:
    return lambda: partial(shutil.move, path)


def _neighbours(clip_ids: list[str]) -> dict[str, tuple[str | None, str | None]]:
    padded = [None, *clip_ids, None]
    return {clip_id: (padded[k], padded[k + 2]) for k, clip_id in enumerate(clip_ids)}
