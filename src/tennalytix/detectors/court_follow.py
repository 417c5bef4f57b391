"""A court found in one picture, followed through its segment."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court_view import CourtStretch, CourtView
from tennalytix.core.homography import apply_homography
from tennalytix.core.tables import FrameTable
from tennalytix.detectors.court_pictures import Picture, paint_brightness, spread_frames
from tennalytix.detectors.court_refine import RefinedView, judge_view, refine_view
from tennalytix.video.clip import Clip

# Frames on which the view is fitted anew: whenever the camera has moved so far, share of the diagonal, or so much time
# is over.
KEY_MOTION, KEY_MIN_S, KEY_MAX_S = 0.004, 0.2, 3.0
# Frames of a camera that stands still on which the court must be seen.
STATIC_KEYS = 7
# A single frame bears a view out as far as players and blur let it; below this share of the clean picture's, the court
# is gone.
GONE = 0.65
# Ends of a stretch are found to within this.
EDGE_S = 0.15
# Search for lines around the expected place, shares of the diagonal (9 and 4 pixels at 1080p).
KEY_REACH = (0.004, 0.0018)
# Pictures held at once on the way back, and their bytes: more of them, and less is decoded again and again from the key
# frame before.
BATCH, BATCH_BYTES = 24, 50_000_000

Matrix = NDArray[np.float64]
ViewAt = Callable[[int], CourtView]


def hold_court(
    clip: Clip, table: FrameTable, found: RefinedView, pictures: Mapping[int, Picture] | None = None
) -> CourtStretch | None:
    """The stretch of a camera that stands still: one view, for as long as the court is seen; None if it hardly is.

    Args:
        clip: gives the frames.
        table: rows of the segment.
        found: the view.
        pictures: how white frames spread over all of these rows are, by index, if they are at hand.
    """
    if pictures is None:
        keys = spread_frames(int(table.frame_index[0]), int(table.frame_index[-1]), STATIC_KEYS)
        pictures = {f.index: paint_brightness(f.image) for f in clip.frames_at(keys)}
    seen = {index: _is_seen(picture, found.view, found) for index, picture in pictures.items()}
    ends = _ends(clip, table, found, seen, lambda index: found.view)
    if ends is None:
        return None
    return CourtStretch(*ends, found.view.court_from_image[None], found.view.lens, found.residual_px, found.share)


def follow_court(clip: Clip, table: FrameTable, reference: int, found: RefinedView) -> CourtStretch | None:
    """The stretch of a camera that moves: a view a frame, from the motion put right by the lines at key frames.

    Args:
        clip: gives the frames.
        table: rows of the segment.
        reference: the frame whose view was found.
        found: its view.
    """
    follower = _Follower(clip, _motions(table, reference), found)
    keys = _moving_keys(table, found.view)
    follower.follow([k for k in keys if k >= reference])
    follower.follow([k for k in keys if k < reference][::-1])
    ends = _ends(clip, table, found, follower.seen, follower.view_at)
    if ends is None:
        return None
    matrices = np.array([follower.view_at(i).court_from_image for i in range(ends[0], ends[1] + 1)])
    return CourtStretch(*ends, matrices, found.view.lens, found.residual_px, found.share)


class _Follower:
    """Corrections at key frames: where the lines put pixels that the camera's motion alone puts elsewhere."""

    def __init__(self, clip: Clip, motions: dict[int, Matrix], found: RefinedView) -> None:
        self._clip, self._motions, self._found = clip, motions, found
        self._corrections: dict[int, Matrix] = {}
        self._known: list[int] = []
        self.seen: dict[int, bool] = {}

    def follow(self, keys: Sequence[int]) -> None:
        """Fits key frames one after the other, going away from the reference."""
        correction = np.eye(3)
        for index, picture in self._pictures(keys):
            start = self._view(correction, index)
            fitted = refine_view(picture, start, fit_lens=False, reach=KEY_REACH)
            self.seen[index] = fitted is not None and fitted.share >= GONE * self._found.share
            if fitted is not None and self.seen[index]:
                correction = self._correction(fitted.view, index)
                self._corrections[index] = correction
        self._known = sorted(self._corrections)

    def view_at(self, frame_index: int) -> CourtView:
        """The view of any frame, corrections blended between key frames."""
        known = self._known
        if not known:
            return self._view(np.eye(3), frame_index)
        after = int(np.searchsorted(known, frame_index))
        low, high = known[max(after - 1, 0)], known[min(after, len(known) - 1)]
        part = 0.0 if high == low else (frame_index - low) / (high - low)
        correction = (1 - part) * self._corrections[low] + part * self._corrections[high]
        return self._view(correction, frame_index)

    def _view(self, correction: Matrix, frame_index: int) -> CourtView:
        reference = self._found.view
        matrix = reference.court_from_image @ correction @ self._motions[frame_index]
        return CourtView(matrix / matrix[2, 2], reference.lens)

    def _correction(self, view: CourtView, frame_index: int) -> Matrix:
        reference = self._found.view.court_from_image
        matrix = np.linalg.inv(reference) @ view.court_from_image @ np.linalg.inv(self._motions[frame_index])
        result: Matrix = matrix / matrix[2, 2]
        return result

    def _pictures(self, keys: Sequence[int]) -> Iterator[tuple[int, Picture]]:
        """Pictures of key frames in the order given, forward or backward."""
        if list(keys) == sorted(keys):
            yield from ((frame.index, paint_brightness(frame.image)) for frame in self._clip.frames_at(keys))
            return
        for start in range(0, len(keys), BATCH):
            batch = {
                f.index: paint_brightness(f.image) for f in self._clip.frames_at(keys[start : start + BATCH][::-1])
            }
            yield from reversed(batch.items())


