"""The court from above with how long the players were where, and where the ball bounced."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M, LINES, NET_POST_X_M
from tennalytix.schema.tracks import Tracks
from tennalytix.viz import svg
from tennalytix.viz.review_data import lane_name, player_lanes

HALF_WIDTH_M, HALF_LENGTH_M = 9.0, 18.0
"""What is shown around the net's middle; what lies further out is drawn on the rim."""
CELL_M = 0.25
BLUR_M = 0.35
LEVELS = 7
"""Steps of colour: the darkest is where a player was longest."""

_PX = 22.0
_TOP = 64.0
_GROUND = "#e6eae6"


def court_size_wh() -> tuple[float, float]:
    """Of the figure, the same for all clips."""
    return 2 * HALF_WIDTH_M * _PX, _TOP + 2 * HALF_LENGTH_M * _PX


def court_figure(tracks: Tracks) -> str:
    """The court from above, the camera below: the darker, the longer a player stood there; bounces are dots.

    Places that were filled in over gaps do not count.
    """
    width, height = court_size_wh()
    half = DOUBLES_WIDTH_M / 2
    corners = (*_place(-half, BASELINE_Y_M), *_place(half, -BASELINE_Y_M))
    parts = [
        *svg.heading(f"Court: {tracks.clip_id}", width - 24),
        svg.rectangle((0, _TOP, width, height), _GROUND),
        svg.rectangle(corners, "#f6f6f3"),
        *_heat(tracks),
        *[svg.line([_place(*line.start), _place(*line.end)], "#8d939c", 1.2) for line in LINES],
        svg.line([_place(-NET_POST_X_M, 0), _place(NET_POST_X_M, 0)], svg.INK, 2.4),
    ]
    bounces = [e for e in tracks.events if e.kind == "bounce" and e.court_xy_m is not None]
    for event in bounces:
        words = f"bounce at {event.time_s:.2f} s, frame {event.frame_index}"
        parts.append(svg.circle(_place(*(event.court_xy_m or (0, 0))), 4.5, svg.BALL, svg.PAPER, words))
    words = f"{len(bounces)} bounces." if tracks.court else "No court was found, so nothing could be placed."
    parts.append(svg.text((16, 52), _legend(tracks)))
    return svg.document((width, height), f"Court of {tracks.clip_id}", words, parts)


def _legend(tracks: Tracks) -> str:
    if tracks.court is None:
        return "No court was found: nothing can be placed."
    return "Darker: there for longer. Orange near, blue far, dots bounces."


def _heat(tracks: Tracks) -> list[str]:
    parts = []
    lanes = player_lanes(tracks)
    for key, lane in lanes.items():
        measured = [p.court_xy_m for p in lane if p is not None and p.court_xy_m and p.source != "interpolated"]
        for level, cells in _levels(np.array(measured, dtype=np.float64).reshape(-1, 2)):
            shape = "".join(_cell(row, column) for row, column in cells)
            fill = f'fill="{svg.ROLES[key[1]]}" fill-opacity="{0.09 + 0.78 * (level / LEVELS) ** 1.2:.2f}"'
            parts.append(f'<path d="{shape}" {fill}><title>{svg.clean(lane_name(key, lanes))}</title></path>')
    return parts


def _levels(xy_m: NDArray[np.float64]) -> list[tuple[int, NDArray[np.int64]]]:
    """Level by level, the cells (n, 2), row and column from the far left, whose share of time it stands for."""
    edges = [np.arange(-half, half + CELL_M / 2, CELL_M) for half in (HALF_LENGTH_M, HALF_WIDTH_M)]
    limits = np.array([HALF_WIDTH_M, HALF_LENGTH_M]) - CELL_M / 2
    inside = np.clip(xy_m, -limits, limits)
    counts, *_ = np.histogram2d(-inside[:, 1], inside[:, 0], bins=edges)
    density = gaussian_filter(counts, BLUR_M / CELL_M)
    if density.max() <= 0:
        return []
    # The square root shows ways between places as well as the places.
    level = np.ceil(np.sqrt(density / density.max()) * LEVELS - 0.6).astype(np.int64)
    return [(k, np.argwhere(level == k)) for k in range(1, LEVELS + 1)]


def _cell(row: int, column: int) -> str:
    x, y = column * CELL_M * _PX, _TOP + row * CELL_M * _PX
    size = svg.number(CELL_M * _PX)
    return f"M{svg.number(x)} {svg.number(y)}h{size}v{size}h-{size}z"


def _place(x_m: float, y_m: float) -> tuple[float, float]:
    x = float(np.clip(x_m, -HALF_WIDTH_M + 0.3, HALF_WIDTH_M - 0.3))
    y = float(np.clip(y_m, -HALF_LENGTH_M + 0.3, HALF_LENGTH_M - 0.3))
    return (HALF_WIDTH_M + x) * _PX, _TOP + (HALF_LENGTH_M - y) * _PX
