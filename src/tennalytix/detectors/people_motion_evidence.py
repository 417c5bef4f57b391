"""How surely each pixel differs from the background, shadows left out."""

import cv2
import numpy as np
from numpy.typing import NDArray

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
    light = _light_left(picture, background)
    blue, red = _centred(background.chroma)
    blue_off, red_off = (
        cv2.blur(now - light * empty, _CHROMA_BLUR)
        for now, empty in zip(_centred(picture.chroma), (blue, red), strict=True)
    )
    strength = cv2.magnitude(blue, red) + np.float32(1e-3)
    along = np.abs(blue_off * blue + red_off * red) / strength
    across = (blue_off * red - red_off * blue) / strength
    along -= np.float32(_SATURATION_SHARE) * (1 - light) * strength
    off = np.asarray(cv2.magnitude(np.maximum(along, np.float32(0)), across), dtype=np.float32)
    beyond_noise = off - np.float32(_CHROMA_SPREAD) * background.chroma_spread.astype(np.float32)
    beyond_noise = (beyond_noise - np.float32(_CHROMA_FLOOR)) * np.float32(_CHROMA_GAIN)
    evidence: Plane = np.minimum(np.maximum(beyond_noise, np.float32(0)), np.float32(255)).astype(np.uint8)
    return evidence


def _light_left(picture: Picture, background: Background) -> NDArray[np.float32]:
    """Share of the empty court's light that is left, [0, 1], half size; near black there is hardly any to share."""
    size_wh = (picture.chroma.shape[2], picture.chroma.shape[1])
    now, empty = (
        np.asarray(cv2.resize(luma, size_wh, interpolation=cv2.INTER_AREA), dtype=np.float32)
        for luma in (picture.luma, background.luma)
    )
    dark = np.float32(_BLACK - 8)
    share = np.maximum(now - dark, np.float32(0)) / np.maximum(empty - dark, np.float32(8))
    left: NDArray[np.float32] = np.minimum(share, np.float32(1))
    return left


def _centred(chroma: Plane) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    blue, red = chroma.astype(np.float32) - np.float32(128)
    return blue, red
