"""Writes videos that browsers play."""

import os
from contextlib import suppress
from fractions import Fraction
from math import ceil
from pathlib import Path
from types import TracebackType
from uuid import uuid4

import av
import av.error
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

# Frames with times of their own are placed on ticks no longer than this; those at the frame rate fall on ticks exactly.
MAX_TICK_S = Fraction(1, 90_000)
# FFmpeg counts ticks in so many bits: where those of an odd rate, as AVI has, do not fit, frames fall beside them by
# less than a tick.
MAX_DENOMINATOR = 2**31 - 1
BT709 = 1
LIMITED_RANGE = 1


class VideoWriter:
    """A context manager that writes H.264 in MP4 (yuv420p, index in front).

    The file appears under its name when all is written; after an error nothing of it is left. H.264 with halved colour
    needs even sizes: a picture of odd size gets its last column or row doubled.

    Attributes:
        path: of the file to write; its folder must exist, a file of that name is replaced.
        size_wh: of the pictures that will be written.
        frame_rate: frames per second.
        pixel_aspect: width of a pixel to its height, which players stretch the picture by.

    With `key_frame_every`, no more than so many frames lie from one key frame to the next, so that players seek fast.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        size_wh: tuple[int, int],
        frame_rate: Fraction,
        crf: int = 23,
        preset: str = "veryfast",
        key_frame_every: int | None = None,
        pixel_aspect: Fraction = Fraction(1),
    ) -> None:
        if min(size_wh) < 1:
            raise ValueError(f"size_wh must be positive, got {size_wh}.")
        if frame_rate <= 0:
            raise ValueError(f"frame_rate must be positive, got {frame_rate}.")
        if not 0 <= crf <= 51:
            raise ValueError(f"crf must lie in [0, 51], got {crf}.")
        if pixel_aspect <= 0:
            raise ValueError(f"pixel_aspect must be positive, got {pixel_aspect}.")
        self.path, self.size_wh, self.frame_rate = Path(path), size_wh, Fraction(frame_rate)
        self.pixel_aspect = Fraction(pixel_aspect)
        self._partial = self.path.with_name(f".{uuid4().hex}.partial")
        self._tick_s = 1 / (self.frame_rate * ceil(1 / (self.frame_rate * MAX_TICK_S)))
        if self._tick_s.denominator > MAX_DENOMINATOR:
            self._tick_s = MAX_TICK_S
        if key_frame_every is not None and key_frame_every < 1:
            raise ValueError(f"key_frame_every must be at least 1, got {key_frame_every}.")
        self._options = {"crf": str(crf), "preset": preset}
        if key_frame_every is not None:
            self._options["g"] = str(key_frame_every)
        self._container: OutputContainer | None = None
        self._last_pts: int | None = None

    def __enter__(self) -> "VideoWriter":
        if not self.path.parent.is_dir():
            raise FileNotFoundError(f"{self.path.parent} does not exist. Make the folder first.")
        try:
            self._container = av.open(f"file:{self._partial}", "w", format="mp4", options={"movflags": "+faststart"})
            self._stream = self._new_stream(self._container)
        except BaseException:
            self._discard()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None or self._container is None:
            self._discard()
            return
        if self._last_pts is None:
            self._discard()
            raise ValueError(f"{self.path.name} must have at least one frame, got none.")
        try:
            self._container.mux(self._stream.encode(None))
            self._container.close()
            os.replace(self._partial, self.path)
        except BaseException:
            self._discard()
            raise

    def write(self, image: NDArray[np.uint8], time_s: float | None = None) -> None:
        """Appends a picture.

        Args:
            image: uint8, (h, w, 3), RGB, of the size given to the constructor.
            time_s: when it is shown, from the start of the video, rising; None for one frame after the last.

        Raises:
            ValueError: another size, or a time that does not rise.
            RuntimeError: outside of the `with` block.
        """
        if self._container is None:
            raise RuntimeError("VideoWriter must be used in a with block.")
        frame = av.VideoFrame.from_ndarray(_even(self._checked(image)), format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG", threads=1)
        frame.pts, frame.time_base = self._next_pts(time_s), self._tick_s
        self._container.mux(self._stream.encode(frame))

    def _new_stream(self, container: OutputContainer) -> VideoStream:
        stream: VideoStream = container.add_stream("libx264", rate=self.frame_rate, options=self._options)
        stream.width, stream.height = ((side + 1) // 2 * 2 for side in self.size_wh)
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = self._tick_s
        context.colorspace = context.color_primaries = context.color_trc = BT709
        context.color_range = LIMITED_RANGE
        if self.pixel_aspect != 1:
            context.sample_aspect_ratio = self.pixel_aspect
        return stream

    def _checked(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        width, height = self.size_wh
        if image.dtype != np.uint8 or image.shape != (height, width, 3):
            raise ValueError(f"image must be uint8 of shape ({height}, {width}, 3), got {image.dtype} {image.shape}.")
        return image

    def _next_pts(self, time_s: float | None) -> int:
        if time_s is not None:
            pts = round(Fraction(time_s) / self._tick_s)
        else:
            pts = 0 if self._last_pts is None else self._last_pts + round(1 / self.frame_rate / self._tick_s)
        if pts < 0 or (self._last_pts is not None and pts <= self._last_pts):
            raise ValueError(f"time_s must rise from 0 on, got {time_s}.")
        self._last_pts = pts
        return pts

    def _discard(self) -> None:
        with suppress(av.error.FFmpegError, OSError):
            if self._container is not None:
                self._container.close()
        self._container = None
        self._partial.unlink(missing_ok=True)


def _even(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return np.ascontiguousarray(image)
    return np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
