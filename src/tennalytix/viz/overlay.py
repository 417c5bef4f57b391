"""The overlay video: what was found, drawn into the clip's own pictures."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from os import PathLike
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from tennalytix.schema.tracks import Event, TrackedFrame, Tracks
from tennalytix.video.clip import Clip
from tennalytix.video.frame import Frame
from tennalytix.video.pixel_aspect import pixel_aspect
from tennalytix.video.writer import VideoWriter
from tennalytix.viz import marks
from tennalytix.viz.canvas import Canvas
from tennalytix.viz.passes import Progress, write_all


@dataclass(frozen=True, slots=True)
class OverlayOptions:
    """How the overlay looks and how it is encoded.

    Attributes:
        max_height_px: taller pictures are made smaller; smaller ones stay as they are.
        trail_s: how long the ball's trail is.
        mark_s: how long a hit or a bounce stays in view.
        header: whether a line at the top names clip, frame and time.
        crf: quality of H.264, 0 (lossless) to 51.
        preset: speed of the encoder, a name that x264 knows.
    """

    max_height_px: int = 720
    trail_s: float = 0.6
    mark_s: float = 0.5
    header: bool = True
    crf: int = 23
    preset: str = "veryfast"

    def __post_init__(self) -> None:
        if self.max_height_px < 2:
            raise ValueError(f"max_height_px must be at least 2, got {self.max_height_px}.")
        for name in ("trail_s", "mark_s"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}.")
        if not 0 <= self.crf <= 51:
            raise ValueError(f"crf must lie between 0 and 51, got {self.crf}.")


def overlay_size_wh(size_wh: tuple[int, int], options: OverlayOptions) -> tuple[int, int]:
    """Width and height of the overlay of pictures of `size_wh`: even numbers, as H.264 wants them.

    Examples:
        >>> overlay_size_wh((1920, 1080), OverlayOptions())
        (1280, 720)
        >>> overlay_size_wh((643, 360), OverlayOptions())
        (644, 360)
    """
    width, height = size_wh
    scale = min(1.0, options.max_height_px / height)
    return _even(width * scale), _even(height * scale)


def draw_frame(
    image_rgb: NDArray[np.uint8],
    frame: TrackedFrame,
    tracks: Tracks,
    trail: Sequence[TrackedFrame] = (),
    options: OverlayOptions | None = None,
) -> NDArray[np.uint8]:
    """A new picture, `overlay_size_wh` large, with everything that is known of a frame; `image_rgb` is left alone.

    Args:
        image_rgb: uint8, (h, w, 3).
        frame: what was found in this picture.
        tracks: of the clip, for its court, its events and its name.
        trail: the frames before and `frame` itself, in order, over which the ball's trail is drawn; none for no trail.
        options: the defaults where not given.
    """
    options = options or OverlayOptions()
    height, width = image_rgb.shape[:2]
    video_wh = (tracks.video.width, tracks.video.height)
    canvas = Canvas(image_rgb, overlay_size_wh((width, height), options), video_wh)
    view = marks.court_view(frame, tracks)
    if view is not None:
        marks.draw_court(canvas, view, video_wh)
    marks.draw_trail(canvas, trail, options.trail_s)
    events = _events(frame, tracks, options.mark_s)
    for event, freshness in events:
        marks.draw_event(canvas, event, freshness)
    for player in frame.players:
        marks.draw_player(canvas, player)
    if frame.ball is not None:
        marks.draw_ball(canvas, frame.ball)
    # Words last: no line runs through them.
    for player in frame.players:
        marks.draw_player_label(canvas, player, marks.player_label(player, frame))
    for event, _ in events:
        marks.draw_event_label(canvas, event)
    if options.header:
        marks.draw_header(canvas, tracks.clip_id, frame)
    return canvas.image


class Trail:
    """The frames over which the ball's trail is drawn: those of the last moments."""

    def __init__(self) -> None:
        self._frames: deque[TrackedFrame] = deque()

    def with_frame(self, tracked: TrackedFrame, trail_s: float) -> tuple[TrackedFrame, ...]:
        """Adds a frame and forgets those more than `trail_s` before it."""
        self._frames.append(tracked)
        while tracked.time_s - self._frames[0].time_s > trail_s:
            self._frames.popleft()
        return tuple(self._frames)


class OverlayWriter:
    """A frame writer that makes an H.264 MP4 of the clip with what was found drawn into it.

    The overlay's time 0 is the clip's first frame; the frames keep their distances in time, pixels their shape.

    Raises:
        FileNotFoundError: the clip's video is not there.
        VideoError: it cannot be opened.
    """

    def __init__(
        self, clip: Clip, tracks: Tracks, path: str | PathLike[str], options: OverlayOptions | None = None
    ) -> None:
        self._tracks, self._options = tracks, options or OverlayOptions()
        self._known = {frame.frame_index: frame for frame in tracks.frames}
        self._trail = Trail()
        size_wh, rate = overlay_size_wh(clip.size_wh, self._options), Fraction(tracks.video.frame_rate)
        self._writer = VideoWriter(
            path, size_wh, rate, self._options.crf, self._options.preset, pixel_aspect=pixel_aspect(clip.source)
        )

    def __enter__(self) -> "OverlayWriter":
        self._writer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, trace)

    def write(self, frame: Frame, since_start_s: float) -> None:
        """Draws the frame and appends it."""
        tracked = self._known.get(frame.index) or _nothing_known(frame)
        trail = self._trail.with_frame(tracked, self._options.trail_s)
        self._writer.write(draw_frame(frame.image, tracked, self._tracks, trail, self._options), since_start_s)


def write_overlay(
    clip: Clip,
    tracks: Tracks,
    path: str | PathLike[str],
    options: OverlayOptions | None = None,
    progress: Progress | None = None,
) -> int:
    """Writes the clip as `OverlayWriter` does and counts the frames.

    Raises:
        VideoError: the clip cannot be opened, or no frame of it can be decoded.
    """
    return write_all(clip, [OverlayWriter(clip, tracks, path, options)], progress)


def _events(frame: TrackedFrame, tracks: Tracks, mark_s: float) -> list[tuple[Event, float]]:
    """Events in view, each with its freshness, which falls from 1 to 0."""
    ages_s = [(event, frame.time_s - event.time_s) for event in tracks.events if event.frame_index <= frame.frame_index]
    return [(event, float(np.clip(1 - age_s / mark_s, 0, 1))) for event, age_s in ages_s if age_s < mark_s]


def _nothing_known(frame: Frame) -> TrackedFrame:
    return TrackedFrame(frame_index=frame.index, time_s=frame.time_s, repeated=frame.repeated, players=[], ball=None)


def _even(side: float) -> int:
    return max(2, 2 * round(side / 2))
