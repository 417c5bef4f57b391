"""The product: `tracks/<clip_id>.json`, schema version 1.

Pixels are source pixels after rotation metadata is applied; the centre of the top-left pixel is (0, 0). What is not
known is absent or null.
"""

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer

from tennalytix.schema.model import Matrix3, Model, Point, Score

SCHEMA_VERSION = "1.0"
Source = Literal["detected", "interpolated", "corrected"]
Role = Literal["near", "far"]


class Video(Model):
    """The source video."""

    uri: str = Field(description="Path below the folder of videos.")
    sha256: str
    width: int = Field(gt=0, description="Pixels, upright.")
    height: int = Field(gt=0, description="Pixels, upright.")
    frame_rate: str = Field(description="Nominal, a fraction such as 30000/1001.", pattern=r"^\d+/\d+$")
    frame_count: int = Field(ge=0, description="Decoded frames.")
    duration_s: float = Field(ge=0)
    codec: str
    rotation_deg: int = Field(description="Rotation metadata that was applied, clockwise.")
    pixel_aspect: str = Field(
        "1/1", description="Width of an upright pixel to its height, a fraction such as 4/3.", pattern=r"^\d+/\d+$"
    )


class ClipSpan(Model):
    """Where the clip lies in the video; both frames included."""

    first_frame: int = Field(ge=0)
    last_frame: int = Field(ge=0)
    start_s: float = Field(description="Time of the first frame.")
    end_s: float = Field(description="Time of the last frame.")
    view: str = Field(description="court where a court was found, else unknown.")


class ModelProvenance(Model):
    """Which model made a part of the result."""

    name: str
    weights_sha256: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)


class Provenance(Model):
    """What the result was made with."""

    tennalytix: str
    fingerprint: str
    models: dict[str, ModelProvenance]


class LensTerm(Model):
    """Undistorted = centre + (pixel - centre) * (1 + k1 * (|pixel - centre| / radius_px)^2)."""

    k1: float
    centre: Point
    radius_px: float = Field(gt=0)


class Court(Model):
    """The court, metres from undistorted pixels."""

    static: bool = Field(description="Whether one matrix holds for the whole clip; if not, each frame carries its own.")
    court_from_image: Matrix3 = Field(description="Of the longest stretch's first frame.")
    lens: LensTerm
    keypoints: dict[str, Point] = Field(description="Pixels of crossings of line centre lines, in that same frame.")
    residual_px: float = Field(ge=0)
    confidence: Score
    source: Literal["detected", "corrected"]


class Player(Model):
    """A competing player in one frame."""

    track_id: int = Field(ge=1)
    role: Role
    xyxy: tuple[float, float, float, float] = Field(description="Pixel edges: left, top, right, bottom.")
    centre: Point
    foot: Point = Field(description="Middle of the lower edge.")
    court_xy_m: Point | None = None
    score: Score
    source: Source


class Ball(Model):
    """The ball in one frame."""

    xy: Point
    score: Score
    source: Source


class TrackedFrame(Model):
    """One frame."""

    frame_index: int = Field(ge=0)
    time_s: float
    repeated: bool
    players: list[Player]
    ball: Ball | None
    court_from_image: Matrix3 | None = Field(
        default=None,
        description="Only where the court is not static, then only on frames with a court in view; else absent.",
    )

    @model_serializer(mode="wrap")
    def _without_empty_matrix(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = handler(self)
        if self.court_from_image is None:
            values.pop("court_from_image", None)
        return values


class Event(Model):
    """A hit or a bounce."""

    kind: Literal["hit", "bounce"]
    frame_index: int = Field(ge=0)
    time_s: float
    xy: Point
    court_xy_m: Point | None = Field(default=None, description="Bounces only: where the ball meets the ground.")
    player: Role | None = None
    score: Score
    source: Literal["detected", "corrected"] = "detected"


class Summary(Model):
    """How much was found. Coverages are shares of the clip's frames."""

    ball_coverage: Score
    near_coverage: Score
    far_coverage: Score
    warnings: list[str]


class Tracks(Model):
    """The whole file."""

    schema_version: str = SCHEMA_VERSION
    clip_id: str
    video: Video
    clip: ClipSpan
    provenance: Provenance
    court: Court | None
    frames: list[TrackedFrame]
    events: list[Event]
    summary: Summary

    @field_validator("schema_version")
    @classmethod
    def _readable(cls, value: str) -> str:
        if value.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
            raise ValueError(f"schema_version must be 1.x, got {value}. Update tennalytix to read this file.")
        return value

    @classmethod
    def from_json(cls, text: str | bytes) -> "Tracks":
        """Reads what `to_json` wrote, and files of newer 1.x writers with the fields they add.

        Raises:
            pydantic.ValidationError: the text is not a tracks file of version 1.
        """
        return cls.model_validate_json(text)

    def to_json(self) -> str:
        """Compact JSON; the same tracks give the same bytes, and reading them back gives the same tracks."""
        return self.model_dump_json()
