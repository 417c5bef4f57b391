"""How surely each pixel differs from the background, shadows left out."""

import cv2
import numpy as np

from tennalytix.detectors.background import Background
from tennalytix.detectors.people_motion_picture import Picture, Plane

_BLACK = 16
_LUMA_FLOOR = 7
_CHROMA_FLOOR = 2.0
_CHROMA_GAIN = 4.0
_CHROMA_SPREAD = 1.0
_CHROMA_BLUR = (3, 3)
_SATURATION_SHARE = 1.0
_SHADOW_DEPTH = 0.28
"""Share of the light that a shadow may take: under floodlight and overcast skies hardly a fifth."""


def foreground(picture: Picture, background: Background) -> Plane:
    """Evidence for something in front of the background, (h, w), grey levels beyond noise and shadow, 0 to 255."""
    size_wh = picture.size_wh
    colour = cv2.resize(_colour_evidence(picture, background), size_wh, interpolation=cv2.INTER_LINEAR)
    evidence = cv2.add(_light_evidence(picture, background), colour)
    return np.asarray(cv2.blur(evidence, (3, 3)), dtype=np.uint8)


def _light_evidence(picture: Picture, background: Background) -> Plane:
    """Brighter, or darker than any shadow."""
    brighter = cv2.subtract(picture.luma, background.luma)
    darker = cv2.subtract(
        cv2.convertScaleAbs(background.luma, alpha=1 - _SHADOW_DEPTH, beta=_BLACK * _SHADOW_DEPTH), picture.luma
    )
    beyond_noise = cv2.subtract(cv2.max(brighter, darker), background.luma_spread)
    floor = np.full_like(picture.luma, _LUMA_FLOOR)
    return np.asarray(cv2.subtract(beyond_noise, floor), dtype=np.uint8)


def _colour_evidence(picture: Picture, background: Background) -> Plane:
    """Colour other than that of the background under less light; half size.

    Less light scales both colour differences along with the luma. How far is not certain (pictures clip and are
    gamma-coded), so along the background's own colour a share of it is forgiven, across it nothing is.
    """
    size_wh = (picture.chroma.shape[2], picture.chroma.shape[1])
    luma = cv2.resize(picture.luma, size_wh, interpolation=cv2.INTER_AREA).astype(np.float32)
    empty = cv2.resize(background.luma, size_wh, interpolation=cv2.INTER_AREA).astype(np.float32)
    light = np.clip((luma - _BLACK + 8) / np.maximum(empty - _BLACK + 8, 8), 0, 1)
    blue, red = background.chroma.astype(np.float32) - 128
    blue_off, red_off = (
        cv2.blur(p, _CHROMA_BLUR) for p in picture.chroma.astype(np.float32) - 128 - light * (blue, red)
    )
    strength = np.hypot(blue, red) + 1e-3
    along = (blue_off * blue + red_off * red) / strength
    across = (blue_off * red - red_off * blue) / strength
    along = np.maximum(np.abs(along) - _SATURATION_SHARE * (1 - light) * strength, 0)
    beyond_noise = (np.hypot(along, across) - _CHROMA_SPREAD * background.chroma_spread - _CHROMA_FLOOR) * _CHROMA_GAIN
    return np.asarray(np.clip(beyond_noise, 0, 255), dtype=np.uint8)
