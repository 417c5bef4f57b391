"""The edit list of a video: `clips/<video>.json`."""

from collections.abc import Mapping
from typing import Literal, TypeVar

from pydantic import Field

from tennalytix.schema.model import Model, Score
from tennalytix.schema.tracks import Video

T = TypeVar("T")


class ClipEntry(Model):
    """One clip: frames of the source video, both ends included."""

    clip_id: str
    first_frame: int = Field(ge=0)
    last_frame: int = Field(ge=0)
    start_s: float
    end_s: float


class ShotEntry(Model):
    """One uncut stretch of the source video, kept or left out; the shots of a video cover it without gaps."""

    first_frame: int = Field(ge=0)
    last_frame: int = Field(ge=0)
    start_s: float
    end_s: float
    view: Literal["court", "replay", "other", "unknown"] = Field(
        description="court, from behind a baseline or, where the video shows none so, from aside; replay of such a "
        "view; other; unknown where too short to tell."
    )
    confidence: Score
    reason: str = Field(description="Why, in one sentence.")
    clip_ids: list[str] = Field(default_factory=list, description="The clips made of it; none where it was left out.")


class EditList(Model):
    """What a video is and where its clips lie; a video that cannot be used has no clips and says why in `error`."""

    schema_version: str = "1.0"
    fingerprint: str
    source_fingerprint: str | None = Field(
        default=None, description="The same without models and options; null in edit lists of earlier versions."
    )
    video: Video | None
    clips: list[ClipEntry]
    shots: list[ShotEntry] = Field(default_factory=list, description="All of them; none where the video was not cut.")
    warnings: list[str] = Field(default_factory=list, description="What was odd about the file, in plain sentences.")
    error: str | None = None


def clip_id(video_id: str, number: int) -> str:
    """The name of a video's clip, counted from 0.

    Examples:
        >>> clip_id("rome_final", 3)
        'rome_final__0003'
    """
    return f"{video_id}__{number:04d}"


def video_id_of(name: str) -> str:
    """The video that a clip belongs to.

    Examples:
        >>> video_id_of("rome_final__0003")
        'rome_final'
    """
    return name.rpartition("__")[0]


def current_clips(stored: Mapping[str, T], edit_lists: Mapping[str, EditList]) -> dict[str, T]:
    """What is stored of clips, without those that their own video no longer has.

    A video that is cut anew into fewer clips leaves behind what was made of the others. Clips of a video without an
    edit list, or with one that only says what is wrong, are kept.

    Args:
        stored: by clip id.
        edit_lists: by video.

    Examples:
        >>> now = EditList(fingerprint="", video=None, clips=[])
        >>> current_clips({"final__0000": 1, "semi__0000": 2}, {"final": now})
        {'semi__0000': 2}
    """
    told = {video_id: edit_list for video_id, edit_list in edit_lists.items() if edit_list.error is None}
    known = {video_id: {clip.clip_id for clip in edit_list.clips} for video_id, edit_list in told.items()}
    return {clip_id: item for clip_id, item in stored.items() if clip_id in known.get(video_id_of(clip_id), {clip_id})}
