"""Where the ground is in the picture, and how tall a person looks who stands on it, for many boxes at a time."""

from dataclasses import dataclass

import numpy as np

from tennalytix.core.camera import Camera
from tennalytix.core.court import BASELINE_Y_M
from tennalytix.core.court_view import CourtStretch, CourtTrack, CourtView, Lens
from tennalytix.core.tables import Flags, Floats, FrameTable, Ints

USUAL_HEIGHT = 0.92
"""Height of a player's box in standing heights: knees and back are bent most of the time."""

_FEET, _USUAL_DOUBT_M = 0.05, 0.5
"""How well feet are seen, in body heights, and what that means on the ground under a broadcast camera."""

_NET_HEIGHT_M = 1.0
_NET_REACH_M = 6.4
_AT_TAPE = 0.2
_DEPTHS_M = np.linspace(3.0, 17.0, 15)
_DEPTH_DOUBT = 0.02
"""What a metre off the baseline counts against a place behind the net, in standing heights."""


@dataclass(frozen=True, eq=False, slots=True)
class StretchGround:
    """The ground of one stretch of the court track; `offset` is a frame's number in the stretch, 0 if it is static.

    Attributes:
        court_from_image: (m, 3, 3), for undistorted pixels.
        image_from_world: (m, 3, 4), to undistorted pixels; NaN where perspective does not tell the camera.
        camera_m: (m, 3), where the camera stands; NaN likewise.
        lens: of all frames.
        person_height_m: of whom heights are told.
    """

    court_from_image: Floats
    image_from_world: Floats
    camera_m: Floats
    lens: Lens
    person_height_m: float

    @classmethod
    def of(cls, stretch: CourtStretch, person_height_m: float) -> "StretchGround":
        """The ground as `stretch` shows it."""
        cameras = [Camera.from_court_view(CourtView(matrix, stretch.lens)) for matrix in stretch.court_from_image]
        projections, places = np.full((len(cameras), 3, 4), np.nan), np.full((len(cameras), 3), np.nan)
        for number, camera in enumerate(cameras):
            if camera is not None:
                projections[number] = camera.image_from_camera @ camera.camera_from_world
                places[number] = camera.position_m
        return cls(stretch.court_from_image, projections, places, stretch.lens, person_height_m)

    def foot_m(self, xy: Floats, offset: Ints) -> Floats:
        """Ground under pixels, (n, 2) to (n, 2), metres."""
        return _mapped(self.court_from_image[offset], self.lens.undistort(xy))

    def image_xy(self, xyz_m: Floats, offset: Ints) -> Floats:
        """Points in space to pixels, (n, 3) to (n, 2); NaN behind the camera."""
        seen = (
            np.einsum("nij,nj->ni", self.image_from_world[offset, :, :3], xyz_m) + self.image_from_world[offset, :, 3]
        )
        depth = np.where(seen[:, 2:] > 1e-6, seen[:, 2:], np.nan)
        return self.lens.distort(seen[:, :2] / depth)

    def height_px(self, foot_m: Floats, offset: Ints) -> Floats:
        """Heights in pixels of people standing there, (n,); NaN behind the camera."""
        foot = np.column_stack([foot_m, np.zeros(len(foot_m))])
        head = np.column_stack([foot_m, np.full(len(foot_m), self.person_height_m)])
        both = self.image_xy(np.concatenate([foot, head]), np.concatenate([offset, offset]))
        height: Floats = both[: len(foot), 1] - both[len(foot) :, 1]
        flat = np.isnan(self.camera_m[offset, 0])
        if flat.any():
            # No perspective to tell the focal length from: a person is as high as the same length lies wide.
            height[flat] = self._width_px(foot_m[flat], offset[flat])
        return height

    def _width_px(self, foot_m: Floats, offset: Ints) -> Floats:
        image_from_court: Floats = np.linalg.inv(self.court_from_image[offset]).astype(np.float64)
        here, aside = (_mapped(image_from_court, foot_m + np.array([x, 0.0])) for x in (0.0, self.person_height_m))
        width: Floats = np.linalg.norm(self.lens.distort(aside) - self.lens.distort(here), axis=1)
        return width


