"""What tracks say, in the structs that scores are computed from."""

from bisect import bisect_left

import numpy as np

from tennalytix.core.court_view import CourtView, Lens
from tennalytix.core.tables import BallEvent, BallTrajectory, PlayerTrack
from tennalytix.schema.tracks import Player, Tracks


def ball_of(tracks: Tracks) -> BallTrajectory:
    """The ball."""
    seen = [(f.frame_index, f.ball) for f in tracks.frames if f.ball is not None]
    return BallTrajectory(
        np.array([i for i, _ in seen], dtype=np.int64),
        np.array([b.xy for _, b in seen], dtype=np.float64).reshape(-1, 2),
        np.array([b.score for _, b in seen], dtype=np.float64),
        np.array([b.source == "interpolated" for _, b in seen], dtype=np.bool_),
    )


def players_of(tracks: Tracks) -> list[PlayerTrack]:
    """The players, one track for each identity and role."""
    rows: dict[tuple[int, str], list[tuple[int, Player]]] = {}
    for frame in tracks.frames:
        for player in frame.players:
            rows.setdefault((player.track_id, player.role), []).append((frame.frame_index, player))
    return [_player(track_id, role, rows[track_id, role]) for track_id, role in sorted(rows)]


def events_of(tracks: Tracks) -> list[BallEvent]:
    """Hits and bounces."""
    return [BallEvent(e.kind, e.frame_index, e.time_s, e.xy, e.player, e.score) for e in tracks.events]


def court_view_of(tracks: Tracks, frame_index: int) -> CourtView | None:
    """The view of the court on one frame of the clip, None where there is none."""
    at = bisect_left(tracks.frames, frame_index, key=lambda frame: frame.frame_index)
    if tracks.court is None or at == len(tracks.frames) or tracks.frames[at].frame_index != frame_index:
        return None
    frame = tracks.frames[at]
    lens = Lens(tracks.court.lens.k1, tracks.court.lens.centre, tracks.court.lens.radius_px)
    matrix = tracks.court.court_from_image if tracks.court.static else frame.court_from_image
    return None if matrix is None else CourtView(np.array(matrix), lens)


def times_of(tracks: Tracks) -> dict[int, float]:
    """Presentation time by frame index."""
    return {f.frame_index: f.time_s for f in tracks.frames}


def _player(track_id: int, role: str, rows: list[tuple[int, Player]]) -> PlayerTrack:
    return PlayerTrack(
        track_id,
        role,
        np.array([i for i, _ in rows], dtype=np.int64),
        np.array([p.xyxy for _, p in rows], dtype=np.float64).reshape(-1, 4),
        np.array([p.score for _, p in rows], dtype=np.float64),
        np.array([p.source == "interpolated" for _, p in rows], dtype=np.bool_),
    )
