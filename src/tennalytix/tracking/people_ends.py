"""Changes of ends: players who are seen walking round the net."""

import numpy as np

from tennalytix.core.tables import Floats, Ints

_CLEAR_M = 2.0
"""Distance from the net from which a person is surely on one side."""
_POST_M = 5.3
"""Distance from the middle at which a person may pass the net: the posts are 6.4 m out, feet known to a metre."""
_LEAST_S = 2.0
_TOGETHER_S = 60.0


def changes_of_ends(near: Ints, far: Ints, person: Ints, foot_m: Floats, time_s: Floats) -> Floats:
    """When the players change ends, ascending, seconds.

    Somebody counts who is the player of one side for some seconds, is then followed without a break round a post of
    the net, and is the player of the other side after that. The players follow one another, so changes within a
    minute are one. Who walks unseen does not show: ids then stay with the side.

    Args:
        near: rows of the boxes of the near player.
        far: rows of the boxes of the far one.
        person: (n,), the number of the followed person of every box.
        foot_m: (n, 2), where they stand.
        time_s: (n,), ascending.
    """
    found: list[float] = []
    for number in np.intersect1d(person[near], person[far]):
        played = tuple(time_s[path[person[path] == number]] for path in (near, far))
        rows = np.flatnonzero(person == number)
        found += [t for t in _passages(foot_m[rows], time_s[rows]) if _plays_on_both(played, t)]
    result: list[float] = []
    for moment in sorted(found):
        if not result or moment - result[-1] > _TOGETHER_S:
            result.append(moment)
    return np.array(result)


def partners_kept(paths: dict[str, list[Ints]], changes: Floats, person: Ints, time_s: Floats) -> dict[str, list[Ints]]:
    """The same paths, with the ends of partners' exchanged where a change of ends would give one the other's number.

    Args:
        paths: for each role the rows of one or two people's boxes.
        changes: when the players change ends, ascending, seconds.
        person: (n,), the number of the followed person of every box.
        time_s: (n,), ascending.
    """
    kept = {role: list(found) for role, found in paths.items()}
    if any(len(found) != 2 for found in kept.values()):
        return kept
    for moment in changes.tolist():
        for start, end in (("near", "far"), ("far", "near")):
            left = [_people(p, person, time_s, moment - _TOGETHER_S, moment) for p in kept[start]]
            reached = [_people(p, person, time_s, moment, moment + _TOGETHER_S) for p in kept[end]]
            votes = np.array([[len(a & b) for b in reached] for a in left])
            if np.trace(votes) < votes.sum() - np.trace(votes):
                first, second = kept[end]
                before = [p[time_s[p] < moment] for p in (first, second)]
                after = [p[time_s[p] >= moment] for p in (second, first)]
                kept[end] = [np.concatenate(pieces) for pieces in zip(before, after, strict=True)]
    return kept


def _people(path: Ints, person: Ints, time_s: Floats, first_s: float, last_s: float) -> set[int]:
    return set(person[path[(time_s[path] >= first_s) & (time_s[path] < last_s)]].tolist())


def _passages(foot_m: Floats, time_s: Floats) -> list[float]:
    """When a person passes the net outside the posts, seconds."""
    rows = np.flatnonzero(np.abs(foot_m[:, 1]) > _CLEAR_M)
    side = np.sign(foot_m[rows, 1])
    moments = []
    for i in np.flatnonzero(np.diff(side) != 0):
        between = slice(rows[i], rows[i + 1] + 1)
        nearest = between.start + int(np.abs(foot_m[between, 1]).argmin())
        if np.abs(foot_m[nearest, 0]) > _POST_M:
            moments.append(float(time_s[nearest]))
    return moments


def _plays_on_both(played: tuple[Floats, Floats], moment: float) -> bool:
    """Whether somebody with these times as near and as far player changes over at a moment."""
    before, after = ([_lasts(t[(t < moment) == early]) for t in played] for early in (True, False))
    return any(before[side] > _LEAST_S and after[1 - side] > _LEAST_S for side in (0, 1))


def _lasts(time_s: Floats) -> float:
    return float(np.ptp(time_s)) if len(time_s) else 0.0
