"""Frames for detectors: drawn by hand or rendered, with what is true of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.core.court import LINES
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.core.tables import FrameTable
from tennalytix.synthetic import FrameTruth, RallyOptions, render_rally
from tennalytix.video.clip import Clip
from tennalytix.video.frame import Frame

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass
class DrawnClip:
    """Frames in memory that pass for a `video.clip.Clip`; `asked` counts the frames that were asked for."""

    shown: Sequence[Frame]
    clip_id: str = "drawn"
    asked: int = field(default=0)

    @property
    def size_wh(self) -> tuple[int, int]:
        return self.shown[0].size_wh

    @property
    def table(self) -> FrameTable:
        return FrameTable(
            np.array([f.index for f in self.shown], dtype=np.int64),
            np.array([f.time_s for f in self.shown], dtype=np.float64),
            np.array([f.repeated for f in self.shown], dtype=bool),
            np.array([f.segment for f in self.shown], dtype=np.int64),
            np.array([f.reference_from_image for f in self.shown]),
        )

    def frames(self) -> Iterator[Frame]:
        return iter(self.shown)

    def frames_at(self, frame_indices: Sequence[int]) -> Iterator[Frame]:
        wanted = {int(i) for i in frame_indices}
        self.asked += len(wanted)
        return iter([f for f in self.shown if f.index in wanted])


def clip_of(frames: Sequence[Frame]) -> Clip:
    return cast(Clip, DrawnClip(frames))


def frames_of(images: Iterable[Image], rate: float = 25.0, **known: Any) -> list[Frame]:
    """Frames that may not be written to, `rate` a second; `known` goes to every `Frame`."""
    frames = []
    for index, image in enumerate(images):
        kept = image.copy()
        kept.setflags(write=False)
        frames.append(Frame(index, index / rate, kept, **known))
    return frames


def later(frames: Sequence[Frame], by: int, by_s: float, segment: int = 0) -> list[Frame]:
    """The same frames as part of a longer video."""
    return [replace(f, index=f.index + by, time_s=f.time_s + by_s, segment=f.segment + segment) for f in frames]


@lru_cache(maxsize=12)
def rendered(options: RallyOptions) -> tuple[tuple[Frame, ...], tuple[FrameTruth, ...]]:
    """A rendered rally as frames that know of the camera's motion what is true of it."""
    frames, truths = [], []
    first: CourtView | None = None
    for image, truth in render_rally(options).pairs():
        first = first or truth.court_view
        image.setflags(write=False)
        motion = np.linalg.inv(first.court_from_image) @ truth.court_view.court_from_image
        matrix = motion / motion[2, 2] if options.moves else np.eye(3)
        frames.append(Frame(truth.frame_index, truth.time_s, image, truth.repeated, reference_from_image=matrix))
        truths.append(truth)
    return tuple(frames), tuple(truths)


QUICK = RallyOptions(size_wh=(640, 360), duration_s=0.6, frame_rate=Fraction(10), officials=False, score_box=False)
"""Six frames with nobody but the players."""


def ground(size_wh: tuple[int, int], seed: int = 0, colour: tuple[int, int, int] = (70, 110, 150)) -> Image:
    """Ground of one colour with soft blotches and a few hard edges."""
    width, height = size_wh
    rng = np.random.default_rng(seed)
    blotches = cv2.resize(rng.normal(0, 6, (height // 16 + 2, width // 16 + 2)), size_wh, interpolation=cv2.INTER_CUBIC)
    image = np.clip(np.array(colour) + blotches[..., None], 0, 255).astype(np.uint8)
    for x in range(width // 5, width, width // 5):
        image[:, x : x + 2] = np.clip(image[:, x : x + 2].astype(int) + 25, 0, 255)
    return image


def noisy(image: Image, seed: int, spread: float = 1.5) -> Image:
    noise = np.random.default_rng(seed).normal(0, spread, image.shape)
    return np.asarray(np.clip(image + noise, 0, 255).round(), dtype=np.uint8)


def draw_disc(image: Image, xy: tuple[float, float], radius_px: float, colour: tuple[int, int, int]) -> Image:
    """A disc with soft edges, its middle wherever it falls between pixels."""
    y, x = np.mgrid[0 : image.shape[0], 0 : image.shape[1]]
    cover = np.clip(radius_px + 0.5 - np.hypot(x - xy[0], y - xy[1]), 0, 1)[..., None]
    return np.asarray((image * (1 - cover) + np.array(colour) * cover).round(), dtype=np.uint8)


def draw_person(image: Image, foot_xy: tuple[int, int], height_px: int) -> tuple[Image, Floats]:
    """A head, a white shirt and dark legs, and their box."""
    x, y = foot_xy
    half, head = height_px // 6, height_px // 6
    drawn = image.copy()
    drawn[y - height_px : y - height_px + head, x - head // 2 : x + head // 2] = (200, 150, 120)
    drawn[y - height_px + head : y - height_px // 2, x - half : x + half] = (235, 235, 230)
    drawn[y - height_px // 2 : y, x - half : x + half] = (25, 25, 40)
    return drawn, np.array([x - half, y - height_px, x + half, y]) - 0.5


def camera_behind(size_wh: tuple[int, int], k1: float = 0.0, roll_rad: float = 0.0, x_m: float = 0.3) -> Camera:
    """A broadcast's camera."""
    return Camera.look_at((x_m, -30.0, 9.0), (0.0, -1.5, 0.0), 2.1 * size_wh[1], Lens.pinhole(size_wh, k1), roll_rad)


def draw_court(view: CourtView, size_wh: tuple[int, int], colour: tuple[int, int, int] = (60, 100, 150)) -> Image:
    """A court of flat colour with white lines, soft-edged: drawn four times as large and averaged."""
    width, height = size_wh
    large = np.full((4 * height, 4 * width, 3), colour, np.uint8)
    for line in LINES:
        start, end = np.array(line.start), np.array(line.end)
        along = start + (end - start) * np.linspace(0, 1, 60)[:, None]
        across = np.array([-(end - start)[1], (end - start)[0]]) / np.hypot(*(end - start)) * line.width_m / 2
        outline = view.court_to_image(np.concatenate([along + across, (along - across)[::-1]]))
        outline = outline[np.isfinite(outline).all(axis=1)]
        cv2.fillPoly(large, [np.rint(((outline + 0.5) * 4 - 0.5) * 16).astype(np.int32)], (240, 240, 240), shift=4)
    return cv2.resize(large, size_wh, interpolation=cv2.INTER_AREA).astype(np.uint8)
