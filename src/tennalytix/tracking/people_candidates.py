"""Boxes that may be a player's: followed, placed on the ground, and weighed."""

from dataclasses import dataclass

import numpy as np

from tennalytix.core.court import BASELINE_Y_M
from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import Flags, Floats, FrameTable, Ints, PeopleTable
from tennalytix.tracking.people_chains import chain_people
from tennalytix.tracking.people_ground import Ground
from tennalytix.tracking.people_link import anchors_xy, boxes_in_reference, link_people
from tennalytix.tracking.people_options import PlayerOptions
from tennalytix.tracking.people_parts import AS_SEEN, HEAD, LEGS, with_guesses
from tennalytix.tracking.people_path import PathNodes
from tennalytix.tracking.people_place import Placed, place, place_likelihood, side_likelihood
from tennalytix.tracking.people_stay import Heads, stay_by_head, stay_share, staying, waiting_place
from tennalytix.tracking.people_stretch import borne_out

_STEADY_S = 0.8
_SAME_PERSON = 0.6
_MOVE_S, _LEAST_MOVE_M = 2.0, 0.6
_RUNNING_M, _RUNNER = 2.5, 0.6
"""How much further out than others somebody who runs may be, and what that is worth: ball kids run there too."""

_PARDON = 0.6
_BEHIND = 0.3
"""What standing at the rear end of the far run-off takes from a box's worth.

Over there, who stands behind the player is right above him in the picture, and their boxes run into one another. The
one in front is the player; who is alone loses too little to matter.
"""

_UNSURE = 0.3
"""What a box of score 0 is worth less than one of score 1.

Somebody whom motion and a network both see is surer than what motion alone sees: it also shows the empty place that
somebody has left after standing there for long.
"""

_LEAP_M = 2.2
"""How far a place may seem to move at once, beside what a sprint takes it."""

_IN_FRONT_M = 2.5
"""Who ends so much nearer than the owner of his head stands is somebody else, or both of them."""

_STRANGER, _KNOWN = 0.15, 0.5
"""Shares of a person's time in players' places from which he may be, and is, a player."""


@dataclass(frozen=True, eq=False, slots=True)
class Candidates:
    """Boxes near the court in order of time, detected ones and guesses.

    Attributes:
        placed: boxes and where they stand.
        track: (n,), the followed person a box belongs to, or was made from.
        person: (n,), the person that track is a part of.
        steady_m: (n, 2), where that person stands, without the jitter of single boxes.
        stays: (n,), [0, 1]: how surely somebody stays at that place.
        likelihood: per side of the net, (n,), [0, 1]: how well the box suits a player there.
        nodes: the same boxes as nodes of a path, rewards left at 0.
        court_known: (frames,), where people can be placed at all.
        looked: (frames,), where people were looked for; on the others boxes lie on curves.
    """

    placed: Placed
    track: Ints
    person: Ints
    steady_m: Floats
    stays: Floats
    likelihood: dict[str, Floats]
    nodes: PathNodes
    court_known: Flags
    looked: Flags


