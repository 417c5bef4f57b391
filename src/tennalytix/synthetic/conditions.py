"""Sunlight and what camera and encoder make of the picture."""

from dataclasses import dataclass

import cv2
import numpy as np

from tennalytix.synthetic.canvas import Image

_LEAST_QUALITY = 5
_WARM = np.array([0.16, 0.0, -0.22])
"""How red, green and blue change in the warmest light."""
_GREY = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, slots=True)
class Sunlight:
    """Direct sun.

    Attributes:
        azimuth_deg: where shadows fall: 0 to the right, 90 away from the camera's end.
        elevation_deg: of the sun; at 45 shadows are as long as people are tall, at 20 almost three times that.
        softness_m: how far a shadow's edge is spread.
        darkness: share of the light that a shadow takes away.
    """

    azimuth_deg: float = 30.0
    elevation_deg: float = 45.0
    softness_m: float = 0.02
    darkness: float = 0.47

    def __post_init__(self) -> None:
        if not 10 <= self.elevation_deg <= 90:
            raise ValueError(f"elevation_deg must lie in [10, 90], got {self.elevation_deg}.")
        if self.softness_m < 0:
            raise ValueError(f"softness_m must not be negative, got {self.softness_m}.")
        if not 0 <= self.darkness <= 1:
            raise ValueError(f"darkness must lie in [0, 1], got {self.darkness}.")

    @property
    def slope(self) -> tuple[float, float]:
        """Ground offset (x, y) of a shadow a metre of height."""
        length, azimuth = 1 / np.tan(np.deg2rad(self.elevation_deg)), np.deg2rad(self.azimuth_deg)
        return float(length * np.cos(azimuth)), float(length * np.sin(azimuth))


@dataclass(frozen=True, slots=True)
class Finish:
    """What becomes of the light on its way into the file.

    Attributes:
        exposure: factor; below 1 it is dusk.
        contrast: factor around middle grey.
        saturation: factor; 0 is grey.
        warmth: -1 (bluish) to 1 (evening sun).
        blur_px: standard deviation of a lens out of focus.
        jpeg_quality: of a compression applied to every frame, 5 to 100; 0 for none.
    """

    exposure: float = 1.0
    contrast: float = 1.0
    saturation: float = 1.0
    warmth: float = 0.0
    blur_px: float = 0.0
    jpeg_quality: int = 0

    def __post_init__(self) -> None:
        for name in ("exposure", "contrast"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}.")
        for name in ("saturation", "blur_px"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}.")
        if abs(self.warmth) > 1:
            raise ValueError(f"warmth must lie in [-1, 1], got {self.warmth}.")
        if self.jpeg_quality != 0 and not _LEAST_QUALITY <= self.jpeg_quality <= 100:
            raise ValueError(f"jpeg_quality must be 0 or lie in [5, 100], got {self.jpeg_quality}.")

    def develop(self, image: Image) -> Image:
        """Focus and tone, before the sensor's noise."""
        result = image
        if self.blur_px > 0:
            result = cv2.GaussianBlur(result, (0, 0), self.blur_px).astype(np.uint8)
        if (self.exposure, self.contrast, self.saturation, self.warmth) != (1.0, 1.0, 1.0, 0.0):
            result = cv2.transform(result, self._mixture()).astype(np.uint8)
        return result

    def compress(self, image: Image) -> Image:
        """The picture after encoding and decoding."""
        if not self.jpeg_quality:
            return image
        _, packed = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, self.jpeg_quality])
        decoded = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
        return np.ascontiguousarray(decoded[..., ::-1]).astype(np.uint8)

    def _mixture(self) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        """Each channel as a mixture of all three and a constant, (3, 4)."""
        mixed = self.saturation * np.eye(3) + (1 - self.saturation) * _GREY
        mixed = self.contrast * self.exposure * (1 + self.warmth * _WARM)[:, None] * mixed
        constant = np.full((3, 1), 118 * (1 - self.contrast))
        return np.hstack([mixed, constant]).astype(np.float32)
