"""What an evaluation may be asked."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """How strictly tracks are measured.

    Attributes:
        ball_tolerances_px: distances from the label within which a ball position is right, in pixels of a picture as
            large as 1280x720.
        count_interpolated: whether positions of the ball that were filled in over gaps count as given.
        min_iou: overlap from which on a player's box is right.
        event_tolerance_frames: frames by which a hit or bounce may be off.
    """

    ball_tolerances_px: Sequence[float] = (4.0, 5.0, 10.0)
    count_interpolated: bool = True
    min_iou: float = 0.5
    event_tolerance_frames: int = 2

    def __post_init__(self) -> None:
        if not self.ball_tolerances_px or min(self.ball_tolerances_px) <= 0:
            raise ValueError(f"ball_tolerances_px must be positive distances, got {list(self.ball_tolerances_px)}.")
        if not 0 < self.min_iou <= 1:
            raise ValueError(f"min_iou must lie in (0, 1], got {self.min_iou}.")
        if self.event_tolerance_frames < 0:
            raise ValueError(f"event_tolerance_frames must not be negative, got {self.event_tolerance_frames}.")
