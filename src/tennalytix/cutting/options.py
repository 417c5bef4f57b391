"""How a video is cut."""

from dataclasses import dataclass

LEAST_MAX_S = 60.0
"""Rallies of a minute are played."""
UNSEEN_S = 1.5
"""A rally's first and last flights may go unseen for so long: margins around what was seen are longer by it."""


@dataclass(frozen=True, slots=True)
class CuttingOptions:
    """What becomes a clip.

    Attributes:
        cut: whether videos are cut at all; otherwise each is one clip.
        min_clip_s: shorter stretches of court make no clip.
        min_court_share: share of a shot's looked-at frames that must show the court from behind a baseline.
        keep_replays: whether slow motion from behind the baseline makes clips too.
        split_rallies: whether shots are divided at pauses.
        min_pause_s: a pause between rallies lasts at least this long.
        pause_speed_mps: what moves on the court, added up, as the speed of one person; nobody plays below it.
        dead_ball_s: or no ball flies for at least so long, whoever walks; 0 not to look for the ball.
        max_clip_s: longer stretches are divided where least moves; no rally lasts so long.
        margin_before_s: kept before the first sign of play, for toss and serve.
        margin_after_s: kept after the last.
    """

    cut: bool = True
    min_clip_s: float = 1.0
    min_court_share: float = 0.5
    keep_replays: bool = False
    split_rallies: bool = True
    min_pause_s: float = 6.0
    pause_speed_mps: float = 0.9
    dead_ball_s: float = 8.0
    max_clip_s: float = 600.0
    margin_before_s: float = 3.0
    margin_after_s: float = 2.0

    def __post_init__(self) -> None:
        for name in ("min_clip_s", "margin_before_s", "margin_after_s", "pause_speed_mps", "dead_ball_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}.")
        if not 0 < self.min_court_share <= 1:
            raise ValueError(f"min_court_share must lie in (0, 1], got {self.min_court_share}.")
        if self.max_clip_s < LEAST_MAX_S:
            raise ValueError(f"max_clip_s must be at least {LEAST_MAX_S:g}, got {self.max_clip_s}.")
        shortest = self.margin_before_s + self.margin_after_s
        if self.min_pause_s <= shortest:
            raise ValueError(
                f"min_pause_s must be longer than both margins together ({shortest}), got {self.min_pause_s}. "
                "Shorten the margins, or ask for longer pauses."
            )
        shortest += 2 * UNSEEN_S
        if self.cut and self.split_rallies and 0 < self.dead_ball_s < shortest:
            raise ValueError(
                f"dead_ball_s must be at least {shortest}, both margins and {2 * UNSEEN_S:g} s, got "
                f"{self.dead_ball_s}. Shorten the margins, ask for longer pauses, or set 0 not to look for the ball."
            )
