"""What a court view must agree with beside its lines: paint ends at the near baseline, and a net stands in the middle.

Lines alone can be taken for others: a service line for a baseline, the net's tape for the far one. Then the net would
have to stand elsewhere, or the side lines run on.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.core.court import (
    BASELINE_Y_M,
    KEYPOINTS,
    NET_HEIGHT_CENTRE_M,
    NET_HEIGHT_POST_M,
    NET_POST_X_M,
    CourtLine,
)
from tennalytix.core.court_view import CourtView
from tennalytix.detectors.court_profiles import sight_lines

Picture = NDArray[np.uint8]

# Where side lines are looked for that should have ended, metres behind the near baseline.
BEHIND_M = (0.3, 2.0)
MAX_OVERRUN = 0.5
# Search for lines around the expected place, share of the diagonal (4 pixels at 1080p).
REACH = 0.0018
# Width of the net's tape (ITF Rules of Tennis, rule 1: 5 to 6.35 cm), and how far off its height may be.
TAPE_WIDTH_M, TAPE_AWAY_M = 0.06, 0.12
# The net says as much as all lines together: the mean of their shares must reach this. Nearly all lines say enough
# alone, as where the tape is as grey as the ground.
MIN_EVIDENCE, LINES_ALONE = 0.65, 0.9

_SIDES_M = sorted({x for x, _ in KEYPOINTS.values() if x})
OVERRUNS = tuple(
    CourtLine("overrun", (x, -BASELINE_Y_M - BEHIND_M[0]), (x, -BASELINE_Y_M - BEHIND_M[1])) for x in _SIDES_M
)
_MIDDLE = (0.0, NET_HEIGHT_CENTRE_M - TAPE_WIDTH_M / 2)
TAPE = tuple(
    CourtLine("tape", _MIDDLE, (side * NET_POST_X_M, NET_HEIGHT_POST_M - TAPE_WIDTH_M / 2), TAPE_WIDTH_M)
    for side in (-1, 1)
)
"""The net's upper edge in its own plane: metres to the right and up."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What speaks for a view beside its lines.

    Attributes:
        net_share: share of the net's tape that is seen about where it should be, [0, 1].
        overrun: share of paint where the side lines should have ended, [0, 1]; 0 where that is out of the picture.
    """

    net_share: float
    overrun: float

    def bears_out(self, line_share: float) -> bool:
        """Whether a view is to be believed of whose lines so much is seen."""
        enough = line_share >= LINES_ALONE or (line_share + self.net_share) / 2 >= MIN_EVIDENCE
        return enough and self.overrun < MAX_OVERRUN


def prove_view(brightness: Picture, view: CourtView) -> Proof:
    """Looks for the net and for lines that run on."""
    reach_px = REACH * 2 * view.lens.radius_px
    net = net_view(view)
    if net is None:
        return Proof(0.0, _seen(brightness, view, reach_px, OVERRUNS))
    away = net.court_to_image([(0.0, NET_HEIGHT_CENTRE_M - TAPE_AWAY_M), (0.0, NET_HEIGHT_CENTRE_M + TAPE_AWAY_M)])
    tape_px = max(float(np.hypot(*(away[1] - away[0]))) / 2, reach_px)
    return Proof(_seen(brightness, net, tape_px, TAPE), _seen(brightness, view, reach_px, OVERRUNS))


def net_view(view: CourtView) -> CourtView | None:
    """The view of the net's plane, metres to the right and up; None where the court's fixes no camera."""
    camera = Camera.from_court_view(view)
    if camera is None:
        return None
    net_from_image = np.linalg.inv(camera.image_from_camera @ camera.camera_from_world[:, [0, 2, 3]])
    return CourtView(net_from_image / net_from_image[2, 2], view.lens)


def _seen(brightness: Picture, view: CourtView, reach_px: float, lines: tuple[CourtLine, ...]) -> float:
    sightings = sight_lines(brightness, view, reach_px, lines)
    return len(sightings.points) / max(int(sightings.read.sum()), 1)
