"""The still world of one clip, painted once, and the frame without people cut from it."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.synthetic.canvas import CanvasGeometry, Image, Map, soften
from tennalytix.synthetic.club import build_club
from tennalytix.synthetic.crowd import Crowd, Stand, seat_crowd
from tennalytix.synthetic.ground import paint_ground
from tennalytix.synthetic.net import Net, paint_net
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.stadium import build_stadium
from tennalytix.synthetic.veil import Veil, chair_veil

_STEP = 8
_MARGIN = 3 + 2 * _STEP
_CROWD_LIGHT = {"day": 0.85, "flat": 0.6, "shadowless": 0.6, "floodlit": 0.36}


@dataclass(eq=False, slots=True)
class Scene:
    """Cuts frames out of the canvas; keeps the last one, since a still camera's next one hardly differs.

    Attributes:
        geometry: of the canvas.
        canvas: everything behind the players, softened for halving; spectators move on it.
        crowd: the spectators who do.
        net: drawn between the far and the near half.
        still: whether all frames are cut alike.
        stands: where spectators sit.
        chair: the umpire's chair, which hides who is behind it; None where there is none.
    """

    geometry: CanvasGeometry
    canvas: Image = field(repr=False)
    crowd: Crowd = field(repr=False)
    net: Net = field(repr=False)
    still: bool
    stands: tuple[Stand, ...] = ()
    chair: Veil | None = None
    _grid: Map | None = field(default=None, repr=False)
    _frame_map: Map | None = field(default=None, repr=False)
    _behind: Image | None = field(default=None, repr=False)
    _net_cut: tuple[NDArray[np.float32], NDArray[np.float32], int, int] | None = field(default=None, repr=False)
    _chair_cut: Veil | None = field(default=None, repr=False)
    _attitudes: NDArray[np.int64] | None = field(default=None, repr=False)

    @classmethod
    def build(cls, options: RallyOptions, reference: Camera, reach_px: float, exposure_rate: float) -> "Scene":
        """Paints the world."""
        geometry = CanvasGeometry.around(reference, options.size_wh, reach_px)
        canvas: Image = np.zeros((geometry.size_wh[1], geometry.size_wh[0], 3), np.uint8)
        rng = np.random.default_rng([options.seed, 4])
        paint_ground(canvas, geometry, options)
        stands: list[Stand] = []
        if options.venue == "stadium":
            stands = build_stadium(canvas, geometry.camera, options, rng)
        else:
            build_club(canvas, geometry.camera, options, rng)
        light, share = _CROWD_LIGHT[options.light], options.crowd_share
        crowd = seat_crowd(canvas, geometry.camera, stands, exposure_rate, light, rng, share)
        chair = chair_veil(geometry) if stands else None
        seated = tuple(stands) if share > 0 else ()
        return cls(geometry, soften(canvas), crowd, paint_net(geometry), not options.moves, seated, chair)

    def behind(self, exposure: int, camera: Camera) -> Image:
        """The frame without people and net; the caller may draw on it."""
        before, now = self._attitudes, self.crowd.attitudes(exposure)
        self.crowd.sit(self.canvas, before, now)
        self._attitudes = now
        if not self.still or self._behind is None or self._frame_map is None:
            if self._grid is None:
                self._grid = self.geometry.undistorted_grid(camera)
            self._frame_map = self.geometry.frame_map(camera, self._grid)
            self._behind = self.geometry.cut(self.canvas, self._frame_map)
            self._net_cut = self._chair_cut = None
        elif before is not None and not np.array_equal(before, now):
            self._refresh(before != now)
        return self._behind.copy()

    def net_cover(self) -> tuple[NDArray[np.float32], NDArray[np.float32], int, int]:
        """Cover (h, w) and premultiplied colour (h, w, 3) of the net in the frame last cut, and their left and top."""
        if self._net_cut is None:
            full = np.dstack([self.net.colour * self.net.cover[..., None], self.net.cover])
            cut, left, top = self._cut_layer(full, self.net.left, self.net.top)
            self._net_cut = cut[..., 3], cut[..., :3], left, top
        return self._net_cut

    def chair_cover(self) -> Veil | None:
        """What the umpire's chair covers of the frame last cut; None where there is none."""
        if self._chair_cut is None and self.chair is not None:
            cut, left, top = self._cut_layer(self.chair.cover, self.chair.left, self.chair.top)
            self._chair_cut = Veil(cut, left, top)
        return self._chair_cut

    def bare(self, veil: Veil) -> Image:
        """What the frame last cut shows, without people, where a veil lies."""
        if self._behind is None:
            raise ValueError("bare must follow behind, got no frame yet.")
        height, width = veil.cover.shape
        return self._behind[veil.top : veil.top + height, veil.left : veil.left + width]

    def _refresh(self, changed: NDArray[np.bool_]) -> None:
        """Cuts anew the frame's rows in which spectators have moved."""
        boxes = self.crowd.boxes[changed]
        frame_map, frame = self._frame_map, self._behind
        if frame_map is None or frame is None:
            return
        # Every eighth column tells well enough which rows are touched.
        canvas_y = frame_map[:, ::8, 1]
        rows = np.flatnonzero(((canvas_y >= boxes[:, 1].min() - 4) & (canvas_y <= boxes[:, 3].max() + 4)).any(axis=1))
        if len(rows):
            part = slice(int(rows[0]), int(rows[-1]) + 1)
            frame[part] = self.geometry.cut(self.canvas, frame_map[part])

    def _cut_layer(self, full: NDArray[np.float32], left: int, top: int) -> tuple[NDArray[np.float32], int, int]:
        """A part of the canvas's size as the frame last cut shows it, and its left and top there."""
        if self._frame_map is None:
            raise ValueError("net_cover must follow behind, got no frame yet.")
        place = np.array([left, top], np.float32)
        # Every eighth pixel tells where the layer is to within eight.
        local = self._frame_map[::_STEP, ::_STEP] - place
        limit = np.array([full.shape[1] + _MARGIN, full.shape[0] + _MARGIN])
        inside = np.min(np.minimum(local + _MARGIN, limit - local), axis=2) > 0
        rows, columns = np.flatnonzero(np.any(inside, axis=1)), np.flatnonzero(np.any(inside, axis=0))
        if not len(rows) or not len(columns):
            return np.zeros((0, 0, *full.shape[2:]), np.float32), 0, 0
        top, left = (max(int(cells[0] - 1) * _STEP, 0) for cells in (rows, columns))
        bottom, right = (int(cells[-1] + 1) * _STEP + 1 for cells in (rows, columns))
        part = self._frame_map[top:bottom, left:right] - place
        cut = cv2.remap(full, part, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)  # type: ignore[call-overload]
        return cut, left, top
