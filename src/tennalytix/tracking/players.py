"""Which of the people are the players: chosen by where they stand, over the whole clip, on each side of the net."""

from dataclasses import dataclass, replace

import numpy as np

from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M
from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import Floats, FrameTable, Ints, PeopleTable, PlayerTrack
from tennalytix.tracking.ball_turns import Turns, nearness
from tennalytix.tracking.people_boxes import steady_boxes
from tennalytix.tracking.people_candidates import Candidates, find_candidates, same_person
from tennalytix.tracking.people_crossings import each_his_own
from tennalytix.tracking.people_ends import changes_of_ends, partners_kept
from tennalytix.tracking.people_link import PersonTrack, link_people
from tennalytix.tracking.people_options import PlayerOptions
from tennalytix.tracking.people_path import best_path, without_holes

__all__ = ["PersonTrack", "PlayerOptions", "Rivals", "choose_players", "link_people"]

_ROLES = ("near", "far")
_NEUTRAL = 0.25
"""Likelihood at which a box is worth nothing: with less, it is better to say that the player is not seen."""
_LEAST_MEAN = _CLEAR = 0.5
_MORE_HITS, _AS_LONG = 0.8, 0.6
"""Who was where the ball turned so much more often, one clear hit, is the player, if seen for that share of time."""

_PAIRS_M = np.array([DOUBLES_WIDTH_M / 2 + 1.0, BASELINE_Y_M + 3.0])
_COURT_M = np.array([DOUBLES_WIDTH_M / 2, BASELINE_Y_M - 1.0])
_LEAST_INSIDE = 0.6
_TOGETHER = 1.2
"""Shares of the clip for which both sides hold a second player, added up."""
_PARTNERS = 0.9
"""Share of the clip for which two people on one side are seen who can be nothing but partners."""


def choose_players(
    people: PeopleTable,
    frames: FrameTable,
    court: CourtTrack,
    size_wh: tuple[int, int],
    options: PlayerOptions | None = None,
) -> list[PlayerTrack]:
    """The competing players, nearer side first; nobody where no court was found.

    All people near the court are followed. Every box is worth as much as its size and the place where its person
    stands suit a player, on either side of the net; who stays where officials stay is none. The best path through the
    boxes of the whole clip is the player of that side. Second players are reported only if *both* sides hold one for
    much of the clip, all four where pairs play. Ids are odd on the near side and even on the far side: 1 and 2 in
    singles.

    A change of ends that can be seen swaps the ids, so that an id means a person: its rows are then in two tracks, one
    for each role. Partners keep their numbers, the first or the second of their side.

    Args:
        people: boxes of all people, players or not.
        frames: the clip.
        court: its court.
        size_wh: width and height of the picture.
        options: knobs; the defaults if None.
    """
    rivals = find_rivals(people, frames, court, size_wh, options)
    return [] if rivals is None else players_of(rivals, frames, options)


@dataclass(frozen=True, eq=False, slots=True)
class Rivals:
    """Who may be the players.

    Attributes:
        candidates: all boxes near the court.
        paths: for each role up to two people, as rows of the candidates, the likelier first.
        pairs: all of them play.
    """

    candidates: Candidates
    paths: dict[str, list[Ints]]
    pairs: bool


def find_rivals(
    people: PeopleTable,
    frames: FrameTable,
    court: CourtTrack,
    size_wh: tuple[int, int],
    options: PlayerOptions | None = None,
) -> Rivals | None:
    """The people who may be players, see `choose_players`; None where no court was found."""
    opts = options or PlayerOptions()
    if not court.stretches or not len(frames):
        return None
    candidates = find_candidates(people, frames, court, size_wh, opts)
    step_s = _step_s(frames)
    paths = {role: _paths(candidates, role, step_s, opts) for role in _ROLES}
    fresh = int((~frames.repeated & candidates.court_known).sum())
    return Rivals(candidates, paths, _pairs_play(candidates, paths, fresh, opts))


def hitters_first(rivals: Rivals, turns: Turns) -> Rivals:
    """The same people, on each side the one first who hits the ball; the very same object where nothing changes.

    Args:
        rivals: where one plays on each side, the second may be the player. Pairs stay as they are.
        turns: where the ball turns back.
    """
    turned = [r for r, found in rivals.paths.items() if _second_hits(rivals.candidates, r, found, turns)]
    if rivals.pairs or not turned:
        return rivals
    return replace(rivals, paths={r: found[::-1] if r in turned else found for r, found in rivals.paths.items()})


