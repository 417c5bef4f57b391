"""What of people and ball is still seen as things are laid over one another."""

import numpy as np
from numpy.typing import NDArray

from tennalytix.synthetic.ball import BallMark
from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.overlay import ScoreBox
from tennalytix.synthetic.palette import BALL
from tennalytix.synthetic.people import Person
from tennalytix.synthetic.physics import Floats
from tennalytix.synthetic.sprite import Sprite
from tennalytix.synthetic.truth import PersonTruth
from tennalytix.synthetic.veil import Veil


class Account:
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

    def hide_behind(self, veil: Veil) -> NDArray[np.bool_]:
        """Something solid over all before; where it covers somebody, (h, w)."""
        hiding = np.zeros(veil.cover.shape, np.bool_)
        for index, body in self._bodies.items():
            sprite = self._sprites[index]
            mine, theirs = _overlap(sprite.left, sprite.top, body.shape, veil.left, veil.top, veil.cover.shape)
            hiding[theirs] |= sprite.cover[mine] > 0
            body[mine] &= veil.cover[theirs] < 0.5
        return hiding

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
