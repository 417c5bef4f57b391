"""Writes the tracks of every clip in other formats."""

import logging
from collections.abc import Callable, Iterator

from tennalytix.datasets.places import Places
from tennalytix.export.files import ExportOptions, export_files
from tennalytix.pipelines.current import current_tracks
from tennalytix.pipelines.stage import run_stage
from tennalytix.schema.clips import EditList
from tennalytix.schema.tracks import Tracks

logger = logging.getLogger(__name__)

STAGE = "export"


def export_tracks(
    tracks: dict[str, Callable[[], Tracks]],
    edit_lists: dict[str, Callable[[], EditList]],
    options: ExportOptions,
    places: Places,
) -> Iterator[dict[str, bytes]]:
    """A folder of files for every clip in storage that its video still has; they are cheap, so all are made anew."""
    current = current_tracks(STAGE, tracks, {video_id: load() for video_id, load in edit_lists.items()})

    def work(item: Tracks, _: str) -> dict[str, bytes]:
        return export_files(item, options)

    clips = written = 0
    for clip_id, files in run_stage(STAGE, current, {}, lambda item: item.provenance.fingerprint, work):
        yield {f"{clip_id}/{name}": content for name, content in files.items()}
        clips, written = clips + 1, written + len(files)
    formats, folder = ", ".join(options.formats), places.below("08_reporting/export")
    if current:
        logger.info("%s: clips: %d, files: %d, as %s, in %s", STAGE, clips, written, formats, folder)
    else:
        logger.warning("%s: no clip has tracks, so nothing was written. Run tracking first.", STAGE)
