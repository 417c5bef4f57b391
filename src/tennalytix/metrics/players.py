"""How well the players were found and told from everybody else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from tennalytix.core.picture import DIAGONAL_720P_PX
from tennalytix.core.tables import PlayerTrack
from tennalytix.metrics.counts import Summary, mean, median, rounded, scale_to, share
from tennalytix.metrics.labels import ABSENT, HIDDEN, OtherLabels, PlayerLabels
from tennalytix.metrics.player_frames import PlayerFrame, player_frames

ROLES = ("near", "far")
TOUCH_IOU = 0.1
"""Overlap from which on a box has to do with a person at all."""


@dataclass(frozen=True, slots=True)
class RoleScores:
    """Scores of the player (in doubles: the players) on one side of the net.

    Attributes:
        visible: labels of a player who is seen, in whole or in part.
        found: those of them with a box of this role that overlaps enough.
        ious: overlap of each label with the box given for it; labels without a box have no entry.
        errors_px: distance of the same boxes' centres, at 720p scale.
        absent: labels that say the player is not in the image.
        given_while_absent: those of them for which a box was given all the same.
        swapped: visible labels that were not found, but on which a box of the other role lies.
        switches: times the track that follows the player changed from one labelled frame to the next.
    """

    visible: int = 0
    found: int = 0
    ious: tuple[float, ...] = ()
    errors_px: tuple[float, ...] = ()
    absent: int = 0
    given_while_absent: int = 0
    swapped: int = 0
    switches: int = 0

    def __add__(self, other: "RoleScores") -> "RoleScores":
        return RoleScores(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def recall(self) -> float | None:
        """Share of the visible labels that were found."""
        return share(self.found, self.visible)

    def summary(self) -> Summary:
        """Plain values for JSON."""
        return {
            "visible": self.visible,
            "found": self.found,
            "recall": rounded(self.recall),
            "mean_iou": rounded(mean(self.ious)),
            "median_error_px": rounded(median(self.errors_px)),
            "absent": self.absent,
            "given_while_absent": self.given_while_absent,
            "swapped": self.swapped,
            "switches": self.switches,
        }


@dataclass(frozen=True, slots=True)
class BoxScores:
    """What the boxes chosen on labelled frames lie on.

    Attributes:
        boxes: all of them.
        on_player: overlap a labelled player enough.
        loose: touch a labelled player, no more.
        on_other: lie on somebody who is labelled as no player.
        on_nobody: the rest.
    """

    boxes: int = 0
    on_player: int = 0
    loose: int = 0
    on_other: int = 0
    on_nobody: int = 0

    def __add__(self, other: "BoxScores") -> "BoxScores":
        return BoxScores(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def summary(self) -> Summary:
        """Plain values for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class PlayerScores:
    """Scores by role, and of all boxes together."""

    near: RoleScores
    far: RoleScores
    boxes: BoxScores

    def summary(self) -> Summary:
        """Plain values for JSON."""
        return {"near": self.near.summary(), "far": self.far.summary(), "boxes": self.boxes.summary()}


def score_players(
    tracks: Sequence[PlayerTrack],
    labels: PlayerLabels,
    others: OtherLabels | None,
    size_wh: tuple[int, int],
    *,
    min_iou: float,
) -> PlayerScores:
    """Compares player tracks with labels; frames without a label do not count.

    Args:
        tracks: the competing players, as chosen.
        labels: the players, source pixels.
        others: people who are not players, if somebody labelled them.
        size_wh: of the source video, pixels.
        min_iou: overlap from which on a box is right.
    """
    frames = list(player_frames(tracks, labels, others))
    scale = scale_to(DIAGONAL_720P_PX, size_wh)
    near, far = (_score_role(role, frames, scale, min_iou) for role in ROLES)
    return PlayerScores(near, far, sum((_score_boxes(f, min_iou) for f in frames), BoxScores()))


def pool_players(scores: Sequence[PlayerScores]) -> PlayerScores:
    """All clips as if they were one."""
    return PlayerScores(
        sum((s.near for s in scores), RoleScores()),
        sum((s.far for s in scores), RoleScores()),
        sum((s.boxes for s in scores), BoxScores()),
    )


def _score_role(role: str, frames: Sequence[PlayerFrame], scale: float, min_iou: float) -> RoleScores:
    scores = sum((_score_frame(f, role, scale, min_iou) for f in frames), RoleScores())
    followed = [track for f in frames if (track := _followed(f, role, min_iou)) is not None]
    return replace(scores, switches=sum(a != b for a, b in pairwise(followed)))


def _score_frame(frame: PlayerFrame, role: str, scale: float, min_iou: float) -> RoleScores:
    pairs = {i: j for i, j in _pairs(frame, role) if frame.visibility[i] != HIDDEN}
    visible = [int(i) for i in frame.labels_of(role) if frame.visibility[i] != HIDDEN]
    found = [i for i, j in pairs.items() if frame.overlap[i, j] >= min_iou]
    absent = int(((frame.role == role) & (frame.visibility == ABSENT)).sum())
    spare = len(frame.boxes_of(role)) - len(frame.labels_of(role))
    rivals = frame.overlap[:, frame.box_role != role]
    return RoleScores(
        visible=len(visible),
        found=len(found),
        ious=tuple(float(frame.overlap[cell]) for cell in pairs.items()),
        errors_px=tuple(float(frame.error_px[cell]) * scale for cell in pairs.items()),
        absent=absent,
        given_while_absent=min(absent, max(spare, 0)),
        swapped=sum(bool((rivals[i] >= min_iou).any()) for i in visible if i not in found),
    )


def _pairs(frame: PlayerFrame, role: str) -> list[tuple[int, int]]:
    """(label, box) of one role, so that the overlaps are largest together."""
    labels, boxes = frame.labels_of(role), frame.boxes_of(role)
    rows, columns = linear_sum_assignment(frame.overlap[np.ix_(labels, boxes)], maximize=True)
    return [(int(labels[i]), int(boxes[j])) for i, j in zip(rows, columns, strict=True)]


def _followed(frame: PlayerFrame, role: str, min_iou: float) -> int | None:
    """The track that lies on the only player of a role; None in doubles, where labels tell no two players apart."""
    if (frame.role == role).sum() != 1:
        return None
    found = [j for i, j in _pairs(frame, role) if frame.overlap[i, j] >= min_iou]
    return int(frame.box_track[found[0]]) if found else None


def _score_boxes(frame: PlayerFrame, min_iou: float) -> BoxScores:
    return sum((_score_box(frame, j, min_iou) for j in range(len(frame.box_role))), BoxScores())


def _score_box(frame: PlayerFrame, box: int, min_iou: float) -> BoxScores:
    labelled = frame.box_role[box] in frame.role
    player = frame.overlap[:, box].max(initial=0)
    other = frame.other_overlap[:, box].max(initial=0)
    hidden = frame.overlap[frame.visibility == HIDDEN, box].max(initial=0)
    if other > player and other >= (TOUCH_IOU if labelled else min_iou):
        return BoxScores(boxes=1, on_other=1)
    if player >= min_iou:
        return BoxScores(boxes=1, on_player=1)
    if not labelled or hidden >= TOUCH_IOU:
        return BoxScores()
    return BoxScores(boxes=1, loose=1) if player >= TOUCH_IOU else BoxScores(boxes=1, on_nobody=1)
