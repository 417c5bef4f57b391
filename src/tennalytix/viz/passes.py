"""One pass over a clip's pictures for everything that is made of them: decoding is done once."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Protocol

from tennalytix.video.clip import Clip
from tennalytix.video.frame import Frame
from tennalytix.video.source import VideoError

Progress = Callable[[int], object]
"""Is told after every frame how many are done."""


class FrameWriter(Protocol):
    """Takes the frames of a clip one after another."""

    def write(self, frame: Frame, since_start_s: float) -> None:
        """Takes a frame and its time from the clip's first."""


def write_all(
    clip: Clip, writers: Sequence[AbstractContextManager[FrameWriter]], progress: Progress | None = None
) -> int:
    """Gives every frame of the clip to all writers and counts the frames.

    After an error none of the writers leaves anything that it had not finished.

    Raises:
        VideoError: the clip cannot be opened, or no frame of it can be decoded.
    """
    count, start_s = 0, 0.0
    with ExitStack() as stack:
        opened = [stack.enter_context(writer) for writer in writers]
        for frame in clip.frames():
            start_s = start_s if count else frame.time_s
            for writer in opened:
                writer.write(frame, frame.time_s - start_s)
            count += 1
            if progress is not None:
                progress(count)
        if not count:
            raise VideoError(f"{clip.clip_id} has no decodable frames.")
    return count