@dataclass(frozen=True, eq=False, slots=True)
class Ground:
    """The ground of a clip.

    Attributes:
        stretches: of the court track.
        stretch_of: (frames,), which of them each frame is in; -1 where no court is known.
        offset_of: (frames,), its number therein.
        person_height_m: of whom heights are told.
    """

    stretches: list[StretchGround]
    stretch_of: Ints
    offset_of: Ints
    person_height_m: float

    @classmethod
    def of(cls, court: CourtTrack, frames: FrameTable, person_height_m: float) -> "Ground":
        """The ground as `court` shows it."""
        stretch_of, offset_of = np.full(len(frames), -1, dtype=np.int64), np.zeros(len(frames), dtype=np.int64)
        for number, stretch in enumerate(court.stretches):
            inside = (frames.frame_index >= stretch.first_frame) & (frames.frame_index <= stretch.last_frame)
            stretch_of[inside] = number
            offset_of[inside] = 0 if stretch.static else frames.frame_index[inside] - stretch.first_frame
        return cls(
            [StretchGround.of(s, person_height_m) for s in court.stretches], stretch_of, offset_of, person_height_m
        )

    def locate(self, xy: Floats, position: Ints) -> tuple[Floats, Floats]:
        """Metres (n, 2) and standing heights in pixels (n,) of feet at `xy` in rows `position` of the frames."""
        foot_m, height_px = np.full((len(xy), 2), np.nan), np.full(len(xy), np.nan)
        for rows, stretch, offset in self._by_stretch(position):
            foot_m[rows] = stretch.foot_m(xy[rows], offset)
            height_px[rows] = stretch.height_px(foot_m[rows], offset)
        return foot_m, height_px

    def camera_m(self, position: Ints) -> Floats:
        """Where the camera stands in rows `position` of the frames, (n, 3); NaN where that is not known."""
        result = np.full((len(position), 3), np.nan)
        for rows, stretch, offset in self._by_stretch(position):
            result[rows] = stretch.camera_m[offset]
        return result

    def at_best(self, foot_m: Floats, position: Ints) -> Floats:
        """The places nearest to the court at which people with their feet at `foot_m` may really be, (n, 2), metres.

        A few pixels at the feet are half a metre for a camera high up, and several metres for one at eye level: behind
        the baseline that much is forgiven.
        """
        camera_m = self.camera_m(position)
        with np.errstate(invalid="ignore"):
            doubt_m = _FEET * self.person_height_m * np.abs(foot_m[:, 1] - camera_m[:, 1]) / camera_m[:, 2]
        forgiven = np.nan_to_num(np.clip(doubt_m - _USUAL_DOUBT_M, 0, None))
        behind = np.clip(np.abs(foot_m[:, 1]) - BASELINE_Y_M, 0, None)
        return np.column_stack([foot_m[:, 0], foot_m[:, 1] - np.sign(foot_m[:, 1]) * np.minimum(behind, forgiven)])

    def stand_below(self, head_xy: Floats, position: Ints, height: float) -> Floats:
        """Feet of people whose heads are at `head_xy` and who are `height` standing heights tall, (n, 2) pixels."""
        foot = head_xy.copy()
        # The height changes slowly with the place, so that a few rounds settle it.
        for _ in range(4):
            _, height_px = self.locate(foot, position)
            foot = np.column_stack([head_xy[:, 0], head_xy[:, 1] + height * np.nan_to_num(height_px)])
        return foot

    def behind_net(self, xyxy: Floats, position: Ints) -> tuple[Flags, Floats]:
        """Whose box ends at the tape of the net, (n,), and where such people would have their feet, (n, 2) pixels.

        From a low camera the net hides the far player's legs, and the ground seen through the box's lower edge lies far
        behind him. He stands where his head has the right height, near the baseline if that leaves a choice.
        """
        hidden, foot = np.zeros(len(xyxy), dtype=bool), np.full((len(xyxy), 2), np.nan)
        for rows, stretch, offset in self._by_stretch(position):
            hidden[rows], foot[rows] = _behind_net(stretch, offset, xyxy[rows])
        return hidden, foot

    def _by_stretch(self, position: Ints) -> list[tuple[Ints, StretchGround, Ints]]:
        which, offset = self.stretch_of[position], self.offset_of[position]
        each = [(np.flatnonzero(which == number), stretch) for number, stretch in enumerate(self.stretches)]
        return [(rows, stretch, offset[rows]) for rows, stretch in each if len(rows)]


