"""The players where a person set them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tennalytix.core.boxes import iou
from tennalytix.core.homography import apply_homography
from tennalytix.core.tables import Flags, Floats, FrameTable, Ints, PlayerTrack
from tennalytix.schema.corrections import PlayerCorrection, PlayerSwap
from tennalytix.tracking.ball_nodes import steady
from tennalytix.tracking.correct_rows import Pictures, check_inside
from tennalytix.tracking.people_options import PlayerOptions

_AGREES_IOU = 0.3
"""Between two corrections a found box that overlaps the one between both by less is another person's."""

Key = tuple[int, str]


def correct_players(
    tracks: Sequence[PlayerTrack],
    marks: Sequence[PlayerCorrection],
    swaps: Sequence[PlayerSwap],
    frames: FrameTable,
    size_wh: tuple[int, int],
    options: PlayerOptions | None = None,
) -> list[PlayerTrack]:
    """The tracks with swaps done, boxes where a person set them, and none where a player was said to be out of view.

    A swap that names a box is done only where the other player's box lies there. Short gaps beside a correction are
    filled anew, evenly; between two corrections no further apart than such a gap, found boxes that lie elsewhere are
    dropped. A mark on a repeated frame holds for the picture it shows.

    Args:
        tracks: as chosen.
        marks: possibly none.
        swaps: possibly none; done first, in this order.
        frames: the clip's frames.
        size_wh: of the frames.
        options: of the choice; defaults if None.

    Raises:
        ValueError: a mark outside the clip, or a box whose middle lies outside the picture.
    """
    if not marks and not swaps:
        return list(tracks)
    options = options or PlayerOptions()
    pictures = Pictures.of(frames)
    boxes = {(t.track_id, t.role): _Boxes.of(t, pictures) for t in tracks}
    for key in [k for s in swaps for k in (s.one.key, s.other.key)] + [m.key for m in marks]:
        boxes.setdefault(key, _Boxes.none(pictures))
    for swap in swaps:
        _swap(boxes[swap.one.key], boxes[swap.other.key], swap, pictures)
    for mark in marks:
        if mark.xyxy is not None:
            left, top, right, bottom = mark.xyxy
            check_inside("middle of xyxy", ((left + right) / 2, (top + bottom) / 2), mark.frame_index, size_wh)
        boxes[mark.key].say(pictures.within(mark.frame_index, mark.last), mark.xyxy)
    for player in boxes.values():
        player.drop_strays(options.max_gap_s)
        player.fill(options.max_gap_s)
    found = [player.track(*key) for key, player in sorted(boxes.items())]
    return [track for track in found if len(track.frame_index)]


def _swap(one: "_Boxes", other: "_Boxes", swap: PlayerSwap, pictures: Pictures) -> None:
    at = pictures.within(swap.frame_index, swap.last)
    if swap.xyxy is not None:
        ours, theirs = (iou(b.xyxy[at[:1]], [swap.xyxy])[0, 0] if b.seen[at[0]] else 0.0 for b in (one, other))
        if ours >= theirs:
            return
    for name in ("xyxy", "score", "interpolated"):
        a, b = getattr(one, name), getattr(other, name)
        a[at], b[at] = b[at].copy(), a[at].copy()


@dataclass(eq=False, slots=True)
class _Boxes:
    """One player on every picture of the clip, while being corrected; NaN where not known."""

    pictures: Pictures
    xyxy: Floats
    score: Floats
    interpolated: Flags
    corrected: Flags
    absent: Flags

    @classmethod
    def none(cls, pictures: Pictures) -> "_Boxes":
        count = len(pictures.row)
        no = np.zeros(count, dtype=bool)
        return cls(pictures, np.full((count, 4), np.nan), np.zeros(count), no.copy(), no.copy(), no.copy())

    @classmethod
    def of(cls, track: PlayerTrack, pictures: Pictures) -> "_Boxes":
        boxes = cls.none(pictures)
        shown = np.isin(track.frame_index, pictures.frames.frame_index[pictures.row])
        at = pictures.of_row[track.frame_index[shown] - pictures.frames.frame_index[0]]
        boxes.xyxy[at], boxes.score[at] = track.xyxy[shown], track.score[shown]
        boxes.interpolated[at] = track.interpolated[shown]
        return boxes

    @property
    def seen(self) -> Flags:
        result: Flags = np.isfinite(self.xyxy[:, 0])
        return result

    def say(self, at: Ints, xyxy: tuple[float, float, float, float] | None) -> None:
        """Takes a person's word for these pictures."""
        self.xyxy[at] = np.nan if xyxy is None else xyxy
        self.score[at], self.interpolated[at] = 1.0, False
        self.corrected[at], self.absent[at] = xyxy is not None, xyxy is None

    def drop_strays(self, max_gap_s: float) -> None:
        """Between two corrections: boxes of somebody else."""
        for a, b in self.pictures.spans(self.corrected, self.absent, max_gap_s):
            between = np.arange(a + 1, b)
            wanted = self._between(a, b, between)
            known = self.seen[between]
            overlap = np.array([iou(self.xyxy[[k]], w[None])[0, 0] for k, w in zip(between, wanted, strict=True)])
            self.xyxy[between[known & ~(overlap >= _AGREES_IOU)]] = np.nan

    def fill(self, max_gap_s: float) -> None:
        """Gaps beside corrections."""
        known = self.seen & ~self.interpolated
        for a, b in self.pictures.gaps(known, self.corrected, self.absent, max_gap_s):
            between = np.arange(a + 1, b)
            self.xyxy[between] = self._between(a, b, between)
            self.interpolated[between] = True
            self.score[between] = min(self.score[a], self.score[b])

    def track(self, track_id: int, role: str) -> PlayerTrack:
        """On all frames of the clip."""
        at = self.pictures.of_row
        keep = self.seen[at]
        at, index = at[keep], self.pictures.frames.frame_index[keep]
        return PlayerTrack(
            track_id, role, index, self.xyxy[at], self.score[at], self.interpolated[at], self.corrected[at]
        )

    def _between(self, a: int, b: int, between: Ints) -> Floats:
        """Boxes that pass evenly from that of one picture to that of another, the camera's motion taken out."""
        matrices = self.pictures.frames.reference_from_image[self.pictures.row]
        ends = np.array([a, a, b, b])
        corners = steady(self.xyxy[[a, b]].reshape(-1, 2), ends, matrices).reshape(2, 4)
        time_s = self.pictures.time_s
        share = ((time_s[between] - time_s[a]) / (time_s[b] - time_s[a]))[:, None]
        even = (1 - share) * corners[0] + share * corners[1]
        back = [
            apply_homography(np.linalg.inv(matrices[k]), e.reshape(2, 2)) for k, e in zip(between, even, strict=True)
        ]
        return np.array(back).reshape(-1, 4)
