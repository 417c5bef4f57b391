"""A person as the frame sees one: colours, cover and the body's exact mask."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.capsules import Flat, Lighting, draw, extent, flatten
from tennalytix.synthetic.outfit import Capsules
from tennalytix.synthetic.racket import Racket

BODY_COVER = 0.35
"""A pixel belongs to the body from this cover on: blurred limbs count as far as they are plainly seen."""
_FINE_PX, _LARGE_PX = 420.0, 800.0
_SOFT_PX = 0.42
Field = NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class Sprite:
    """A cut of the frame with one person (racket included).

    Attributes:
        colour: (h, w, 3), premultiplied, 0 to 255.
        cover: (h, w), [0, 1].
        body: (h, w), bool: pixels of the body, without the racket.
        left, top: place in the frame.
    """

    colour: Field = field(repr=False)
    cover: Field = field(repr=False)
    body: NDArray[np.bool_] = field(repr=False)
    left: int
    top: int

    def lay_on(self, image: Image) -> None:
        """Composes the person over the image, in place."""
        height, width = self.cover.shape
        part = image[self.top : self.top + height, self.left : self.left + width]
        part[:] = np.clip(part * (1 - self.cover[..., None]) + self.colour + 0.5, 0, 255)


Moment = tuple[Capsules, Racket | None]


def draw_person(moments: list[Moment], camera: Camera, lighting: Lighting, size_wh: tuple[int, int]) -> Sprite | None:
    """One person over an exposure: the mean of some moments of it; None outside the picture."""
    flats = [flatten(capsules, camera) for capsules, _ in moments]
    windows = [
        extent(flat, 3 + _racket_reach(racket, capsules, camera))
        for flat, (capsules, racket) in zip(flats, moments, strict=True)
    ]
    if any(w is None for w in windows):
        return None
    spans = np.array(windows)
    window = (
        max(int(spans[:, 0].min()), 0), max(int(spans[:, 1].min()), 0),
        min(int(spans[:, 2].max()), size_wh[0]), min(int(spans[:, 3].max()), size_wh[1]),
    )  # fmt: skip
    if window[2] <= window[0] or window[3] <= window[1]:
        return None
    fine = _fineness(max(window[3] - window[1], window[2] - window[0]), len(moments))
    layers = [_layer(m, flat, camera, lighting, window, fine) for m, flat in zip(moments, flats, strict=True)]
    total: Field = np.stack([layer for layer, _ in layers]).mean(axis=0, dtype=np.float32)
    body: Field = np.stack([cover for _, cover in layers]).mean(axis=0, dtype=np.float32)
    soft: Field = cv2.GaussianBlur(total, (0, 0), _SOFT_PX).astype(np.float32)
    return Sprite(soft[..., :3], soft[..., 3], body >= BODY_COVER, window[0], window[1])


def _fineness(size_px: int, moments: int) -> int:
    """Samples a pixel: many for small people, few for large or much blurred ones."""
    least = 1 if size_px > _LARGE_PX or (size_px > _FINE_PX and moments > 3) else 2
    return int(np.clip(round(_FINE_PX / size_px), least, 4))


def _racket_reach(racket: Racket | None, capsules: Capsules, camera: Camera) -> float:
    if racket is None:
        return 0.0
    return 0.7 * camera.focal_px / float(camera.depth_m(capsules.start[:1])[0])


def _layer(
    moment: Moment, flat: Flat, camera: Camera, lighting: Lighting, window: tuple[int, int, int, int], fine: int
) -> tuple[Field, Field]:
    """Premultiplied RGBA (cover in [0, 1]) and the body's cover at frame scale."""
    capsules, racket = moment
    solid = draw(capsules, flat, camera, lighting, window, fine)
    size = (window[2] - window[0], window[3] - window[1])
    cover: Field = cv2.resize(solid.solid.astype(np.float32), size, interpolation=cv2.INTER_AREA).astype(np.float32)
    colour = cv2.resize(solid.colour, size, interpolation=cv2.INTER_AREA)
    body: Field = np.dstack([colour, cover]).astype(np.float32)
    if racket is None:
        return body, cover
    hoop = cv2.resize(racket.draw(camera, window, fine), size, interpolation=cv2.INTER_AREA).astype(np.float32)
    hoop[..., 3] /= 255
    chest = capsules.start.mean(axis=0, keepdims=True)
    front, back = (hoop, body) if camera.depth_m([racket.head_m])[0] < camera.depth_m(chest)[0] else (body, hoop)
    both: Field = front + back * (1 - front[..., 3:])
    return both, cover
