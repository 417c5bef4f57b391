"""Where everybody is all at once elsewhere."""

from collections.abc import Sequence

import numpy as np
import pytest

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.core.tables import FrameTable
from tennalytix.cutting.activity import SmallPicture
from tennalytix.cutting.jumps import JumpFinder, part_at_jumps
from tennalytix.cutting.options import CuttingOptions
from tennalytix.cutting.shots import Shot
from tennalytix.cutting.views import SeenShot
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoSource

SIZE_WH = (640, 360)
RATE_HZ = 25.0
Places = Sequence[tuple[float, float]]
HOME: Places = ((-2.0, -12.5), (2.0, 12.5))
AWAY: Places = ((2.5, -11.0), (-2.5, 12.0))


def court() -> CourtView:
    return Camera.look_at((0.0, -38.0, 10.6), (0.0, -1.6, 0.0), 2.85 * 360, Lens.pinhole(SIZE_WH)).court_view()


def picture(places: Places, brighter: int = 0) -> np.ndarray:
    """Half a picture: a grey court with people of 0.7 x 1.8 m, their feet at these places."""
    image = np.full((SIZE_WH[1] // 2, SIZE_WH[0] // 2), 90 + brighter, np.uint8)
    for x_m, y_m in places:
        (left, foot), (right, _) = court().court_to_image([(x_m - 0.35, y_m), (x_m + 0.35, y_m)]) / 2
        top = foot - (right - left) / 0.7 * 1.8
        image[round(top) : round(foot), round(left) : round(right)] = 200
    return image


def captioned(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    image = picture(HOME)
    for left, top, right, bottom in boxes:
        image[top:bottom, left:right] = 250
    return image


def jumps_in(pictures: Sequence[np.ndarray], segments: Sequence[int] | None = None) -> list[int]:
    return fed(pictures, segments).rows(court(), SIZE_WH, 0, len(pictures) - 1)


def fed(pictures: Sequence[np.ndarray], segments: Sequence[int] | None = None) -> JumpFinder:
    finder = JumpFinder()
    for i, image in enumerate(pictures):
        finder.feed(SmallPicture(image, i / RATE_HZ, segments[i] if segments else 0, np.eye(3)))
    return finder


def test_everybody_elsewhere_from_one_picture_to_the_next_is_a_jump() -> None:
    assert jumps_in([picture(HOME)] * 30 + [picture(AWAY)] * 30) == [30]


def test_jumps_are_found_up_to_both_ends() -> None:
    assert jumps_in([picture(HOME)] * 6 + [picture(AWAY)] * 6 + [picture(HOME)] * 6) == [6, 12]


def test_only_rows_that_were_asked_for_are_told() -> None:
    finder = fed([picture(HOME)] * 20 + [picture(AWAY)] * 20 + [picture(HOME)] * 20)

    assert finder.rows(court(), SIZE_WH, 0, 39) == [20]
    assert finder.rows(court(), SIZE_WH, 40, 59) == [40]


def test_people_who_run_jump_nowhere() -> None:
    x_m = np.linspace(-4, 4, 50)

    assert jumps_in([picture([(x, -12.0), (-x, 12.0)]) for x in x_m]) == []


@pytest.mark.parametrize(
    "after",
    [
        pytest.param([picture(HOME, brighter=60)] * 2 + [picture(HOME)] * 30, id="a flash"),
        pytest.param([picture((HOME[0], (1.2, 12.5)))] * 30, id="one person who is far away"),
        pytest.param([picture(HOME, brighter=30)] * 30, id="a cloud"),
        pytest.param([captioned((20, 150, 300, 172))] * 30, id="a banner over the near end"),
        pytest.param([captioned((10, 140, 110, 165))] * 30, id="a score box"),
        pytest.param([captioned((10, 150, 110, 165), (200, 150, 300, 165))] * 30, id="two score boxes"),
    ],
)
def test_what_else_changes_at_once_is_no_jump(after: list[np.ndarray]) -> None:
    assert jumps_in([picture(HOME)] * 30 + after) == []


def test_a_border_of_segments_is_no_jump_of_its_own() -> None:
    pictures = [picture(HOME)] * 30 + [picture(AWAY)] * 30

    assert jumps_in(pictures, segments=[0] * 30 + [1] * 30) == []


def test_a_gap_in_time_is_no_jump() -> None:
    finder = JumpFinder()
    for i in range(60):
        time_s = i / RATE_HZ + (0.5 if i >= 30 else 0.0)
        finder.feed(SmallPicture(picture(HOME if i < 30 else AWAY), time_s, 0, np.eye(3)))

    assert finder.rows(court(), SIZE_WH, 0, 59) == []


def seen(first: int, last: int, view: str = "court") -> SeenShot:
    shot = Shot(first, last, first, last, None, "cut", np.zeros((1, 1)))
    return SeenShot(shot, view, 0.9, "A court.", court() if view == "court" else None)  # type: ignore[arg-type]


def clip(count: int) -> Clip:
    index, still = np.arange(count), np.tile(np.eye(3), (count, 1, 1))
    table = FrameTable(index, index / RATE_HZ, np.zeros(count, bool), np.zeros(count, np.int64), still)
    return Clip("match", VideoSource("none.mp4"), table, SIZE_WH)


def test_a_shot_is_parted_at_its_jumps_and_nothing_else_is() -> None:
    finder = fed([picture(HOME)] * 40 + [picture(AWAY)] * 40 + [picture(HOME)] * 40)

    parts = part_at_jumps([seen(0, 59), seen(60, 119, "other")], finder, clip(120), CuttingOptions())

    assert [(p.shot.first, p.shot.last, p.view) for p in parts] == [
        (0, 39, "court"),
        (40, 59, "unknown"),
        (60, 119, "other"),
    ]
    assert [(p.shot.entered, p.shot.left) for p in parts[:2]] == [(None, "cut"), ("cut", "cut")]
    assert "Shorter than 1 s" in parts[1].reason


def test_both_parts_of_a_view_are_of_the_court_and_the_second_says_how_it_begins() -> None:
    finder = fed([picture(HOME)] * 40 + [picture(AWAY)] * 40)

    first, second = part_at_jumps([seen(0, 79)], finder, clip(80), CuttingOptions())

    assert (first.view, second.view) == ("court", "court")
    assert first.reason == "A court."
    assert second.reason == "A court. Begins with a cut within the same view."


def test_a_change_at_a_shots_very_border_parts_nothing() -> None:
    finder = fed([picture(HOME)] * 40 + [picture(AWAY)] * 40)

    assert len(part_at_jumps([seen(0, 38), seen(39, 79)], finder, clip(80), CuttingOptions())) == 2


def test_a_short_video_with_a_jump_stays_one_shot() -> None:
    finder = fed([picture(HOME)] * 22 + [picture(AWAY)] * 22)

    shot = seen(0, 43)

    assert part_at_jumps([shot], finder, clip(44), CuttingOptions()) == [shot]


def test_a_shot_of_many_jumps_stays_whole() -> None:
    finder = fed(([picture(HOME)] * 20 + [picture(AWAY)] * 20) * 4)

    shot = seen(0, 159)

    assert len(finder.rows(shot.court, SIZE_WH, 0, 159)) > 3
    assert part_at_jumps([shot], finder, clip(160), CuttingOptions()) == [shot]
