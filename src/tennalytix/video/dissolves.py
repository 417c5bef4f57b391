"""Cuts that come so gradually that every picture still matches the one before."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tennalytix.video.features import find_points
from tennalytix.video.matching import Picture, match, points_in_view
from tennalytix.video.matrix_rows import MatrixRows
from tennalytix.video.motion_fit import MIN_POINTS

# Pictures this far apart must still match where they overlap. Dissolves last from a third of a second to about one.
LOOK_BACK_S = 1.0
KEEP_EVERY_S = 0.24
CHECK_EVERY_S = 0.48
# Share of the points that must still be in view for a picture to count as overlapping.
OVERLAP_SHARE = 0.5


@dataclass(frozen=True, eq=False, slots=True)
class _Kept:
    picture: Picture
    row: int
    time_s: float


@dataclass(slots=True)
class ShotMemory:
    """Keeps a few pictures of the last second."""

    _kept: deque[_Kept] = field(default_factory=deque)
    _checked_s: float = -np.inf

    def check(self, picture: Picture, time_s: float, segments: Sequence[int], matrices: MatrixRows) -> int | None:
        """Takes the next picture, and tells from which row on the scene is another one; None where it is not.

        Args:
            picture: (h, w), the newest.
            time_s: its time.
            segments: number of the segment of each picture so far, the newest included.
            matrices: for each, the (3, 3) that takes its pixels to those of its segment's first picture.
        """
        while self._kept and segments[self._kept[0].row] != segments[-1]:
            self._kept.popleft()
        row = self._look_back(picture, time_s, matrices)
        if row is not None:
            while self._kept and self._kept[0].row < row:
                self._kept.popleft()
        if not self._kept or time_s - self._kept[-1].time_s >= KEEP_EVERY_S:
            self._kept.append(_Kept(picture, len(segments) - 1, time_s))
        return row

    def _look_back(self, picture: Picture, time_s: float, matrices: MatrixRows) -> int | None:
        if time_s - self._checked_s < CHECK_EVERY_S or not self._kept or time_s - self._kept[0].time_s < LOOK_BACK_S:
            return None
        self._checked_s = time_s
        while len(self._kept) > 1 and time_s - self._kept[1].time_s >= LOOK_BACK_S:
            self._kept.popleft()
        if _same_scene(self._kept[0], picture, matrices):
            return None
        following = (kept.row for kept in list(self._kept)[1:] if _same_scene(kept, picture, matrices))
        return next(following, len(matrices) - 1)


def _same_scene(kept: _Kept, picture: Picture, matrices: MatrixRows) -> bool:
    """Whether an older picture matches one; also where too little of it is in view for an answer."""
    points = find_points(kept.picture)
    guess = np.linalg.inv(matrices[-1]) @ matrices[kept.row]
    inside = points_in_view(points, guess, picture.shape[::-1])[1]
    if inside.sum() < max(MIN_POINTS, OVERLAP_SHARE * len(points)):
        return True
    return match(kept.picture, points, _like(picture, kept.picture), guess) is not None


def _like(picture: Picture, other: Picture) -> Picture:
    """A picture in the brightness and contrast of another, so that a fade does not pass for a change of scene."""
    gain = float(other.std()) / max(1.0, float(picture.std()))
    alike: Picture = np.clip((picture - picture.mean()) * gain + other.mean(), 0, 255).astype(np.uint8)
    return alike
