"""Chooses the players, links the ball, finds the events, and builds the tracks of every clip."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from tennalytix import __version__
from tennalytix.core.court_corners import correct_court
from tennalytix.core.spelling import nearest
from tennalytix.core.tables import PlayerTrack
from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.partitions import Stored
from tennalytix.datasets.table import StoredTable
from tennalytix.export.flat import write_flat_table
from tennalytix.pipelines.current import checked_tracks
from tennalytix.pipelines.parallel import SERIAL, Parallel
from tennalytix.pipelines.postprocessing.results import ClipResults, gather
from tennalytix.pipelines.stage import fingerprint, run_stage
from tennalytix.schema.clips import EditList, current_clips, video_id_of
from tennalytix.schema.corrections import Corrections
from tennalytix.schema.courts import CourtFile
from tennalytix.schema.tracks import ModelProvenance, Provenance, Tracks
from tennalytix.tracking.assemble import build_tracks
from tennalytix.tracking.ball import BallLinkOptions
from tennalytix.tracking.correct_ball import correct_ball, marked_candidates
from tennalytix.tracking.correct_events import correct_events
from tennalytix.tracking.correct_players import correct_players
from tennalytix.tracking.decimation import as_shown, undo_decimation
from tennalytix.tracking.events import EventOptions, find_events
from tennalytix.tracking.players import PlayerOptions
from tennalytix.tracking.rally import follow_rally
from tennalytix.video.names import printable

logger = logging.getLogger(__name__)

STAGE = "postprocessing"
VERSION = 14
TABLE_STAGE = "table of tracks"
TABLE_VERSION = 1


def build_clip_tracks(
    clips: dict[str, Callable[[], StoredClip]],
    courts: dict[str, Callable[[], CourtFile]],
    people: dict[str, Callable[[], StoredTable]],
    balls: dict[str, Callable[[], StoredTable]],
    corrections: dict[str, Callable[[], Corrections]],
    edit_lists: dict[str, Callable[[], EditList]],
    stored: dict[str, str],
    players: PlayerOptions,
    ball: BallLinkOptions,
    events: EventOptions,
    parallel: Parallel = SERIAL,
) -> Iterator[dict[str, Tracks | Stored]]:
    """One tracks file a clip, stored as each is done; no pixel is touched, so it takes seconds."""
    _name_stray(corrections, set(clips), edit_lists, parallel)
    stages: dict[str, Mapping[str, Callable[[], Any]]] = {
        "court_detection": courts,
        "player_detection": people,
        "ball_detection": balls,
    }
    items = {
        # Of each stage, the one result: what is sent to a worker must not hold those of all clips.
        clip_id: partial(
            gather, clip_id, load, {stage: p.get(clip_id) for stage, p in stages.items()}, corrections.get(clip_id)
        )
        for clip_id, load in clips.items()
    }
    options = {"players": players, "ball": ball, "events": events}
    fingerprint_of, work = partial(_fingerprint, options), partial(_track, players, ball, events)
    for clip_id, tracks in run_stage(STAGE, items, stored, fingerprint_of, work, parallel=parallel):
        yield {clip_id: tracks}


def flatten_tracks(
    tracks: dict[str, Callable[[], Tracks]],
    clips: Mapping[str, object],
    edit_lists: dict[str, Callable[[], EditList]],
    fingerprints: dict[str, str],
    stored: dict[str, str],
    parallel: Parallel = SERIAL,
) -> Iterator[Callable[[str], int]]:
    """The tracks of all clips in storage as one table, made anew when one of them has changed.

    A run on a part of the videos leaves it to a run without parts: several would write the same file.

    Args:
        tracks: load functions by clip id; those of clips that their video no longer has are left out.
        clips: of the videos at hand.
        edit_lists: load functions by video.
        fingerprints: of the tracks in storage.
        stored: of the table in storage.
        parallel: only whether the run takes a part of the videos.
    """
    if parallel.shard or not tracks:
        return
    lists = {video_id: load() for video_id, load in edit_lists.items()}
    current = checked_tracks(current_clips(tracks, lists), lists)
    _name_others(tracks, current, clips)
    wanted = fingerprint(TABLE_STAGE, TABLE_VERSION, sorted(current_clips(fingerprints, lists).items()))
    if stored.get("tracks") == wanted or (not current and "tracks" not in stored):
        return

    def write(path: str) -> int:
        read: list[str] = []

        def clips() -> Iterator[Tracks]:
            for name, item in run_stage(
                TABLE_STAGE, current, {}, lambda item: item.provenance.fingerprint, lambda item, _: item
            ):
                read.append(name)
                yield item

        # A table that lacks a clip that could not be read this time is made anew by the next run.
        return write_flat_table(clips(), path, lambda: wanted if len(read) == len(current) else "")

    yield write


def _name_others(tracks: Collection[str], current: Collection[str], clips: Collection[str]) -> None:
    """Tells of tracks of clips that are not at hand: what becomes of them, and why."""
    causes = {
        "are left out, since their videos' edit lists no longer have them; what is stored of them is kept": (
            set(tracks) - set(current)
        ),
        "stay in, though their videos are not in the folder of this run": set(current) - set(clips),
    }
    for words, names in causes.items():
        if names:
            logger.info(
                "%s: %d of %d clips %s: %s.", TABLE_STAGE, len(names), len(tracks), words, _listed(sorted(names))
            )


def _listed(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(printable(name) for name in names[:most]) + more


def _name_stray(
    corrections: Mapping[str, object],
    clips: set[str],
    edit_lists: Mapping[str, Callable[[], EditList]],
    parallel: Parallel,
) -> None:
    """Warns of corrections of no clip: most likely their file has a wrong name."""
    stray = parallel.of_shard({name: None for name in corrections if name not in clips})
    if not stray:
        return
    # Clips of videos that are not at hand, and those of videos that cannot be used this time, may have corrections.
    lists = {video_id: load() for video_id, load in edit_lists.items()}
    known = clips | {clip.clip_id for edit_list in lists.values() for clip in edit_list.clips}
    refused = {video_id for video_id, edit_list in lists.items() if edit_list.error is not None}
    for name in sorted(stray):
        if name not in known and video_id_of(name) not in refused:
            meant = nearest(name, known)
            logger.warning(
                "%s: 05_corrections/%s.json must be named after a clip, so it was not used. %s",
                STAGE, printable(name), f"Did you mean {printable(meant)}.json?" if meant else "Rename it.",
            )  # fmt: skip


def _fingerprint(options: Mapping[str, object], results: ClipResults) -> str:
    upstream = (results.court.fingerprint, results.people.fingerprint, results.ball.fingerprint, results.corrections)
    return fingerprint(STAGE, VERSION, results.item.fingerprint, results.item.entry, upstream, options)


def _track(
    players: PlayerOptions, ball: BallLinkOptions, events: EventOptions, results: ClipResults, wanted: str
) -> Tracks:
    clip = results.item.clip
    size_wh = clip.size_wh
    frames = undo_decimation(clip.table, results.ball.table, size_wh)
    said = results.corrections or Corrections(clip_id=clip.clip_id)
    court = correct_court(results.court.to_track(), said.court_marks(), frames, size_wh)
    court = court.with_pixels(float(Fraction(results.item.video.pixel_aspect)))
    candidates = marked_candidates(results.ball.table, said.ball, frames)

    def correct(found: list[PlayerTrack]) -> list[PlayerTrack]:
        return correct_players(found, said.players, said.swaps, frames, size_wh, players)

    chosen, trajectory = follow_rally(results.people.table, candidates, frames, court, size_wh, players, ball, correct)
    trajectory = correct_ball(trajectory, said.ball, frames, size_wh, ball)
    found = find_events(trajectory, frames, court, chosen, size_wh, events)
    found = correct_events(found, said.events, trajectory, frames, size_wh)
    found = as_shown(found, frames, clip.table)
    models = {"court": results.court.model, "players": results.people.model, "ball": results.ball.model}
    provenance = Provenance(
        tennalytix=__version__,
        fingerprint=wanted,
        models={part: model or ModelProvenance(name="unknown") for part, model in models.items()},
    )
    tracks = build_tracks(
        clip.clip_id,
        results.item.video,
        clip.table,
        court,
        chosen,
        trajectory,
        found,
        provenance,
        results.item.warnings,
    )
    name = printable(clip.clip_id)
    logger.info("%s: %s: %s", STAGE, name, _words(tracks, said))
    if tracks.court is None:
        logger.warning(
            "%s: %s shows no court, so nobody is known to be a player. Mark its corners on the review page.",
            STAGE, name,
        )  # fmt: skip
    return tracks


def _words(tracks: Tracks, said: Corrections) -> str:
    """What became of a clip, in one line."""
    summary, kinds = tracks.summary, Counter(event.kind for event in tracks.events)
    corrections = sum(len(words) for words in (said.court, said.ball, said.players, said.swaps, said.events))
    shares = {"ball": summary.ball_coverage, "near": summary.near_coverage, "far": summary.far_coverage}
    parts = [f"{name} in {int(100 * share + 1e-9)} % of frames" for name, share in shares.items()]
    parts += [f"hits: {kinds['hit']}", f"bounces: {kinds['bounce']}"]
    return ", ".join([*parts, *([f"corrections taken up: {corrections}"] if corrections else [])])
