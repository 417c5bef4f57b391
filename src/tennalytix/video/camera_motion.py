"""Where the camera looks, frame by frame: motion against the first frame of each uncut stretch."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from tennalytix.core.homography import apply_homography
from tennalytix.video.dissolves import ShotMemory
from tennalytix.video.features import Points, find_points
from tennalytix.video.matching import Matrix, Picture, match
from tennalytix.video.matrix_rows import MatrixRows
from tennalytix.video.motion_fit import MIN_POINTS
from tennalytix.video.stillness import shift_px

# Below this share, or with the picture shifted or zoomed this far, a new key picture is taken.
WEAK_SHARE = 0.5
MAX_SHIFT_SHARE = 0.12
MAX_ZOOM = 1.1
# A new key picture this close to the old one is taken to lie on it, so that a camera at rest gathers no drift.
SNAP_PX = 0.15
# A picture without texture belongs to the one before it if it differs by less, in grey levels.
PLAIN_CHANGE = 2.0
# A break in the motion that is over after this long is a flash or a damaged picture.
PATIENCE_S = 0.17
# A segment ends where its first picture lies further off than this: further on, rounding would blow up.
MAX_DISTANCE = 4.0


@dataclass(frozen=True, eq=False, slots=True)
class _Key:
    """A picture that others are matched with."""

    picture: Picture
    points: Points
    reference_from_key: Matrix


@dataclass(frozen=True, eq=False, slots=True)
class _Break:
    """The state before the motion could not be followed."""

    key: _Key
    row: int
    time_s: float


@dataclass(slots=True)
class CameraFollower:
    """Fed with one reduced luma picture after the other, keeps a segment number and a matrix for each.

    Attributes:
        segments: number of the segment of each picture so far.
        matrices: for each picture the (3, 3) that takes its pixels to those of its segment's first picture.
    """

    segments: list[int] = field(default_factory=list)
    matrices: MatrixRows = field(default_factory=MatrixRows)
    _key: _Key | None = None
    _before: Picture | None = None
    _break: _Break | None = None
    _memory: ShotMemory = field(default_factory=ShotMemory)

    def feed(self, picture: Picture, time_s: float, after_gap: bool = False) -> None:
        """Takes the next picture, (h, w), all of one size, and its time; one after a gap starts a segment."""
        if after_gap:
            self._key = self._break = None
        matrix = self._follow(picture)
        if matrix is None:
            matrix = self._mend(picture, time_s)
        if matrix is None:
            self._start_segment(picture, time_s)
        else:
            self.segments.append(self.segments[-1])
            self.matrices.append(matrix)
        self._before = picture
        dissolved = self._memory.check(picture, time_s, self.segments, self.matrices)
        if dissolved is not None:
            self._split(dissolved, picture)

    def _follow(self, picture: Picture) -> Matrix | None:
        """The matrix of a picture by the key picture or, failing that, the one before; None for neither."""
        if self._key is None or self._before is None:
            return None
        if len(self._key.points) < MIN_POINTS:
            return self._follow_plain(self._before, picture)
        matrix = self._match(self._key, picture, self.matrices[-1])
        if matrix is None:
            before = _Key(self._before, find_points(self._before), self.matrices[-1])
            matrix = self._match(before, picture, self.matrices[-1])
            if matrix is not None:
                self._key = _Key(picture, find_points(picture), matrix)
        return matrix

    def _follow_plain(self, before: Picture, picture: Picture) -> Matrix | None:
        """As `_follow`, where the picture before had no texture."""
        matrix = self.matrices[-1]
        self._key = _Key(picture, find_points(picture), matrix)
        plain = len(self._key.points) < MIN_POINTS and float(cv2.absdiff(before, picture).mean()) < PLAIN_CHANGE
        return matrix if plain else None

    def _match(self, key: _Key, picture: Picture, last: Matrix) -> Matrix | None:
        """The matrix of a picture that is matched with a key one, which makes way for it if it fits badly."""
        found = match(key.picture, key.points, picture, np.linalg.inv(last) @ key.reference_from_key)
        if found is None:
            return None
        key_from_image, share = found
        matrix: Matrix = key.reference_from_key @ key_from_image
        matrix /= matrix[2, 2]
        if not _is_near(matrix, picture.shape, MAX_DISTANCE, 2 * MAX_DISTANCE):
            return None
        if share < WEAK_SHARE or not _is_near(key_from_image, picture.shape, MAX_SHIFT_SHARE, MAX_ZOOM):
            at_rest = shift_px(key_from_image, np.eye(3), picture.shape[::-1])[0] < SNAP_PX
            self._key = _Key(picture, find_points(picture), key.reference_from_key if at_rest else matrix)
        return matrix

    def _mend(self, picture: Picture, time_s: float) -> Matrix | None:
        """Back in the stretch before the last break, if that was a moment ago: undoes the break."""
        gap = self._break
        if gap is None or time_s - gap.time_s > PATIENCE_S:
            return None
        last = self.matrices[gap.row - 1]
        matrix = self._match(gap.key, picture, last)
        if matrix is not None:
            rows = len(self.segments) - gap.row
            self.segments[gap.row :] = [self.segments[gap.row - 1]] * rows
            self.matrices.replace_from(gap.row, [last] * rows)
            self._key, self._break = _Key(picture, find_points(picture), matrix), None
        return matrix

    def _split(self, row: int, picture: Picture) -> None:
        """Makes a new segment of the rows from `row` on."""
        to_new = np.linalg.inv(self.matrices[row])
        self.segments[row:] = [number + 1 for number in self.segments[row:]]
        later = (to_new @ self.matrices[i] for i in range(row + 1, len(self.matrices)))
        self.matrices.replace_from(row, [np.eye(3), *later])
        self._key, self._break = _Key(picture, find_points(picture), self.matrices[-1]), None

    def _start_segment(self, picture: Picture, time_s: float) -> None:
        stale = self._break is None or time_s - self._break.time_s > PATIENCE_S
        if stale and self._key is not None:
            self._break = _Break(self._key, len(self.segments), time_s)
        self.segments.append(self.segments[-1] + 1 if self.segments else 0)
        self.matrices.append(np.eye(3))
        self._key = _Key(picture, find_points(picture), np.eye(3))


def _is_near(a_from_b: Matrix, shape: tuple[int, ...], max_shift_share: float, max_zoom: float) -> bool:
    """Whether a motion shifts the picture by at most a share of its width and zooms it by at most a factor."""
    height, width = shape
    centre = np.array([[(width - 1) / 2, (height - 1) / 2]])
    shift = float(np.hypot(*(apply_homography(a_from_b, centre) - centre)[0]))
    zoom = float(np.sqrt(abs(np.linalg.det(a_from_b[:2, :2]))))
    return shift <= max_shift_share * width and 1 / max_zoom <= zoom <= max_zoom
