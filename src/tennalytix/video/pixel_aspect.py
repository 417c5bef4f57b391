"""The shape of a video's pixels, which files that show the same ones must be told."""

from collections.abc import Iterator
from fractions import Fraction

from tennalytix.video.container import OpenVideo
from tennalytix.video.orientation import Orientation
from tennalytix.video.prefetch import Patience
from tennalytix.video.source import VideoSource


def pixel_aspect(source: VideoSource) -> Fraction:
    """Width of a pixel to its height in the upright picture; 1 where the file says nothing.

    Raises:
        FileNotFoundError: no such file.
        VideoError: not a video, or no video stream.
    """
    return next(source.watched(_of_file))


def _of_file(path: str, patience: Patience) -> Iterator[Fraction]:
    with OpenVideo(path, 1, patience) as video:
        aspect = video.stream.sample_aspect_ratio or Fraction(1)
        first = next(video.frames(), None) if aspect != 1 else None
        yield 1 / aspect if first is not None and Orientation.of_frame(first[0]).transpose else aspect
