"""The tennis court of the ITF rules, in metres.

The origin is the middle of the net; x points to the right and y away from the camera, so the near half has y < 0 and
the far baseline's outer edge lies at y = +11.885. The rules measure to the outer edges of the lines (ITF Rules of
Tennis, rule 1); a camera sees lines, so `KEYPOINTS` are the crossings of the lines' *centre lines*, half a line width
further in.
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

LENGTH_M = 23.77
DOUBLES_WIDTH_M = 10.97
SINGLES_WIDTH_M = 8.23
SERVICE_FROM_NET_M = 6.40
LINE_WIDTH_M = 0.05
BASELINE_WIDTH_M = 0.10
CENTRE_MARK_LENGTH_M = 0.10
NET_HEIGHT_CENTRE_M = 0.914
NET_HEIGHT_POST_M = 1.07
NET_POST_X_M = DOUBLES_WIDTH_M / 2 + 0.914
BALL_DIAMETER_M = 0.067

BASELINE_Y_M = LENGTH_M / 2
"""Outer edge of the baselines."""

_BASELINE = BASELINE_Y_M - BASELINE_WIDTH_M / 2
_DOUBLES = DOUBLES_WIDTH_M / 2 - LINE_WIDTH_M / 2
_SINGLES = SINGLES_WIDTH_M / 2 - LINE_WIDTH_M / 2
_SERVICE = SERVICE_FROM_NET_M - LINE_WIDTH_M / 2

KEYPOINTS = MappingProxyType(
    {
        "far_left_doubles": (-_DOUBLES, _BASELINE),
        "far_right_doubles": (_DOUBLES, _BASELINE),
        "near_left_doubles": (-_DOUBLES, -_BASELINE),
        "near_right_doubles": (_DOUBLES, -_BASELINE),
        "far_left_singles": (-_SINGLES, _BASELINE),
        "near_left_singles": (-_SINGLES, -_BASELINE),
        "far_right_singles": (_SINGLES, _BASELINE),
        "near_right_singles": (_SINGLES, -_BASELINE),
        "far_service_left": (-_SINGLES, _SERVICE),
        "far_service_right": (_SINGLES, _SERVICE),
        "near_service_left": (-_SINGLES, -_SERVICE),
        "near_service_right": (_SINGLES, -_SERVICE),
        "far_service_centre": (0.0, _SERVICE),
        "near_service_centre": (0.0, -_SERVICE),
    }
)
"""The 14 crossings of line centre lines: name to (x, y) in metres, in the order that published court models use."""

KEYPOINT_NAMES = tuple(KEYPOINTS)


@dataclass(frozen=True, slots=True)
class CourtLine:
    """A painted line: its centre line from `start` to `end` (x, y) and its width, all in metres."""

    name: str
    start: tuple[float, float]
    end: tuple[float, float]
    width_m: float = LINE_WIDTH_M


_HALF_DOUBLES = DOUBLES_WIDTH_M / 2
_HALF_SINGLES = SINGLES_WIDTH_M / 2
LINES = (
    CourtLine("far_baseline", (-_HALF_DOUBLES, _BASELINE), (_HALF_DOUBLES, _BASELINE), BASELINE_WIDTH_M),
    CourtLine("near_baseline", (-_HALF_DOUBLES, -_BASELINE), (_HALF_DOUBLES, -_BASELINE), BASELINE_WIDTH_M),
    CourtLine("left_doubles", (-_DOUBLES, -BASELINE_Y_M), (-_DOUBLES, BASELINE_Y_M)),
    CourtLine("right_doubles", (_DOUBLES, -BASELINE_Y_M), (_DOUBLES, BASELINE_Y_M)),
    CourtLine("left_singles", (-_SINGLES, -BASELINE_Y_M), (-_SINGLES, BASELINE_Y_M)),
    CourtLine("right_singles", (_SINGLES, -BASELINE_Y_M), (_SINGLES, BASELINE_Y_M)),
    CourtLine("far_service", (-_HALF_SINGLES, _SERVICE), (_HALF_SINGLES, _SERVICE)),
    CourtLine("near_service", (-_HALF_SINGLES, -_SERVICE), (_HALF_SINGLES, -_SERVICE)),
    CourtLine("centre_service", (0.0, -SERVICE_FROM_NET_M), (0.0, SERVICE_FROM_NET_M)),
    CourtLine("far_centre_mark", (0.0, BASELINE_Y_M - BASELINE_WIDTH_M - CENTRE_MARK_LENGTH_M), (0.0, BASELINE_Y_M)),
    CourtLine("near_centre_mark", (0.0, -BASELINE_Y_M), (0.0, -BASELINE_Y_M + BASELINE_WIDTH_M + CENTRE_MARK_LENGTH_M)),
)


def keypoints_xy() -> NDArray[np.float64]:
    """The 14 court points in metres, shape (14, 2), in the order of `KEYPOINT_NAMES`."""
    return np.array(list(KEYPOINTS.values()), dtype=np.float64)
