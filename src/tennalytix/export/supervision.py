"""Tracks as detections of roboflow's supervision; it comes with `pip install "tennalytix[supervision]"`."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tennalytix.schema.tracks import TrackedFrame, Tracks

_EDGE_SHIFT_PX = 0.5
_PLAYER = 0


def to_supervision(tracks: Tracks) -> Iterator[tuple[int, Any]]:
    """Yields (frame_index, supervision.Detections) of the players for every frame of the clip, empty ones too.

    Boxes have their origin at the picture's corner, as supervision draws them; `tracker_id` is our track id, `data`
    holds `role` and `source`.

    Raises:
        ImportError: supervision is not installed.
    """
    try:
        import supervision  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ImportError('to_supervision must have supervision. Run: pip install "tennalytix[supervision]"') from error
    for frame in tracks.frames:
        yield (
            frame.frame_index,
            supervision.Detections(**_arrays(frame)) if frame.players else supervision.Detections.empty(),
        )


def _arrays(frame: TrackedFrame) -> dict[str, Any]:
    players = frame.players
    return {
        "xyxy": np.array([p.xyxy for p in players], dtype=np.float64).reshape(-1, 4) + _EDGE_SHIFT_PX,
        "confidence": np.array([p.score for p in players], dtype=np.float64),
        "class_id": np.full(len(players), _PLAYER),
        "tracker_id": np.array([p.track_id for p in players], dtype=np.int64),
        "data": {"role": np.array([p.role for p in players]), "source": np.array([p.source for p in players])},
    }
