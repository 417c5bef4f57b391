"""The edit list of a video: `clips/<video>.json`."""

from typing import Literal

from pydantic import Field

from tennalytix.schema.model import Model, Score
from tennalytix.schema.tracks import Video


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
