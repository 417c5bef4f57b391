"""Sizes that lengths in the picture are told for; other pictures are measured by their diagonal."""

from math import hypot

DIAGONAL_720P_PX = hypot(1280, 720)
"""Of a picture of 1280x720."""

DIAGONAL_1080P_PX = hypot(1920, 1080)
"""Of a picture of 1920x1080."""
