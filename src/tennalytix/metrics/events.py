"""How well hits and bounces were found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from tennalytix.core.tables import BallEvent, Ints
from tennalytix.metrics.counts import Counts, Summary, mean, rounded
from tennalytix.metrics.labels import BOUNCE, HIT, BallLabels

_STATUS = {"hit": HIT, "bounce": BOUNCE}


@dataclass(frozen=True, slots=True)
class KindScores:
    """Scores of one kind of event.

    Attributes:
        counts: events found, invented and missed.
        errors_s: absolute differences in time between the events found and the labelled frames.
    """

    counts: Counts
    errors_s: tuple[float, ...]

    def summary(self) -> Summary:
        """Plain values for JSON."""
        return {**self.counts.summary(), "mean_time_error_s": rounded(mean(self.errors_s))}


@dataclass(frozen=True, slots=True)
class EventScores:
    """Scores of hits and of bounces."""

    hit: KindScores
    bounce: KindScores

    def summary(self) -> Summary:
        """Plain values for JSON."""
        return {"hit": self.hit.summary(), "bounce": self.bounce.summary()}


def score_events(
    events: Sequence[BallEvent], labels: BallLabels, time_s: Mapping[int, float], *, tolerance_frames: int
) -> EventScores:
    """Pairs found with labelled events of the same kind, one to one, as many as possible and then as near as possible.

    An event without a partner is wrong only if every frame within the tolerance of it is labelled: near the end of the
    labelled stretch its partner may lie outside, and far from it nobody has looked.

    Args:
        events: what was found.
        labels: the labels.
        time_s: presentation times by frame index; a labelled event on a frame that is not there gets no timing error.
        tolerance_frames: frames by which an event may be off.
    """
    return EventScores(*(_score_kind(kind, events, labels, time_s, tolerance_frames) for kind in ("hit", "bounce")))


def pool_events(scores: Sequence[EventScores]) -> EventScores:
    """All clips as if they were one."""
    return EventScores(_pool_kind([s.hit for s in scores]), _pool_kind([s.bounce for s in scores]))


def _pool_kind(scores: Sequence[KindScores]) -> KindScores:
    return KindScores(sum((s.counts for s in scores), Counts()), tuple(e for s in scores for e in s.errors_s))


def _score_kind(
    kind: str, events: Sequence[BallEvent], labels: BallLabels, time_s: Mapping[int, float], tolerance: int
) -> KindScores:
    found = [e for e in events if e.kind == kind]
    wanted = labels.frame_index[labels.status == _STATUS[kind]]
    pairs = _pair(np.array([e.frame_index for e in found], dtype=np.int64), wanted, tolerance)
    paired = {i for i, _ in pairs}
    watched = set(labels.frame_index.tolist())
    invented = [e for i, e in enumerate(found) if i not in paired and _is_watched(e.frame_index, watched, tolerance)]
    times = [(found[i].time_s, time_s.get(int(wanted[j]))) for i, j in pairs]
    errors = tuple(abs(given - there) for given, there in times if there is not None)
    return KindScores(Counts(len(pairs), len(invented), len(wanted) - len(pairs)), errors)


def _pair(found: Ints, wanted: Ints, tolerance: int) -> list[tuple[int, int]]:
    """Indices (into found, into wanted) of the pairs that lie within the tolerance."""
    difference = np.abs(found[:, None] - wanted[None, :])
    # One pair more is worth any nearness of all others.
    cost = np.where(difference <= tolerance, difference, (tolerance + 1) * (min(difference.shape) + 1))
    return [
        (int(i), int(j)) for i, j in zip(*linear_sum_assignment(cost), strict=True) if difference[i, j] <= tolerance
    ]


def _is_watched(frame: int, watched: set[int], tolerance: int) -> bool:
    return all(i in watched for i in range(frame - tolerance, frame + tolerance + 1))
