"""A rally as a video file, with labels beside it."""

import os

from tennalytix.synthetic.label_files import write_labels
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.render import render_rally
from tennalytix.synthetic.truth import RallyTruth
from tennalytix.video.writer import VideoWriter


def write_rally(
    options: RallyOptions,
    path: str | os.PathLike[str],
    label_folder: str | os.PathLike[str] | None = None,
    *,
    crf: int = 20,
    preset: str = "medium",
    boxes_every: int = 1,
) -> RallyTruth:
    """Renders a rally into an MP4 file and, if a folder is given, its labels; returns the truth.

    Args:
        options: of the rally.
        path: of the video; a file of that name is replaced.
        label_folder: see `label_files.write_labels`.
        crf: quality of the encoding, smaller is better.
        preset: the encoder's effort.
        boxes_every: boxes are labelled in every so many frames.
    """
    rally = render_rally(options)
    with VideoWriter(path, options.size_wh, options.frame_rate, crf, preset) as writer:
        for image in rally:
            writer.write(image)
    if label_folder is not None:
        write_labels(rally.truth, label_folder, boxes_every)
    return rally.truth
