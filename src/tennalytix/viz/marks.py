"""What the overlay draws: players, the ball and its trail, hits and bounces, the court's lines, a header."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court import LINES
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.schema.tracks import Ball, Event, Player, TrackedFrame, Tracks
from tennalytix.viz.canvas import Canvas, Pen, Points, ellipse, rectangle
from tennalytix.viz.palette import BALL, COURT, EVENT, INK, PAPER, Rgb, role_rgb

RING_RADIUS = 10.0
"""Radius of the ring around the ball, pixels of a 720p picture: it leaves the ball itself free."""

FASTEST_DIAGONALS = 10.0
"""No ball crosses the picture's diagonal so often in a second: what does is another ball."""

_LINE_STEP_M = 0.5
_FURTHEST_SIZES = 2.0
_ROUND_TRIP_M = 0.02


def court_view(frame: TrackedFrame, tracks: Tracks) -> CourtView | None:
    """How the camera sees the court in a frame, None where that is not known."""
    court = tracks.court
    if court is None:
        return None
    matrix = court.court_from_image if court.static else frame.court_from_image
    if matrix is None:
        return None
    return CourtView(np.array(matrix), Lens(court.lens.k1, court.lens.centre, court.lens.radius_px))


def court_polylines(view: CourtView, size_wh: tuple[int, int]) -> list[Points]:
    """The model's painted lines in source pixels, bent as the lens bends them; only what may be in the picture.

    Points far outside the picture, where the lens model no longer holds, are left out, and a line is split there.
    """
    return [piece for line in LINES for piece in _visible_pieces(view, line.start, line.end, size_wh)]


def draw_court(canvas: Canvas, view: CourtView, size_wh: tuple[int, int]) -> None:
    """Thin, half transparent lines."""
    for polyline in court_polylines(view, size_wh):
        canvas.stroke(canvas.to_picture(polyline), Pen(COURT, width=1.2, alpha=0.6, rim=False))


def draw_player(canvas: Canvas, player: Player) -> None:
    """Box, centre cross and foot; broken and hollow where the position was filled in."""
    filled_in = player.source == "interpolated"
    rgb = role_rgb(player.role)
    (x1, y1), (x2, y2) = canvas.to_picture([player.xyxy[:2], player.xyxy[2:]])
    canvas.stroke(rectangle(x1, y1, x2, y2), Pen(rgb, dashed=filled_in))
    centre, foot = canvas.to_picture([player.centre, player.foot])
    arm = 5 * canvas.unit_px
    for step in ((arm, 0.0), (0.0, arm)):
        canvas.stroke(np.array([centre - step, centre + step]), Pen(rgb))
    dot = ellipse(_xy(foot), 9 * canvas.unit_px, 3.6 * canvas.unit_px)
    canvas.stroke(dot, Pen(rgb, width=1.4))
    if not filled_in:
        canvas.fill(dot, rgb)


def draw_player_label(canvas: Canvas, player: Player, label: str) -> None:
    """A plate above the box; dark where the position was filled in."""
    corner = _xy(canvas.to_picture([player.xyxy[:2]])[0])
    _draw_label(canvas, corner, label, role_rgb(player.role), hollow=player.source == "interpolated")


def player_label(player: Player, frame: TrackedFrame) -> str:
    """`near` or `far`, with the track's number where there are two of them, and what is not plainly detected."""
    of_role = sum(other.role == player.role for other in frame.players)
    number = f" {player.track_id}" if of_role > 1 else ""
    return f"{player.role}{number}" + ("" if player.source == "detected" else f", {player.source}")


def draw_ball(canvas: Canvas, ball: Ball) -> None:
    """A ring that leaves the ball free; broken where the position was filled in."""
    centre = canvas.to_picture([ball.xy])[0]
    radius = max(RING_RADIUS * canvas.unit_px, 5.0)
    canvas.stroke(ellipse(_xy(centre), radius, radius), Pen(BALL, dashed=ball.source == "interpolated"))


def draw_trail(canvas: Canvas, trail: Sequence[TrackedFrame], trail_s: float) -> None:
    """The ball's way through the frames of `trail`, in order, the last is now: it fades, and breaks at gaps, leaps."""
    fastest_px = FASTEST_DIAGONALS * float(np.hypot(*canvas.size_wh))
    for before, after in pairwise(trail):
        if before.ball is None or after.ball is None or before.ball.xy == after.ball.xy:
            continue
        way = canvas.to_picture([before.ball.xy, after.ball.xy])
        if float(np.hypot(*(way[1] - way[0]))) > fastest_px * (after.time_s - before.time_s):
            continue
        freshness = 1 - (trail[-1].time_s - after.time_s) / trail_s
        if freshness <= 0:
            continue
        filled_in = "interpolated" in (before.ball.source, after.ball.source)
        pen = Pen(BALL, width=1.2 + 1.8 * freshness, dashed=filled_in, alpha=0.15 + 0.7 * freshness, rim=False)
        canvas.stroke(way, pen)