def _motions(table: FrameTable, reference: int) -> dict[int, Matrix]:
    """For every frame of a segment the matrix that takes its pixels to those of the reference frame."""
    row = int(np.searchsorted(table.frame_index, reference))
    matrices = np.linalg.inv(table.reference_from_image[row]) @ table.reference_from_image
    return dict(zip(table.frame_index.tolist(), matrices, strict=True))


def _moving_keys(table: FrameTable, view: CourtView) -> list[int]:
    """First and last frame and those between which the camera moves little, ascending."""
    (cx, cy), radius = view.lens.centre_xy, view.lens.radius_px
    probes = np.array([[cx, cy], [0, 0], [2 * cx, 0], [0, 2 * cy], [2 * cx, 2 * cy]])
    places = np.array([apply_homography(m, probes) for m in table.reference_from_image])
    keys = [0]
    for row in range(1, len(table)):
        passed_s = table.time_s[row] - table.time_s[keys[-1]]
        moved_px = np.hypot(*(places[row] - places[keys[-1]]).T).max()
        if passed_s >= KEY_MAX_S or (passed_s >= KEY_MIN_S and moved_px > KEY_MOTION * 2 * radius):
            keys.append(row)
    return [int(i) for i in table.frame_index[sorted({*keys, len(table) - 1})]]


def _is_seen(picture: Picture, view: CourtView, found: RefinedView) -> bool:
    return judge_view(picture, view).share >= GONE * found.share


def _ends(
    clip: Clip, table: FrameTable, found: RefinedView, seen: dict[int, bool], view_at: ViewAt
) -> tuple[int, int] | None:
    """First and last frame of the longest time the court is seen; a key frame alone without it is passed over."""
    keys = sorted(seen)
    flags = [seen[k] or (0 < i < len(keys) - 1 and seen[keys[i - 1]] and seen[keys[i + 1]]) for i, k in enumerate(keys)]
    run = _longest_run(flags)
    if run is None:
        return None
    first, last = int(table.frame_index[0]), int(table.frame_index[-1])
    if run[0] > 0:
        first = _edge(clip, table, found, keys[run[0]], keys[run[0] - 1], view_at)
    if run[1] < len(keys) - 1:
        last = _edge(clip, table, found, keys[run[1]], keys[run[1] + 1], view_at)
    return first, last


def _longest_run(flags: Sequence[bool]) -> tuple[int, int] | None:
    runs: list[tuple[int, int]] = []
    for i, flag in enumerate(flags):
        if flag:
            runs = [*runs[:-1], (runs[-1][0], i)] if runs and runs[-1][1] == i - 1 else [*runs, (i, i)]
    return max(runs, key=lambda r: r[1] - r[0], default=None)


def _edge(clip: Clip, table: FrameTable, found: RefinedView, good: int, bad: int, view_at: ViewAt) -> int:
    """The last frame that shows the court on the way from a frame that does to one that does not, by halving."""
    time_s = dict(zip(table.frame_index.tolist(), table.time_s.tolist(), strict=True))
    while abs(time_s[bad] - time_s[good]) > EDGE_S:
        between = table.frame_index[(table.frame_index > min(good, bad)) & (table.frame_index < max(good, bad))]
        if not len(between):
            break
        middle = int(between[len(between) // 2])
        frame = next(iter(clip.frames_at([middle])), None)
        if frame is not None and _is_seen(paint_brightness(frame.image), view_at(middle), found):
            good = middle
        else:
            bad = middle
    return good
