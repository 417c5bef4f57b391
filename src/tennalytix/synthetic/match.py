"""A rendered broadcast: rallies from behind the baseline, and between them what television shows, with exact truth."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal

import numpy as np

from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.joins import Join, blend, darkened, flashed
from tennalytix.synthetic.options import BROADCAST, CameraPlacement, RallyOptions
from tennalytix.synthetic.panel import score_panel
from tennalytix.synthetic.rally import write_script
from tennalytix.synthetic.render import RenderedRally, render_rally
from tennalytix.synthetic.scenery import random_options

ShotKind = Literal["court", "replay", "close_up", "crowd", "graphic"]
Span = tuple[int, int]

PAUSE_S = 13.0
# What belongs to a rally before its serve is struck and after its last stroke.
TOSS_S, LAST_FLIGHT_S = 0.9, 0.5
_JOINS: tuple[tuple[Join, float], ...] = (("cut", 0.6), ("dissolve", 0.2), ("fade", 0.1), ("wipe", 0.1))
_BETWEEN: tuple[ShotKind, ...] = ("close_up", "crowd", "graphic")
_FLASH_CHANCE = 0.35


@dataclass(frozen=True, slots=True)
class MatchOptions:
    """What decides a rendered match; the same options give the same pixels.

    Attributes:
        seed: chooses court, people, cameras and the order of shots.
        rallies: how many there are.
        size_wh: width and height in pixels.
        frame_rate: frames a second.
        together_share: share of the court shots that go on over a pause to the next rally.
        between: shots between two court shots, at most.
    """

    seed: int = 0
    rallies: int = 6
    size_wh: tuple[int, int] = (640, 360)
    frame_rate: Fraction = Fraction(25)
    together_share: float = 0.2
    between: int = 3

    def __post_init__(self) -> None:
        for name in ("rallies", "between"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}.")
        if not 0 <= self.together_share <= 1:
            raise ValueError(f"together_share must lie in [0, 1], got {self.together_share}.")


@dataclass(frozen=True, slots=True)
class ShotTruth:
    """An uncut stretch.

    Attributes:
        kind: what it shows.
        first, last: frames; where one shot passes into the next, the border lies in the middle.
        entered: how it begins.
    """

    kind: ShotKind
    first: int
    last: int
    entered: Join


@dataclass(frozen=True, slots=True)
class MatchTruth:
    """What is true of the whole video: its shots, and first and last frames of its rallies, toss and last flight in."""

    shots: tuple[ShotTruth, ...]
    rallies: tuple[Span, ...]


@dataclass(frozen=True, eq=False, slots=True)
class _Part:
    """A shot to be rendered.

    Attributes:
        kind: what it shows.
        scene: what is filmed; None for a panel.
        frames: of the rally, in the order shown.
        join, join_frames: how it passes into the next, and over how many frames.
        rallies: first and last positions in `frames`.
        flashes: positions in `frames` that are lit by a flash.
        panel: shown where there is no rally.
    """

    kind: ShotKind
    scene: RallyOptions | None
    frames: tuple[int, ...]
    join: Join
    join_frames: int
    rallies: tuple[Span, ...] = ()
    flashes: frozenset[int] = frozenset()
    panel: Image | None = None

    def picture(self, position: int) -> Image:
        if self.scene is not None:
            image = _filmed(self.scene).image(self.frames[position])
        elif self.panel is not None:
            image = self.panel
        else:
            raise ValueError("a part must have a scene or a panel, got neither.")
        return flashed(image) if position in self.flashes else image

    @property
    def overlap(self) -> int:
        """Frames it shares with the next one."""
        return self.join_frames if self.join in ("dissolve", "wipe") else 0


@lru_cache(maxsize=3)
def _filmed(scene: RallyOptions) -> RenderedRally:
    """Building a scene takes long; at most two are on the screen at once, and the court comes back."""
    return render_rally(scene)


@dataclass(eq=False, slots=True)
class RenderedMatch:
    """Frames of a match, drawn when asked for, uint8, (h, w, 3), RGB.

    Attributes:
        options: what it was rendered with.
    """

    options: MatchOptions
    _parts: tuple[_Part, ...] = field(repr=False)

    def __len__(self) -> int:
        return self.truth.shots[-1].last + 1

    def __iter__(self) -> Iterator[Image]:
        before: _Part | None = None
        for i, part in enumerate(self._parts):
            following = self._parts[i + 1] if i + 1 < len(self._parts) else None
            start = before.overlap if before is not None else 0
            for position in range(start, len(part.frames) - part.overlap):
                yield self._faded(before, part, position)
            for step in range(part.overlap if following is not None else 0):
                old = part.picture(len(part.frames) - part.overlap + step)
                new = following.picture(step) if following is not None else old
                yield blend(old, new, (step + 1) / (part.overlap + 1), part.join)
            before = part

    def _faded(self, before: _Part | None, part: _Part, position: int) -> Image:
        image, left = part.picture(position), len(part.frames) - 1 - position
        if part.join == "fade" and left < part.join_frames:
            image = darkened(image, left / part.join_frames)
        if before is not None and before.join == "fade" and position < before.join_frames:
            image = darkened(image, position / before.join_frames)
        return image

    @property
    def truth(self) -> MatchTruth:
        """Shots and rallies; nothing is drawn for it."""
        shots: list[ShotTruth] = []
        rallies: list[Span] = []
        start, border, entered = 0, 0, "cut"
        for part in self._parts:
            end = start + len(part.frames)
            rallies += [(start + first, start + last) for first, last in part.rallies]
            following = end - part.overlap // 2
            shots.append(ShotTruth(part.kind, border, following - 1, entered))  # type: ignore[arg-type]
            start, border, entered = end - part.overlap, following, part.join
        return MatchTruth(tuple(shots), tuple(rallies))


def render_match(options: MatchOptions) -> RenderedMatch:
    """A match ready to be drawn."""
    return RenderedMatch(options, _Director(options).parts())


class _Director:
    """Decides what is shown when."""

    def __init__(self, options: MatchOptions) -> None:
        self._options, self._rng = options, np.random.default_rng([options.seed, 40])
        self._scene = _scene(options, self._rng)
        script = write_script(self._scene)
        serves = [s.time_s for s in script.strokes if s.kind == "serve"]
        ends = [max(s.time_s for s in script.strokes if s.time_s < e) for e in [*serves[1:], np.inf]]
        self._points = list(zip(serves, ends, strict=True))[: options.rallies]

    def parts(self) -> tuple[_Part, ...]:
        parts: list[_Part] = []
        left = list(range(len(self._points)))
        while left:
            together = len(left) > 1 and self._rng.random() < self._options.together_share
            shown, left = left[: 1 + together], left[1 + together :]
            parts.append(self._court_shot(shown))
            parts += self._between(shown[-1])
        last = parts[-1]
        parts[-1] = replace(last, join="cut", join_frames=0)
        return tuple(parts)

    def _court_shot(self, points: list[int]) -> _Part:
        first_s = self._points[points[0]][0] - TOSS_S - self._rng.uniform(1.1, 1.8)
        last_s = self._points[points[-1]][1] + LAST_FLIGHT_S + self._rng.uniform(1.0, 1.6)
        frames = self._frames(max(first_s, 0.0), last_s)
        rallies = tuple(
            (self._frame(serve - TOSS_S) - frames[0], self._frame(end + LAST_FLIGHT_S) - frames[0])
            for serve, end in (self._points[i] for i in points)
        )
        return self._part("court", self._scene, frames, rallies)

    def _between(self, point: int) -> list[_Part]:
        kinds = self._rng.integers(0, len(_BETWEEN), int(self._rng.integers(1, self._options.between + 1)))
        parts = [self._other_shot(_BETWEEN[int(kind)], point) for kind in kinds]
        if self._rng.random() < 0.4:
            parts[-1] = replace(parts[-1], join="wipe", join_frames=self._length(0.4, 0.7))
            parts.append(self._replay(point))
            parts.append(self._other_shot("close_up", point))
        return parts

    def _other_shot(self, kind: ShotKind, point: int) -> _Part:
        length_s = float(self._rng.uniform(1.6, 3.0))
        if kind == "graphic":
            panel = score_panel(self._options.size_wh, self._rng)
            return self._part(kind, None, tuple(range(self._frame(length_s))), panel=panel)
        camera = _close_up(self._rng) if kind == "close_up" else _crowd(self._rng)
        start_s = self._points[point][1] + self._rng.uniform(0.5, 2.0)
        return self._part(kind, replace(self._scene, camera=camera), self._frames(start_s, start_s + length_s))

    def _replay(self, point: int) -> _Part:
        """The end of the point again, each frame two or three times, from the same or another place."""
        end_s = self._points[point][1] + LAST_FLIGHT_S
        times = int(self._rng.integers(2, 4))
        frames = np.repeat(self._frames(end_s - self._rng.uniform(1.4, 2.0), end_s), times)
        scene = self._scene
        if self._rng.random() < 0.5:
            scene = replace(scene, camera=_corner(self._rng))
        part = self._part("replay", scene, tuple(int(i) for i in frames))
        return replace(part, join="wipe", join_frames=self._length(0.4, 0.7), flashes=frozenset())

    def _part(
        self,
        kind: ShotKind,
        scene: RallyOptions | None,
        frames: tuple[int, ...],
        rallies: tuple[Span, ...] = (),
        panel: Image | None = None,
    ) -> _Part:
        joins, chances = zip(*_JOINS, strict=True)
        join: Join = joins[int(self._rng.choice(len(joins), p=chances))]
        length = {"cut": 0, "dissolve": self._length(0.12, 0.8)}.get(join, self._length(0.3, 0.7))
        flashes: frozenset[int] = frozenset()
        if kind in ("court", "crowd") and self._rng.random() < _FLASH_CHANCE:
            at = int(self._rng.integers(len(frames) // 4, 3 * len(frames) // 4))
            flashes = frozenset(range(at, at + int(self._rng.integers(1, 3))))
        return _Part(kind, scene, frames, join, length, rallies, flashes, panel)

    def _frame(self, time_s: float) -> int:
        return round(time_s * self._options.frame_rate)

    def _frames(self, first_s: float, last_s: float) -> tuple[int, ...]:
        return tuple(range(self._frame(first_s), self._frame(last_s) + 1))

    def _length(self, shortest_s: float, longest_s: float) -> int:
        return max(2, self._frame(float(self._rng.uniform(shortest_s, longest_s))))


def _scene(options: MatchOptions, rng: np.random.Generator) -> RallyOptions:
    """Court, light and people as in a random scene, seen from behind the baseline."""
    scene = random_options(options.seed, duration_s=30.0 * options.rallies, size_wh=options.size_wh)
    camera = replace(BROADCAST, focal_heights=float(rng.uniform(2.6, 3.0)))
    return replace(
        scene, camera=camera, venue="stadium", staging="rally", doubles=False, frame_rate=options.frame_rate,
        pause_s=PAUSE_S, shake_px=0.0, pan_px=0.0, crowd_share=0.85, standing_crowd=0, bystanders=0, first_serve_s=3.0,
        noise=min(scene.noise, 3.0), ball_kids="posted", officials=True, score_box=True,
    )  # fmt: skip


def _close_up(rng: np.random.Generator) -> CameraPlacement:
    """A long lens on one of the players, from the stand behind the near baseline."""
    x, y = float(rng.uniform(-2.0, 2.0)), float(rng.choice([-12.3, 12.3]))
    return CameraPlacement((x * 3, -30.0, 4.5), (x, y, 1.0), 0.25 * (30.0 + y) * float(rng.uniform(1.0, 1.6)))


def _crowd(rng: np.random.Generator) -> CameraPlacement:
    x = float(rng.uniform(-6, 6))
    return CameraPlacement((0.0, -30.0, 8.0), (x, 24.0, 6.5), float(rng.uniform(7.0, 10.0)))


def _corner(rng: np.random.Generator) -> CameraPlacement:
    """From the side, near the net's level, where no baseline camera stands."""
    side = float(rng.choice([-1.0, 1.0]))
    return CameraPlacement((side * 12.6, -19.5, 3.2), (-side * 1.5, 1.0, 0.6), float(rng.uniform(1.6, 2.2)))
