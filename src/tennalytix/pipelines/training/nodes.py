"""Makes samples, and networks from them. Torch is wanted here alone, and only when a node runs."""

import logging
from collections.abc import Callable, Iterator

from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.table import StoredTable
from tennalytix.metrics.label_files import find_labels
from tennalytix.pipelines.progress import follow
from tennalytix.pipelines.stage import StageError, run_stage
from tennalytix.pipelines.training.sample_files import read_samples, scene_seeds
from tennalytix.schema.courts import CourtFile
from tennalytix.training.options import FitOptions, FootageOptions, PeopleOptions, RenderedOptions
from tennalytix.training.people_footage import hand_made, near_court, sample_clip, teacher_boxes
from tennalytix.training.people_rendered import sample_rendered
from tennalytix.training.people_samples import samples_from_bytes, samples_to_bytes
from tennalytix.training.split import held_out

logger = logging.getLogger(__name__)

_NOTHING = "no pictures with people known in them"


def sample_people(
    clips: dict[str, Callable[[], StoredClip]],
    people: dict[str, Callable[[], StoredTable]],
    courts: dict[str, Callable[[], CourtFile]],
    labels: dict[str, Callable[[], bytes]],
    options: FootageOptions,
) -> Iterator[dict[str, bytes]]:
    """Pictures of every clip with the people in them: those a detector saw, corrected by labels where there are any.

    Args:
        clips: load functions by clip id.
        people: load functions of the tables that `player_detection` stored, whatever its detector: the teacher.
        courts: load functions of what `court_detection` stored: people far from the court do not count.
        labels: load functions of the label files by path below the label root.
        options: which frames, and which boxes.

    Raises:
        StageError: a label file is malformed, or no clip can be read.
    """
    try:
        labelled = find_labels(labels)
    except ValueError as error:
        raise StageError(str(error)) from error

    def work(item: StoredClip, _: str) -> bytes:
        clip_id = item.clip.clip_id
        video = clip_id.rpartition("__")[0]
        boxes = teacher_boxes(people[clip_id]().table, options) if clip_id in people else {}
        if clip_id in courts:
            boxes = near_court(boxes, courts[clip_id]().to_track())
        made = hand_made(boxes, labelled[video]) if video in labelled else boxes
        return samples_to_bytes(sample_clip(item.clip, made, video, options))

    for clip_id, data in run_stage("training", clips, {}, lambda item: "", work):
        yield {clip_id: data}


def render_people(options: RenderedOptions) -> Iterator[dict[str, bytes]]:
    """Pictures of rendered rallies, a file a scene."""
    scenes = scene_seeds(options)
    for name in follow(scenes, len(scenes), "training: rendered scenes"):
        yield {name: samples_to_bytes(sample_rendered(scenes[name], options.per_scene))}


def train_person_network(
    samples: dict[str, Callable[[], bytes]],
    rendered: dict[str, Callable[[], bytes]],
    scenes: RenderedOptions,
    options: PeopleOptions,
    fit: FitOptions,
) -> tuple[bytes, bytes, dict[str, object], str]:
    """The person network as ONNX, the same in 8 bits for processors, what it follows from, and its model card.

    Args:
        samples: load functions of what `sample_people` stored, also of earlier runs on other videos.
        rendered: load functions of what `render_people` stored.
        scenes: which of the rendered ones to use; others may lie there from earlier runs.
        options: what is learnt from, and what is held out.
        fit: how.

    Raises:
        StageError: Torch is missing, or there is nothing to learn from or to measure on.
    """
    try:
        from tennalytix.training.people_job import make_person_network  # noqa: PLC0415 - the only place for Torch
    except ImportError as error:
        raise StageError(f'training must have Torch and ONNX: pip install "tennalytix[train]" ({error}).') from error
    try:
        footage = read_samples(samples, samples_from_bytes, _NOTHING)
        out = held_out([file.source for file in footage], options.held_out)
        drawn = read_samples(
            {name: load for name, load in rendered.items() if name in scene_seeds(scenes)},
            samples_from_bytes,
            _NOTHING,
        )
        made = make_person_network(footage, drawn, out, options, fit)
    except (ValueError, FileNotFoundError) as error:
        raise StageError(str(error)) from error
    logger.info("training: %s", made.summary)
    return made.network, made.quantised, made.report, made.card