def players_of(rivals: Rivals, frames: FrameTable, options: PlayerOptions | None = None) -> list[PlayerTrack]:
    """The tracks of the likeliest on each side, or of all where pairs play; see `choose_players`."""
    opts, candidates, paths = options or PlayerOptions(), rivals.candidates, rivals.paths
    count = 2 if rivals.pairs else 1
    if rivals.pairs:
        paths = {role: _untangled(found, candidates) for role, found in paths.items()}
    nobody, time_s = np.zeros(0, dtype=np.int64), candidates.nodes.time_s
    near, far = (np.concatenate([nobody, *paths[role][:count]]) for role in _ROLES)
    changes = changes_of_ends(near, far, candidates.person, candidates.steady_m, time_s)
    if rivals.pairs:
        paths = partners_kept(paths, changes, candidates.person, time_s)
    return [
        track
        for side, role in enumerate(_ROLES)
        for number, path in enumerate(paths[role][:count])
        for track in _tracks(
            (1 + side + 2 * number, 2 - side + 2 * number), role, path, changes, candidates, frames, opts
        )
    ]


def _step_s(frames: FrameTable) -> float:
    """Time from one new picture to the next."""
    times = frames.time_s[~frames.repeated]
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0


def _paths(candidates: Candidates, role: str, step_s: float, options: PlayerOptions) -> list[Ints]:
    """Up to two people on one side of the net, the better first."""
    likelihood = candidates.likelihood[role]
    nodes = replace(candidates.nodes, reward_s=step_s * (likelihood - _NEUTRAL))
    left = np.flatnonzero(likelihood > _NEUTRAL)
    # Of a clip of a moment, half will do.
    least_s = min(options.min_seen_s, 0.5 * step_s * int(candidates.court_known.sum()))
    found: list[Ints] = []
    for _ in range(2):
        part = nodes.take(left)
        path = left[without_holes(part, best_path(part, options), step_s * (_CLEAR - _NEUTRAL))]
        if len(path) * step_s < least_s or likelihood[path].mean() < _LEAST_MEAN:
            break
        found.append(path)
        left = left[~same_person(candidates.placed, path)[left]]
    return found


def _second_hits(candidates: Candidates, role: str, paths: list[Ints], turns: Turns) -> bool:
    """Whether it is the second of two on one side who hits the ball."""
    if len(paths) < 2 or len(paths[1]) < _AS_LONG * len(paths[0]):
        return False
    nodes = candidates.nodes
    near = nearness(turns, nodes.time_s, nodes.anchors, nodes.height_px, far=role == "far")
    first, second = (float(near[path].sum()) for path in paths)
    return second >= first + _MORE_HITS


def _pairs_play(candidates: Candidates, paths: dict[str, list[Ints]], fresh: int, options: PlayerOptions) -> bool:
    """Whether two people share each side for much of the `fresh` pictures, mostly where pairs play.

    Officials are further out, or cross the court for a moment only; a coach stands still behind the baseline; ball kids
    run there by turns. Two who share one side all along are partners: their opponents are then two also where one of
    them stands wide.
    """
    shares = {role: len(found[1]) / fresh if len(found) > 1 else 0.0 for role, found in paths.items()}
    if min(shares.values()) < options.doubles_share or sum(shares.values()) < _TOGETHER:
        return False
    play = {role: all(_plays_here(candidates, path) for path in found) for role, found in paths.items()}
    return all(play.values()) or any(play[role] and shares[role] >= _PARTNERS for role in paths)


def _plays_here(candidates: Candidates, path: Ints) -> bool:
    place_m = np.abs(candidates.steady_m[path])
    if (place_m < _PAIRS_M).all(axis=1).mean() < _LEAST_INSIDE:
        return False
    return bool((place_m < _COURT_M).all(axis=1).mean() > 0.5 or candidates.stays[path].mean() < 0.8)


def _untangled(paths: list[Ints], candidates: Candidates) -> list[Ints]:
    return list(each_his_own((paths[0], paths[1]), candidates.nodes)) if len(paths) == 2 else paths


def _tracks(
    ids: tuple[int, int],
    role: str,
    path: Ints,
    changes: Floats,
    candidates: Candidates,
    frames: FrameTable,
    options: PlayerOptions,
) -> list[PlayerTrack]:
    """What is known of one side's player: one track, or one for each person where ends were changed."""
    who = np.searchsorted(changes, candidates.nodes.time_s[path], side="right") % 2
    result = []
    for number, track_id in enumerate(ids):
        boxes = candidates.placed.take(path[who == number])
        if len(boxes.position):
            columns = steady_boxes(boxes.position, boxes.xyxy, boxes.score, candidates.looked, frames, options)
            result.append(PlayerTrack(track_id, role, *columns))
    return result
