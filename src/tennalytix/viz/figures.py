"""Figures of a clip as SVG: where the players were, the ball over time, speeds with their uncertainty."""

import numpy as np

from tennalytix.schema.tracks import Tracks
from tennalytix.viz import svg
from tennalytix.viz.figure_court import court_figure
from tennalytix.viz.figure_speeds import speed_figure
from tennalytix.viz.panel import Panel, figure_size_wh

FIGURES = ("court", "ball", "speeds")


def clip_figures(tracks: Tracks) -> dict[str, str]:
    """SVG by the names of `FIGURES`."""
    return {"court": court_figure(tracks), "ball": ball_figure(tracks), "speeds": speed_figure(tracks)}


def ball_figure(tracks: Tracks) -> str:
    """The ball's height and side in the picture over time, with hits and bounces; broken where it is not known.

    Solid where it was detected or corrected, dashed where it was filled in.
    """
    frames = tracks.frames
    times = (tracks.clip.start_s, max(tracks.clip.end_s, tracks.clip.start_s + 0.1))
    width, height = figure_size_wh(times[1] - times[0])
    panels = (
        Panel(width, 66, 250, times, (tracks.video.height - 0.5, -0.5)),
        Panel(width, 366, 150, times, (-0.5, tracks.video.width - 0.5)),
    )
    time_s = [f.time_s for f in frames]
    known = np.array([f.ball.xy if f.ball else (np.nan, np.nan) for f in frames]).reshape(-1, 2)
    filled = np.array([f.ball is not None and f.ball.source == "interpolated" for f in frames], dtype=bool)
    parts = [
        *svg.heading(f"The ball over time: {tracks.clip_id}", width - 260),
        *panels[0].axes("Height in the picture, px from its upper edge", with_times=False),
        *panels[1].axes("From left to right in the picture, px"),
    ]
    for panel, axis in zip(panels, (1, 0), strict=True):
        parts.append(svg.line(panel.points(time_s, known[:, axis]), svg.BALL, 1.2, dashed=True))
        seen = np.where(filled, np.nan, known[:, axis])
        parts.append(svg.line(panel.points(time_s, seen), svg.BALL, 2.2))
    parts += _events(tracks, panels[0])
    words = f"{len(tracks.events)} hits and bounces; the ball is known in {tracks.summary.ball_coverage:.0%} of frames."
    return svg.document((width, height), f"Ball of {tracks.clip_id}", words, [p for p in parts if p])


def _events(tracks: Tracks, panel: Panel) -> list[str]:
    parts = [
        svg.triangle((panel.width - 220, 21), 6, svg.INK, "hit"),
        svg.text((panel.width - 208, 26), "hit"),
        svg.circle((panel.width - 150, 21), 5, svg.PAPER, words="bounce"),
        svg.text((panel.width - 138, 26), "bounce"),
    ]
    for event in tracks.events:
        xy = float(panel.x(event.time_s)), float(panel.y(event.xy[1]))
        words = f"{event.kind} {event.player or ''} at {event.time_s:.2f} s, frame {event.frame_index}"
        mark = svg.triangle(xy, 6, svg.INK, words) if event.kind == "hit" else svg.circle(xy, 5, svg.PAPER, words=words)
        parts.append(mark)
    return parts
