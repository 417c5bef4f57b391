"""What a person set right: `05_corrections/<clip_id>.json`, version 1. It outlives every run of the detectors.

    {"schema_version": "1.1", "clip_id": "match__0001",
     "court": [{"frame_index": 0, "points": {"near_left_doubles": [211.5, 861.0], ...}}],
     "ball": [{"frame_index": 40, "xy": [934.1, 230.5]}, {"frame_index": 60, "last_frame": 71, "xy": null}],
     "players": [{"track_id": 1, "role": "near", "frame_index": 40, "xyxy": [807.8, 513.8, 930.7, 673.6]}],
     "swaps": [{"frame_index": 80, "last_frame": 120, "one": {"track_id": 1, "role": "near"},
                "other": {"track_id": 3, "role": "near"}, "xyxy": [800.0, 510.0, 930.0, 670.0]}],
     "events": [{"kind": "bounce", "frame_index": 52, "xy": [640.0, 300.0]},
                {"kind": "hit", "frame_index": 77, "deleted": true}]}

All of it says where things are, not how a model's answer is to be changed: it means the same after another model's run.
Fields and lists of a file of a later version 1.x are passed over where they are not known; in others they are refused.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from tennalytix.core.court_corners import CourtMarks
from tennalytix.core.spelling import hint
from tennalytix.schema.model import Model, Point
from tennalytix.schema.tracks import Role

SCHEMA_VERSION = "1.1"
Box = tuple[float, float, float, float]


class _InFrames(Model):
    """Holds for one frame, or for all frames up to `last_frame`, both included."""

    frame_index: int = Field(ge=0, description="In the source video.")
    last_frame: int | None = Field(default=None, description="The same as frame_index if null.")

    @property
    def last(self) -> int:
        """The last frame it holds for."""
        return self.frame_index if self.last_frame is None else self.last_frame

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.frame_index:
            raise ValueError(f"last_frame must be at least frame_index {self.frame_index}, got {self.last_frame}.")
        return self

    def _check_one_frame(self, name: str, placed: bool) -> None:
        if placed and self.last != self.frame_index:
            raise ValueError(f"{name} must be null where last_frame is given, got a place. Set one frame at a time.")


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


class BallCorrection(_InFrames):
    """Where the ball is in one frame, or that it is not in view in some frames."""

    xy: Point | None = Field(description="Source pixels; null: not in view.")

    @model_validator(mode="after")
    def _placed_once(self) -> Self:
        self._check_one_frame("xy", self.xy is not None)
        return self


class PlayerKey(Model):
    """Names a player as tracks files do."""

    track_id: int = Field(ge=1)
    role: Role

    @property
    def key(self) -> tuple[int, str]:
        """For look-ups."""
        return self.track_id, self.role


class PlayerCorrection(PlayerKey, _InFrames):
    """Where a player is in one frame, or that the player is not in view in some frames."""

    xyxy: Box | None = Field(description="Pixel edges: left, top, right, bottom; null: not in view.")

    @model_validator(mode="after")
    def _placed_once(self) -> Self:
        self._check_one_frame("xyxy", self.xyxy is not None)
        _check_box(self.xyxy)
        return self


class PlayerSwap(_InFrames):
    """From one frame to another each of two players is who was taken for the other."""

    one: PlayerKey
    other: PlayerKey
    xyxy: Box | None = Field(
        default=None, description="Box of `one` in frame_index; where a model has it right already, nothing is swapped."
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.one.key == self.other.key:
            raise ValueError(f"other must differ from one, got {self.one.key} twice.")
        _check_box(self.xyxy)
        return self


class EventCorrection(Model):
    """A hit or bounce that was missed, or one that was none."""

    kind: Literal["hit", "bounce"]
    frame_index: int = Field(ge=0, description="In the source video, the frame nearest to the contact.")
    deleted: bool = Field(default=False, description="There is no such event at about that frame.")
    xy: Point | None = Field(default=None, description="Source pixels; where the ball is in that frame if null.")
    player: Role | None = Field(default=None, description="Who hits.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.kind == "bounce" and self.player is not None:
            raise ValueError(f"player must be null for a bounce, got {self.player}.")
        return self


class Corrections(Model):
    """The whole file."""

    schema_version: str = SCHEMA_VERSION
    clip_id: str
    court: list[CourtCorrection] = Field(default_factory=list, description="One entry a frame at most.")
    ball: list[BallCorrection] = Field(default_factory=list, description="One word a frame at most.")
    players: list[PlayerCorrection] = Field(default_factory=list, description="One word a frame and player at most.")
    swaps: list[PlayerSwap] = Field(default_factory=list, description="Done in this order, before `players`.")
    events: list[EventCorrection] = Field(default_factory=list, description="One word a frame and kind at most.")

    @field_validator("schema_version")
    @classmethod
    def _readable(cls, value: str) -> str:
        if value.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
            raise ValueError(f"schema_version must be 1.x, got {value}. Update tennalytix to read this file.")
        return value

    @field_validator("court")
    @classmethod
    def _court_once_a_frame(cls, value: list[CourtCorrection]) -> list[CourtCorrection]:
        _check_once("court", [(c.frame_index, c.frame_index) for c in value])
        return value

    @field_validator("ball")
    @classmethod
    def _ball_once_a_frame(cls, value: list[BallCorrection]) -> list[BallCorrection]:
        _check_once("ball", [(c.frame_index, c.last) for c in value])
        return value

    @field_validator("players")
    @classmethod
    def _player_once_a_frame(cls, value: list[PlayerCorrection]) -> list[PlayerCorrection]:
        for key in dict.fromkeys(c.key for c in value):
            _check_once(f"players of id {key[0]}", [(c.frame_index, c.last) for c in value if c.key == key])
        return value

    @field_validator("events")
    @classmethod
    def _event_once_a_frame(cls, value: list[EventCorrection]) -> list[EventCorrection]:
        for kind in ("hit", "bounce"):
            _check_once(f"events of kind {kind}", [(c.frame_index, c.frame_index) for c in value if c.kind == kind])
        return value

    @model_validator(mode="after")
    def _all_known(self) -> Self:
        minor = self.schema_version.partition(".")[2].partition(".")[0]
        later = minor.isdecimal() and int(minor) > int(SCHEMA_VERSION.partition(".")[2])
        for place, name, known in () if later else _unknown(self):
            where = f" in {place}" if place else ""
            raise ValueError(f"fields must be known, got {name}{where}. {hint(name, known)}")
        return self

    def court_marks(self) -> list[CourtMarks]:
        """The court's marks as the library uses them."""
        return [correction.to_marks() for correction in self.court]


def _unknown(model: Model, place: str = "") -> Iterator[tuple[str, str, list[str]]]:
    """Where a field stands that no model has, its name, and those that are known there."""
    for name in model.model_extra or {}:
        yield place, name, list(type(model).model_fields)
    for name, value in model:
        for i, item in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(item, Model):
                at = f"{name}.{i}" if isinstance(value, list) else name
                yield from _unknown(item, f"{place}.{at}" if place else at)


def _check_once(name: str, spans: Iterable[tuple[int, int]]) -> None:
    """Raises ValueError where two spans of frames, both ends included, share a frame."""
    reached = -1
    for first, last in sorted(spans):
        if first <= reached:
            raise ValueError(f"{name} must have one entry a frame, got frame {first} more than once. Join them.")
        reached = last


def _check_box(xyxy: Sequence[float] | None) -> None:
    if xyxy is not None and not (xyxy[0] < xyxy[2] and xyxy[1] < xyxy[3]):
        raise ValueError(f"xyxy must be left, top, right, bottom, got {tuple(xyxy)}.")
