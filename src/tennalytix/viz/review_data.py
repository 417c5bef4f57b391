"""What a review page needs to know of a clip, small enough to stand in the page."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M, KEYPOINTS, LINES, SERVICE_FROM_NET_M
from tennalytix.core.homography import apply_homography
from tennalytix.schema.corrections import Corrections
from tennalytix.schema.tracks import Ball, Court, Player, Tracks

STATES = {"detected": "d", "interpolated": "i", "corrected": "c", None: "-"}
"""One letter a frame for how a position is known; `-` where it is missing."""

COURT_POINTS_M = [(x * DOUBLES_WIDTH_M / 2, y) for y in (BASELINE_Y_M, -SERVICE_FROM_NET_M) for x in (-1.0, 1.0)]
"""Ends of the far baseline and, level with the doubles lines, of the near service line: in front of every camera."""

_PX, _COURT_PX, _MS = 10, 100, 10
"""Numbers are stored as whole tenths of a pixel, hundredths for the court, tenths of a millisecond."""


@dataclass(frozen=True, slots=True)
class ClipSummary:
    """One row of the list of clips. Coverages are shares of the clip's frames."""

    clip_id: str
    duration_s: float
    frame_count: int
    ball_coverage: float
    near_coverage: float
    far_coverage: float
    hit_count: int
    bounce_count: int
    warnings: tuple[str, ...]
    correction_count: int = 0


def summarise(tracks: Tracks, corrections: Corrections | None = None) -> ClipSummary:
    """What the list of clips says of a clip."""
    kinds = Counter(event.kind for event in tracks.events)
    said = corrections
    lists = () if said is None else (said.court, said.ball, said.players, said.swaps, said.events)
    return ClipSummary(
        clip_id=tracks.clip_id,
        duration_s=max(0.0, tracks.clip.end_s - tracks.clip.start_s),
        frame_count=len(tracks.frames),
        ball_coverage=tracks.summary.ball_coverage,
        near_coverage=tracks.summary.near_coverage,
        far_coverage=tracks.summary.far_coverage,
        hit_count=kinds["hit"],
        bounce_count=kinds["bounce"],
        warnings=tuple(tracks.summary.warnings),
        correction_count=sum(len(entries) for entries in lists),
    )


def review_data(tracks: Tracks, corrections: Corrections | None = None) -> dict[str, Any]:
    """The data that a clip's page draws from, ready for JSON.

    Columns have one entry a frame, or one a frame in which the thing is known: `states` holds a letter of `STATES` a
    frame. They are whole numbers, each the difference from the one before it in its column (`differences`): tenths of
    a pixel, of a millisecond; hundredths of a pixel for the court. Times count from the clip's first frame, which is
    time 0 of the review video.
    """
    start_s = tracks.frames[0].time_s if tracks.frames else tracks.clip.start_s
    lanes = player_lanes(tracks)
    balls = [frame.ball for frame in tracks.frames]
    times_ms = [(frame.time_s - start_s) * 1000 for frame in tracks.frames]
    return {
        "clip_id": tracks.clip_id,
        "size_wh": [tracks.video.width, tracks.video.height],
        "start_s": round(start_s, 6),
        "frame_index": differences([[frame.frame_index] for frame in tracks.frames], 1),
        "time_ms": differences([[time] for time in times_ms], _MS),
        "repeated": differences([[k] for k, frame in enumerate(tracks.frames) if frame.repeated], 1),
        "ball": {"states": states(balls), "xy": differences([ball.xy for ball in balls if ball], _PX)},
        "players": [_lane(lane_name(key, lanes), key, players) for key, players in lanes.items()],
        "events": [
            {
                "kind": event.kind,
                "frame_index": event.frame_index,
                "time_ms": round((event.time_s - start_s) * 1000, 1),
                "player": event.player,
                "xy": _rounded(event.xy, 1),
                "court_xy_m": _rounded(event.court_xy_m, 2),
                "source": event.source,
            }
            for event in tracks.events
        ],
        "court": _court(tracks),
        "court_lines_m": [[round(v, 3) for v in (*line.start, *line.end)] for line in LINES],
        "court_points_m": COURT_POINTS_M,
        "keypoints_m": {name: [round(v, 4) for v in place] for name, place in KEYPOINTS.items()},
        "corrections": None if corrections is None else corrections.model_dump(mode="json"),
    }


def differences(rows: Sequence[Sequence[float]], unit: int) -> list[int]:
    """The rows in whole 1/`unit`, one after another, each number less the one above it.

    Examples:
        >>> differences([(1.5, 20.0), (2.0, 19.96)], 10)
        [15, 200, 5, 0]
    """
    if not rows:
        return []
    whole = np.round(np.array(rows, dtype=np.float64) * unit).astype(np.int64)
    result: list[int] = np.diff(whole, axis=0, prepend=0).ravel().tolist()
    return result


def player_lanes(tracks: Tracks) -> dict[tuple[int, str], list[Player | None]]:
    """Every player's entry for each frame, None where missing, by (track_id, role): near ones first, then by number."""
    lanes: dict[tuple[int, str], list[Player | None]] = {}
    for k, frame in enumerate(tracks.frames):
        for player in frame.players:
            key = (player.track_id, player.role)
            if key not in lanes:
                lanes[key] = [None] * len(tracks.frames)
            lanes[key][k] = player
    return dict(sorted(lanes.items(), key=lambda lane: (lane[0][1] != "near", lane[0][0])))


def states(entries: Iterable[Ball | Player | None]) -> str:
    """One letter an entry, see `STATES`."""
    return "".join(STATES[entry.source if entry else None] for entry in entries)


def lane_name(key: tuple[int, str], keys: Collection[tuple[int, str]]) -> str:
    """`Near` or `Far`, numbered where the clip has several of them."""
    track_id, role = key
    return role.capitalize() + (f" {track_id}" if sum(other[1] == role for other in keys) > 1 else "")


def _lane(name: str, key: tuple[int, str], players: Sequence[Player | None]) -> dict[str, Any]:
    return {
        "name": name,
        "track_id": key[0],
        "role": key[1],
        "states": states(players),
        "xyxy": differences([player.xyxy for player in players if player], _PX),
    }


def _court(tracks: Tracks) -> dict[str, Any] | None:
    """Four points of the court in undistorted pixels: once, or for every frame that has a court."""
    court = tracks.court
    if court is None:
        return None
    if court.static:
        matrices: list[list[list[float]]] = [court.court_from_image]
        known = ""
    else:
        matrices = [f.court_from_image for f in tracks.frames if f.court_from_image is not None]
        known = "".join("d" if f.court_from_image is not None else "-" for f in tracks.frames)
    return {
        "static": court.static,
        "source": court.source,
        "states": known,
        "points": differences([_points(matrix) for matrix in matrices], _COURT_PX),
        "lens": _lens(court),
    }


def _points(court_from_image: list[list[float]]) -> list[float]:
    image_from_court = np.linalg.inv(np.array(court_from_image))
    flat: list[float] = apply_homography(image_from_court, COURT_POINTS_M).ravel().tolist()
    return flat


def _lens(court: Court) -> dict[str, Any]:
    return {"k1": court.lens.k1, "centre": court.lens.centre, "radius_px": court.lens.radius_px}


def _rounded(point: tuple[float, float] | None, digits: int) -> list[float] | None:
    return None if point is None else [round(point[0], digits), round(point[1], digits)]
