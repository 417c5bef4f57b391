"""Tracks in the formats of boxes: MOTChallenge and COCO."""

import json
from typing import Any

from tennalytix.schema.tracks import Ball, Player, TrackedFrame, Tracks

_EDGE_SHIFT_PX = 0.5
"""This project's pixel edges begin at -0.5, those of the formats at 0."""
_PLAYER, _BALL = 1, 2


def tracks_to_mot(tracks: Tracks) -> str:
    """Players as lines of a MOTChallenge result: frame, id, left, top, width, height, score, -1, -1, -1.

    Frames count from 1 at the clip's first frame, and pixels from 1, as that format has it (Leal-Taixé et al. 2015).
    The ball has no box and is left out.
    """
    lines = []
    for frame in tracks.frames:
        number = frame.frame_index - tracks.clip.first_frame + 1
        for p in frame.players:
            left, top, width, height = _ltwh(p)
            numbers = (left + 1, top + 1, width, height, p.score)
            lines.append(f"{number},{p.track_id},{','.join(f'{n:.2f}' for n in numbers)},-1,-1,-1\n")
    return "".join(lines)


def tracks_to_coco(tracks: Tracks) -> str:
    """Players as boxes and the ball as a keypoint, in COCO's JSON for detection and keypoints (Lin et al. 2014).

    One image a frame, `id` its frame index in the source video and `file_name` made of it; docs/export.md shows how to
    write the pictures. Beyond COCO's fields an annotation has `track_id`, `role`, `source`, `score`.
    A ball's box is its pixel: what is known of it is a point.
    """
    images = [_image(tracks, frame) for frame in tracks.frames]
    annotations: list[dict[str, Any]] = []
    for frame in tracks.frames:
        things = [_player(p) for p in frame.players] + ([_ball(frame.ball)] if frame.ball else [])
        for thing in things:
            annotations.append({"id": len(annotations) + 1, "image_id": frame.frame_index, "iscrowd": 0, **thing})
    categories = [
        {"id": _PLAYER, "name": "player", "supercategory": "person"},
        {"id": _BALL, "name": "ball", "supercategory": "sports", "keypoints": ["centre"], "skeleton": []},
    ]
    info = {"description": tracks.clip_id, "version": tracks.provenance.tennalytix}
    whole = {"info": info, "images": images, "annotations": annotations, "categories": categories}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _image(tracks: Tracks, frame: TrackedFrame) -> dict[str, Any]:
    name = f"{tracks.clip_id}/{frame.frame_index:06d}.jpg"
    size = {"width": tracks.video.width, "height": tracks.video.height}
    return {"id": frame.frame_index, "file_name": name, **size, "time_s": frame.time_s}


def _player(player: Player) -> dict[str, Any]:
    left, top, width, height = _ltwh(player)
    return {
        "category_id": _PLAYER,
        "bbox": [round(v, 2) for v in (left, top, width, height)],
        "area": round(width * height, 2),
        "track_id": player.track_id,
        "role": player.role,
        "source": player.source,
        "score": player.score,
    }


def _ball(ball: Ball) -> dict[str, Any]:
    x, y = ball.xy
    return {
        "category_id": _BALL,
        "bbox": [round(x, 2), round(y, 2), 1.0, 1.0],
        "area": 1.0,
        # 2 is COCO's word for a keypoint that is labelled and in view.
        "keypoints": [x, y, 2],
        "num_keypoints": 1,
        "source": ball.source,
        "score": ball.score,
    }


def _ltwh(player: Player) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = player.xyxy
    return x1 + _EDGE_SHIFT_PX, y1 + _EDGE_SHIFT_PX, x2 - x1, y2 - y1