def _behind_net(stretch: StretchGround, offset: Ints, xyxy: Floats) -> tuple[Flags, Floats]:
    x = (xyxy[:, 0] + xyxy[:, 2]) / 2
    top, _ = _at_column(stretch, offset, x, 0.0, _NET_HEIGHT_M)
    bottom, net_x_m = _at_column(stretch, offset, x, 0.0, 0.0)
    tape = _AT_TAPE * (bottom - top)
    # Over the tape a camera higher up sees the ground before the baseline: there the net hides nobody's legs.
    low = _beyond(stretch.foot_m(np.column_stack([x, top]), offset)[:, 1], BASELINE_Y_M + 1.5)
    odd = _beyond(stretch.foot_m(np.column_stack([x, xyxy[:, 3]]), offset)[:, 1], BASELINE_Y_M + 3.0)
    there = (np.abs(net_x_m) < _NET_REACH_M) & (np.abs(xyxy[:, 3] - top) < tape) & (xyxy[:, 1] < top - tape)
    hidden = np.flatnonzero(there & low & odd)
    foot = np.full((len(x), 2), np.nan)
    foot[hidden] = _best_depth(stretch, offset[hidden], x[hidden], xyxy[hidden, 1])
    return np.isfinite(foot[:, 0]), foot


def _beyond(y_m: Floats, limit_m: float) -> Flags:
    """Which depths of ground seen at the far side lie beyond a limit; above the horizon there is no ground."""
    result: Flags = (y_m > limit_m) | (y_m < 0)
    return result


def _best_depth(stretch: StretchGround, offset: Ints, x: Floats, head_y: Floats) -> Floats:
    """Feet, (n, 2) pixels, where the person is about as tall as usual; NaN where nowhere."""
    best, feet = np.full(len(x), 0.3), np.full((len(x), 2), np.nan)
    for depth_m in _DEPTHS_M:
        foot_y, x_m = _at_column(stretch, offset, x, depth_m, 0.0)
        height = stretch.height_px(np.column_stack([x_m, np.full(len(x), depth_m)]), offset)
        misfit = np.abs((foot_y - head_y) / height - USUAL_HEIGHT) + _DEPTH_DOUBT * abs(depth_m - BASELINE_Y_M)
        better = misfit < best
        best = np.where(better, misfit, best)
        feet[better] = np.column_stack([x, foot_y])[better]
    return feet


def _at_column(
    stretch: StretchGround, offset: Ints, x: Floats, depth_m: float, height_m: float
) -> tuple[Floats, Floats]:
    """Row in the picture and metres to the right, (n,) each, of the line across the court where it has column `x`."""
    ends = [
        stretch.image_xy(np.tile([side * _NET_REACH_M, depth_m, height_m], (len(x), 1)), offset) for side in (-1, 1)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (x - ends[0][:, 0]) / (ends[1][:, 0] - ends[0][:, 0])
    # Straight across, all of the line is about equally far from a camera behind the court.
    return ends[0][:, 1] + share * (ends[1][:, 1] - ends[0][:, 1]), (2 * share - 1) * _NET_REACH_M


def _mapped(matrices: Floats, xy: Floats) -> Floats:
    """Points by a homography each, (n, 3, 3) and (n, 2) to (n, 2)."""
    seen = np.einsum("nij,nj->ni", matrices[:, :, :2], xy) + matrices[:, :, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = seen[:, :2] / seen[:, 2:]
    return result
