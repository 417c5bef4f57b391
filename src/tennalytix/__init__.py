"""Tennis video in, pixel-accurate tracks of both players and the ball out."""

__version__ = "0.1.0"
