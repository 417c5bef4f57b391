"""Hand-made labels as structs of arrays, in the project's pixel convention. Rows are in order of `frame_index`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.tables import Flags, Floats, Ints, check_lengths

ABSENT, CLEAR, HARD, HIDDEN = 0, 1, 2, 3
"""Visibility codes: not in the image; clear; hard to see (a player: partly covered); hidden, position estimated."""

FLYING, HIT, BOUNCE = 0, 1, 2
"""Status codes of the ball."""

Strings = NDArray[np.str_]
FrameFilter = Callable[[Ints], Flags]
"""Tells of frame indices which ones to keep."""


@dataclass(frozen=True, eq=False, slots=True)
class BallLabels:
    """Where the ball is, at most one row a frame; frames without a row are not labelled.

    Attributes:
        frame_index: (n,)
        visibility: (n,), see `ABSENT`.
        xy: (n, 2), source pixels; NaN where the ball is absent.
        status: (n,), see `FLYING`; a hit outside the image stands on a row whose ball is absent.
    """

    frame_index: Ints
    visibility: Ints
    xy: Floats
    status: Ints

    def __post_init__(self) -> None:
        check_lengths(self, ("frame_index", "visibility", "xy", "status"))

    def where(self, keep: FrameFilter) -> "BallLabels":
        """Only the rows of some frames."""
        rows = keep(self.frame_index)
        return BallLabels(self.frame_index[rows], self.visibility[rows], self.xy[rows], self.status[rows])


@dataclass(frozen=True, eq=False, slots=True)
class PlayerLabels:
    """Where the players are, one row a player and frame; a frame that has rows has one for every player.

    Attributes:
        frame_index: (n,)
        role: (n,), "near" or "far".
        visibility: (n,), see `ABSENT`.
        xyxy: (n, 4), pixel edges around what is visible; NaN where the player is absent.
        amodal_xyxy: (n, 4), around the whole body, hidden parts guessed; NaN where there is no such box.
    """

    frame_index: Ints
    role: Strings
    visibility: Ints
    xyxy: Floats
    amodal_xyxy: Floats

    def __post_init__(self) -> None:
        check_lengths(self, ("frame_index", "role", "visibility", "xyxy", "amodal_xyxy"))

    def where(self, keep: FrameFilter) -> "PlayerLabels":
        """Only the rows of some frames."""
        rows = keep(self.frame_index)
        return PlayerLabels(
            self.frame_index[rows], self.role[rows], self.visibility[rows], self.xyxy[rows], self.amodal_xyxy[rows]
        )


@dataclass(frozen=True, eq=False, slots=True)
class OtherLabels:
    """People who are not players, one row a person and frame; spectators are not listed.

    Attributes:
        frame_index: (n,)
        xyxy: (n, 4), pixel edges.
        role: (n,), such as "ball_kid".
    """

    frame_index: Ints
    xyxy: Floats
    role: Strings

    def __post_init__(self) -> None:
        check_lengths(self, ("frame_index", "xyxy", "role"))

    def where(self, keep: FrameFilter) -> "OtherLabels":
        """Only the rows of some frames."""
        rows = keep(self.frame_index)
        return OtherLabels(self.frame_index[rows], self.xyxy[rows], self.role[rows])


@dataclass(frozen=True, slots=True)
class CourtLabels:
    """Where the court's points are.

    Attributes:
        points: frame index to the pixels of court points by name (see `core.court.KEYPOINTS`); some may be missing.
        static: the camera stands still, so that the points hold on every frame.
    """

    points: Mapping[int, Mapping[str, tuple[float, float]]]
    static: bool

    def where(self, keep: FrameFilter) -> "CourtLabels":
        """Only the points of some frames."""
        frames = np.array(list(self.points), dtype=np.int64)
        return CourtLabels({int(i): self.points[int(i)] for i in frames[keep(frames)]}, self.static)


@dataclass(frozen=True, slots=True)
class ClipLabels:
    """All that was labelled in one video; None where a kind was not labelled at all. Frames count from its start."""

    name: str
    ball: BallLabels | None = None
    players: PlayerLabels | None = None
    others: OtherLabels | None = None
    court: CourtLabels | None = None

    def where(self, keep: FrameFilter) -> "ClipLabels":
        """Only the labels of some frames; a kind without any left stays, empty."""
        return replace(
            self,
            ball=self.ball and self.ball.where(keep),
            players=self.players and self.players.where(keep),
            others=self.others and self.others.where(keep),
            court=self.court and self.court.where(keep),
        )
