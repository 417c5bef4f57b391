"""Samples from footage: boxes of a teacher, a person's labels where there are any, the picture, and what moves."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.boxes import area_px, foot_xy, iou, resized
from tennalytix.core.court_view import CourtTrack, CourtView
from tennalytix.core.tables import PeopleTable
from tennalytix.detectors.people_network_input import DIFFERENCE_RANGE_S, Look, look_at, network_size
from tennalytix.metrics.labels import ClipLabels
from tennalytix.training.options import FootageOptions
from tennalytix.training.people_samples import PersonSample, pack_sample
from tennalytix.video.clip import Clip

_NEAR_M = (11.0, 20.4)
"""From the middle of the net across and along the court: the court with its run-off, no stands."""
_SAME = 0.3
"""Two boxes that share this much mean the same person."""


@dataclass(frozen=True, eq=False, slots=True)
class Boxes:
    """People in one frame, (n, 4) source pixels, and which of them count for neither right nor wrong."""

    xyxy: NDArray[np.float64]
    ignored: NDArray[np.bool_]


def teacher_boxes(people: PeopleTable, options: FootageOptions) -> dict[int, Boxes]:
    """A detector's table as boxes by frame index; only frames in which it saw somebody."""
    boxes: dict[int, Boxes] = {}
    for index in np.unique(people.frame_index):
        rows = (people.frame_index == index) & (people.score >= options.doubtful_score)
        xyxy, doubtful = people.xyxy[rows], people.score[rows] < options.sure_score
        kept = ~doubtful | ~_part_of(xyxy, xyxy[~doubtful])
        boxes[int(index)] = Boxes(xyxy[kept], doubtful[kept])
    return boxes


def _part_of(xyxy: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether most of a box lies in one of `whole`: an arm or a second guess, nobody to look for."""
    if not len(whole):
        return np.zeros(len(xyxy), np.bool_)
    low = np.maximum(xyxy[:, None, :2], whole[None, :, :2])
    high = np.minimum(xyxy[:, None, 2:], whole[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    result: NDArray[np.bool_] = (shared > 0.7 * area_px(xyxy)[:, None]).any(axis=1)
    return result


def hand_made(teacher: Mapping[int, Boxes], labels: ClipLabels) -> dict[int, Boxes]:
    """A teacher's boxes with those of a person in the place of what means the same people; the rest stays.

    Where people are labelled and no teacher looked, those labelled are taken for all there are.
    """
    made = dict(teacher)
    for index, xyxy in _labelled(labels).items():
        before = teacher.get(index, Boxes(np.zeros((0, 4)), np.zeros(0, np.bool_)))
        other = ~(iou(before.xyxy, xyxy) > _SAME).any(axis=1)
        made[index] = Boxes(
            np.concatenate([xyxy, before.xyxy[other]]),
            np.concatenate([np.zeros(len(xyxy), np.bool_), before.ignored[other]]),
        )
    return made


def _labelled(labels: ClipLabels) -> dict[int, NDArray[np.float64]]:
    """Boxes by frame index of all whom a person drew."""
    drawn: dict[int, list[NDArray[np.float64]]] = {}
    for part in (labels.players, labels.others):
        for index, xyxy in zip(part.frame_index, part.xyxy, strict=True) if part else ():
            if np.isfinite(xyxy).all():
                drawn.setdefault(int(index), []).append(xyxy)
    return {index: np.array(boxes) for index, boxes in drawn.items()}


def near_court(boxes: Mapping[int, Boxes], court: CourtTrack) -> dict[int, Boxes]:
    """The same boxes, those far from the court neither demanded nor forbidden.

    There are dozens of spectators for every player: a small network would learn them first. Where no court is known all
    boxes stay as they are.
    """
    views = court.views_at(np.array(list(boxes), dtype=np.int64))
    return {
        index: found if view is None else Boxes(found.xyxy, found.ignored | ~_stands_near(found.xyxy, view))
        for (index, found), view in zip(boxes.items(), views, strict=True)
    }


def _stands_near(xyxy: NDArray[np.float64], view: CourtView) -> NDArray[np.bool_]:
    apart_m = np.abs(view.image_to_court(foot_xy(xyxy)))
    across, along = (apart_m < np.array(_NEAR_M)).T
    return np.asarray(across & along, dtype=np.bool_)


def sample_clip(
    clip: Clip, boxes: Mapping[int, Boxes], source: str, options: FootageOptions | None = None
) -> Iterator[PersonSample]:
    """Samples of a clip.

    Args:
        clip: the footage; frames that do not decode are left out.
        boxes: people by frame index; frames that it lacks are not taken.
        source: a name that all clips of one court share, see `PersonSample`.
        options: knobs; the defaults if None.
    """
    for frame_index, (look, *others) in _looks(clip, _plans(clip, boxes, options or FootageOptions())):
        if look is not None:
            found = boxes[frame_index]
            xyxy = resized(found.xyxy, clip.size_wh, network_size(clip.size_wh))
            yield pack_sample(source, frame_index, look, (others[0], others[1]), xyxy, found.ignored)


_Plan = tuple[int, int | None, int | None]
"""Indices of a frame and of those that it is compared with, before and after; None where there is none."""


def _plans(clip: Clip, boxes: Mapping[int, Boxes], options: FootageOptions) -> list[_Plan]:
    rng = np.random.default_rng([options.seed, len(clip.table)])
    rows = _chosen_rows(clip, boxes, options.per_clip)
    return [
        (int(clip.table.frame_index[row]), _partner(clip, row, -1, rng), _partner(clip, row, +1, rng)) for row in rows
    ]


def _looks(clip: Clip, plans: Sequence[_Plan]) -> Iterator[tuple[int, list[Look | None]]]:
    """Each plan's frame index and looks, as soon as the clip is past them; None for frames that did not decode."""
    last_use = {index: number for number, plan in enumerate(plans) for index in plan if index is not None}
    looks: dict[int, Look] = {}
    due = deque(enumerate(plans))
    for frame in chain(clip.frames_at(sorted(last_use)), [None]):
        while due and (frame is None or frame.index > max(index for index in due[0][1] if index is not None)):
            number, plan = due.popleft()
            yield plan[0], [None if index is None else looks.get(index) for index in plan]
            looks = {index: look for index, look in looks.items() if last_use[index] > number}
        if frame is not None:
            looks[frame.index] = look_at(frame)


def _chosen_rows(clip: Clip, boxes: Mapping[int, Boxes], count: int) -> list[int]:
    known = np.flatnonzero(~clip.table.repeated & np.isin(clip.table.frame_index, list(boxes)))
    spread = np.unique(np.linspace(0, len(known) - 1, min(count, len(known))).round().astype(int))
    return [int(row) for row in known[spread]]


def _partner(clip: Clip, row: int, direction: int, rng: np.random.Generator) -> int | None:
    """A frame of the same segment before or after, at a random distance in time; None if there is none."""
    table = clip.table
    apart_s = direction * (table.time_s - table.time_s[row])
    low_s, high_s = DIFFERENCE_RANGE_S
    fits = (apart_s >= low_s) & (apart_s <= high_s) & (table.segment == table.segment[row]) & ~table.repeated
    rows = np.flatnonzero(fits)
    return int(table.frame_index[rng.choice(rows)]) if len(rows) else None
