"""Figures of a clip: the court from above with where the players were and where the ball bounced."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M, LINES, NET_POST_X_M
from tennalytix.schema.tracks import Player, Tracks
from tennalytix.viz.canvas import Canvas, Pen, Points, ellipse, rectangle
from tennalytix.viz.palette import BALL, GREY, INK, PAPER, role_rgb
from tennalytix.viz.review_data import player_lanes

HALF_WIDTH_M = 9.0
HALF_LENGTH_M = 18.0
"""What the figure shows around the net's middle; what lies further out is drawn on the rim."""

_GROUND = (226, 230, 226)
_RIM_M = 0.3


def court_map(tracks: Tracks, height_px: int = 900) -> NDArray[np.uint8]:
    """The court from above, the camera below, as a picture, uint8, (height_px, height_px / 2, 3), RGB.

    Players' ways are lines (faint where they were filled in, open where they were not known), bounces are dots.
    """
    size_wh = (round(height_px * HALF_WIDTH_M / HALF_LENGTH_M), height_px)
    ground = np.full((size_wh[1], size_wh[0], 3), _GROUND, dtype=np.uint8)
    canvas = Canvas(ground, size_wh, size_wh)
    _draw_ground(canvas)
    for players in player_lanes(tracks).values():
        _draw_way(canvas, players)
    for event in tracks.events:
        if event.kind == "bounce" and event.court_xy_m is not None:
            (x, y), radius = _place(canvas, [event.court_xy_m])[0], 7 * canvas.unit_px
            canvas.stroke(ellipse((float(x), float(y)), radius, radius), Pen(INK, rim=False))
            canvas.fill(ellipse((float(x), float(y)), radius, radius), BALL)
    return canvas.image


def court_map_png(tracks: Tracks) -> bytes:
    """`court_map` as a PNG file."""
    _, data = cv2.imencode(".png", cv2.cvtColor(court_map(tracks), cv2.COLOR_RGB2BGR))
    return bytes(np.asarray(data, dtype=np.uint8).tobytes())


def _draw_ground(canvas: Canvas) -> None:
    half_width = DOUBLES_WIDTH_M / 2
    corners = _place(canvas, [(-half_width, BASELINE_Y_M), (half_width, -BASELINE_Y_M)])
    canvas.fill(rectangle(*corners[0], *corners[1]), PAPER)
    for line in LINES:
        canvas.stroke(_place(canvas, [line.start, line.end]), Pen(GREY, rim=False))
    canvas.stroke(_place(canvas, [(-NET_POST_X_M, 0), (NET_POST_X_M, 0)]), Pen(INK, width=3, rim=False))


def _draw_way(canvas: Canvas, players: Sequence[Player | None]) -> None:
    for before, after in pairwise(players):
        if before is None or after is None or before.court_xy_m is None or after.court_xy_m is None:
            continue
        filled_in = "interpolated" in (before.source, after.source)
        pen = Pen(role_rgb(after.role), width=3, alpha=0.35 if filled_in else 1.0, rim=False)
        canvas.stroke(_place(canvas, [before.court_xy_m, after.court_xy_m]), pen)


def _place(canvas: Canvas, court_xy_m: Sequence[tuple[float, float]]) -> Points:
    limits = np.array([HALF_WIDTH_M, HALF_LENGTH_M]) - _RIM_M
    metres = np.clip(np.array(court_xy_m, dtype=np.float64), -limits, limits)
    scale = canvas.size_wh[1] / (2 * HALF_LENGTH_M)
    pixels: Points = np.array([HALF_WIDTH_M, HALF_LENGTH_M]) + metres * [1, -1]
    return pixels * scale - 0.5
