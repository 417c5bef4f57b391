"""A few seconds of a clip as a small moving picture that chats, mails and web pages show: animated WebP."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import TracebackType

import av
import numpy as np
from numpy.typing import NDArray

from tennalytix.schema.tracks import TrackedFrame, Tracks
from tennalytix.video.frame import Frame
from tennalytix.viz.overlay import OverlayOptions, Trail, draw_frame

_TICK_S = Fraction(1, 1000)
"""WebP counts in milliseconds."""
_LONGEST_S = 20.0


@dataclass(frozen=True, slots=True)
class SharingOptions:
    """What the moving pictures for sharing are like.

    Attributes:
        seconds: how long, at most 20; 0 for none. The stretch with the most hits and bounces is taken.
        max_width_px: wider pictures are made smaller.
        max_rate: pictures a second, at most.
        quality: of the encoding, 0 to 100.
        max_mb: size that a file does not exceed, in millions of bytes; quality gives way.
    """

    seconds: float = 4.0
    max_width_px: int = 480
    max_rate: float = 12.5
    quality: int = 60
    max_mb: float = 3.0

    def __post_init__(self) -> None:
        if not 0 <= self.seconds <= _LONGEST_S:
            raise ValueError(f"seconds must lie between 0 and {_LONGEST_S:g}, got {self.seconds}.")
        if not 1 <= self.max_rate <= 60:
            raise ValueError(f"max_rate must lie between 1 and 60, got {self.max_rate}.")
        if not 0 <= self.quality <= 100:
            raise ValueError(f"quality must lie between 0 and 100, got {self.quality}.")
        if self.max_width_px < 16:
            raise ValueError(f"max_width_px must be at least 16, got {self.max_width_px}.")
        if not self.max_mb > 0:
            raise ValueError(f"max_mb must be positive, got {self.max_mb}.")


def liveliest(tracks: Tracks, seconds: float) -> tuple[float, float]:
    """Time of the first and last frame of the stretch with the most hits and bounces, then the most of the ball.

    The earliest of equals; the whole clip where it is no longer than that.
    """
    times = np.array([frame.time_s for frame in tracks.frames])
    if not len(times):
        return tracks.clip.start_s, tracks.clip.start_s
    known = np.concatenate([[0], np.cumsum([frame.ball is not None for frame in tracks.frames])])
    events = np.sort([event.time_s for event in tracks.events])
    latest = max(times[-1] - seconds, times[0])
    starts = np.flatnonzero(times <= latest)
    ends = np.searchsorted(times, times[starts] + seconds, side="right")
    # The first and last fifth of a second do not count: nobody sees there what happens.
    inside = [np.searchsorted(events, times[starts] + shift) for shift in (seconds - 0.2, 0.2)]
    lively = (inside[0] - inside[1]) * len(times) * 2 + known[ends] - known[starts]
    best = int(starts[int(np.argmax(lively))])
    return float(times[best]), float(times[int(ends[int(np.argmax(lively))]) - 1])


class SharingWriter:
    """A frame writer that keeps the drawn pictures of one stretch; `webp` makes the file of them.

    Memory: some 20 MB for the default 50 pictures.
    """

    def __init__(self, tracks: Tracks, options: SharingOptions | None = None) -> None:
        self._tracks, self._options = tracks, options or SharingOptions()
        self._first_s, self._last_s = liveliest(tracks, self._options.seconds)
        self._known = {frame.frame_index: frame for frame in tracks.frames}
        self._trail, self._look = Trail(), self._overlay_options()
        self._images: list[NDArray[np.uint8]] = []
        self._times_s: list[float] = []

    def __enter__(self) -> "SharingWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def write(self, frame: Frame, since_start_s: float) -> None:
        """Draws the frame if it is wanted."""
        tracked = self._known.get(frame.index)
        if tracked is None or not self._first_s <= tracked.time_s <= self._last_s:
            return
        trail = self._trail.with_frame(tracked, self._look.trail_s)
        if self._is_due(tracked):
            self._images.append(draw_frame(frame.image, tracked, self._tracks, trail, self._look))
            self._times_s.append(tracked.time_s)

    def webp(self) -> bytes:
        """The moving picture, repeating for ever; empty where no frame was kept."""
        if not self._images:
            return b""
        wanted = self._options.max_mb * 1e6
        quality = self._options.quality
        data = encode_webp(self._images, self._times_s, quality)
        while len(data) > wanted and quality > 0:
            quality = max(0, quality - 20)
            data = encode_webp(self._images, self._times_s, quality)
        while len(data) > wanted and len(self._images) > 1:
            self._images, self._times_s = self._images[::2], self._times_s[::2]
            data = encode_webp(self._images, self._times_s, quality)
        return data

    def _is_due(self, tracked: TrackedFrame) -> bool:
        # A hundredth of slack, since times are rounded.
        least_s = 0.99 / self._options.max_rate
        return not self._times_s or tracked.time_s - self._times_s[-1] >= least_s

    def _overlay_options(self) -> OverlayOptions:
        video = self._tracks.video
        width = min(video.width, self._options.max_width_px)
        return OverlayOptions(max_height_px=max(2, int(video.height * width / video.width)), header=False)


def encode_webp(images: Sequence[NDArray[np.uint8]], times_s: Sequence[float], quality: int) -> bytes:
    """Pictures (h, w, 3) of one even size, RGB, as a WebP that shows each until the time of the next."""
    height, width = images[0].shape[:2]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="webp", options={"loop": "0"}) as container:
        options = {"quality": str(quality), "compression_level": "2"}
        stream = container.add_stream("libwebp_anim", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = _TICK_S
        for image, time_s in zip(images, times_s, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            frame = frame.reformat(format="yuv420p", threads=1)
            frame.pts, frame.time_base = round((time_s - times_s[0]) * 1000), _TICK_S
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()
