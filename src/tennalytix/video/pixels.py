"""A decoded picture as brightness, chroma or RGB: each is made when it is asked for, straight from what was decoded."""

from dataclasses import dataclass, field
from functools import cache
from threading import RLock
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.video.orientation import Orientation

Plane = NDArray[np.uint8]
Floats = NDArray[np.float64]

# Formats of three planes with a byte a pixel, and whether chroma is halved across and down.
_PLANAR = {
    f"yuv{j}{name}p": halved for j in ("", "j") for name, halved in (("420", (1, 1)), ("422", (1, 0)), ("444", (0, 0)))
}
# Luma of video spans 16 to 235 and chroma 16 to 240, unless it says that it spans all levels (ITU-R BT.601, 2.5.3).
_FULL_RANGE = 2
_BLACK, _GREY, _LUMA_SPAN, _CHROMA_SPAN = 16, 128, 219, 224
# Weights of red and blue in luma by the number of the matrix (ISO/IEC 23091-2, 8.3), BT.601 where it is not told.
_WEIGHTS = {1: (0.2126, 0.0722), 9: (0.2627, 0.0593), 10: (0.2627, 0.0593)}
_BT601 = 0.299, 0.114


@dataclass(eq=False, slots=True)
class Pixels:
    """A decoded frame; RGB and luma of full size, chroma, and RGB reduced by the same factor again, are made once.

    Several threads may ask for them.

    Attributes:
        decoded: as the decoder gave it, held until this is let go of.
        orientation: what makes it upright.
    """

    decoded: av.VideoFrame = field(repr=False)
    orientation: Orientation = field(default_factory=Orientation)
    _rgb: Plane | None = field(default=None, init=False, repr=False)
    _luma: Plane | None = field(default=None, init=False, repr=False)
    _chroma: dict[int, tuple[Plane, Plane]] = field(default_factory=dict, init=False, repr=False)
    _small: tuple[int, Plane] | None = field(default=None, init=False, repr=False)
    # PyAV converts a frame in a place that it keeps for the frame.
    _making: RLock = field(default_factory=RLock, init=False, repr=False)

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels, upright."""
        width, height = self.decoded.width, self.decoded.height
        return (height, width) if self.orientation.transpose else (width, height)

    def rgb(self) -> Plane:
        """(h, w, 3), read-only."""
        with self._making:
            if self._rgb is None:
                self._rgb = self._upright(self.decoded.to_ndarray(format="rgb24", threads=1))
            return self._rgb

    def luma(self) -> Plane:
        """(h, w), 0 for black and 255 for white whatever the range of the video, read-only."""
        with self._making:
            if self._luma is None:
                planar = self.decoded.format.name in _PLANAR
                self._luma = self._upright(self._all_levels(self._stored(0))) if planar else luma_of(self.rgb())
            return self._luma

    def small_luma(self, size_wh: tuple[int, int]) -> Plane:
        """The same, (h, w) of any size, by the pixels nearest to each place."""
        if self.decoded.format.name in _PLANAR and self.orientation == Orientation():
            small = cv2.resize(self._stored(0), size_wh, interpolation=cv2.INTER_LINEAR)
            return self._upright(self._all_levels(np.asarray(small, dtype=np.uint8)))
        return small_luma_of(self.luma(), size_wh)

    def _all_levels(self, luma: Plane) -> Plane:
        if self._is_full():
            return luma
        above = np.asarray(cv2.max(luma, _BLACK))  # type: ignore[call-overload]
        gain = 255 / _LUMA_SPAN
        return np.asarray(cv2.convertScaleAbs(above, dst=above, alpha=gain, beta=-gain * _BLACK), dtype=np.uint8)

    def chroma(self, factor: int) -> tuple[Plane, Plane]:
        """Red and blue difference of BT.601, each (h // factor, w // factor), 128 for grey; see `chroma_of`."""
        with self._making:
            if factor not in self._chroma:
                self._chroma[factor] = self._mixed(factor) if self._is_whole(factor) else chroma_of(self.rgb(), factor)
            return self._chroma[factor]

    def reduced(self, factor: int) -> Plane:
        """RGB reduced by averaging, (h // factor, w // factor, 3); cheap where chroma is reduced as far as that."""
        with self._making:
            if self._small is None or self._small[0] != factor:
                self._small = factor, self._made_small(factor)
            return self._small[1]

    def _made_small(self, factor: int) -> Plane:
        if not self._is_whole(factor):
            return reduced_rgb(self.rgb(), factor)
        planes = [self._reduced(number, factor) for number in (0, 1, 2)]
        zeros = 0 if self._is_full() else _BLACK, _GREY, _GREY
        return self._upright(cv2.merge([_sum(planes, row, zeros, 0) for row in self._rgb_from_stored()]))

    def _mixed(self, factor: int) -> tuple[Plane, Plane]:
        planes = [self._reduced(number, factor) for number in (1, 2)]
        # What there is of luma in it is nothing.
        weights = (_luma_chroma_from_rgb(*_BT601) @ self._rgb_from_stored())[1:, 1:]
        blue, red = (self._upright(_sum(planes, row, (_GREY, _GREY), _GREY)) for row in weights)
        return red, blue

    def _is_whole(self, factor: int) -> bool:
        """Whether planes can be reduced one by one: that of chroma by a whole number, and before they are turned."""
        halved = _PLANAR.get(self.decoded.format.name)
        if halved is None or any(factor % (1 << h) for h in halved):
            return False
        return self.orientation == Orientation() or not (self.decoded.width % factor or self.decoded.height % factor)

    def _is_full(self) -> bool:
        return int(self.decoded.color_range) == _FULL_RANGE or self.decoded.format.name.startswith("yuvj")

    def _rgb_from_stored(self) -> Floats:
        return _rgb_from_stored(int(self.decoded.colorspace), self._is_full())

    def _reduced(self, number: int, factor: int) -> Plane:
        height, width = self.decoded.height // factor, self.decoded.width // factor
        across, down = _PLANAR[self.decoded.format.name] if number else (0, 0)
        return _means(self._stored(number)[: height * (factor >> down), : width * (factor >> across)], (width, height))

    def _stored(self, number: int) -> Plane:
        """A plane as it was decoded, without what fills up its rows."""
        plane = self.decoded.planes[number]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        return rows[: plane.height, : plane.width]

    def _upright(self, picture: Any) -> Plane:
        upright: Plane = self.orientation.apply(np.asarray(picture, dtype=np.uint8))
        upright.setflags(write=False)
        return upright


def luma_of(image: Plane) -> Plane:
    """Brightness of an RGB picture, (h, w)."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def small_luma_of(luma: Plane, size_wh: tuple[int, int]) -> Plane:
    """Brightness at another size, between the pixels nearest to each place."""
    return np.asarray(cv2.resize(luma, size_wh, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def chroma_of(image: Plane, factor: int) -> tuple[Plane, Plane]:
    """Red and blue difference (Cr and Cb) of an RGB picture that is reduced first, each (h // factor, w // factor)."""
    _, red, blue = cv2.split(cv2.cvtColor(reduced_rgb(image, factor), cv2.COLOR_RGB2YCrCb))
    return np.asarray(red, dtype=np.uint8), np.asarray(blue, dtype=np.uint8)


def reduced_rgb(image: Plane, factor: int) -> Plane:
    """An RGB picture reduced by averaging, (h // factor, w // factor, 3)."""
    height, width = image.shape[0] // factor, image.shape[1] // factor
    return _means(image[: height * factor, : width * factor], (width, height))


@cache
def _rgb_from_stored(colorspace: int, full: bool) -> Floats:
    """RGB from luma, blue and red difference, all less their zeros: (3, 3)."""
    red, blue = _WEIGHTS.get(colorspace, _BT601)
    luma, chroma = (1, 1) if full else (255 / _LUMA_SPAN, 255 / _CHROMA_SPAN)
    return np.linalg.inv(_luma_chroma_from_rgb(red, blue)) * [luma, chroma, chroma]


@cache
def _luma_chroma_from_rgb(red: float, blue: float) -> Floats:
    """Luma, blue and red difference from RGB, all over the same span, by the weights of red and blue in luma."""
    luma = np.array([red, 1 - red - blue, blue])
    differences = (np.array([0, 0, 1]) - luma) / (2 - 2 * blue), (np.array([1, 0, 0]) - luma) / (2 - 2 * red)
    return np.stack([luma, *differences])


def _means(plane: Plane, size_wh: tuple[int, int]) -> Plane:
    if plane.shape[1::-1] == size_wh:
        return plane
    return np.asarray(cv2.resize(plane, size_wh, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _sum(planes: list[Plane], weights: Floats, zeros: tuple[int, ...], to: int) -> Plane:
    """Two planes or three, less their zeros, weighted and added to `to`."""
    first, second, *rest = weights.tolist()
    total = planes[0]
    if abs(second) > 1e-9 or (first, to) != (1.0, zeros[0]):
        # What a third plane takes away again must not be cut off before.
        kind = cv2.CV_16S if rest and abs(rest[0]) > 1e-9 else cv2.CV_8U
        offset = to - first * zeros[0] - second * zeros[1]
        total = np.asarray(cv2.addWeighted(total, first, planes[1], second, offset, dtype=kind))
    for weight, plane, zero in zip(rest, planes[2:], zeros[2:], strict=True):
        if abs(weight) > 1e-9:
            added = plane.astype(total.dtype)
            total = np.asarray(cv2.addWeighted(total, 1.0, added, weight, -weight * zero, dtype=cv2.CV_8U))
    return total
