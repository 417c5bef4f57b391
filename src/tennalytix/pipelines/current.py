"""Which tracks in storage count for those who read them all."""

import logging
from collections.abc import Callable, Mapping

from tennalytix.schema.clips import EditList, current_clips
from tennalytix.schema.tracks import Tracks

logger = logging.getLogger(__name__)


def current_tracks(
    stage: str, tracks: Mapping[str, Callable[[], Tracks]], edit_lists: Mapping[str, Callable[[], EditList]]
) -> dict[str, Callable[[], Tracks]]:
    """Those of clips that their video still has; the log tells how many are left out.

    Args:
        stage: who asks.
        tracks: load functions by clip id.
        edit_lists: load functions by video.
    """
    current = current_clips(tracks, {video_id: load() for video_id, load in edit_lists.items()})
    if len(current) < len(tracks):
        logger.info(
            "%s: %d of %d clips are left out, since their videos' edit lists no longer have them",
            stage, len(tracks) - len(current), len(tracks),
        )  # fmt: skip
    return current
