"""How much of a court a shot must show."""

import numpy as np
import pytest

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtStretch, CourtTrack, Lens
from tennalytix.core.tables import FrameTable
from tennalytix.cutting.options import CuttingOptions
from tennalytix.cutting.shots import Shot
from tennalytix.cutting.views import see_shots
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoSource

FRAMES = 75


def seen_by(size_wh: tuple[int, int], focal_px: float, height_m: float = 8.0) -> str:
    """What a shot is taken for in which a court is found as this camera sees it."""
    camera = Camera.look_at((0, -30, height_m), (0, 1, 0), focal_px, Lens.pinhole(size_wh))
    view = camera.court_view()
    index = np.arange(FRAMES)
    still = np.tile(np.eye(3), (FRAMES, 1, 1))
    table = FrameTable(index, index / 25, np.zeros(FRAMES, bool), np.zeros(FRAMES, np.int64), still)
    shot = Shot(0, FRAMES - 1, 0, FRAMES - 1, None, None, np.zeros((1, 1)))

    def find(clip: Clip) -> CourtTrack:
        first, last = int(clip.table.frame_index[0]), int(clip.table.frame_index[-1])
        return CourtTrack((CourtStretch(first, last, view.court_from_image[None], view.lens, 0.5, 0.9),))

    clip = Clip("clip", VideoSource("none.mp4"), table, size_wh)
    return see_shots([shot], clip, find, CuttingOptions())[0].view


@pytest.mark.parametrize(
    ("size_wh", "focal_px", "view"),
    [
        ((1280, 720), 1500, "court"),
        ((1280, 720), 3200, "other"),  # behind a player who fills the picture
        ((405, 720), 1500, "court"),  # a strip of the first, as telephones show it
        ((405, 720), 3200, "other"),
        ((720, 1280), 1500, "court"),
        ((640, 480), 1000, "court"),
        ((640, 480), 1600, "other"),
    ],
)
def test_a_court_counts_if_play_can_be_followed(size_wh: tuple[int, int], focal_px: float, view: str) -> None:
    assert seen_by(size_wh, focal_px) == view


BEHIND_M, ASIDE_M = (0.0, -30.0, 9.0), (-28.0, -15.0, 9.0)


@pytest.mark.parametrize(
    ("places", "views"),
    [
        ([ASIDE_M], ["court"]),
        ([ASIDE_M, ASIDE_M], ["court", "court"]),
        ([ASIDE_M, BEHIND_M, ASIDE_M], ["other", "court", "other"]),
    ],
)
def test_courts_from_aside_count_where_none_is_seen_from_behind(
    places: list[tuple[float, float, float]], views: list[str]
) -> None:
    size_wh = (1280, 720)
    courts = [Camera.look_at(p, (0, 0, 0), 1000, Lens.pinhole(size_wh)).court_view() for p in places]
    count = FRAMES * len(places)
    index = np.arange(count)
    still = np.tile(np.eye(3), (count, 1, 1))
    table = FrameTable(index, index / 25, np.zeros(count, bool), np.zeros(count, np.int64), still)
    shots = [
        Shot(k * FRAMES, (k + 1) * FRAMES - 1, k * FRAMES, (k + 1) * FRAMES - 1, None, None, np.full((1, 1), 90.0 * k))
        for k in range(len(places))
    ]

    def find(clip: Clip) -> CourtTrack:
        first, last = int(clip.table.frame_index[0]), int(clip.table.frame_index[-1])
        view = courts[first // FRAMES]
        return CourtTrack((CourtStretch(first, last, view.court_from_image[None], view.lens, 0.5, 0.9),))

    seen = see_shots(shots, Clip("clip", VideoSource("none.mp4"), table, size_wh), find, CuttingOptions())

    assert [s.view for s in seen] == views
    assert all("aside" in s.reason for s, place in zip(seen, places, strict=True) if place is ASIDE_M)
