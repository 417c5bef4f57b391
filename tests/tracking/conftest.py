"""People drawn by geometry alone: a camera over a court, and persons as boxes around an upright of their height."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtStretch, CourtTrack, Lens
from tennalytix.core.tables import FrameTable, PeopleTable

Floats = NDArray[np.float64]
Path = Callable[[Floats], tuple[Floats, Floats]]
SIZE_WH = (1280, 720)


def stand(x_m: float, y_m: float) -> Path:
    """Stays in one place."""
    return lambda t: (np.full_like(t, x_m), np.full_like(t, y_m))


def sway(x_m: float, y_m: float, reach_m: float = 2.5, period_s: float = 4.0) -> Path:
    """Runs from side to side and a little up and down."""
    return lambda t: (
        x_m + reach_m * np.sin(2 * np.pi * t / period_s),
        y_m + 0.3 * reach_m * np.sin(2 * np.pi * t / period_s + 1),
    )


def cross(start: tuple[float, float], end: tuple[float, float], from_s: float, to_s: float) -> Path:
    """Stays at the start, runs over, stays at the end."""

    def path(t: Floats) -> tuple[Floats, Floats]:
        share = np.clip((t - from_s) / (to_s - from_s), 0, 1)
        return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])

    return path


@dataclass
class Scene:
    """A clip of drawn people; `boxes` maps a person's name to his (frames, 4) boxes, NaN where he was not detected."""

    seconds: float = 6.0
    rate: float = 25.0
    scale: float = 1.0
    mirrored: bool = False
    first_frame: int = 0
    start_s: float = 0.0
    repeated_every: int = 0
    pan_px: float = 0.0
    boxes: dict[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = round(self.seconds * self.rate)
        repeated = np.zeros(n, dtype=bool)
        if self.repeated_every:
            repeated[self.repeated_every :: self.repeated_every] = True
        # A repeated picture shows the moment of the one before.
        self.shown = np.arange(n) - repeated
        self.clock = self.shown / self.rate
        self.size_wh = (round(SIZE_WH[0] * self.scale), round(SIZE_WH[1] * self.scale))
        lens = Lens.pinhole(self.size_wh)
        self.camera = Camera.look_at((0.8, -32.0, 10.0), (0.0, 1.0, 0.0), 1700 * self.scale, lens)
        self.shift = self.pan_px * self.clock
        moved = np.tile(np.eye(3), (n, 1, 1))
        moved[:, 0, 2] = self.shift
        self.frames = FrameTable(
            np.arange(n) + self.first_frame,
            np.arange(n) / self.rate + self.start_s,
            repeated,
            np.zeros(n, dtype=np.int64),
            moved,
        )

    @property
    def court(self) -> CourtTrack:
        matrix = self.camera.court_view().court_from_image
        if self.mirrored:
            flip = np.array([[-1, 0, self.size_wh[0] - 1], [0, 1, 0], [0, 0, 1.0]])
            matrix = np.diag([-1.0, 1, 1]) @ matrix @ flip
        matrices = np.array([matrix @ m for m in self.frames.reference_from_image]) if self.pan_px else matrix[None]
        first, last = int(self.frames.frame_index[0]), int(self.frames.frame_index[-1])
        return CourtTrack((CourtStretch(first, last, matrices, Lens.pinhole(self.size_wh), 0.5, 0.95),))

    def add(self, name: str, path: Path, height_m: float = 1.75, half_width_m: float = 0.35) -> "Scene":
        x, y = path(self.clock)
        foot = self.camera.project(np.column_stack([x, y, np.zeros_like(x)]))
        head = self.camera.project(np.column_stack([x, y, np.full_like(x, height_m)]))
        side = self.camera.project(np.column_stack([x + half_width_m, y, np.zeros_like(x)]))
        half = np.abs(side[:, 0] - foot[:, 0])
        box = np.column_stack([foot[:, 0] - half, head[:, 1], foot[:, 0] + half, foot[:, 1]])
        box[:, [0, 2]] -= self.shift[:, None]
        if self.mirrored:
            box[:, [0, 2]] = self.size_wh[0] - 1 - box[:, [2, 0]]
        self.boxes[name] = box
        return self

    def lose(self, name: str, frames: slice) -> "Scene":
        self.boxes[name][frames] = np.nan
        return self

    def cut(self, name: str, frames: slice, *, legs: float = 0.0, head: float = 0.0) -> "Scene":
        box = self.boxes[name][frames]
        height = box[:, 3] - box[:, 1]
        box[:, 3] -= legs * height
        box[:, 1] += head * height
        return self

    def merge(self, name: str, other: str, frames: slice) -> "Scene":
        a, b = self.boxes[name][frames], self.boxes[other][frames]
        a[:] = np.column_stack([np.minimum(a[:, :2], b[:, :2]), np.maximum(a[:, 2:], b[:, 2:])])
        b[:] = np.nan
        return self

    def people(self, rng: np.random.Generator | None = None) -> PeopleTable:
        """The table; with `rng`, in random order within each frame."""
        names = list(self.boxes)
        rows = []
        for i, index in enumerate(self.frames.frame_index.tolist()):
            order = rng.permutation(len(names)) if rng else range(len(names))
            rows += [(index, self.boxes[names[k]][i]) for k in order if np.isfinite(self.boxes[names[k]][i]).all()]
        xyxy = np.array([box for _, box in rows]).reshape(-1, 4)
        return PeopleTable(np.array([i for i, _ in rows], dtype=np.int64), xyxy, np.full(len(rows), 0.9))


@pytest.fixture
def make_scene() -> type[Scene]:
    return Scene


@pytest.fixture
def paths() -> dict[str, Callable[..., Path]]:
    return {"stand": stand, "sway": sway, "cross": cross}


def singles(**options: object) -> Scene:
    """Two players, and the officials of a tour match where they stand."""
    scene = Scene(**options)  # type: ignore[arg-type]
    scene.add("near", sway(0.5, -12.5)).add("far", sway(-0.5, 13.0, period_s=3.1))
    scene.add("judge_far_left", stand(-4.1, 18.6)).add("judge_far_right", stand(4.1, 18.6))
    scene.add("judge_side", stand(9.2, 6.4)).add("umpire", stand(-8.5, 0.5), height_m=2.6)
    scene.add("kid_net", stand(7.4, -0.6), height_m=1.1).add("kid_far", stand(9.8, 20.0), height_m=1.6)
    return scene


@pytest.fixture
def make_singles() -> Callable[..., Scene]:
    return singles
