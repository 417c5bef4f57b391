"""What stands around the court: boards, walls, stands, umpire's chair, benches."""

import numpy as np

from tennalytix.core.camera import Camera
from tennalytix.synthetic.canvas import Image
from tennalytix.synthetic.crowd import Stand
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.paint import box, polygon
from tennalytix.synthetic.palette import BOARDS, Colour
from tennalytix.synthetic.walls import Strip, paint_sky, paint_wall, scaled, side_wall

BACK_Y_M = 18.4
SIDE_X_M = 10.2
STAND_X_M = 13.6
CHAIR_X_M = -7.35
LINE_SEATS = ((9.3, 8.6), (9.35, -0.4), (-9.3, 9.4))
"""Where line judges sit beside the court (x, y), metres."""


def build_stadium(canvas: Image, camera: Camera, options: RallyOptions, rng: np.random.Generator) -> list[Stand]:
    """Paints the surroundings onto the canvas, in place; the stands still to be filled."""
    colour = BOARDS[options.surface][int(rng.integers(len(BOARDS[options.surface])))]
    dark = scaled(colour, 0.55)
    paint_sky(canvas, camera, BACK_Y_M, 1.0, (46, 48, 54), (30, 32, 38))
    _terraces(canvas, camera, dark)
    for sign in (-1, 1):
        _carpet(canvas, camera, sign, scaled(colour, 0.8))
        paint_wall(canvas, camera, side_wall(sign * STAND_X_M, -20.0, BACK_Y_M + 4, 0.0, 1.5), dark, rng, 9.0)
    paint_wall(canvas, camera, Strip((-STAND_X_M, BACK_Y_M), (STAND_X_M, BACK_Y_M), 0.0, 0.95), colour, rng, 5.0)
    paint_wall(
        canvas,
        camera,
        Strip((-STAND_X_M, BACK_Y_M + 0.3), (STAND_X_M, BACK_Y_M + 0.3), 0.95, 1.75),
        scaled(colour, 1.3),
        rng,
        80.0,
    )
    paint_wall(
        canvas, camera, Strip((-STAND_X_M, BACK_Y_M + 0.3), (STAND_X_M, BACK_Y_M + 0.3), 1.75, 2.6), dark, rng, 6.5
    )
    for sign in (-1, 1):
        for y in np.arange(14.5, -14, -4.6):
            paint_wall(canvas, camera, side_wall(sign * SIDE_X_M, y - 3.6, y, 0.0, 0.85), colour, rng, 3.4)
    _furniture(canvas, camera, colour)
    slope = (0.0, 0.85, 0.46)
    stands = [Stand((0, BACK_Y_M + 1.0, 2.45), (1, 0, 0), slope, 34.0, 16)]
    stands += [Stand((s * (STAND_X_M + 0.8), 1.0, 1.25), (0, 1, 0), (s * 0.85, 0, 0.46), 42.0, 14) for s in (-1, 1)]
    return stands


def _terraces(canvas: Image, camera: Camera, dark: Colour) -> None:
    """The sloping stands' concrete, row by row from the top."""
    grey = (70.0, 72.0, 78.0)
    for row in range(16, -1, -1):
        y, z, tone = BACK_Y_M + 0.6 + 0.85 * row, 2.2 + 0.46 * row, scaled(grey, 0.75 + 0.25 * (row % 2))
        polygon(canvas, camera, [(-40, y, z + 0.5), (40, y, z + 0.5), (40, y, z - 0.5), (-40, y, z - 0.5)], tone)
    for sign in (-1, 1):
        for row in range(14, -1, -1):
            x, z, tone = sign * (STAND_X_M + 0.4 + 0.85 * row), 1.0 + 0.46 * row, scaled(grey, 0.75 + 0.25 * (row % 2))
            polygon(canvas, camera, [(x, -22, z + 0.5), (x, 24, z + 0.5), (x, 24, z - 0.5), (x, -22, z - 0.5)], tone)
    polygon(
        canvas,
        camera,
        [(-40, BACK_Y_M + 0.3, 2.6), (40, BACK_Y_M + 0.3, 2.6), (40, BACK_Y_M + 0.3, 0), (-40, BACK_Y_M + 0.3, 0)],
        dark,
    )


def _carpet(canvas: Image, camera: Camera, sign: int, colour: Colour) -> None:
    """The strip between side boards and stands."""
    x0, x1 = sign * SIDE_X_M, sign * STAND_X_M
    polygon(canvas, camera, [(x0, BACK_Y_M, 0), (x1, BACK_Y_M, 0), (x1, -20, 0), (x0, -20, 0)], scaled(colour, 0.9))


def _furniture(canvas: Image, camera: Camera, colour: Colour) -> None:
    """Umpire's chair on the left of the net, benches, coolers, line judges' seats, a clock."""
    for sx, sy in LINE_SEATS:
        back = sx + 0.22 * np.sign(sx)
        box(canvas, camera, (sx - 0.22, sy - 0.22, 0.0), (sx + 0.22, sy + 0.22, 0.44), (196, 198, 204))
        box(canvas, camera, (min(back, sx), sy - 0.22, 0.44), (max(back, sx), sy + 0.22, 0.46), (180, 182, 190))
    for y, tone in ((-1.9, 2.2), (-2.45, 1.2)):
        box(canvas, camera, (8.55, y - 0.22, 0.0), (9.0, y + 0.22, 0.75), scaled(colour, tone))
    box(canvas, camera, (-9.0, BACK_Y_M - 0.5, 0.1), (-8.1, BACK_Y_M - 0.35, 1.35), (18, 24, 22))
    polygon(
        canvas,
        camera,
        [(-8.95, BACK_Y_M - 0.51, z) for z in (0.9, 1.25)] + [(-8.45, BACK_Y_M - 0.51, z) for z in (1.25, 0.9)],
        (226, 222, 206),
    )
    polygon(
        canvas,
        camera,
        [(-8.9, BACK_Y_M - 0.51, z) for z in (0.35, 0.7)] + [(-8.2, BACK_Y_M - 0.51, z) for z in (0.7, 0.35)],
        (226, 190, 60),
    )
    x = CHAIR_X_M
    for y in (3.2, -3.6):
        box(canvas, camera, (x - 0.5, y - 0.8, 0.0), (x - 0.05, y + 0.8, 0.46), scaled(colour, 1.7))
    box(canvas, camera, (x - 0.5, 1.5, 0.0), (x - 0.05, 2.0, 0.8), (200, 204, 210))
    paint_chair(canvas, camera, colour)


def paint_chair(canvas: Image, camera: Camera, colour: Colour) -> None:
    """The umpire's chair."""
    x = CHAIR_X_M
    for dx, dy in ((-0.42, 0.42), (0.36, 0.42), (-0.42, -0.42), (0.36, -0.42)):
        box(canvas, camera, (x + dx, dy - 0.04, 0), (x + dx + 0.07, dy + 0.04, 1.75), (206, 208, 212))
    box(canvas, camera, (x - 0.45, -0.45, 0.1), (x + 0.45, 0.45, 1.0), scaled(colour, 1.3))
    box(canvas, camera, (x - 0.45, -0.45, 1.68), (x + 0.45, 0.45, 1.80), (190, 194, 200))
    box(canvas, camera, (x - 0.5, -0.45, 1.80), (x - 0.4, 0.45, 2.55), scaled(colour, 1.5))
