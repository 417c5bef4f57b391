"""Which tracks in storage count for those who read them all."""

import logging
from collections.abc import Callable, Mapping
from functools import partial

from tennalytix.schema.clips import ClipEntry, EditList, current_clips
from tennalytix.schema.tracks import Tracks, Video
from tennalytix.video.names import printable

logger = logging.getLogger(__name__)


def current_tracks(
    stage: str, tracks: Mapping[str, Callable[[], Tracks]], edit_lists: Mapping[str, EditList]
) -> dict[str, Callable[[], Tracks]]:
    """Those of clips that their video still has; the log tells how many are left out.

    Loading one fails where the clip or its video has become another since; see `of_now`.

    Args:
        stage: who asks.
        tracks: load functions by clip id.
        edit_lists: by video.
    """
    current = current_clips(tracks, edit_lists)
    if len(current) < len(tracks):
        logger.info(
            "%s: %d of %d clips are left out, since their videos' edit lists no longer have them",
            stage, len(tracks) - len(current), len(tracks),
        )  # fmt: skip
    return checked_tracks(current, edit_lists)


def checked_tracks(
    tracks: Mapping[str, Callable[[], Tracks]], edit_lists: Mapping[str, EditList]
) -> dict[str, Callable[[], Tracks]]:
    """Load functions that fail where the clip or its video has become another since."""
    entries = {entry.clip_id: (entry, e.video) for e in edit_lists.values() if e.video for entry in e.clips}
    return {
        clip_id: partial(_loaded, load, *entries[clip_id]) if clip_id in entries else load
        for clip_id, load in tracks.items()
    }


def of_now(tracks: Tracks, entry: ClipEntry, video: Video) -> Tracks:
    """The tracks, which must be of the frames that the clip has now.

    Raises:
        ValueError: they are of an earlier video of that name, or of other frames of it.
    """
    frames = (tracks.clip.first_frame, tracks.clip.last_frame)
    if tracks.video.sha256 != video.sha256 or frames != (entry.first_frame, entry.last_frame):
        raise ValueError(
            f"{printable(tracks.clip_id)} must have tracks of the clip as it is now, got those of an earlier one. "
            "Run postprocessing again."
        )
    return tracks


def _loaded(load: Callable[[], Tracks], entry: ClipEntry, video: Video) -> Tracks:
    return of_now(load(), entry, video)
