"""Writes a rally's truth in the format of hand-made labels.

A folder holds `ball.csv`, `players.csv`, `others.csv` and `court.json`. There, points have the centre of the top-left
pixel at (0, 0), as everywhere in this package, but box edges count from the picture's corner: half a pixel more.
"""

import csv
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from tennalytix.core.camera import Camera
from tennalytix.core.court import KEYPOINT_NAMES, NET_HEIGHT_CENTRE_M, NET_HEIGHT_POST_M, NET_POST_X_M
from tennalytix.core.court_view import CourtView
from tennalytix.synthetic.truth import ABSENT, CLEAR, HARD, HIDDEN, FrameTruth, PersonTruth, RallyTruth

EDGE_SHIFT_PX = 0.5
NET_POINTS_M = {
    "net_left_post_base": (-NET_POST_X_M, 0.0, 0.0),
    "net_left_post_top": (-NET_POST_X_M, 0.0, NET_HEIGHT_POST_M),
    "net_right_post_base": (NET_POST_X_M, 0.0, 0.0),
    "net_right_post_top": (NET_POST_X_M, 0.0, NET_HEIGHT_POST_M),
    "net_centre_top": (0.0, 0.0, NET_HEIGHT_CENTRE_M),
}
_PLAINLY_SEEN, _HARDLY_SEEN = 0.9, 0.3
"""Visible shares above which a player is clear, and below which nobody need find one."""


def write_labels(
    truth: RallyTruth, folder: str | os.PathLike[str], boxes_every: int = 1, courts_every: int = 25
) -> None:
    """Writes the four files; the folder is made, files in it are replaced.

    Args:
        truth: of a rendered rally.
        folder: to write into.
        boxes_every: boxes are written for every so many frames.
        courts_every: likewise the court, where the camera moves.

    Raises:
        ValueError: a step below 1.
    """
    for name, step in (("boxes_every", boxes_every), ("courts_every", courts_every)):
        if step < 1:
            raise ValueError(f"{name} must be at least 1, got {step}.")
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    boxed = truth.frames[::boxes_every]
    _write_csv(target / "ball.csv", ("frame", "visibility", "x", "y", "status"), map(_ball_row, truth.frames))
    players = [_player_row(f, p) for f in boxed for p in f.players]
    _write_csv(target / "players.csv", ("frame", "player", "x1", "y1", "x2", "y2", "visibility"), players)
    others = [(f.frame_index, *_edges(p), p.role) for f in boxed for p in f.others]
    _write_csv(target / "others.csv", ("frame", "x1", "y1", "x2", "y2", "role"), others)
    (target / "court.json").write_text(json.dumps(_court(truth, courts_every), indent=1) + "\n", encoding="utf-8")


def _ball_row(frame: FrameTruth) -> Sequence[object]:
    ball = frame.ball
    xy = ("", "") if ball.visibility == ABSENT else tuple(f"{v:.2f}" for v in ball.xy)
    return (frame.frame_index, ball.visibility, *xy, ball.status)


def _player_row(frame: FrameTruth, player: PersonTruth) -> Sequence[object]:
    whole = player.visible_share > _PLAINLY_SEEN and not player.touches_edge
    seen = HIDDEN if player.visible_share < _HARDLY_SEEN else CLEAR if whole else HARD
    return (frame.frame_index, player.role, *_edges(player), seen)


def _edges(person: PersonTruth) -> list[str]:
    return [f"{v + EDGE_SHIFT_PX:.1f}" for v in person.xyxy]


def _court(truth: RallyTruth, every: int) -> dict[str, object]:
    frames = truth.frames[::every] if truth.moving_camera else truth.frames[:1]
    return {
        "frames": {str(f.frame_index): _court_points(f.court_view) for f in frames},
        "static": not truth.moving_camera,
        "image_size": list(truth.size_wh),
        "n_frames": len(truth.frames),
        "convention": "pixel centres at integer coordinates; each point is the crossing of two lines' centre lines",
        "order14": list(KEYPOINT_NAMES),
    }


def _court_points(view: CourtView) -> dict[str, list[float]]:
    points = {name: [round(x, 3), round(y, 3)] for name, (x, y) in view.keypoints().items()}
    camera = Camera.from_court_view(view)
    if camera is not None:
        for name, xy in zip(NET_POINTS_M, camera.project(list(NET_POINTS_M.values())), strict=True):
            if np.isfinite(xy).all():
                points[name] = [round(float(v), 2) for v in xy]
    return points


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
