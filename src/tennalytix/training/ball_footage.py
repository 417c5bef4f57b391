"""Samples of the ball from footage: a person's labels, tracks that are plain, and what else looked like a ball."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.picture import DIAGONAL_720P_PX
from tennalytix.core.tables import BallTable, BallTrajectory
from tennalytix.detectors.ball_network_input import Look, look_at, moments, window
from tennalytix.metrics.labels import ABSENT, CLEAR, HARD, BallLabels
from tennalytix.training.ball_samples import SAMPLE_PX, BallSample
from tennalytix.training.options import BallFootageOptions
from tennalytix.video.clip import Clip

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Known = Mapping[int, Floats]
"""Where the ball is by frame index, (2,), source pixels; NaN where there is none. Other frames are unknown."""

_APART_PX = 20.0
"""A candidate at least so far from the ball is false; in pixels of a 1280x720 picture."""
_KINK_PX = 40.0
"""A ball that leaves its straight way by more within a frame was hit, or is none; likewise."""
_TURN_PX = 160.0
"""No hit turns a ball by more within a frame; likewise."""
_EMPTY_PX = 80.0
"""Windows with the ball's place at least so far away show none of it, pixels of the look."""


def known_from_track(ball: BallTrajectory, size_wh: tuple[int, int], options: BallFootageOptions) -> dict[int, Floats]:
    """The frames of a track in which the ball is plain: seen before and after too, clear, on a way that balls take.

    A turn counts for a hit if the ball was seen over two frames before and after it, on a straight way on one side.
    """
    seen = ~ball.interpolated
    index, xy, score = ball.frame_index[seen], ball.xy[seen], ball.score[seen]
    if len(index) < 3:
        return {}
    unit_px = float(np.hypot(*size_wh)) / DIAGONAL_720P_PX
    # A repeated frame may lie between; more than two are a gap.
    run = (np.diff(index)[:-1] <= 2) & (np.diff(index)[1:] <= 2)
    bend = np.hypot(*(xy[2:] - 2 * xy[1:-1] + xy[:-2]).T)
    straight = bend <= _KINK_PX * unit_px
    hit = np.zeros_like(straight)
    hit[1:-1] = run[:-2] & run[2:] & (straight[:-2] | straight[2:]) & (bend[1:-1] <= _TURN_PX * unit_px)
    sure = run & (score[1:-1] >= options.sure_score) & (straight | hit)
    return {int(i): place for i, place in zip(index[1:-1][sure], xy[1:-1][sure], strict=True)}


def known_from_labels(labels: BallLabels) -> dict[int, Floats]:
    """What a person saw; where the ball is hidden nothing is known."""
    told = np.isin(labels.visibility, (CLEAR, HARD, ABSENT))
    return {int(i): xy for i, xy in zip(labels.frame_index[told], labels.xy[told], strict=True)}


def sample_ball_clip(
    clip: Clip, known: Known, candidates: BallTable, source: str, options: BallFootageOptions | None = None
) -> Iterator[BallSample]:
    """Samples of a clip: of each chosen frame the ball, the false candidates that look most like it, and any place.

    Args:
        clip: the footage; frames that do not decode are left out.
        known: where the ball is.
        candidates: of a ball detector.
        source: a name that all clips of one court share, see `BallSample`.
        options: knobs; the defaults if None.
    """
    opts = options or BallFootageOptions()
    rng = np.random.default_rng([opts.seed, len(clip.table)])
    for index, seen in _looks(clip, _plans(clip, known, opts.per_clip)):
        now = seen[len(seen) // 2]
        if now is None or min(now.luma.shape) < SAMPLE_PX:
            continue
        ball = now.to_look(known[index])
        rows = candidates.frame_index == index
        for place in _places(ball, now.to_look(candidates.xy[rows]), now, opts.clutter, rng):
            yield _sample(seen, place, ball, source, index)


def _places(ball: Floats, candidates: Floats, now: Look, clutter: int, rng: np.random.Generator) -> list[Floats]:
    """Middles of the windows to keep, pixels of the look."""
    height, width = now.luma.shape
    unit_px = float(np.hypot(width, height)) / DIAGONAL_720P_PX
    there = np.isfinite(ball).all()
    false = candidates[np.hypot(*(candidates - ball).T) > _APART_PX * unit_px] if there else candidates
    anywhere = rng.random(2) * (width, height)
    return [*([ball] if there else []), *false[:clutter], anywhere]


def _sample(seen: Sequence[Look | None], place: Floats, ball: Floats, source: str, frame_index: int) -> BallSample:
    windows, corner = window(seen, place, SAMPLE_PX)
    xy = ball - corner
    inside = np.isfinite(xy).all() and ((xy > -0.5) & (xy < SAMPLE_PX - 0.5)).all()
    far = not np.isfinite(xy).all() or float(np.abs(xy - SAMPLE_PX / 2).max()) > _EMPTY_PX
    return BallSample(source, frame_index, windows, xy if inside else np.full(2, np.nan), bool(far))


_Plan = tuple[int | None, ...]
"""Indices of five frames; None where there is none."""


def _plans(clip: Clip, known: Known, count: int) -> list[_Plan]:
    table = clip.table
    rows = np.flatnonzero(~table.repeated)
    index = table.frame_index[rows]
    at = np.flatnonzero(np.isin(index, list(known)))
    at = at[np.unique(np.linspace(0, len(at) - 1, min(count, len(at))).round().astype(int))]
    time_s, segment = table.time_s[rows].tolist(), table.segment[rows].tolist()
    return [
        tuple(None if row is None else int(index[row]) for row in moments(time_s, segment, int(place))) for place in at
    ]


def _looks(clip: Clip, plans: Sequence[_Plan]) -> Iterator[tuple[int, list[Look | None]]]:
    """Each plan's frame index and looks, as soon as the clip is past them; None for frames that did not decode."""
    last_use = {index: number for number, plan in enumerate(plans) for index in plan if index is not None}
    looks: dict[int, Look] = {}
    due = deque(enumerate(plans))
    for frame in chain(clip.frames_at(sorted(last_use)), [None]):
        while due and (frame is None or frame.index > max(index for index in due[0][1] if index is not None)):
            number, plan = due.popleft()
            index = plan[len(plan) // 2]
            if index is not None:
                yield index, [None if other is None else looks.get(other) for other in plan]
            looks = {index: look for index, look in looks.items() if last_use[index] > number}
        if frame is not None:
            looks[frame.index] = look_at(frame)