def find_candidates(
    people: PeopleTable, frames: FrameTable, court: CourtTrack, size_wh: tuple[int, int], options: PlayerOptions
) -> Candidates:
    """All boxes to choose players from, in an order that does not depend on the table's."""
    ground = Ground.of(court, frames, options.person_height_m)
    position, xyxy, score, looked = _in_clip(people, frames)
    seen, _ = place(position, xyxy, score, ground, size_wh, options)
    owner, person = _owners(seen, frames, options)
    steady_m = _steady(seen, owner, frames)
    moves = _moves(steady_m, owner, frames.time_s[seen.position])
    stays = staying(stay_share(steady_m, seen.position, ground, frames, options))
    seen = borne_out(seen, owner, frames)
    guesses = with_guesses(seen, ground, size_wh, options)
    source = guesses.source
    keys = (guesses.placed.score, *guesses.placed.xyxy.T, guesses.kind, owner[source], guesses.placed.position)
    order = np.lexsort(keys).astype(np.int64)
    placed, source, kind = guesses.placed.take(order), source[order], guesses.kind[order]
    steady_m = _steady(placed, 16 * owner[source] + kind, frames)
    there_m = ground.at_best(steady_m, placed.position)
    # What is only forgiven must not win against a player who needs no pardon.
    waits = (1 - _PARDON) * waiting_place(steady_m, options) + _PARDON * waiting_place(there_m, options)
    away = np.where(kind == AS_SEEN, 1 - waits, 1.0)
    suits = place_likelihood(there_m, options)
    suits = np.maximum(suits, _RUNNER * moves[source] * place_likelihood(there_m, options, beyond_m=_RUNNING_M))
    suits *= 1 - stays[source] * away
    might = np.flatnonzero((suits > 0.01) & (kind != HEAD))
    heads = _heads(placed.take(might), owner[source[might]], frames)
    head_share, usual_m = stay_by_head(heads, _heads(seen, owner, frames), seen.foot_m, ground, frames, options)
    behind = staying(head_share) * (1 - np.nan_to_num(waiting_place(usual_m, options)))
    # A box that ends much nearer than its head's owner stands holds somebody else as well: maybe the player.
    suits[might] *= np.where(steady_m[might, 1] > usual_m[:, 1] - _IN_FRONT_M, 1 - behind, 1.0)
    time_s = frames.time_s[placed.position]
    pieces = _pieces(steady_m, 16 * owner[source] + kind, time_s, options)
    known = np.maximum(*(_known(suits, who, time_s, options) for who in (pieces, 16 * person[source] + kind)))
    # Half of the vote is the past's and the future's: a ball kid who crosses the court stays a ball kid, and who was
    # seen to be the player remains so far behind the baseline or run wide.
    worth = placed.size * (0.5 * suits + 0.5 * known) * (0.25 + 0.75 * known)
    worth *= 1 - _BEHIND * _far_behind(there_m, options)
    worth *= 1 - _UNSURE * (1 - seen.score[source])
    worth *= np.where((kind == LEGS) | (kind == HEAD), _whole_share(worth, person[source], kind), 1)
    likelihood = {role: worth * side_likelihood(steady_m, far=role == "far") for role in ("near", "far")}
    nodes = _nodes(placed, owner[source], frames)
    return Candidates(
        placed,
        owner[source],
        person[source],
        steady_m,
        stays[source],
        likelihood,
        nodes,
        ground.stretch_of >= 0,
        looked,
    )


def _nodes(placed: Placed, track: Ints, frames: FrameTable) -> PathNodes:
    anchors = anchors_xy(boxes_in_reference(placed.xyxy, placed.position, frames))
    time_s, segment = frames.time_s[placed.position], frames.segment[placed.position]
    return PathNodes(time_s, np.zeros(len(time_s)), anchors, placed.height_px, track, segment)


def _heads(placed: Placed, track: Ints, frames: FrameTable) -> Heads:
    xy = anchors_xy(boxes_in_reference(placed.xyxy, placed.position, frames))[:, 0]
    return Heads(placed.position, frames.segment[placed.position], xy, placed.height_px, track)


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


def _in_clip(people: PeopleTable, frames: FrameTable) -> tuple[Ints, Floats, Floats, Flags]:
    """Position in `frames`, box and score of people in the clip's new pictures, and which of these were looked at."""
    position = np.searchsorted(frames.frame_index, people.frame_index)
    position = np.minimum(position, len(frames) - 1).astype(np.int64)
    inside = (frames.frame_index[position] == people.frame_index) & ~frames.repeated[position]
    looked = np.zeros(len(frames), dtype=bool)
    looked[position[inside & ~people.between]] = True
    return position[inside], people.xyxy[inside], people.score[inside], looked


