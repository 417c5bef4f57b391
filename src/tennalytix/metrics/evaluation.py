"""Everything that was tracked against everything that was labelled."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from tennalytix.metrics.counts import Summary
from tennalytix.metrics.label_files import LabelFiles, label_names, read_labels
from tennalytix.metrics.options import EvaluationOptions
from tennalytix.metrics.report import ClipScores, evaluate_video, pool
from tennalytix.metrics.table import scores_table
from tennalytix.schema.tracks import Tracks

TracksIndex = Mapping[str, Callable[[], Tracks]]
"""Clip id to what loads the clip's tracks."""

_CLIP_NUMBER = re.compile(r"__\d+$")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of all videos that have both tracks and labels.

    Attributes:
        options: how strictly they were measured.
        videos: one score a video, by name.
        without_labels: tracked videos that nobody labelled.
        without_tracks: labelled videos that were not tracked; they do not lower the scores.
    """

    options: EvaluationOptions
    videos: tuple[ClipScores, ...]
    without_labels: tuple[str, ...]
    without_tracks: tuple[str, ...]

    def summary(self) -> Summary:
        """Plain values for JSON."""
        return {
            "options": {**asdict(self.options), "ball_tolerances_px": list(self.options.ball_tolerances_px)},
            "all": pool(self.videos).summary(),
            "videos": {scores.name: scores.summary() for scores in self.videos},
            "without_labels": list(self.without_labels),
            "without_tracks": list(self.without_tracks),
        }

    def table(self) -> str:
        """The same as Markdown."""
        notes = {"Tracked, not labelled": self.without_labels, "Labelled, not tracked": self.without_tracks}
        lines = [f"{what}: {_some(names, 10)}.\n" for what, names in notes.items() if names]
        return "\n".join([scores_table([*self.videos, pool(self.videos)]), *lines])


def evaluate_tracks(tracks: TracksIndex, files: LabelFiles, options: EvaluationOptions | None = None) -> Evaluation:
    """Scores every tracked video that has labels. Tracks are loaded one video at a time.

    Args:
        tracks: by clip id: the video's name, two underscores and a number.
        files: the label files; `label_files` tells how they are named.
        options: how strictly to measure.

    Raises:
        ValueError: no tracked video has labels, or a label file is malformed.
    """
    options = options or EvaluationOptions()
    clips = _clips_by_video(tracks)
    labelled = label_names(files)
    both = [video for video in clips if video in labelled]
    if not both:
        raise ValueError(_nothing_to_score(list(clips), labelled))
    videos = [evaluate_video([tracks[c]() for c in clips[v]], read_labels(files, v), options) for v in both]
    without_labels = tuple(v for v in clips if v not in labelled)
    return Evaluation(options, tuple(videos), without_labels, tuple(n for n in labelled if n not in clips))


def _clips_by_video(tracks: TracksIndex) -> dict[str, list[str]]:
    clips: dict[str, list[str]] = {}
    for clip_id in sorted(tracks):
        clips.setdefault(_CLIP_NUMBER.sub("", clip_id), []).append(clip_id)
    return clips


def _nothing_to_score(tracked: Sequence[str], labelled: Sequence[str]) -> str:
    got = f"labels of {_some(labelled)} and tracks of {_some(tracked)}"
    return f"labels must be there for at least one tracked video, got {got}. Name a folder that has some."


def _some(names: Sequence[str], limit: int = 3) -> str:
    shown = ", ".join(names[:limit]) or "nothing"
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown
