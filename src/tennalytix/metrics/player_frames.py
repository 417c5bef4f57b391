"""Player tracks and labels side by side, one labelled frame at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from tennalytix.core.boxes import centre_xy, iou
from tennalytix.core.tables import Floats, Ints, PlayerTrack
from tennalytix.metrics.labels import ABSENT, OtherLabels, PlayerLabels, Strings


@dataclass(frozen=True, eq=False, slots=True)
class PlayerFrame:
    """One frame with n labelled players, m boxes chosen by us and k labelled people who are not players.

    Attributes:
        role: (n,), of the labels.
        visibility: (n,), of the labels.
        box_role: (m,)
        box_track: (m,), number of the track.
        overlap: (n, m), intersection over union; the better one where a label has a box for the whole body as well.
        error_px: (n, m), distances of centres, of the same one; NaN for a label without a box.
        other_overlap: (k, m), intersection over union.
    """

    role: Strings
    visibility: Ints
    box_role: Strings
    box_track: Ints
    overlap: Floats
    error_px: Floats
    other_overlap: Floats

    def labels_of(self, role: str) -> Ints:
        """Indices of the labels of a role whose player is in the image."""
        return np.flatnonzero((self.role == role) & (self.visibility != ABSENT))

    def boxes_of(self, role: str) -> Ints:
        """Indices of the boxes of a role."""
        return np.flatnonzero(self.box_role == role)


def player_frames(
    tracks: Sequence[PlayerTrack], players: PlayerLabels, others: OtherLabels | None
) -> Iterator[PlayerFrame]:
    """All frames on which a player or another person is labelled, in order."""
    others = others or OtherLabels(np.zeros(0, np.int64), np.zeros((0, 4)), np.zeros(0, np.str_))
    for frame in np.union1d(players.frame_index, others.frame_index):
        only = partial(np.equal, frame)
        yield _frame(tracks, int(frame), players.where(only), others.where(only))


def _frame(tracks: Sequence[PlayerTrack], frame: int, players: PlayerLabels, others: OtherLabels) -> PlayerFrame:
    chosen = [(t.role, t.track_id, box) for t in tracks for box in t.xyxy[t.frame_index == frame]]
    boxes = np.array([box for _, _, box in chosen]).reshape(-1, 4)
    seen, whole = (_overlap(labels, boxes) for labels in (players.xyxy, players.amodal_xyxy))
    seen_px, whole_px = (_error_px(labels, boxes) for labels in (players.xyxy, players.amodal_xyxy))
    return PlayerFrame(
        players.role,
        players.visibility,
        np.array([role for role, _, _ in chosen], dtype=np.str_),
        np.array([track for _, track, _ in chosen], dtype=np.int64),
        np.maximum(seen, whole),
        np.where(whole > seen, whole_px, seen_px),
        _overlap(others.xyxy, boxes),
    )


def _overlap(labels: Floats, boxes: Floats) -> Floats:
    """A label without a box overlaps nothing."""
    return iou(np.nan_to_num(labels), boxes)


def _error_px(labels: Floats, boxes: Floats) -> Floats:
    offset = centre_xy(labels)[:, None] - centre_xy(boxes)[None]
    result: Floats = np.hypot(offset[..., 0], offset[..., 1])
    return result
