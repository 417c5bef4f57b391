"""Tracks against labels: scores of a clip, of a video, of all of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np

from tennalytix.core.tables import Flags, Ints
from tennalytix.metrics.ball import BallScores, pool_ball, score_ball
from tennalytix.metrics.counts import Summary
from tennalytix.metrics.court import CourtScores, pool_court, score_court
from tennalytix.metrics.events import EventScores, pool_events, score_events
from tennalytix.metrics.labels import BallLabels, ClipLabels, CourtLabels, OtherLabels, PlayerLabels
from tennalytix.metrics.options import EvaluationOptions
from tennalytix.metrics.players import PlayerScores, pool_players, score_players
from tennalytix.metrics.predictions import ball_of, court_view_of, events_of, players_of, times_of
from tennalytix.schema.tracks import Tracks

_T = TypeVar("_T")
Spans = Sequence[tuple[int, int]]
"""First and last frames of clips, both included."""


@dataclass(frozen=True, slots=True)
class ClipScores:
    """Scores of one clip, one video or several together; None for what was not labelled.

    Attributes:
        name: what was scored.
        ball: positions of the ball.
        players: boxes of the players.
        court: the court's points.
        events: hits and bounces.
    """

    name: str
    ball: BallScores | None = None
    players: PlayerScores | None = None
    court: CourtScores | None = None
    events: EventScores | None = None

    def summary(self) -> Summary:
        """Plain values for JSON."""
        parts = {"ball": self.ball, "players": self.players, "court": self.court, "events": self.events}
        return {name: None if part is None else part.summary() for name, part in parts.items()}


def evaluate_clip(tracks: Tracks, labels: ClipLabels, options: EvaluationOptions | None = None) -> ClipScores:
    """Scores one clip; labels on frames outside the clip do not count.

    Args:
        tracks: of the clip.
        labels: of the clip's video.
        options: how strictly to measure.
    """
    span = (tracks.clip.first_frame, tracks.clip.last_frame)
    return _score(
        tracks, _covered_court(labels, [span]).where(partial(_inside, [span])), options or EvaluationOptions()
    )


def evaluate_video(clips: Sequence[Tracks], labels: ClipLabels, options: EvaluationOptions | None = None) -> ClipScores:
    """Scores all clips of one video together; what is labelled on frames that no clip covers counts as missed.

    Args:
        clips: all tracks of the video, at least one.
        labels: of the video.
        options: how strictly to measure.
    """
    options = options or EvaluationOptions()
    spans = [(t.clip.first_frame, t.clip.last_frame) for t in clips]
    labels = _covered_court(labels, spans)
    scores = [_score(t, labels.where(partial(_inside, [span])), options) for t, span in zip(clips, spans, strict=True)]
    rest = labels.where(lambda index: ~_inside(spans, index))
    nothing = clips[0].model_copy(update={"frames": [], "events": [], "court": None})
    return replace(pool([*scores, _score(nothing, rest, options)]), name=labels.name)


def pool(scores: Sequence[ClipScores]) -> ClipScores:
    """All labelled frames of several clips as if they were one clip's: a clip weighs as much as it has labels."""
    return ClipScores(
        "all",
        ball=_pool(pool_ball, (s.ball for s in scores)),
        players=_pool(pool_players, (s.players for s in scores)),
        court=_pool(pool_court, (s.court for s in scores)),
        events=_pool(pool_events, (s.events for s in scores)),
    )


def _score(tracks: Tracks, labels: ClipLabels, options: EvaluationOptions) -> ClipScores:
    return ClipScores(
        labels.name,
        ball=None if labels.ball is None else _score_ball(tracks, labels.ball, options),
        players=None if labels.players is None else _score_players(tracks, labels.players, labels.others, options),
        court=None if labels.court is None else _score_court(tracks, labels.court),
        events=None if labels.ball is None else _score_events(tracks, labels.ball, options),
    )


def _score_ball(tracks: Tracks, labels: BallLabels, options: EvaluationOptions) -> BallScores:
    tolerances_px, interpolated = options.ball_tolerances_px, options.count_interpolated
    return score_ball(
        ball_of(tracks), labels, _size_wh(tracks), tolerances_px=tolerances_px, count_interpolated=interpolated
    )


def _score_players(
    tracks: Tracks, labels: PlayerLabels, others: OtherLabels | None, options: EvaluationOptions
) -> PlayerScores:
    return score_players(players_of(tracks), labels, others, _size_wh(tracks), min_iou=options.min_iou)


def _score_court(tracks: Tracks, labels: CourtLabels) -> CourtScores:
    return score_court(partial(court_view_of, tracks), labels, _size_wh(tracks))


def _score_events(tracks: Tracks, labels: BallLabels, options: EvaluationOptions) -> EventScores:
    times = times_of(tracks)
    return score_events(events_of(tracks), labels, times, tolerance_frames=options.event_tolerance_frames)


def _size_wh(tracks: Tracks) -> tuple[int, int]:
    return tracks.video.width, tracks.video.height


def _pool(pool_parts: Callable[[Sequence[_T]], _T], parts: Iterable[_T | None]) -> _T | None:
    measured = [part for part in parts if part is not None]
    return pool_parts(measured) if measured else None


def _inside(spans: Spans, frame_index: Ints) -> Flags:
    inside = np.zeros(len(frame_index), dtype=np.bool_)
    for first, last in spans:
        inside |= (frame_index >= first) & (frame_index <= last)
    return inside


def _covered_court(labels: ClipLabels, spans: Spans) -> ClipLabels:
    """The points of a static court hold on every frame: they move to the nearest one that is in a clip."""
    if labels.court is None or not labels.court.static:
        return labels
    moved: dict[int, dict[str, tuple[float, float]]] = {}
    # Of a point that has several labels there, the nearest counts.
    for frame in sorted(labels.court.points, key=lambda frame: -abs(_nearest(frame, spans) - frame)):
        moved.setdefault(_nearest(frame, spans), {}).update(labels.court.points[frame])
    return replace(labels, court=replace(labels.court, points=moved))


def _nearest(frame: int, spans: Spans) -> int:
    return min((min(max(frame, first), last) for first, last in spans), key=lambda covered: abs(covered - frame))
