"""What the stages hand to one another, as structs of arrays. Rows are in order of `frame_index`."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class FrameTable:
    """Every decoded frame of a video (or of a clip: a slice of it), one row each, found by one pass over the video.

    Attributes:
        frame_index: (n,), consecutive, counted from 0 in the source video.
        time_s: (n,), presentation time from the video's start.
        repeated: (n,), the frame only repeats the one before.
        segment: (n,), counts up from 0 wherever the camera's motion cannot be followed across two frames, as at a cut.
        reference_from_image: (n, 3, 3), takes pixels of the frame to pixels of its segment's first frame; exactly the
            identity throughout a segment whose camera stands still.
    """

    frame_index: Ints
    time_s: Floats
    repeated: Flags
    segment: Ints
    reference_from_image: Floats = field(repr=False)

    def __post_init__(self) -> None:
        check_lengths(self, ("frame_index", "time_s", "repeated", "segment", "reference_from_image"))

    def __len__(self) -> int:
        return len(self.frame_index)

    def between(self, first_frame: int, last_frame: int) -> "FrameTable":
        """The rows of a clip, both ends included."""
        return self.take((self.frame_index >= first_frame) & (self.frame_index <= last_frame))

    def take(self, rows: Ints | Flags) -> "FrameTable":
        """Some rows, by number or by mark."""
        return FrameTable(
            self.frame_index[rows],
            self.time_s[rows],
            self.repeated[rows],
            self.segment[rows],
            self.reference_from_image[rows],
        )


@dataclass(frozen=True, eq=False, slots=True)
class PeopleTable:
    """Every person a detector saw, players or not, one row a box.

    Attributes:
        frame_index: (n,)
        xyxy: (n, 4), pixel edges in source pixels (see `core.boxes`).
        score: (n,), [0, 1].
        between: (n,), nobody looked at this frame: the box lies on a curve through those of frames around it. If left
            out, all frames were looked at.
    """

    frame_index: Ints
    xyxy: Floats
    score: Floats
    between: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def __post_init__(self) -> None:
        if not len(self.between):
            object.__setattr__(self, "between", np.zeros(len(self.score), dtype=bool))
        check_lengths(self, ("frame_index", "xyxy", "score", "between"))


@dataclass(frozen=True, eq=False, slots=True)
class BallTable:
    """Every ball candidate, several a frame, best first within a frame.

    Attributes:
        frame_index: (n,)
        xy: (n, 2), middle of the ball or of its streak, source pixels.
        score: (n,), [0, 1].
    """

    frame_index: Ints
    xy: Floats
    score: Floats

    def __post_init__(self) -> None:
        check_lengths(self, ("frame_index", "xy", "score"))


@dataclass(frozen=True, eq=False, slots=True)
class PlayerTrack:
    """One competing player through a clip; frames in which the player is not known have no row.

    Attributes:
        track_id: stable through the clip, from 1.
        role: "near" (the camera's side of the net) or "far".
        frame_index: (n,)
        xyxy: (n, 4)
        score: (n,)
        interpolated: (n,), filled in between detections.
        corrected: (n,), set by a person; None: nowhere.
    """

    track_id: int
    role: str
    frame_index: Ints
    xyxy: Floats
    score: Floats
    interpolated: Flags
    corrected: Flags | None = None

    def __post_init__(self) -> None:
        check_lengths(self, ("frame_index", "xyxy", "score", "interpolated"))
        if self.role not in ("near", "far"):
            raise ValueError(f"role must be 'near' or 'far', got {self.role!r}.")


@dataclass(frozen=True, eq=False, slots=True)
class BallTrajectory:
    """The ball in play, at most one position a frame; frames in which it is not known have no row.

    Attributes:
        frame_index: (n,)
        xy: (n, 2)
        score: (n,)
        interpolated: (n,), filled in over a short gap.
        corrected: (n,), set by a person; None: nowhere.
    """

    frame_index: Ints
    xy: Floats
    score: Floats
    interpolated: Flags
    corrected: Flags | None = None

    def __post_init__(self) -> None:
        check_lengths(self, ("frame_index", "xy", "score", "interpolated"))


@dataclass(frozen=True, slots=True)
class BallEvent:
    """A hit or a bounce.

    Attributes:
        kind: "hit" or "bounce".
        frame_index: the frame nearest to the contact.
        time_s: the contact itself, between frames where the data allow.
        xy: where the ball is then, source pixels.
        player: role of the hitter; None for a bounce or where it is not known.
        score: [0, 1].
        corrected: set by a person.
    """

    kind: str
    frame_index: int
    time_s: float
    xy: tuple[float, float]
    player: str | None
    score: float
    corrected: bool = False


def check_lengths(table: object, columns: tuple[str, ...]) -> None:
    """Raises ValueError unless all columns of a struct of arrays have the same length."""
    lengths = {name: len(getattr(table, name)) for name in columns}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"{type(table).__name__} must have columns of one length, got {lengths}.")
