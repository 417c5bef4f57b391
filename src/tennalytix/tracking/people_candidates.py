"""Boxes that may be a player's: followed, placed on the ground, and weighed."""

from dataclasses import dataclass

import numpy as np

from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import Flags, Floats, FrameTable, Ints, PeopleTable
from tennalytix.tracking.people_link import anchors_xy, boxes_in_reference, link_people
from tennalytix.tracking.people_options import PlayerOptions
from tennalytix.tracking.people_parts import AS_SEEN, HEAD, LEGS, with_guesses
from tennalytix.tracking.people_path import PathNodes
from tennalytix.tracking.people_place import Ground, Placed, place, place_likelihood, side_likelihood

_STEADY_S = 0.8
_SAME_PERSON = 0.6


@dataclass(frozen=True, eq=False, slots=True)
class Candidates:
    """Boxes near the court in order of time, detected ones and guesses.

    Attributes:
        placed: boxes and where they stand.
        track: (n,), the followed person a box belongs to, or was made from.
        steady_m: (n, 2), where that person stands, without the jitter of single boxes.
        likelihood: per side of the net, (n,), [0, 1]: how well the box suits a player there.
        nodes: the same boxes as nodes of a path, rewards left at 0.
    """

    placed: Placed
    track: Ints
    steady_m: Floats
    likelihood: dict[str, Floats]
    nodes: PathNodes


def find_candidates(
    people: PeopleTable, frames: FrameTable, court: CourtTrack, size_wh: tuple[int, int], options: PlayerOptions
) -> Candidates:
    """All boxes to choose players from, in an order that does not depend on the table's."""
    ground = Ground.of(court, frames, options.person_height_m)
    position, xyxy, score = _in_clip(people, frames)
    seen, _ = place(position, xyxy, score, ground, size_wh, options)
    owner = _owners(seen, frames, size_wh, options)
    guesses = with_guesses(seen, ground, size_wh, options)
    keys = (guesses.placed.score, *guesses.placed.xyxy.T, guesses.kind, owner[guesses.source], guesses.placed.position)
    order = np.lexsort(keys).astype(np.int64)
    placed, track, kind = guesses.placed.take(order), owner[guesses.source][order], guesses.kind[order]
    time_s = frames.time_s[placed.position]
    steady_m, worth = _weigh(placed, 16 * track + kind, time_s, options)
    worth = worth * np.where((kind == LEGS) | (kind == HEAD), _whole_share(worth, track, kind), 1)
    likelihood = {role: worth * side_likelihood(steady_m, far=role == "far") for role in ("near", "far")}
    anchors = anchors_xy(boxes_in_reference(placed.xyxy, placed.position, frames))
    segment = frames.segment[placed.position]
    nodes = PathNodes(time_s, np.zeros(len(order)), anchors, placed.height_px, track, segment)
    return Candidates(placed, track, steady_m, likelihood, nodes)


def same_person(placed: Placed, path: Ints) -> Flags:
    """Which boxes mostly show the person of `path` in a frame in which he was found."""
    chosen = np.full((int(placed.position.max(initial=0)) + 1, 4), np.nan)
    chosen[placed.position[path]] = placed.xyxy[path]
    his = chosen[placed.position]
    sides = np.minimum(placed.xyxy[:, 2:], his[:, 2:]) - np.maximum(placed.xyxy[:, :2], his[:, :2])
    overlap = np.clip(sides, 0, None).prod(axis=1)
    smaller = np.minimum(*((box[:, 2:] - box[:, :2]).prod(axis=1) for box in (placed.xyxy, his)))
    result: Flags = np.nan_to_num(overlap / smaller) > _SAME_PERSON
    return result


def _in_clip(people: PeopleTable, frames: FrameTable) -> tuple[Ints, Floats, Floats]:
    """Position in `frames`, box and score of the people in the clip's new pictures."""
    position = np.searchsorted(frames.frame_index, people.frame_index)
    position = np.minimum(position, len(frames) - 1).astype(np.int64)
    inside = (frames.frame_index[position] == people.frame_index) & ~frames.repeated[position]
    return position[inside], people.xyxy[inside], people.score[inside]


def _owners(seen: Placed, frames: FrameTable, size_wh: tuple[int, int], options: PlayerOptions) -> Ints:
    """The number of the followed person each box belongs to, (n,)."""
    table = PeopleTable(frames.frame_index[seen.position], seen.xyxy, seen.score)
    owner = np.full(len(seen.size), -1, dtype=np.int64)
    for number, track in enumerate(link_people(table, frames, size_wh, options)):
        owner[track.row] = number
    return owner


def _weigh(placed: Placed, group: Ints, time_s: Floats, options: PlayerOptions) -> tuple[Floats, Floats]:
    """Steady places in metres, (n, 2), and how well each box suits a player, (n,), by place and size.

    Both are found along each `group`, a followed person's boxes of one kind. Half of the vote on the place is the
    person's over his whole track: a ball kid who crosses the court stays half a ball kid, and who was seen to be the
    player remains so far behind the baseline or run wide.
    """
    steady_m, worth = placed.foot_m.copy(), np.zeros(len(group))
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        steady_m[rows] = _running_median(time_s[rows], placed.foot_m[rows], _STEADY_S)
        suits = place_likelihood(steady_m[rows], options)
        # Half of a track in players' places is enough to know a player; an official's track has hardly any.
        known = min(1.0, 2 * float(suits.mean())) if len(rows) else 0.0
        worth[rows] = (0.5 * suits + 0.5 * known) * placed.size[rows]
    return steady_m, worth


def _whole_share(worth: Floats, track: Ints, kind: Ints) -> Floats:
    """How much a person's whole boxes speak for him, (n,), [0, 1]: who never looks like a player is not made one.

    A line judge who bends looks like a player without legs who stands closer to the court.
    """
    count = int(track.max(initial=-1)) + 1
    seen = kind == AS_SEEN
    good = np.bincount(track[seen], worth[seen] > 0.5, minlength=count)
    share = good / np.maximum(np.bincount(track[seen], minlength=count), 1)
    result: Floats = np.minimum(4 * share, 1)[track]
    return result


def _running_median(time_s: Floats, xy: Floats, window_s: float) -> Floats:
    low = np.searchsorted(time_s, time_s - window_s / 2 - 1e-9)
    high = np.searchsorted(time_s, time_s + window_s / 2 + 1e-9)
    return np.array([np.median(xy[a:b], axis=0) for a, b in zip(low, high, strict=True)]).reshape(-1, 2)
