"""What a person set right: `05_corrections/<clip_id>.json`, version 1. It outlives every run of the detectors.

    {"clip_id": "match__0001",
     "court": [{"frame_index": 0, "points": {"near_left_doubles": [211.5, 861.0], ...}}]}

Files of later 1.x writers may carry further lists, as of balls and players; what is not known here is passed over.
"""

from typing import Self

from pydantic import Field, field_validator, model_validator

from tennalytix.core.court_corners import CourtMarks
from tennalytix.schema.model import Model, Point

SCHEMA_VERSION = "1.0"


class CourtCorrection(Model):
    """Court points that a person marked in one frame; they hold for the uncut stretch of video around it."""

    frame_index: int = Field(ge=0, description="In the source video.")
    points: dict[str, Point] = Field(
        description="Pixels of at least four crossings of line centre lines, named as in tracks files."
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        self.to_marks()
        return self

    def to_marks(self) -> CourtMarks:
        """The marks as the library uses them."""
        return CourtMarks(self.frame_index, self.points)


class Corrections(Model):
    """The whole file."""

    schema_version: str = SCHEMA_VERSION
    clip_id: str
    court: list[CourtCorrection] = Field(default_factory=list, description="One entry a frame at most.")

    @field_validator("schema_version")
    @classmethod
    def _readable(cls, value: str) -> str:
        if value.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
            raise ValueError(f"schema_version must be 1.x, got {value}. Update tennalytix to read this file.")
        return value

    @field_validator("court")
    @classmethod
    def _once_a_frame(cls, value: list[CourtCorrection]) -> list[CourtCorrection]:
        indices = [c.frame_index for c in value]
        twice = sorted({i for i in indices if indices.count(i) > 1})
        if twice:
            raise ValueError(f"court must have one entry a frame, got frame {twice[0]} more than once. Join them.")
        return value

    def court_marks(self) -> list[CourtMarks]:
        """The court's marks as the library uses them."""
        return [correction.to_marks() for correction in self.court]
