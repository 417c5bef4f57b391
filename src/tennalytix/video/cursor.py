"""A place in an open video that moves forward only, by decoding or by jumps, and finds frames by their times."""

import gc
from fractions import Fraction
from itertools import count

import av

from tennalytix.video.container import OpenVideo
from tennalytix.video.file_check import VideoError
from tennalytix.video.prefetch import Patience
from tennalytix.video.timeline import TimedFrame, Timeline

# Frames that are decoded on the way rather than jumped over: a jump costs a key frame and what follows it.
NEAR_FRAMES = 40
# Times in a table are those of a decoder, computed the same way: they differ by rounding alone.
TIME_TOLERANCE_S = 1e-6
_LOOK_THROUGH = 8
_closed = count(1)


class Cursor:
    """A context manager; `frame_at` must be asked for frames in rising order."""

    def __init__(self, path: str, thread_count: int, patience: Patience, shown_s: float | None = None) -> None:
        self._path, self._thread_count, self._patience = path, thread_count, patience
        self._index = -1
        self._start()
        self._may_jump = self._may_skip = self._has_one_clock = self._video.has_one_clock(shown_s)

    def __enter__(self) -> "Cursor":
        return self

    def __exit__(self, *_: object) -> None:
        self._video.close()
        # The frame whose orientation was read is part of a reference cycle, and of the decoder's megabytes. Who still
        # holds it now lets go of it later: now and then all is looked through.
        gc.collect(2 if next(_closed) % _LOOK_THROUGH == 0 else 1)

    def frame_at(self, index: int, time_s: float) -> av.VideoFrame | None:
        """The frame that has this index and is shown at this time; None where it does not decode."""
        pts = self._pts_of(time_s) if self._has_one_clock else None
        between = index - self._index - 1
        skipped = self._may_skip and pts is not None and between > 0 and self._skip(pts)
        jumped = self._may_jump and pts is not None and between >= NEAR_FRAMES and self._jump(pts)
        self._index = index
        frame = self._advance(time_s)
        if frame is None and (jumped or skipped):
            # Not where the index of the file says, or not decodable without what was left out: from now on, all of it.
            self._may_jump = self._may_skip = False
            self._restart()
            frame = self._advance(time_s)
        return frame

    def ended_before(self, time_s: float) -> bool:
        """Whether the file came to its end more than a frame before this time.

        It then is shorter than it was: damage alone leaves later packets where they are. False where times do not tell.
        """
        origin, last_pts = self._timeline.origin, self._video.last_pts
        if self._ahead is not None or origin is None or last_pts is None or not self._has_one_clock:
            return False
        return float(last_pts * self._video.time_base - origin + self._timeline.step) < time_s

    def _start(self) -> None:
        self._video = OpenVideo(self._path, self._thread_count, self._patience)
        self._timeline = Timeline(self._video.time_base, 1 / self._video.claimed_rate)
        self._frames = self._timeline.timed(self._video.frames())
        try:
            self._ahead: TimedFrame | None = next(self._frames, None)
        except VideoError:
            self._video.close()
            raise

    def _restart(self) -> None:
        self._video.close()
        self._start()

    def _pts_of(self, time_s: float) -> int | None:
        origin = self._timeline.origin
        return None if origin is None else round((Fraction(time_s) + origin) / self._timeline.time_base)

    def _skip(self, pts: int) -> bool:
        """Has what nothing is built on left out on the way to a time; whether that time lies ahead."""
        self._video.needless_before = pts
        here = self._ahead
        return here is not None and here.frame.pts is not None and here.frame.pts < pts

    def _jump(self, pts: int) -> bool:
        """Goes to the last key frame before a time if that lies ahead; False where it stays, or starts over."""
        here, origin = self._ahead, self._timeline.origin
        if here is None or here.frame.pts is None or not self._video.can_seek:
            return False
        if not self._video.has_key_frame_between(here.frame.pts, pts):
            return False
        frames = self._video.seek(pts)
        if frames is None:
            self._may_jump = False
            self._restart()
            return False
        self._timeline = Timeline(self._timeline.time_base, self._timeline.step, origin)
        self._frames = self._timeline.timed(frames)
        self._ahead = next(self._frames, None)
        return True

    def _advance(self, time_s: float) -> av.VideoFrame | None:
        while self._ahead is not None and self._ahead.time_s < time_s - TIME_TOLERANCE_S:
            self._ahead = next(self._frames, None)
        if self._ahead is not None and self._ahead.time_s <= time_s + TIME_TOLERANCE_S:
            return self._ahead.frame
        return None
