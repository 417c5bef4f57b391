"""Detectors that look at single images, as detectors of a stream."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.base import People
from tennalytix.video.frame import Frame

Image = NDArray[np.uint8]


def detect_each(
    frames: Iterable[Frame], find: Callable[[Sequence[Image]], Sequence[People]], batch_size: int
) -> Iterator[People]:
    """One answer a frame, in order; frames that repeat the one before get its answer and are not looked at.

    Args:
        frames: read ahead by as many fresh frames as a batch has, and no further.
        find: answers for images, uint8, (h, w, 3), RGB, one each; people as in `People`.
        batch_size: images handed to `find` at once; the last batch may be smaller.

    Raises:
        ValueError: batch_size is not positive.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be positive, got {batch_size}.")
    return _answers(frames, find, batch_size)


def _answers(
    frames: Iterable[Frame], find: Callable[[Sequence[Image]], Sequence[People]], batch_size: int
) -> Iterator[People]:
    images: list[Image] = []
    shown: list[int] = []  # in how many frames each of the images was seen
    last: People | None = None
    for frame in frames:
        if frame.repeated and shown:
            shown[-1] += 1
        elif frame.repeated and last is not None:
            yield last
        else:
            images.append(frame.image)
            shown.append(1)
        if len(images) == batch_size:
            for last, count in zip(find(images), shown, strict=True):
                yield from [last] * count
            images, shown = [], []
    if images:
        for people, count in zip(find(images), shown, strict=True):
            yield from [people] * count
