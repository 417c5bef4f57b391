"""Candidates: places against places, seen from the camera's side."""

import numpy as np
import pytest

from tennalytix.core.court import BASELINE_Y_M
from tennalytix.tracking.people_candidates import _far_behind
from tennalytix.tracking.people_options import PlayerOptions


@pytest.mark.parametrize(("behind_m", "share"), [(0.0, 0.0), (2.75, 0.0), (4.125, 0.5), (5.5, 1.0), (9.0, 1.0)])
def test_only_the_rear_half_of_the_far_run_off_counts_as_behind(behind_m: float, share: float) -> None:
    foot_m = np.array([[0.0, BASELINE_Y_M + behind_m], [0.0, -BASELINE_Y_M - behind_m]])

    assert _far_behind(foot_m, PlayerOptions()) == pytest.approx([share, 0.0])
