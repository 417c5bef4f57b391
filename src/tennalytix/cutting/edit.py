"""From shots to clips."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tennalytix.cutting.activity import ActivityMeter
from tennalytix.cutting.jumps import part_at_jumps
from tennalytix.cutting.options import CuttingOptions
from tennalytix.cutting.play import FindBalls, blind_spans, find_flights, worth_looking
from tennalytix.cutting.rallies import motion_mps, split_at_dead_balls, split_at_pauses, split_too_long
from tennalytix.cutting.repeats import mark_repeats
from tennalytix.cutting.views import FindCourt, SeenShot, see_shots
from tennalytix.cutting.watcher import CuttingWatcher
from tennalytix.video.clip import Clip

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cut:
    """What a video was cut into.

    Attributes:
        shots: all of them, in order; none where videos are not cut.
        clips: rows of each clip, first and last.
        of_shot: for each shot the clips that lie in it, as positions in `clips`.
    """

    shots: tuple[SeenShot, ...]
    clips: tuple[Span, ...]
    of_shot: tuple[tuple[int, ...], ...]


def cut_video(
    clip: Clip,
    watcher: CuttingWatcher | None,
    find_court: FindCourt,
    options: CuttingOptions,
    find_balls: FindBalls | None = None,
) -> Cut:
    """Finds shots, what they show, and the rallies in them.

    Args:
        clip: the whole video.
        watcher: has seen every frame of it; None where the video is not to be cut.
        find_court: a court detector's `detect`.
        options: what becomes a clip.
        find_balls: tells where balls may be; None to divide long shots where hardly anything moves alone.
    """
    whole = (0, len(clip.table) - 1)
    if watcher is None or not options.cut:
        return Cut((), (whole,), ())
    shots = see_shots(watcher.shots.finish(clip.table.segment.tolist()), clip, find_court, options)
    only = _only(shots)
    parts = part_at_jumps(shots, watcher.jumps, clip, options)
    if len(parts) > len(shots):
        only = None
    shots = parts
    shots = mark_repeats(shots, watcher.activity.shares, clip.table.time_s, clip.size_wh)
    clips: list[Span] = []
    of_shot: list[tuple[int, ...]] = []
    for seen in shots:
        alone = only is not None and seen.shot is only.shot
        span = whole if alone else (seen.shot.clean_first, seen.shot.clean_last)
        wanted = alone or seen.view == "court" or (seen.view == "replay" and options.keep_replays)
        spans = _rallies(seen, span, clip, watcher.activity, options, find_balls) if wanted else []
        of_shot.append(tuple(range(len(clips), len(clips) + len(spans))))
        clips += spans
    return Cut(tuple(map(_with_count, shots, of_shot)), tuple(clips), tuple(of_shot))


def _only(shots: Sequence[SeenShot]) -> SeenShot | None:
    """The one shot of a video that has been cut already, splinters of its neighbours apart."""
    whole = [s for s in shots if s.view != "unknown"]
    return whole[0] if len(whole) == 1 else None


def _rallies(
    seen: SeenShot,
    span: Span,
    clip: Clip,
    activity: ActivityMeter,
    options: CuttingOptions,
    find_balls: FindBalls | None,
) -> list[Span]:
    """Rows of the clips that are made of a shot."""
    rows, time_s = slice(span[0], span[1] + 1), clip.table.time_s[span[0] : span[1] + 1]
    shares, apart_s = activity.shares.between(rows.start, rows.stop), np.array(activity.apart_s[rows])
    rallies = [(0, span[1] - span[0])]
    if seen.court is not None and options.split_rallies:
        rallies = split_at_pauses(motion_mps(shares, apart_s, seen.court, clip.size_wh), time_s, options)
        if find_balls is not None and options.dead_ball_s and worth_looking(rallies, time_s):
            shot = replace(clip, table=clip.table.take(np.arange(rows.start, rows.stop)))
            flights = find_flights(shot, seen.court, find_balls)
            rallies = split_at_dead_balls(rallies, flights, time_s, options, blind_spans(shot.table))
        rallies = [r for r in rallies if time_s[r[1]] - time_s[r[0]] >= options.min_clip_s] or [(0, len(time_s) - 1)]
    moves = shares.reshape(len(shares), -1).mean(axis=1)
    short = [part for rally in rallies for part in split_too_long(rally, moves, time_s, options.max_clip_s)]
    return [(span[0] + first, span[0] + last) for first, last in short]


def _with_count(seen: SeenShot, clips: tuple[int, ...]) -> SeenShot:
    """Says of a shot that was divided into how many clips."""
    return replace(seen, reason=f"{seen.reason} {len(clips)} clips of it.") if len(clips) > 1 else seen
