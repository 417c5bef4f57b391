"""Rallies as geometry: a ball that flies, bounces and is struck, seen by a camera and by an imagined detector."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtStretch, CourtTrack, Lens
from tennalytix.core.tables import BallTable, BallTrajectory, FrameTable, PlayerTrack
from tennalytix.synthetic.clock import Clock
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.rally import write_script
from tennalytix.synthetic.script import Script

Floats = NDArray[np.float64]
SERVE_S = 1.2


@lru_cache(maxsize=8)
def _script(seed: int, seconds: float) -> Script:
    return write_script(RallyOptions(seed=seed, duration_s=seconds, first_serve_s=SERVE_S))


@dataclass
class FlownRally:
    """One rally from the serve on, seen by one camera; `xy` is the ball in each frame, NaN before the serve.

    `scale` is the picture's size relative to 1280x720, `pan_px` the camera's sideways speed in pixels a second.
    """

    seed: int = 2
    seconds: float = 7.0
    rate: int = 25
    scale: float = 1.0
    first_frame: int = 0
    start_s: float = 0.0
    repeat_every: int = 0
    pan_px: float = 0.0
    frames: FrameTable = field(init=False)

    def __post_init__(self) -> None:
        self.script = _script(self.seed, self.seconds)
        self.clock = Clock(Fraction(self.rate), self.repeat_every)
        count = round(self.seconds * self.rate)
        self.size_wh = (round(1280 * self.scale), round(720 * self.scale))
        lens = Lens.pinhole(self.size_wh)
        self.camera = Camera.look_at((0.1, -38.0, 10.6), (0.05, -1.6, 0.0), 2052 * self.scale, lens)
        self.scene_s = np.array([self.clock.scene_time_s(i) for i in range(count)])
        self.shift = self.pan_px * self.scale * self.scene_s
        moved = np.tile(np.eye(3), (count, 1, 1))
        moved[:, 0, 2] = self.shift
        self.frames = FrameTable(
            np.arange(count) + self.first_frame,
            np.arange(count) / self.rate + self.start_s,
            np.array([self.clock.is_repeated(i) for i in range(count)]),
            np.zeros(count, dtype=np.int64),
            moved,
        )
        self.xy = np.array([self._ball_xy(t, s) for t, s in zip(self.scene_s, self.shift, strict=True)])

    def _ball_xy(self, time_s: float, shift: float) -> Floats:
        ball = self.script.ball_m(time_s) if time_s >= SERVE_S else None
        return np.full(2, np.nan) if ball is None else self.camera.project(ball)[0] - [shift, 0]

    @property
    def court(self) -> CourtTrack:
        matrix = self.camera.court_view().court_from_image
        matrices = np.array([matrix @ m for m in self.frames.reference_from_image]) if self.pan_px else matrix[None]
        first, last = int(self.frames.frame_index[0]), int(self.frames.frame_index[-1])
        return CourtTrack((CourtStretch(first, last, matrices, Lens.pinhole(self.size_wh), 0.5, 0.95),))

    @property
    def players(self) -> list[PlayerTrack]:
        return [self._track(i + 1, p.role, p.walk) for i, p in enumerate(self.script.players)]

    def _track(self, number: int, role: str, walk: object) -> PlayerTrack:
        places = np.array([walk.at(t)[0] for t in self.scene_s])  # type: ignore[attr-defined]
        low = self.camera.project(np.column_stack([places, np.zeros(len(places))])) - self.shift[:, None] * [1, 0]
        high = self.camera.project(np.column_stack([places, np.full(len(places), 1.8)])) - self.shift[:, None] * [1, 0]
        half = 0.22 * (low[:, 1] - high[:, 1])
        box = np.column_stack([low[:, 0] - half, high[:, 1], low[:, 0] + half, low[:, 1]])
        count = len(places)
        return PlayerTrack(number, role, self.frames.frame_index, box, np.full(count, 0.9), np.zeros(count, dtype=bool))

    def events(self, kind: str) -> list[tuple[float, int, str | None]]:
        """Time, index of the nearest frame and hitter's role of each hit or bounce, but for the last 0.3 s."""
        if kind == "hit":
            found = [(s.time_s, self.script.players[s.player].role) for s in self.script.strokes]
        else:
            found = [(b.time_s, None) for b in self.script.bounces]
        found = [(float(t), role) for t, role in found if t < self.seconds * self._slowness - 0.3]
        places = [(float(self.clock.frame_position(t)), role) for t, role in found]
        return [(p / self.rate + self.start_s, round(p) + self.first_frame, role) for p, role in places]

    @property
    def _slowness(self) -> float:
        return float(self.clock.exposure_rate / self.rate)

    def trajectory(self, keep: NDArray[np.bool_] | None = None) -> BallTrajectory:
        """The ball exactly as it flew, on the frames of `keep`."""
        rows = np.flatnonzero(np.isfinite(self.xy[:, 0]) & (True if keep is None else keep))
        return BallTrajectory(
            self.frames.frame_index[rows], self.xy[rows], np.full(len(rows), 0.9), np.zeros(len(rows), dtype=bool)
        )

    def candidates(
        self,
        *,
        noise_px: float = 0.4,
        false_per_frame: float = 3.0,
        static: int = 4,
        static_score: tuple[float, float] = (0.1, 0.4),
        missing: slice | None = None,
        missing_share: float = 0.0,
        ball: bool = True,
    ) -> BallTable:
        """What a detector would find: the ball, random false candidates, and things that stand still."""
        rng = np.random.default_rng(self.seed + 77)
        lost = np.zeros(len(self.xy), dtype=bool)
        lost[missing or slice(0)] = True
        places = rng.uniform(0, 1, (static, 2)) * [1279, 719]
        rows: list[tuple[int, Floats, float]] = []
        for at, index in enumerate(self.frames.frame_index.tolist()):
            if self.frames.repeated[at]:
                continue
            seen = np.isfinite(self.xy[at, 0]) and rng.random() >= missing_share and not lost[at] and ball
            wobble = rng.normal(0, noise_px * self.scale, 2)
            found = [(index, self.xy[at] + wobble, rng.uniform(0.6, 0.95))] if seen else []
            false = rng.uniform(0, 1, (rng.poisson(false_per_frame), 2)) * [1279, 719] * self.scale
            found += [(index, xy, rng.uniform(0.05, 0.5)) for xy in false]
            still = (places + rng.normal(0, 0.3, places.shape)) * self.scale - [self.shift[at], 0]
            found += [(index, xy, rng.uniform(*static_score)) for xy in still if rng.random() < 0.8]
            rows += sorted(found, key=lambda row: -row[2])
        xy = np.array([row[1] for row in rows]).reshape(-1, 2)
        return BallTable(np.array([r[0] for r in rows], dtype=np.int64), xy, np.array([r[2] for r in rows]))

    def changed(self, **changes: object) -> "FlownRally":
        names = ("seed", "seconds", "rate", "scale", "first_frame", "start_s", "repeat_every", "pan_px")
        return FlownRally(**({name: getattr(self, name) for name in names} | changes))  # type: ignore[arg-type]

    def with_segments(self, second_from: int) -> FrameTable:
        """The frames as two segments, the second with a reference of its own."""
        segment = (np.arange(len(self.frames)) >= second_from).astype(np.int64)
        moved = self.frames.reference_from_image.copy()
        moved[second_from:] = np.linalg.inv(moved[second_from]) @ moved[second_from:]
        return replace(self.frames, segment=segment, reference_from_image=moved)
