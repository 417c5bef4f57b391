"""Puts a frame together, from the back to the front, and keeps account of what hides what."""

from dataclasses import dataclass, field

import numpy as np

from tennalytix.core.camera import Camera
from tennalytix.synthetic.account import Account
from tennalytix.synthetic.ball import BallMark
from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.light import Daylight, Lamp, Shadow, cast, darken, shadow_cover
from tennalytix.synthetic.outfit import Capsules
from tennalytix.synthetic.overlay import ScoreBox
from tennalytix.synthetic.paint import blend
from tennalytix.synthetic.palette import BALL
from tennalytix.synthetic.people import Person
from tennalytix.synthetic.physics import BALL_RADIUS_M, Floats
from tennalytix.synthetic.scene import Scene
from tennalytix.synthetic.sprite import Moment, Sprite, draw_person
from tennalytix.synthetic.truth import ABSENT, CLEAR, HARD, HIDDEN, BallTruth, PersonTruth
from tennalytix.synthetic.veil import CHAIR_Y_M

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


@dataclass(frozen=True, eq=False, slots=True)
class _Drawn:
    """A person's picture, None outside the frame, and the shadow from each lamp."""

    sprite: Sprite | None
    shadows: list[Shadow | None]


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
        self._kept: dict[int, tuple[int, _Drawn]] = {}

    def compose(
        self, exposure: int, moments_s: Floats, camera: Camera, mark: BallMark | None, ball_m: Floats | None
    ) -> Picture:
        """A frame; `moments_s` are the instants of the exposure."""
        image = self._scene.behind(exposure, camera)
        time_s = float(moments_s[len(moments_s) // 2])
        drawn = [self._draw(i, moments_s, camera) for i in range(len(self._people))]
        for person in drawn:
            for lamp, shadow in zip(self._light.lamps, person.shadows, strict=True):
                if shadow is not None:
                    darken(image, shadow, lamp.darkness)
        if ball_m is not None:
            self._ball_shadow(image, ball_m, camera)
        layers: list[tuple[float, object]] = [(float(p.place(time_s)[1]), i) for i, p in enumerate(self._people)]
        layers += [(0.0, "net"), (CHAIR_Y_M, "chair")]
        if mark is not None and ball_m is not None:
            layers.append((float(ball_m[1]), "ball"))
        layers.sort(key=lambda layer: -layer[0])
        account = Account(mark, self._size_wh)
        for _, layer in layers:
            self._lay(image, layer, drawn, account, mark)
        if self._box is not None:
            self._box.lay_on(image)
            account.hide_rectangle(self._box)
        truths = [
            account.person(i, p, d.sprite, p.place(time_s))
            for i, (p, d) in enumerate(zip(self._people, drawn, strict=True))
        ]
        return Picture(image, truths, account.ball_share(), account.contrast)

    def _lay(
        self,
        image: Image,
        layer: object,
        drawn: list["_Drawn"],
        account: Account,
        mark: BallMark | None,
    ) -> None:
        if layer == "net":
            cover, colour, left, top = self._scene.net_cover()
            part = image[top : top + cover.shape[0], left : left + cover.shape[1]]
            part[:] = np.clip(part * (1 - cover[..., None]) + colour + 0.5, 0, 255)
            account.veil(cover, left, top)
        elif layer == "chair":
            self._chair(image, account)
        elif layer == "ball" and mark is not None and mark.cover.size:
            account.measure(image, mark)
            blend(image, mark.cover, mark.left, mark.top, BALL)
        elif isinstance(layer, int):
            sprite = drawn[layer].sprite
            if sprite is not None:
                sprite.lay_on(image)
                account.add(layer, sprite)

    def _chair(self, image: Image, account: Account) -> None:
        """The umpire's chair again, over those behind it."""
        veil = self._scene.chair_cover()
        if veil is None:
            return
        hiding = account.hide_behind(veil)
        if hiding.any():
            height, width = veil.cover.shape
            part = image[veil.top : veil.top + height, veil.left : veil.left + width]
            cover = (veil.cover * hiding)[..., None]
            part[:] = np.clip(part * (1 - cover) + self._scene.bare(veil) * cover + 0.5, 0, 255)

    def _draw(self, index: int, moments_s: Floats, camera: Camera) -> "_Drawn":
        person = self._people[index]
        time_s = float(moments_s[len(moments_s) // 2])
        attitude = person.attitude(time_s)
        kept = self._kept.get(index)
        if self._scene.still and attitude is not None and kept is not None and kept[0] == attitude:
            return kept[1]
        middle = person.moment(time_s)
        moments = [middle] if attitude is not None else self._blur(person, moments_s, middle, camera)
        sprite = draw_person(moments, camera, self._light.lighting, self._size_wh)
        shadows = [shadow_cover(middle[0], camera, lamp, self._size_wh) for lamp in self._light.lamps]
        drawn = _Drawn(sprite, shadows)
        if attitude is not None and self._scene.still:
            self._kept[index] = (attitude, drawn)
        return drawn

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
