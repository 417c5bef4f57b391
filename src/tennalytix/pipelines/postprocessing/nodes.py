"""Chooses the players, links the ball, finds the events, and builds the tracks of every clip."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tennalytix import __version__
from tennalytix.core.court_corners import correct_court
from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.table import StoredTable
from tennalytix.pipelines.stage import fingerprint, run_stage
from tennalytix.schema.corrections import Corrections
from tennalytix.schema.courts import CourtFile
from tennalytix.schema.tracks import ModelProvenance, Provenance, Tracks
from tennalytix.tracking.assemble import build_tracks
from tennalytix.tracking.ball import BallLinkOptions, link_ball
from tennalytix.tracking.correct_ball import correct_ball, marked_candidates
from tennalytix.tracking.correct_events import correct_events
from tennalytix.tracking.correct_players import correct_players
from tennalytix.tracking.events import EventOptions, find_events
from tennalytix.tracking.players import PlayerOptions, choose_players

STAGE = "postprocessing"
VERSION = 3


@dataclass(frozen=True, slots=True)
class ClipResults:
    """What the earlier stages stored of one clip, and what a person set right in it."""

    item: StoredClip
    court: CourtFile
    people: StoredTable
    ball: StoredTable
    corrections: Corrections | None


def build_clip_tracks(
    clips: dict[str, Callable[[], StoredClip]],
    courts: dict[str, Callable[[], CourtFile]],
    people: dict[str, Callable[[], StoredTable]],
    balls: dict[str, Callable[[], StoredTable]],
    corrections: dict[str, Callable[[], Corrections]],
    stored: dict[str, str],
    players: PlayerOptions,
    ball: BallLinkOptions,
    events: EventOptions,
) -> Iterator[dict[str, Tracks]]:
    """One tracks file a clip, stored as each is done; no pixel is touched, so it takes seconds."""
    sources: dict[str, Mapping[str, Callable[[], Any]]] = {
        "court_detection": courts,
        "player_detection": people,
        "ball_detection": balls,
    }
    items = {clip_id: partial(_gather, clip_id, load, sources, corrections) for clip_id, load in clips.items()}
    options = {"players": players, "ball": ball, "events": events}

    def fingerprint_of(results: ClipResults) -> str:
        upstream = (
            results.court.fingerprint,
            results.people.fingerprint,
            results.ball.fingerprint,
            results.corrections,
        )
        return fingerprint(STAGE, VERSION, results.item.fingerprint, results.item.entry, upstream, options)

    def work(results: ClipResults, wanted: str) -> Tracks:
        return _track(results, wanted, players, ball, events)

    for clip_id, tracks in run_stage(STAGE, items, stored, fingerprint_of, work):
        yield {clip_id: tracks}


def _gather(
    clip_id: str,
    load: Callable[[], StoredClip],
    sources: Mapping[str, Mapping[str, Callable[[], Any]]],
    corrections: Mapping[str, Callable[[], Corrections]],
) -> ClipResults:
    for stage, partitions in sources.items():
        if clip_id not in partitions:
            raise ValueError(f"{clip_id} must have results of {stage}, got none. Run {stage} first.")
    corrected = corrections[clip_id]() if clip_id in corrections else None
    if corrected is not None and corrected.clip_id != clip_id:
        raise ValueError(f"clip_id of {clip_id}'s corrections must be {clip_id}, got {corrected.clip_id}.")
    court, people, ball = (partitions[clip_id]() for partitions in sources.values())
    return ClipResults(load(), court, people, ball, corrected)


def _track(
    results: ClipResults, wanted: str, players: PlayerOptions, ball: BallLinkOptions, events: EventOptions
) -> Tracks:
    clip = results.item.clip
    frames, size_wh = clip.table, clip.size_wh
    said = results.corrections or Corrections(clip_id=clip.clip_id)
    court = correct_court(results.court.to_track(), said.court_marks(), frames, size_wh)
    chosen = choose_players(results.people.table, frames, court, size_wh, players)
    chosen = correct_players(chosen, said.players, said.swaps, frames, size_wh, players)
    candidates = marked_candidates(results.ball.table, said.ball, frames)
    trajectory = link_ball(candidates, frames, court, chosen, size_wh, ball)
    trajectory = correct_ball(trajectory, said.ball, frames, size_wh, ball)
    found = find_events(trajectory, frames, court, chosen, size_wh, events)
    found = correct_events(found, said.events, trajectory, frames, size_wh)
    models = {"court": results.court.model, "players": results.people.model, "ball": results.ball.model}
    provenance = Provenance(
        tennalytix=__version__,
        fingerprint=wanted,
        models={part: model or ModelProvenance(name="unknown") for part, model in models.items()},
    )
    return build_tracks(
        clip.clip_id, results.item.video, frames, court, chosen, trajectory, found, provenance, results.item.warnings
    )
