"""Puts a frame together, from the back to the front, and keeps account of what hides what."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.synthetic.ball import BallMark
from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.light import Daylight, Lamp, cast
from tennalytix.synthetic.outfit import Capsules
from tennalytix.synthetic.overlay import ScoreBox
from tennalytix.synthetic.paint import blend
from tennalytix.synthetic.palette import BALL
from tennalytix.synthetic.people import Person
from tennalytix.synthetic.physics import BALL_RADIUS_M, Floats
from tennalytix.synthetic.scene import Scene
from tennalytix.synthetic.sprite import Moment, Sprite, draw_person
from tennalytix.synthetic.truth import ABSENT, CLEAR, HARD, HIDDEN, BallTruth, PersonTruth

_HIDDEN_SHARE, _CLEAR_SHARE = 0.15, 0.75
_FAINT = 28.0
"""Grey levels by which a plainly seen ball differs from what is behind it."""
_FAST_PX = 1.2


@dataclass(eq=False, slots=True)
class Picture:
    """A composed frame.

    Attributes:
        image: without noise.
        people: one entry a person, None for those out of the picture.
        ball_share: how much of the ball is seen.
        ball_contrast: grey levels (largest channel) between ball and background where it is seen best.
    """

    image: Image = field(repr=False)
    people: list[PersonTruth | None]
    ball_share: float = 0.0
    ball_contrast: float = 0.0

    def ball_truth(self, mark: BallMark, ball_m: Floats, size_wh: tuple[int, int]) -> BallTruth:
        """How the ball is seen."""
        x, y = mark.xy
        if not (-0.5 <= x < size_wh[0] - 0.5 and -0.5 <= y < size_wh[1] - 0.5):
            return BallTruth(ABSENT, np.full(2, np.nan), ball_m)
        seen = HIDDEN if self.ball_share < _HIDDEN_SHARE else HARD
        if self.ball_share > _CLEAR_SHARE and self.ball_contrast > _FAINT and mark.streak_px < 12 * mark.radius_px:
            seen = CLEAR
        return BallTruth(seen, mark.xy, ball_m, visible_share=self.ball_share, radius_px=mark.radius_px)


class Composer:
    """Draws people, ball, net and score over the still world."""

    def __init__(
        self,
        scene: Scene,
        light: Daylight,
        people: list[Person],
        players: int,
        box: ScoreBox | None,
        size_wh: tuple[int, int],
    ) -> None:
        self._scene, self._light, self._people, self._players, self._box, self._size_wh = (
            scene,
            light,
            people,
            players,
            box,
            size_wh,
        )
        self._kept: dict[int, tuple[int, Sprite | None, Moment]] = {}

    def compose(
        self, exposure: int, moments_s: Floats, camera: Camera, mark: BallMark | None, ball_m: Floats | None
    ) -> Picture:
        """A frame; `moments_s` are the instants of the exposure."""
        image = self._scene.behind(exposure, camera)
        time_s = float(moments_s[len(moments_s) // 2])
        drawn = [self._draw(i, moments_s, camera) for i in range(len(self._people))]
        for _, moment in drawn:
            for lamp in self._light.lamps:
                cast(image, moment[0], camera, lamp)
        if ball_m is not None:
            self._ball_shadow(image, ball_m, camera)
        layers: list[tuple[float, object]] = [(float(p.place(time_s)[1]), i) for i, p in enumerate(self._people)]
        layers.append((0.0, "net"))
        if mark is not None and ball_m is not None:
            layers.append((float(ball_m[1]), "ball"))
        layers.sort(key=lambda layer: -layer[0])
        account = _Account(mark, self._size_wh)
        for _, layer in layers:
            self._lay(image, layer, drawn, account, mark)
        if self._box is not None:
            self._box.lay_on(image)
            account.hide_rectangle(self._box)
        truths = [
            account.person(i, p, s, p.place(time_s))
            for i, (p, (s, _)) in enumerate(zip(self._people, drawn, strict=True))
        ]
        return Picture(image, truths, account.ball_share(), account.contrast)

    def _lay(
        self,
        image: Image,
        layer: object,
        drawn: list[tuple[Sprite | None, Moment]],
        account: "_Account",
        mark: BallMark | None,
    ) -> None:
        if layer == "net":
            cover, colour, left, top = self._scene.net_cover()
            part = image[top : top + cover.shape[0], left : left + cover.shape[1]]
            part[:] = np.clip(part * (1 - cover[..., None]) + colour + 0.5, 0, 255)
            account.veil(cover, left, top)
        elif layer == "ball" and mark is not None and mark.cover.size:
            account.measure(image, mark)
            blend(image, mark.cover, mark.left, mark.top, BALL)
        elif isinstance(layer, int) and drawn[layer][0] is not None:
            sprite = drawn[layer][0]
            if sprite is not None:
                sprite.lay_on(image)
                account.add(layer, sprite)

    def _draw(self, index: int, moments_s: Floats, camera: Camera) -> tuple[Sprite | None, Moment]:
        person = self._people[index]
        time_s = float(moments_s[len(moments_s) // 2])
        attitude = person.attitude(time_s)
        kept = self._kept.get(index)
        if self._scene.still and attitude is not None and kept is not None and kept[0] == attitude:
            return kept[1], kept[2]
        middle = person.moment(time_s)
        moments = [middle] if attitude is not None else self._blur(person, moments_s, middle, camera)
        sprite = draw_person(moments, camera, self._light.lighting, self._size_wh)
        if attitude is not None:
            self._kept[index] = (attitude, sprite, middle)
        return sprite, middle

    def _blur(self, person: Person, moments_s: Floats, middle: Moment, camera: Camera) -> list[Moment]:
        """More moments where limbs or racket move fast."""
        first, last = person.moment(float(moments_s[0])), person.moment(float(moments_s[-1]))
        ways = [camera.project(b[0].end) - camera.project(a[0].end) for a, b in ((first, last),)]
        if first[1] is not None and last[1] is not None:
            ways.append(camera.project([last[1].head_m]) - camera.project([first[1].head_m]))
        fastest = max(float(np.hypot(*w.T).max()) for w in ways)
        if not fastest > _FAST_PX:
            return [middle]
        if fastest < 5 * _FAST_PX:
            return [first, middle, last]
        between = [person.moment(float(t)) for t in moments_s[1:-1:2]]
        return [first, *between, last]

    def _ball_shadow(self, image: Image, ball_m: Floats, camera: Camera) -> None:
        radius = np.array([BALL_RADIUS_M])
        body = Capsules(ball_m[None], ball_m[None] + 1e-6, radius, radius, np.zeros((1, 3)))
        for lamp in self._light.lamps:
            # Light from the whole sky casts no shadow but close to the ground.
            fading = 1.0 if lamp.slope != (0.0, 0.0) else float(np.exp(-ball_m[2] / 0.15))
            cast(image, body, camera, Lamp(lamp.slope, lamp.darkness * fading, 0.02))


class _Account:
    """What of people and ball is still seen as things are laid over one another."""

    def __init__(self, mark: BallMark | None, size_wh: tuple[int, int]) -> None:
        self._mark, self._size_wh = mark, size_wh
        self._ball_seen: NDArray[np.float32] | None = None
        self._bodies: dict[int, NDArray[np.bool_]] = {}
        self._sprites: dict[int, Sprite] = {}
        self.contrast = 0.0

    def measure(self, image: Image, mark: BallMark) -> None:
        """Called just before the ball is laid on."""
        part = image[mark.top : mark.top + mark.cover.shape[0], mark.left : mark.left + mark.cover.shape[1]]
        difference = np.abs(part - np.array(BALL, np.float32)).max(axis=2) * mark.cover
        self.contrast = float(difference.max())
        self._ball_seen = np.ones_like(mark.cover)

    def veil(self, cover: NDArray[np.float32], left: int, top: int) -> None:
        """Something that lets a part of the ball's light through."""
        if self._mark is None or self._ball_seen is None:
            return
        mine, theirs = _overlap(self._mark.left, self._mark.top, self._ball_seen.shape, left, top, cover.shape)
        self._ball_seen[mine] *= 1 - cover[theirs]

    def add(self, index: int, sprite: Sprite) -> None:
        """A person over all before."""
        self.veil(sprite.cover, sprite.left, sprite.top)
        for other, body in self._bodies.items():
            below = self._sprites[other]
            mine, theirs = _overlap(below.left, below.top, body.shape, sprite.left, sprite.top, sprite.cover.shape)
            body[mine] &= sprite.cover[theirs] < 0.5
        self._bodies[index], self._sprites[index] = sprite.body.copy(), sprite

    def hide_rectangle(self, box: ScoreBox) -> None:
        """The score box over everything."""
        cover = np.ones(box.picture.shape[:2], np.float32)
        self.veil(cover, box.left, box.top)
        for index, body in self._bodies.items():
            sprite = self._sprites[index]
            mine, _ = _overlap(sprite.left, sprite.top, body.shape, box.left, box.top, cover.shape)
            body[mine] = False

    def ball_share(self) -> float:
        """How much of the ball is seen, [0, 1]."""
        if self._mark is None or self._ball_seen is None or not self._mark.cover.sum() > 0:
            return 0.0
        return float((self._ball_seen * self._mark.cover).sum() / self._mark.cover.sum())

    def person(self, index: int, person: Person, sprite: Sprite | None, place: Floats) -> PersonTruth | None:
        """A person's box around what is seen; None if nothing is."""
        body = self._bodies.get(index)
        if sprite is None or body is None or not body.any():
            return None
        rows, columns = np.flatnonzero(body.any(axis=1)), np.flatnonzero(body.any(axis=0))
        x1, y1 = sprite.left + columns[0], sprite.top + rows[0]
        x2, y2 = sprite.left + columns[-1] + 1, sprite.top + rows[-1] + 1
        edge = bool(x1 == 0 or y1 == 0 or x2 == self._size_wh[0] or y2 == self._size_wh[1])
        share = float(body.sum() / sprite.body.sum())
        return PersonTruth(index + 1, person.role, np.array([x1, y1, x2, y2]) - 0.5, share, place, edge)


def _overlap(
    left_a: int, top_a: int, shape_a: tuple[int, ...], left_b: int, top_b: int, shape_b: tuple[int, ...]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """The common part of two cuts of the frame, in the pixels of each."""
    x0, y0 = max(left_a, left_b), max(top_a, top_b)
    x1 = max(min(left_a + shape_a[1], left_b + shape_b[1]), x0)
    y1 = max(min(top_a + shape_a[0], top_b + shape_b[0]), y0)
    a = (slice(y0 - top_a, y1 - top_a), slice(x0 - left_a, x1 - left_a))
    b = (slice(y0 - top_b, y1 - top_b), slice(x0 - left_b, x1 - left_b))
    return a, b
