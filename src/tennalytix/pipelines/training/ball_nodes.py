"""Makes samples of the ball, and the network from them. Torch is wanted here alone, and only when a node runs."""

import logging
from collections.abc import Callable, Iterator

import numpy as np

from tennalytix.core.tables import BallTable
from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.table import StoredTable
from tennalytix.metrics.label_files import find_labels
from tennalytix.metrics.predictions import ball_of
from tennalytix.pipelines.progress import follow
from tennalytix.pipelines.stage import StageError, run_stage
from tennalytix.pipelines.training.sample_files import read_samples, scene_seeds
from tennalytix.schema.tracks import Tracks
from tennalytix.training.ball_footage import known_from_labels, known_from_track, sample_ball_clip
from tennalytix.training.ball_rendered import sample_rendered_balls
from tennalytix.training.ball_samples import ball_samples_from_bytes, ball_samples_to_bytes
from tennalytix.training.options import BallFootageOptions, BallOptions, FitOptions, RenderedOptions
from tennalytix.training.split import held_out

logger = logging.getLogger(__name__)

_NOTHING = "no frames in which the ball is known"

_NO_CANDIDATES = BallTable(np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros(0))


def sample_balls(
    clips: dict[str, Callable[[], StoredClip]],
    candidates: dict[str, Callable[[], StoredTable]],
    tracks: dict[str, Callable[[], Tracks]],
    labels: dict[str, Callable[[], bytes]],
    options: BallFootageOptions,
) -> Iterator[dict[str, bytes]]:
    """Windows of every clip with and without the ball: where it was tracked, corrected by labels where there are any.

    Args:
        clips: load functions by clip id.
        candidates: load functions of the tables that `ball_detection` stored, whatever its detector.
        tracks: load functions of what `postprocessing` stored: the linked ball is the teacher.
        labels: load functions of the label files by path below the label root.
        options: which frames, and which windows.

    Raises:
        StageError: a label file is malformed, or no clip can be read.
    """
    try:
        labelled = find_labels(labels)
    except ValueError as error:
        raise StageError(str(error)) from error

    def work(item: StoredClip, _: str) -> bytes:
        clip_id, size_wh = item.clip.clip_id, item.clip.size_wh
        video = clip_id.rpartition("__")[0]
        known = known_from_track(ball_of(tracks[clip_id]()), size_wh, options) if clip_id in tracks else {}
        told = labelled[video].ball if video in labelled else None
        known |= known_from_labels(told) if told else {}
        found: BallTable = candidates[clip_id]().table if clip_id in candidates else _NO_CANDIDATES
        return ball_samples_to_bytes(sample_ball_clip(item.clip, known, found, video, options))

    for clip_id, data in run_stage("training", clips, {}, lambda item: "", work):
        yield {clip_id: data}


def render_balls(options: RenderedOptions) -> Iterator[dict[str, bytes]]:
    """Windows of rendered rallies, a file a scene."""
    scenes = scene_seeds(options)
    for name in follow(scenes, len(scenes), "training: rendered scenes"):
        yield {name: ball_samples_to_bytes(sample_rendered_balls(scenes[name], options.per_scene))}


def train_ball_network(
    samples: dict[str, Callable[[], bytes]],
    rendered: dict[str, Callable[[], bytes]],
    scenes: RenderedOptions,
    options: BallOptions,
    fit: FitOptions,
) -> tuple[bytes, dict[str, object], str]:
    """The ball network as ONNX, what it follows from, and its model card.

    Args:
        samples: load functions of what `sample_balls` stored, also of earlier runs on other videos.
        rendered: load functions of what `render_balls` stored.
        scenes: which of the rendered ones to use; others may lie there from earlier runs.
        options: what is learnt from, and what is held out.
        fit: how.

    Raises:
        StageError: Torch is missing, or there is nothing to learn from or to measure on.
    """
    try:
        from tennalytix.training.ball_job import make_ball_network  # noqa: PLC0415 - the only place for Torch
    except ImportError as error:
        raise StageError(f'training must have Torch and ONNX: pip install "tennalytix[train]" ({error}).') from error
    try:
        footage = read_samples(samples, ball_samples_from_bytes, _NOTHING)
        out = held_out([file.source for file in footage], options.held_out, known="the ball is")
        drawn = read_samples(
            {name: load for name, load in rendered.items() if name in scene_seeds(scenes)},
            ball_samples_from_bytes,
            _NOTHING,
        )
        made = make_ball_network(footage, drawn, out, options, fit)
    except (ValueError, FileNotFoundError) as error:
        raise StageError(str(error)) from error
    logger.info("training: %s", made.summary)
    return made.network, made.report, made.card
