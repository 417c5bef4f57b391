"""Where on the ground people stand, and how well place and size suit a player."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from tennalytix.core.boxes import foot_xy
from tennalytix.core.camera import Camera
from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M
from tennalytix.core.court_view import CourtTrack, CourtView
from tennalytix.core.tables import Floats, FrameTable, Ints
from tennalytix.tracking.people_options import PlayerOptions

_HALF_WIDTH_M = DOUBLES_WIDTH_M / 2
_LOWEST, _HIGHEST = 0.25, 2.5
_TALL, _WIDEST = (1.0, 1.1, 1.2, 1.45), (1.3, 0.85, 0.65, 0.5)
USUAL_HEIGHT = 0.92
"""Height of a player's box in standing heights: knees and back are bent most of the time."""


class PersonScale:
    """What a person of `person_height_m` looks like in one view of the court."""

    def __init__(self, view: CourtView, person_height_m: float) -> None:
        self._view = view
        self._camera = Camera.from_court_view(view)
        self._person_height_m = person_height_m

    def foot_m(self, xy: Floats) -> Floats:
        """Ground under pixels, (n, 2) to (n, 2), metres."""
        return self._view.image_to_court(xy)

    def height_px(self, foot_m: Floats) -> Floats:
        """Heights in pixels of people standing there, (n,); NaN behind the camera."""
        ground = self._view.court_to_image(foot_m)
        if self._camera is None:
            # No perspective to tell the focal length from: a person is as high as the same length lies wide.
            aside = self._view.court_to_image(foot_m + np.array([self._person_height_m, 0.0]))
            across: Floats = np.linalg.norm(aside - ground, axis=1)
            return across
        head = self._camera.project(np.column_stack([foot_m, np.full(len(foot_m), self._person_height_m)]))
        foot = self._camera.project(np.column_stack([foot_m, np.zeros(len(foot_m))]))
        height: Floats = np.where(np.isfinite(ground[:, 1]), foot[:, 1] - head[:, 1], np.nan)
        return height


@dataclass(frozen=True, eq=False, slots=True)
class Ground:
    """The ground of a clip.

    Attributes:
        scales: every view there is.
        scale_of: (frames,), which of them each frame has; -1 where no court is known.
    """

    scales: list[PersonScale]
    scale_of: Ints

    @classmethod
    def of(cls, court: CourtTrack, frames: FrameTable, person_height_m: float) -> "Ground":
        """The ground as `court` shows it."""
        scales: list[PersonScale] = []
        scale_of = np.full(len(frames), -1, dtype=np.int64)
        for stretch in court.stretches:
            inside = (frames.frame_index >= stretch.first_frame) & (frames.frame_index <= stretch.last_frame)
            positions = np.flatnonzero(inside)
            offsets = np.zeros(len(positions), dtype=np.int64)
            if not stretch.static:
                offsets = frames.frame_index[positions] - stretch.first_frame
            for offset in np.unique(offsets):
                scale_of[positions[offsets == offset]] = len(scales)
                scales.append(PersonScale(CourtView(stretch.court_from_image[offset], stretch.lens), person_height_m))
        return cls(scales, scale_of)

    def locate(self, xy: Floats, position: Ints) -> tuple[Floats, Floats]:
        """Metres (n, 2) and standing heights in pixels (n,) of feet at `xy` in rows `position` of the frames."""
        foot_m, height_px = np.full((len(xy), 2), np.nan), np.full(len(xy), np.nan)
        which = self.scale_of[position]
        for number in np.unique(which[which >= 0]):
            rows = np.flatnonzero(which == number)
            foot_m[rows] = self.scales[number].foot_m(xy[rows])
            height_px[rows] = self.scales[number].height_px(foot_m[rows])
        return foot_m, height_px

    def stand_below(self, head_xy: Floats, position: Ints, height: float) -> Floats:
        """Feet of people whose heads are at `head_xy` and who are `height` standing heights tall, (n, 2) pixels."""
        foot = head_xy.copy()
        # The height changes slowly with the place, so that three rounds settle it.
        for _ in range(4):
            _, height_px = self.locate(foot, position)
            foot = np.column_stack([head_xy[:, 0], head_xy[:, 1] + height * np.nan_to_num(height_px)])
        return foot


