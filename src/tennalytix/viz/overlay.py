"""The overlay video: what was found, drawn into the clip's own pictures."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from os import PathLike

import numpy as np
from numpy.typing import NDArray

from tennalytix.schema.tracks import TrackedFrame, Tracks
from tennalytix.video.clip import Clip
from tennalytix.video.frame import Frame
from tennalytix.video.source import VideoError
from tennalytix.video.writer import VideoWriter
from tennalytix.viz import marks
from tennalytix.viz.canvas import Canvas

Progress = Callable[[int], object]
"""Is told after every frame how many are done."""


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
    _draw_events(canvas, frame, tracks, options.mark_s)
    for player in frame.players:
        marks.draw_player(canvas, player, marks.player_label(player, frame))
    if frame.ball is not None:
        marks.draw_ball(canvas, frame.ball)
    if options.header:
        marks.draw_header(canvas, tracks.clip_id, frame)
    return canvas.image


def write_overlay(
    clip: Clip,
    tracks: Tracks,
    path: str | PathLike[str],
    options: OverlayOptions | None = None,
    progress: Progress | None = None,
) -> int:
    """Writes the clip with what was found drawn into it as an H.264 MP4, frame by frame, and counts the frames.

    The overlay's time 0 is the clip's first frame; the frames keep their distances in time.

    Raises:
        VideoError: the clip cannot be opened, or no frame of it can be decoded.
    """
    options = options or OverlayOptions()
    known = {frame.frame_index: frame for frame in tracks.frames}
    trail: deque[TrackedFrame] = deque()
    size_wh = overlay_size_wh(clip.size_wh, options)
    count, start_s = 0, 0.0
    with VideoWriter(path, size_wh, Fraction(tracks.video.frame_rate), options.crf, options.preset) as writer:
        for frame in clip.frames():
            start_s = start_s if count else frame.time_s
            tracked = known.get(frame.index) or _nothing_known(frame)
            trail.append(tracked)
            while tracked.time_s - trail[0].time_s > options.trail_s:
                trail.popleft()
            writer.write(draw_frame(frame.image, tracked, tracks, tuple(trail), options), frame.time_s - start_s)
            count += 1
            if progress is not None:
                progress(count)
        if not count:
            raise VideoError(f"{clip.clip_id} has no decodable frames.")
    return count


def _draw_events(canvas: Canvas, frame: TrackedFrame, tracks: Tracks, mark_s: float) -> None:
    for event in tracks.events:
        age_s = frame.time_s - event.time_s
        if event.frame_index <= frame.frame_index and age_s < mark_s:
            marks.draw_event(canvas, event, float(np.clip(1 - age_s / mark_s, 0, 1)))


def _nothing_known(frame: Frame) -> TrackedFrame:
    return TrackedFrame(frame_index=frame.index, time_s=frame.time_s, repeated=frame.repeated, players=[], ball=None)


def _even(side: float) -> int:
    return max(2, 2 * round(side / 2))
