"""Writes every clip as a video file of its own."""

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tennalytix.datasets.clips import StoredClip
from tennalytix.export.clip_video import ClipVideoOptions, write_clip_video
from tennalytix.pipelines.progress import show_progress
from tennalytix.pipelines.stage import fingerprint, run_stage
from tennalytix.video.names import printable

STAGE = "export of clips"
VERSION = 2

Write = Callable[[str], object]
"""Leaves a file at the local path it is given."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """A clip's file and what is said of it.

    Attributes:
        write: moves the video to its place; a partition that is a function is called when it is saved.
        record: JSON that says what it was made from, and how.
    """

    write: Callable[[], Write]
    record: str


def export_clip_videos(
    clips: dict[str, Callable[[], StoredClip]], stored: dict[str, str], options: ClipVideoOptions
) -> Iterator[tuple[dict[str, Callable[[], Write]], dict[str, str]]]:
    """Video and record of every clip, stored as each is done; the record says that all is there."""

    def fingerprint_of(item: StoredClip) -> str:
        return fingerprint(STAGE, VERSION, item.fingerprint, item.entry, options)

    # Kedro looks at the first item of a generator with several outputs, so there must be one even if all is current.
    yield {}, {}
    with TemporaryDirectory(prefix="tennalytix-") as folder:
        work = partial(_write, Path(folder) / "clip.mp4", options)
        for clip_id, written in run_stage(STAGE, clips, stored, fingerprint_of, work):
            yield {clip_id: written.write}, {clip_id: written.record}


def _write(path: Path, options: ClipVideoOptions, item: StoredClip, wanted: str) -> Written:
    clip = item.clip
    with item.unchanged(), show_progress(len(clip.table), f"{STAGE}: {printable(clip.clip_id)}") as advance:
        made = write_clip_video(clip, item.video.frame_rate, path, options, advance)
    logger.info("%s: %s. %s", printable(clip.clip_id), "copied" if made.copied else "encoded", made.reason)
    record = {"fingerprint": wanted, "video": item.video.uri, **item.entry.model_dump(), **asdict(made)}
    return Written(lambda: partial(shutil.move, path), json.dumps(record, indent=2) + "\n")
