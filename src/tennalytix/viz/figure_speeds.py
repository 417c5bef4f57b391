"""How fast the players ran and the ball flew, each with its 95 % interval."""

import numpy as np

from tennalytix.schema.tracks import Tracks
from tennalytix.viz import svg
from tennalytix.viz.panel import Panel, figure_width
from tennalytix.viz.review_data import lane_name
from tennalytix.viz.speeds import Shot, player_speeds, shots

TOP_MPS = 10.0
"""Upper edge of the players' panel: nobody runs faster."""
KMH = 3.6


def speed_figure(tracks: Tracks) -> str:
    """Speeds of the players in m/s over time, shaded with their 95 % intervals, and the ball's shots below in km/h."""
    times = (tracks.clip.start_s, max(tracks.clip.end_s, tracks.clip.start_s + 0.1))
    width, height = figure_width(times[1] - times[0]), 560.0
    speeds = player_speeds(tracks)
    players = Panel(width, 66, 220, times, (0.0, TOP_MPS))
    flown = shots(tracks)
    fastest = max((shot.interval()[1] for shot in flown), default=40.0)
    ball = Panel(width, 336, 180, times, (0.0, float(np.ceil(fastest * KMH / 50) * 50)))
    parts = [
        svg.text((16, 26), f"Speeds: {tracks.clip_id}", size=16, fill=svg.INK),
        svg.text((width - 16, 26), "Orange near, blue far. Shaded: 95 % intervals.", anchor="end"),
        *players.axes("Players, m/s", with_times=False),
        *ball.axes("Ball, mean over the ground from hit to bounce, km/h"),
    ]
    for (_, role), speed in speeds.items():
        low, high = speed.interval()
        x = players.x(speed.time_s)
        parts.append(svg.band(x, players.y(low), players.y(high), svg.ROLES[role]))
        parts.append(svg.line(players.points(speed.time_s, speed.speed_mps), svg.ROLES[role], 1.8))
    parts += [part for shot in flown for part in _shot(ball, shot)]
    if tracks.court is None:
        parts.append(svg.text((80, 120), "No court was found: speeds are not known.", size=14, fill=svg.INK))
    top = [f"{lane_name(k, speeds)} {np.nanmax(s.speed_mps):.1f} m/s" for k, s in speeds.items() if _known(s.speed_mps)]
    words = f"Fastest: {', '.join(top) or 'not known'}. {len(flown)} shots with a speed."
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


def _known(values: np.ndarray) -> bool:
    return bool(np.isfinite(values).any())
