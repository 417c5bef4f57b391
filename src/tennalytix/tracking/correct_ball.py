"""The ball where a person set it: before linking as the only candidate, after linking as the last word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tennalytix.core.homography import apply_homography
from tennalytix.core.picture import DIAGONAL_720P_PX
from tennalytix.core.tables import BallTable, BallTrajectory, Flags, Floats, FrameTable, Ints
from tennalytix.schema.corrections import BallCorrection
from tennalytix.tracking.ball import BallLinkOptions
from tennalytix.tracking.ball_gaps import fill_gap
from tennalytix.tracking.ball_nodes import steady
from tennalytix.tracking.correct_rows import Pictures, check_inside

_AGREES_PX = 15.0
"""Between two corrections a found ball further than this from the curve through both is none (at 1280x720)."""


def marked_candidates(candidates: BallTable, marks: Sequence[BallCorrection], frames: FrameTable) -> BallTable:
    """The candidates, but in frames of which a person spoke only what was said: so the path is linked through it.

    Raises:
        ValueError: a mark outside the clip.
    """
    if not marks:
        return candidates
    pictures = Pictures.of(frames)
    said = [(frames.frame_index[pictures.row[k]], mark.xy) for mark in marks for k in _pictures(mark, pictures)]
    keep = ~np.isin(candidates.frame_index, [index for index, _ in said])
    placed = [(index, xy) for index, xy in said if xy is not None]
    index = np.concatenate([candidates.frame_index[keep], np.array([i for i, _ in placed], dtype=np.int64)])
    xy = np.concatenate([candidates.xy[keep], np.array([p for _, p in placed], dtype=np.float64).reshape(-1, 2)])
    score = np.concatenate([candidates.score[keep], np.ones(len(placed))])
    order = np.argsort(index, kind="stable")
    return BallTable(index[order], xy[order], score[order])


def correct_ball(
    trajectory: BallTrajectory,
    marks: Sequence[BallCorrection],
    frames: FrameTable,
    size_wh: tuple[int, int],
    options: BallLinkOptions | None = None,
) -> BallTrajectory:
    """The trajectory with the ball where a person set it and nowhere where it was said to be out of view.

    Short gaps beside a correction are filled anew. Between two corrections no further apart than a gap that is filled,
    what was found far from the curve through both is dropped. A mark on a repeated frame holds for its picture.

    Args:
        trajectory: as linked.
        marks: possibly none.
        frames: the clip's frames.
        size_wh: of the frames.
        options: of the linking; defaults if None.

    Raises:
        ValueError: a mark outside the clip or outside the picture.
    """
    if not marks:
        return trajectory
    options = options or BallLinkOptions()
    path = _Path.of(trajectory, Pictures.of(frames), size_wh)
    for mark in marks:
        if mark.xy is not None:
            check_inside("xy", mark.xy, mark.frame_index, size_wh)
        path.say(_pictures(mark, path.pictures), mark.xy)
    path.drop_strays(options)
    path.fill(options)
    return path.trajectory()


def _pictures(mark: BallCorrection, pictures: Pictures) -> Ints:
    return pictures.within(mark.frame_index, mark.last)


@dataclass(eq=False, slots=True)
class _Path:
    """The ball on every picture of the clip, while it is being corrected."""

    pictures: Pictures
    scale: float
    xy: Floats
    score: Floats
    interpolated: Flags
    corrected: Flags
    absent: Flags

    @classmethod
    def of(cls, trajectory: BallTrajectory, pictures: Pictures, size_wh: tuple[int, int]) -> "_Path":
        count = len(pictures.row)
        scale = DIAGONAL_720P_PX / float(np.hypot(*size_wh))
        no = np.zeros(count, dtype=bool)
        path = cls(pictures, scale, np.full((count, 2), np.nan), np.zeros(count), no.copy(), no.copy(), no.copy())
        shown = np.isin(trajectory.frame_index, pictures.frames.frame_index[pictures.row])
        at = pictures.of_row[trajectory.frame_index[shown] - pictures.frames.frame_index[0]]
        path.xy[at], path.score[at] = trajectory.xy[shown], trajectory.score[shown]
        path.interpolated[at] = trajectory.interpolated[shown]
        return path

    @property
    def known(self) -> Flags:
        """Found or set, not filled in."""
        result: Flags = np.isfinite(self.xy[:, 0]) & ~self.interpolated
        return result

    def say(self, at: Ints, xy: tuple[float, float] | None) -> None:
        """Takes a person's word for these pictures."""
        self.xy[at] = np.nan if xy is None else xy
        self.score[at], self.interpolated[at] = 1.0, False
        self.corrected[at], self.absent[at] = xy is not None, xy is None

    def drop_strays(self, options: BallLinkOptions) -> None:
        """Between two corrections: what was found far from the curve."""
        known = self.known
        for a, b in self.pictures.spans(self.corrected, self.absent, options.max_gap_s):
            between = np.arange(a + 1, b)
            others = known.copy()
            others[between] = False
            curve = self._curve(a, b, others, options)
            if curve is None:
                continue
            off = np.hypot(*(self._steady(between) - curve).T)
            strays = between[known[between] & (off > _AGREES_PX)]
            self.xy[strays] = np.nan

    def fill(self, options: BallLinkOptions) -> None:
        """Gaps beside corrections, from what is known on either side."""
        known = self.known
        for a, b in self.pictures.gaps(known, self.corrected, self.absent, options.max_gap_s):
            between = np.arange(a + 1, b)
            curve = self._curve(a, b, known, options)
            self.interpolated[between] = curve is not None
            self.xy[between] = np.nan if curve is None else self._back(curve, between)
            self.score[between] = min(self.score[a], self.score[b])

    def trajectory(self) -> BallTrajectory:
        """On all frames of the clip."""
        at = self.pictures.of_row
        keep = np.isfinite(self.xy[at, 0])
        at = at[keep]
        index = self.pictures.frames.frame_index[keep]
        return BallTrajectory(index, self.xy[at], self.score[at], self.interpolated[at], self.corrected[at])

    def _curve(self, a: int, b: int, known: Flags, options: BallLinkOptions) -> Floats | None:
        """Between pictures `a` and `b`, steady and scaled; from the known ones of the same flight around them."""
        time_s, at = self.pictures.time_s, np.flatnonzero(known & (self.pictures.segment == self.pictures.segment[a]))
        cut = np.diff(time_s[at]) > options.max_gap_s + 1e-9
        flight = np.concatenate([[0], np.cumsum(cut)])
        at = at[flight == flight[np.searchsorted(at, a)]]
        before = int(np.searchsorted(at, a))
        return fill_gap(time_s[at], self._steady(at), before, time_s[a + 1 : b], options.max_speed_px_s)

    def _steady(self, at: Ints) -> Floats:
        matrices = self.pictures.frames.reference_from_image[self.pictures.row]
        return steady(self.xy[at], at, matrices) * self.scale

    def _back(self, xy: Floats, at: Ints) -> Floats:
        matrices = self.pictures.frames.reference_from_image[self.pictures.row[at]]
        moved = [apply_homography(np.linalg.inv(m), p[None] / self.scale)[0] for m, p in zip(matrices, xy, strict=True)]
        return np.array(moved)
