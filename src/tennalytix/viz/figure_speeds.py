"""How fast the players ran and the ball flew, each with its 95 % interval."""

from collections.abc import Mapping, Sequence

import numpy as np

from tennalytix.core.speed import GroundSpeed
from tennalytix.schema.tracks import Tracks
from tennalytix.viz import svg
from tennalytix.viz.panel import Panel, figure_size_wh
from tennalytix.viz.review_data import lane_name
from tennalytix.viz.speeds import (
    LOW_CAMERA_WORDS,
    Shot,
    certain_moments,
    fastest,
    is_certain_run,
    is_low_camera,
    player_speeds,
    shots,
)

TOP_MPS = 10.0
"""Upper edge of the players' panel, where nothing drawn reaches higher."""
KMH = 3.6


def speed_figure(tracks: Tracks) -> str:
    """Speeds of the players in m/s over time, shaded with their 95 % intervals, and the ball's shots below in km/h.

    What is too uncertain is left out, and the figure says how much that is.
    """
    times = (tracks.clip.start_s, max(tracks.clip.end_s, tracks.clip.start_s + 0.1))
    width, height = figure_size_wh(times[1] - times[0])
    speeds, flown = player_speeds(tracks), shots(tracks)
    certain = [shot for shot in flown if shot.is_certain]
    players = Panel(width, 66, 220, times, (0.0, _top_mps(list(speeds.values()))))
    highest = max((shot.interval()[1] for shot in certain), default=40.0)
    ball = Panel(width, 336, 180, times, (0.0, float(np.ceil(highest * KMH / 50) * 50)))
    parts = [
        *svg.heading(f"Speeds: {tracks.clip_id}", width - 340),
        svg.text((width - 16, 26), "Orange near, blue far. Shaded: 95 % intervals.", anchor="end"),
        *players.axes("Players, m/s", with_times=False),
        *ball.axes("Ball, mean over the ground from hit to bounce, km/h"),
    ]
    for (_, role), speed in speeds.items():
        drawn = np.where(certain_moments(speed), speed.speed_mps, np.nan)
        low, high = (np.where(np.isnan(drawn), np.nan, end) for end in speed.interval())
        parts.append(svg.band(players.x(speed.time_s), players.y(low), players.y(high), svg.ROLES[role]))
        parts.append(svg.line(players.points(speed.time_s, drawn), svg.ROLES[role], 1.8))
    parts += [part for shot in certain for part in _shot(ball, shot)]
    parts.append(svg.text((width - 16, 46), _left_out(speeds, len(flown) - len(certain)), anchor="end"))
    if tracks.court is None:
        parts.append(svg.text((80, 120), "No court was found: speeds are not known.", size=14, fill=svg.INK))
    elif is_low_camera(tracks):
        parts.append(svg.text((80, 84), LOW_CAMERA_WORDS, size=13, fill=svg.INK))
    top = [_fastest(lane_name(key, speeds), fastest(speed)) for key, speed in speeds.items()]
    words = f"Fastest: {', '.join(filter(None, top)) or 'not known'}. {len(certain)} shots with a speed."
    return svg.document((width, height), f"Speeds of {tracks.clip_id}", words, [p for p in parts if p])


def _shot(panel: Panel, shot: Shot) -> list[str]:
    low, high = (float(panel.y(v * KMH)) for v in shot.interval())
    left, right = (float(x) for x in panel.x([shot.start_s, shot.end_s]))
    y = float(panel.y(shot.speed_mps * KMH))
    colour = svg.ROLES[shot.player]
    margin = (shot.interval()[1] - shot.speed_mps) * KMH
    return [
        svg.rectangle((left, high, right, low), colour, 0.2),
        svg.line([(left, y), (right, y)], colour, 2.4),
        svg.text(((left + right) / 2, high - 4), f"{shot.speed_mps * KMH:.0f} ± {margin:.0f}", anchor="middle"),
    ]


def _top_mps(speeds: Sequence[GroundSpeed]) -> float:
    """Room for all that is drawn, in whole steps of the axis."""
    ends = [np.max(speed.interval()[1], initial=0.0, where=certain_moments(speed)) for speed in speeds]
    return max(TOP_MPS, float(np.ceil(max(ends, default=0.0) / 2) * 2))


def _left_out(speeds: Mapping[tuple[int, str], GroundSpeed], shots_left: int) -> str:
    """What is not drawn, of what is known."""
    parts = []
    for key, speed in speeds.items():
        known = np.isfinite(speed.speed_mps)
        left = known & ~certain_moments(speed)
        if left.any():
            parts.append(f"{lane_name(key, speeds)} {100 * left.sum() / known.sum():.0f} % of the time")
    if shots_left:
        parts.append(f"{shots_left} shot" + ("" if shots_left == 1 else "s"))
    return f"Too uncertain, not drawn: {', '.join(parts)}." if parts else ""


def _fastest(name: str, peak: tuple[float, float] | None) -> str:
    if peak is None:
        return ""
    return f"{name} {peak[0]:.1f} ± {peak[1]:.1f} m/s" if is_certain_run(*peak) else f"{name} –, too uncertain"