def draw_event(canvas: Canvas, event: Event, freshness: float) -> None:
    """A bounce as a flat ring, a hit as a burst of rays; `freshness` falls from 1 to 0."""
    centre = canvas.to_picture([event.xy])[0]
    unit = canvas.unit_px
    pen = Pen(EVENT, alpha=0.25 + 0.75 * freshness)
    growth = 1 + 0.5 * (1 - freshness)
    if event.kind == "bounce":
        canvas.stroke(ellipse(_xy(centre), 15 * growth * unit, 6 * growth * unit), pen)
    else:
        for angle in np.arange(8) * np.pi / 4:
            ray = np.array([np.cos(angle), np.sin(angle)])
            canvas.stroke(centre + np.outer([13 * growth * unit, 19 * growth * unit], ray), pen)


def draw_event_label(canvas: Canvas, event: Event) -> None:
    """What it is: a bounce named below its place, a hit above."""
    centre, unit = canvas.to_picture([event.xy])[0], canvas.unit_px
    corner = (float(centre[0] + 16 * unit), float(centre[1] + (30 if event.kind == "bounce" else -14) * unit))
    _draw_label(canvas, corner, event.kind, EVENT, hollow=True)


def draw_header(canvas: Canvas, clip_id: str, frame: TrackedFrame) -> None:
    """One line along the upper edge: the clip, shortened to fit, the frame's number, its time in the source video."""
    width, _ = canvas.size_wh
    pad = 8 * canvas.unit_px
    right = f"frame {frame.frame_index}   {frame.time_s:.3f} s" + ("   repeated" if frame.repeated else "")
    right_width, text_height = canvas.text_size_wh(right)
    height = text_height + 2 * pad
    canvas.fill(rectangle(-2, -2, width + 2, height), INK, alpha=0.65)
    baseline = pad + text_height
    room = width - right_width - 4 * pad
    canvas.text((pad, baseline), shortened(canvas, clip_id, room), PAPER)
    canvas.text((width - right_width - pad, baseline), right, PAPER)


def shortened(canvas: Canvas, text: str, room_px: float) -> str:
    """`text` without characters that cannot be drawn, its middle left out where it is wider than `room_px`."""
    plain = "".join(c if c.isprintable() else "?" for c in text)
    kept = plain
    size = len(plain)
    while size > 0 and canvas.text_size_wh(kept)[0] > room_px:
        size -= 1
        kept = f"{plain[: (size + 1) // 2]}...{plain[len(plain) - size // 2 :]}"
    return kept if size > 0 else ""


def _draw_label(canvas: Canvas, corner_xy: tuple[float, float], text: str, rgb: Rgb, hollow: bool) -> None:
    """A small plate that stands on `corner_xy`, pushed inside the picture; dark if `hollow`."""
    pad = 3.5 * canvas.unit_px
    text_width, text_height = canvas.text_size_wh(text, 13)
    width, height = text_width + 2 * pad, text_height + 2 * pad
    x = float(np.clip(corner_xy[0] - canvas.unit_px, 0, max(0.0, canvas.size_wh[0] - width)))
    bottom = float(np.clip(corner_xy[1] - 2 * canvas.unit_px, height, canvas.size_wh[1]))
    canvas.fill(rectangle(x, bottom - height, x + width, bottom), INK if hollow else rgb, alpha=0.75 if hollow else 1.0)
    canvas.text((x + pad, bottom - pad), text, rgb if hollow else INK, 13)


def _visible_pieces(
    view: CourtView, start: tuple[float, float], end: tuple[float, float], size_wh: tuple[int, int]
) -> list[Points]:
    count = max(2, round(float(np.hypot(end[0] - start[0], end[1] - start[1])) / _LINE_STEP_M) + 1)
    metres = np.linspace(start, end, count)
    pixels = view.court_to_image(metres)
    good = _trustworthy(view, metres, pixels, size_wh)
    runs = np.split(np.arange(count), np.flatnonzero(np.diff(good)) + 1)
    return [pixels[run] for run in runs if good[run].all() and len(run) > 1]


def _trustworthy(view: CourtView, metres: Points, pixels: Points, size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    # NaN, behind the camera, compares as False.
    near: NDArray[np.bool_] = np.abs(pixels / size_wh - 0.5).max(axis=1) < _FURTHEST_SIZES
    back = view.image_to_court(np.where(near.reshape(-1, 1), pixels, 0.0))
    result: NDArray[np.bool_] = near & (np.abs(back - metres).max(axis=1) < _ROUND_TRIP_M)
    return result


def _xy(point: NDArray[np.float64]) -> tuple[float, float]:
    return float(point[0]), float(point[1])
