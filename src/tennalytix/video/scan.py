"""The one cheap pass over a video that finds its frames, their times, repeats, cuts and the motion of the camera."""

from array import array
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.homography import scaling
from tennalytix.core.tables import FrameTable
from tennalytix.video.camera_motion import CameraFollower
from tennalytix.video.losses import Loss
from tennalytix.video.orientation import Orientation
from tennalytix.video.prefetch import prefetch
from tennalytix.video.repeats import find_repeats, frame_change
from tennalytix.video.source import VideoSource
from tennalytix.video.stillness import BLOCK, settle

# The longer side of the reduced picture comes as near to this as a whole number allows.
REDUCED_PX = 640
# Reduced pictures that may wait.
AHEAD = 2
# Formats whose first plane is luma in bytes.
LUMA_FORMATS = ("yuv4", "yuvj4", "nv", "gray8", "gray")


class FrameWatcher(Protocol):
    """Looks at every frame while it is decoded anyway."""

    def watch(
        self, frame: av.VideoFrame, luma: NDArray[np.uint8], orientation: Orientation, time_s: float,
        follower: CameraFollower,
    ) -> None:  # fmt: skip
        """Takes the next frame.

        Args:
            frame: as decoded.
            luma: (h, w), its brightness, reduced and upright.
            orientation: what makes the frame upright.
            time_s: its time.
            follower: has been fed this frame.
        """
        ...


class _Seen(NamedTuple):
    """A frame, the factor by which its picture is smaller, and how much that changed from the one before."""

    frame: av.VideoFrame
    time_s: float
    after_gap: bool
    orientation: Orientation
    factor: int
    picture: NDArray[np.uint8]
    change: float


def scan_frames(
    source: VideoSource,
    progress: Callable[[int], None] | None = None,
    losses: list[Loss] | None = None,
    watcher: FrameWatcher | None = None,
) -> FrameTable:
    """Decodes a video once and tells what it holds, one row for every frame.

    Memory stays flat but for a few numbers a frame. Where frames are missing a new segment starts, so that
    nothing is carried over the gap.

    Args:
        source: the video.
        progress: told the number of frames done after each one.
        losses: what is missing is added to it, in order.
        watcher: shown every frame.

    Raises:
        FileNotFoundError: no such file.
        VideoError: not a video, no video stream, or nothing that decodes.
    """
    times, changes, follower = array("d"), array("d"), CameraFollower()
    seen: _Seen | None = None
    # Reducing pictures, decoding them and following the camera go side by side.
    for seen in prefetch(_seen(source, losses), AHEAD):
        changes.append(seen.change)
        follower.feed(seen.picture, seen.time_s, seen.after_gap)
        times.append(seen.time_s)
        if watcher is not None:
            watcher.watch(seen.frame, seen.picture, seen.orientation, seen.time_s, follower)
        if progress is not None:
            progress(len(times))
    factor, last = (1, None) if seen is None else (seen.factor, seen.picture)
    return _table(np.array(times), np.array(changes), follower, factor, last)


def _seen(source: VideoSource, losses: list[Loss] | None) -> Iterator[_Seen]:
    before: NDArray[np.uint8] | None = None
    factor, orientation = 1, Orientation()
    for frame, time_s, after_gap in source.timed(losses):
        if before is None:
            factor, orientation = reduction(frame.width, frame.height), Orientation.of_frame(frame)
        picture = orientation.apply(reduced_luma(frame, factor))
        change = 0.0 if before is None else frame_change(before, picture)
        yield _Seen(frame, time_s, after_gap, orientation, factor, picture, change)
        before = picture


def reduction(width: int, height: int) -> int:
    """The whole number by which pictures of this size are divided."""
    return max(1, min(round(max(width, height) / REDUCED_PX), width, height))


def reduced_luma(frame: av.VideoFrame, factor: int) -> NDArray[np.uint8]:
    """The brightness of a frame, reduced by averaging, (h // factor, w // factor)."""
    if frame.format.name.startswith(LUMA_FORMATS) and frame.format.components[0].bits == 8:
        plane = frame.planes[0]
        luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
    else:
        luma = np.asarray(frame.to_ndarray(format="gray"), dtype=np.uint8)
    height, width = luma.shape[0] // factor, luma.shape[1] // factor
    whole = luma[: height * factor, : width * factor]
    if factor % 2 and factor > 1:
        # The same means, from a filter that OpenCV runs faster than its reduction.
        middle = factor // 2
        return np.ascontiguousarray(cv2.blur(whole, (factor, factor))[middle::factor, middle::factor], dtype=np.uint8)
    return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _table(
    time_s: NDArray[np.float64],
    change: NDArray[np.float64],
    follower: CameraFollower,
    factor: int,
    last: NDArray[np.uint8] | None,
) -> FrameTable:
    segment = np.array(follower.segments, dtype=np.int64)
    height, width = (1, 1) if last is None else last.shape
    reduced_from_full = scaling(1 / factor)
    matrices = settle(follower.matrices.to_array(), segment, time_s, (width, height))
    full_from_reduced = np.linalg.inv(reduced_from_full)
    # Piece by piece: a long video has many.
    for at in range(0, len(matrices), BLOCK):
        part = matrices[at : at + BLOCK]
        moved = (part != np.eye(3)).any(axis=(1, 2))
        part[moved] = full_from_reduced @ part[moved] @ reduced_from_full
    return FrameTable(np.arange(len(time_s)), time_s, find_repeats(change), segment, matrices)
