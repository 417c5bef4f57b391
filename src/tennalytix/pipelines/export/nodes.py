"""Writes the tracks of every clip in other formats."""

from collections.abc import Callable, Iterator

from tennalytix.export.files import ExportOptions, export_files
from tennalytix.pipelines.stage import run_stage
from tennalytix.schema.tracks import Tracks


def export_tracks(tracks: dict[str, Callable[[], Tracks]], options: ExportOptions) -> Iterator[dict[str, bytes]]:
    """A folder of files for every clip in storage; they are cheap, so all are made anew."""

    def work(item: Tracks, _: str) -> dict[str, bytes]:
        return export_files(item, options)

    for clip_id, files in run_stage("export", tracks, {}, lambda item: item.provenance.fingerprint, work):
        yield {f"{clip_id}/{name}": content for name, content in files.items()}
