"""The edit list of a video: `clips/<video>.json`."""

from pydantic import Field

from tennalytix.schema.model import Model
from tennalytix.schema.tracks import Video


class ClipEntry(Model):
    """One clip: frames of the source video, both ends included."""

    clip_id: str
    first_frame: int = Field(ge=0)
    last_frame: int = Field(ge=0)
    start_s: float
    end_s: float


class EditList(Model):
    """What a video is and where its clips lie; a video that cannot be used has no clips and says why in `error`."""

    schema_version: str = "1.0"
    fingerprint: str
    video: Video | None
    clips: list[ClipEntry]
    warnings: list[str] = Field(default_factory=list, description="What was odd about the file, in plain sentences.")
    error: str | None = None
