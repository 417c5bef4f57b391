"""How much moves where in the picture, frame by frame, the camera's own motion taken out."""

from array import array
from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.cutting.packed import PackedGrids
from tennalytix.video.camera_motion import CameraFollower

# Fields of the picture for which motion is counted.
GRID_WH = (16, 9)
# Pictures this far apart are compared: a walking person moves by a few pixels, a running one by a body's width.
APART_S = 0.1
# Grey levels by which a pixel must differ.
CHANGED = 20
# Below this shift of the corners, in pixels of the reduced picture, the camera stood still.
STILL_PX = 0.3

HALF = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1]])
DOUBLE = np.linalg.inv(HALF)
"""Pixels of the picture to those of one half its size, and back."""

Picture = NDArray[np.uint8]


@dataclass(frozen=True, eq=False, slots=True)
class SmallPicture:
    """A picture to be compared with another.

    Attributes:
        luma: uint8, (h, w), half as large as what was scanned.
        time_s: its time.
        segment, reference_from_image: see `core.tables.FrameTable`; in pixels of the picture scanned.
    """

    luma: Picture
    time_s: float
    segment: int
    reference_from_image: NDArray[np.float64]

    @classmethod
    def of(cls, picture: Picture, time_s: float, follower: CameraFollower) -> "SmallPicture":
        """That of a reduced luma picture, (h, w), which the follower has seen."""
        half_wh = max(1, picture.shape[1] // 2), max(1, picture.shape[0] // 2)
        smooth = np.asarray(cv2.resize(picture, half_wh, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return cls(smooth, time_s, follower.segments[-1], follower.matrices[-1])


@dataclass(slots=True)
class ActivityMeter:
    """Fed with pictures one after the other, counts for each how many pixels of each field changed.

    Attributes:
        apart_s: for each picture, how much older the one is that it was compared with; 0 without one.
        shares: for each picture the share of pixels of each field that changed, (9, 16), 255 for all.
    """

    apart_s: "array[float]" = field(default_factory=lambda: array("d"))
    shares: PackedGrids = field(default_factory=lambda: PackedGrids(GRID_WH[::-1]))
    _seen: deque[SmallPicture] = field(default_factory=deque)

    def feed(self, now: SmallPicture) -> None:
        """Takes the next picture."""
        while len(self._seen) > 1 and now.time_s - self._seen[1].time_s >= APART_S - 1e-3:
            self._seen.popleft()
        before = self._seen[0] if self._seen else None
        self._seen.append(now)
        if before is None or before.segment != now.segment:
            self._seen = deque([now])
            self._note(np.zeros(GRID_WH[::-1], np.uint8), 0.0)
            return
        self._note(changed_shares(before, now, GRID_WH), now.time_s - before.time_s)

    def _note(self, counts: NDArray[np.uint8], apart_s: float) -> None:
        self.shares.append(counts)
        self.apart_s.append(apart_s)


def changed_shares(before: SmallPicture, now: SmallPicture, grid_wh: tuple[int, int]) -> NDArray[np.uint8]:
    """The share of pixels of each field that changed between two pictures of a segment, (rows, columns), 255 for all.

    The camera's own motion is taken out.
    """
    height, width = now.luma.shape
    image_from_before = HALF @ np.linalg.inv(now.reference_from_image) @ before.reference_from_image @ DOUBLE
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], dtype=np.float64)
    moved = corners @ image_from_before.T
    old: Picture = before.luma
    if float(np.abs(moved[:, :2] / moved[:, 2:] - corners[:, :2]).max()) > STILL_PX:
        warped = cv2.warpPerspective(old, image_from_before, (width, height), dst=now.luma.copy(),
                                     borderMode=cv2.BORDER_TRANSPARENT)  # fmt: skip
        old = np.asarray(warped, dtype=np.uint8)
    mask = (cv2.absdiff(old, now.luma) > CHANGED).astype(np.uint8) * 255
    return np.asarray(cv2.resize(mask, grid_wh, interpolation=cv2.INTER_AREA), dtype=np.uint8)