@dataclass(frozen=True, eq=False, slots=True)
class Placed:
    """Boxes and where they stand.

    Attributes:
        position: (n,), row in the table of frames.
        xyxy: (n, 4)
        score: (n,)
        foot_m: (n, 2), where they stand.
        height_px: (n,), how high a standing person would be there.
        size: (n,), [0, 1], how well the box has a person's size.
    """

    position: Ints
    xyxy: Floats
    score: Floats
    foot_m: Floats
    height_px: Floats
    size: Floats

    def take(self, rows: Ints) -> "Placed":
        """These rows."""
        return Placed(*(getattr(self, name)[rows] for name in self.__slots__))


def place(
    position: Ints, xyxy: Floats, score: Floats, ground: Ground, size_wh: tuple[int, int], options: PlayerOptions
) -> tuple[Placed, Ints]:
    """Those who stand on the court, in its run-off or where officials are, and which rows they are.

    A box that ends at the picture's lower edge does not show the feet: they are put where the head says.
    """
    foot = foot_xy(xyxy)
    cut = xyxy[:, 3] > (1 - 0.005) * size_wh[1]
    foot[cut] = ground.stand_below(np.column_stack([foot[cut, 0], xyxy[cut, 1]]), position[cut], USUAL_HEIGHT)
    foot_m, height_px = ground.locate(foot, position)
    size = size_likelihood(np.column_stack([xyxy[:, :3], foot[:, 1]]), height_px)
    with np.errstate(divide="ignore", invalid="ignore"):
        tall = (foot[:, 1] - xyxy[:, 1]) / height_px
    near = (np.abs(foot_m) < options.reach_xy_m).all(axis=1) & (height_px > 0)
    keep = np.flatnonzero(near & (tall > _LOWEST) & (tall < _HIGHEST))
    return Placed(position, xyxy, score, foot_m, height_px, size).take(keep), keep


def size_likelihood(xyxy: Floats, height_px: Floats) -> Floats:
    """How well boxes have the size of a person whose standing height would be `height_px`, (n,), [0, 1].

    Crouching, stretching and serving players stay between about 0.65 and 1.35 of their standing height. Who lunges is
    wide but not tall, who serves tall but not wide: both at once is two people, or one and a shadow.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        tall = (xyxy[:, 3] - xyxy[:, 1]) / height_px
        wide = (xyxy[:, 2] - xyxy[:, 0]) / height_px
    widest = np.interp(tall, _TALL, _WIDEST)
    fits = expit((tall - 0.6) / 0.05) * expit((1.45 - tall) / 0.06)
    result: Floats = fits * expit((widest - wide) / 0.08) * expit((wide - 0.12) / 0.03)
    return np.nan_to_num(result)


def place_likelihood(foot_m: Floats, options: PlayerOptions) -> Floats:
    """How well places suit a player rather than an official, (n, 2) to (n,), [0, 1].

    Behind the baseline up to `run_off_back_m`; beside the court up to a limit that grows from the net, where nobody
    plays wide balls, to the baseline, where the angles open.
    """
    x, y = np.abs(foot_m[:, 0]), np.abs(foot_m[:, 1])
    opened = np.clip((y - 3.0) / (BASELINE_Y_M - 3.0), 0, 1)
    side_m = _HALF_WIDTH_M + options.run_off_net_m + opened * (options.run_off_side_m - options.run_off_net_m)
    result: Floats = expit((side_m - x) / 0.35) * expit((BASELINE_Y_M + options.run_off_back_m - y) / 0.4)
    return result


def side_likelihood(foot_m: Floats, *, far: bool) -> Floats:
    """How surely places are on one side of the net, (n,), [0, 1]."""
    result: Floats = expit((1 if far else -1) * foot_m[:, 1] / 0.4)
    return result
