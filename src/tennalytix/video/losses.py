"""Frames that are missing: where, how many, and how that is said."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tennalytix.video.damage import Evidence

NAMED = 3
DAMAGED, GAPS = "The file is damaged: ", "The video has gaps: "
# Spacings that tell whether a video is steady, and how many of them must be alike.
LOOK_BACK, ALIKE = 8, 6
ALIKE_SHARE = 0.2
# A steady video that skips so many frames, for so long, has a hole.
HOLE_STEPS, HOLE_S = 4, 0.1
# A header that claims more than this beyond the last frame may belong to a longer file.
EARLY_S, EARLY_SHARE = 1.0, 0.02


@dataclass(frozen=True, slots=True)
class Loss:
    """Frames in a row that are missing.

    Attributes:
        after_s: time of the last frame before them; None at the start of the video.
        until_s: time of the first frame after them; None at its end.
        count: how many; at least so many where the file does not tell.
        damaged: they could not be decoded; if not, they are not in the file.
    """

    after_s: float | None
    until_s: float | None
    count: int
    damaged: bool = True


@dataclass(slots=True)
class LossFinder:
    """Tells losses from evidence and from times: a packet that gives no frame is a loss only if its moment is empty.

    Some codecs have packets that are not shown, some videos have no steady rate, and some errors cost no frame.
    """

    _last_s: float | None = None
    _steps_s: deque[float] = field(default_factory=lambda: deque(maxlen=LOOK_BACK))

    def before(self, time_s: float, evidence: Evidence) -> Loss | None:
        """The loss just before the frame of this time, if there is one; times rise."""
        after_s, self._last_s = self._last_s, time_s
        if after_s is None:
            return Loss(None, time_s, evidence.missing) if evidence.complained and evidence.missing else None
        step_s = time_s - after_s
        skipped = self._skipped(step_s)
        self._steps_s.append(step_s)
        if evidence.complained and evidence.missing and skipped != 0:
            return Loss(after_s, time_s, skipped or evidence.missing)
        if skipped and (evidence.complained or evidence.missing):
            return Loss(after_s, time_s, skipped)
        if skipped and skipped + 1 >= HOLE_STEPS and step_s > HOLE_S:
            return Loss(after_s, time_s, skipped, damaged=False)
        return None

    def at_end(self, evidence: Evidence, not_read: int) -> Loss | None:
        """The loss after the last frame; `not_read` frames are listed in the file and lie beyond its end."""
        count = not_read + (evidence.missing if evidence.complained or not_read else 0)
        return Loss(self._last_s, None, count) if count else None

    def _skipped(self, step_s: float) -> int | None:
        """Frames that have room between this one and the last; None where the video is not steady."""
        if len(self._steps_s) < LOOK_BACK:
            return None
        usual_s = float(np.median(self._steps_s))
        alike = sum(abs(step - usual_s) <= ALIKE_SHARE * usual_s for step in self._steps_s)
        return max(0, round(step_s / usual_s) - 1) if alike >= ALIKE else None


def describe_losses(losses: Sequence[Loss]) -> list[str]:
    """One plain sentence on those to damage, and one on other holes, where there are any."""
    damaged, holes = [loss for loss in losses if loss.damaged], [loss for loss in losses if not loss.damaged]
    said = [f"{DAMAGED}{_frames(damaged)} could not be decoded, {_places(damaged)}."] if damaged else []
    return said + ([f"{GAPS}{_frames(holes)} missing, {_places(holes)}."] if holes else [])


def tell_of_losses(warnings: Iterable[str]) -> bool:
    """Whether one of the sentences about a file is of `describe_losses`.

    Examples:
        >>> tell_of_losses(describe_losses([Loss(1.0, 1.2, 4)])), tell_of_losses(["None of 2 shots shows a court."])
        (True, False)
    """
    return any(warning.startswith((DAMAGED, GAPS)) for warning in warnings)


def describe_end(claimed_s: float | None, held_s: float) -> list[str]:
    """One plain sentence where a header claims a longer video than there is."""
    if claimed_s is None or claimed_s - held_s <= max(EARLY_S, EARLY_SHARE * held_s):
        return []
    return [f"The file may be cut short: its header claims {claimed_s:.1f} s, its pictures last {held_s:.1f} s."]


def _places(losses: Sequence[Loss]) -> str:
    named = [_place(loss) for loss in losses[:NAMED]]
    return ", ".join([*named, f"in {len(losses) - NAMED} more places"] if len(losses) > NAMED else named)


def _place(loss: Loss) -> str:
    if loss.until_s is None:
        return f"{loss.count} at the end"
    if loss.after_s is None:
        return f"{loss.count} at the start"
    return f"{loss.count} between {loss.after_s:.2f} s and {loss.until_s:.2f} s"


def _frames(losses: Sequence[Loss]) -> str:
    count = sum(loss.count for loss in losses)
    return "1 frame" if count == 1 else f"{count} frames"