def _owners(seen: Placed, frames: FrameTable, options: PlayerOptions) -> tuple[Ints, Ints]:
    """The numbers of the track and of the person each box belongs to, (n,) both."""
    table = PeopleTable(frames.frame_index[seen.position], seen.xyxy, seen.score)
    tracks = link_people(table, frames, options)
    owner = np.full(len(seen.size), -1, dtype=np.int64)
    for number, track in enumerate(tracks):
        owner[track.row] = number
    return owner, chain_people(tracks, frames, options)[owner] if tracks else owner


def _steady(placed: Placed, group: Ints, frames: FrameTable) -> Floats:
    """Where people stand along each `group` of boxes, without the jitter of single boxes, (n, 2), metres."""
    steady_m = placed.foot_m.copy()
    for rows in _groups(group):
        steady_m[rows] = _running_median(frames.time_s[placed.position[rows]], placed.foot_m[rows], _STEADY_S)
    return steady_m


def _moves(steady_m: Floats, group: Ints, time_s: Floats) -> Floats:
    """How surely people run sideways at the time of each box, (n,), [0, 1]; depth is known too badly."""
    moves = np.zeros(len(group))
    for rows in _groups(group):
        low, high = _window(time_s[rows], _MOVE_S)
        x = steady_m[rows, 0]
        reach_m = np.array([x[a:b].max() - x[a:b].min() for a, b in zip(low, high, strict=True)])
        moves[rows] = np.clip((reach_m - _LEAST_MOVE_M) / _LEAST_MOVE_M, 0, 1)
    return moves


def _far_behind(foot_m: Floats, options: PlayerOptions) -> Floats:
    """How far back in the rear half of the far run-off places are, (n,), 0 to its end at 1."""
    half_m = options.run_off_back_m / 2
    behind: Floats = np.clip((foot_m[:, 1] - BASELINE_Y_M - half_m) / max(half_m, 1e-9), 0, 1)
    return behind


def _known(suits: Floats, group: Ints, time_s: Floats, options: PlayerOptions) -> Floats:
    """How surely each `group`, boxes of one person, was seen to be a player's around the time of each box, (n,)."""
    known = np.zeros(len(suits))
    for rows in _groups(group):
        mean = _running_mean(time_s[rows], suits[rows], options.history_s)
        # A player is in players' places most of the time, an official hardly ever.
        known[rows] = np.clip((mean - _STRANGER) / (_KNOWN - _STRANGER), 0, 1)
    return known


def _pieces(steady_m: Floats, group: Ints, time_s: Floats, options: PlayerOptions) -> Ints:
    """Each `group` cut where it leaps, (n,): there it went over from one person to another who stands behind him."""
    pieces, count = np.zeros(len(group), dtype=np.int64), 0
    for rows in _groups(group):
        reach_m = _LEAP_M + options.max_speed_mps * np.diff(time_s[rows])
        leaps = np.linalg.norm(np.diff(steady_m[rows], axis=0), axis=1) > reach_m
        pieces[rows] = count + np.concatenate([[0], np.cumsum(leaps)])
        count = int(pieces[rows[-1]]) + 1
    return pieces


def _groups(group: Ints) -> list[Ints]:
    """Rows of each group, ascending."""
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    return [part for part in parts if len(part)]


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
    low, high = _window(time_s, window_s)
    count = high - low
    # All windows at once, filled up with what sorts last.
    at = np.arange(count.max(initial=1))
    inside = at < count[:, None]
    values = np.where(inside[..., None], xy[np.where(inside, low[:, None] + at, 0)], np.nan)
    values.sort(axis=1)
    row = np.arange(len(xy))
    median: Floats = (values[row, (count - 1) // 2] + values[row, count // 2]) / 2
    return median


def _running_mean(time_s: Floats, values: Floats, window_s: float) -> Floats:
    low, high = _window(time_s, window_s)
    total = np.concatenate([[0.0], np.cumsum(values)])
    mean: Floats = (total[high] - total[low]) / (high - low)
    return mean


def _window(time_s: Floats, window_s: float) -> tuple[Ints, Ints]:
    low = np.searchsorted(time_s, time_s - window_s / 2 - 1e-9)
    return low, np.searchsorted(time_s, time_s + window_s / 2 + 1e-9)
