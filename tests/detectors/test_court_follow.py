import numpy as np
import pytest

from drawn_frames import camera_behind, clip_of, draw_court, ground, later, noisy
from tennalytix.core.court_view import CourtView
from tennalytix.detectors.court_follow import follow_court, hold_court
from tennalytix.detectors.court_pictures import paint_brightness
from tennalytix.detectors.court_refine import RefinedView, refine_view
from tennalytix.video.frame import Frame

SIZE_WH = (640, 360)
VIEW = camera_behind(SIZE_WH).court_view()
CORNERS = [(-4.1, 11.8), (4.1, 11.8), (-4.1, -6.3), (4.1, -6.3)]


def drift(k: int) -> np.ndarray:
    """Takes pixels of frame k to those of the first: the camera moves to the right."""
    return np.array([[1, 0, 2.0 * k], [0, 1, 0.3 * k], [0, 0, 1]])


def view_at(k: int) -> CourtView:
    return VIEW.moved_by(drift(k))


def moving(count: int, known: bool = True, wrong_px: float = 0.0) -> list[Frame]:
    """A court under a moving camera, ten frames a second; its known motion may be off by so much more each frame."""
    frames = []
    for k in range(count):
        matrix = drift(k) @ np.array([[1, 0, wrong_px * k], [0, 1, 0], [0, 0, 1.0]]) if known else np.eye(3)
        image = noisy(draw_court(view_at(k), SIZE_WH), k)
        frames.append(Frame(k, k / 10, image, reference_from_image=matrix))
    return frames


def found_in(frame: Frame, view: CourtView) -> RefinedView:
    refined = refine_view(paint_brightness(frame.image), view)
    assert refined is not None
    return refined


def off_px(view: CourtView, k: int) -> float:
    return float(np.abs(view.court_to_image(CORNERS) - view_at(k).court_to_image(CORNERS)).max())


@pytest.mark.parametrize("wrong_px", [0.0, 0.15])
def test_every_frame_of_a_moving_camera_gets_its_view_even_if_its_motion_drifts(wrong_px: float) -> None:
    frames = moving(16, wrong_px=wrong_px)
    clip = clip_of(frames)
    stretch = follow_court(clip, clip.table, 8, found_in(frames[8], view_at(8)))

    assert stretch is not None
    assert (stretch.first_frame, stretch.last_frame) == (0, 15)
    views = [CourtView(m, stretch.lens) for m in stretch.court_from_image]
    assert max(off_px(v, k) for k, v in enumerate(views)) < 0.5


def test_a_moving_camera_that_leaves_the_court_ends_the_stretch() -> None:
    frames = moving(24)
    bare = [Frame(k, k / 10, noisy(ground(SIZE_WH), k), reference_from_image=drift(k)) for k in range(24, 40)]
    clip = clip_of([*frames, *bare])
    stretch = follow_court(clip, clip.table, 8, found_in(frames[8], view_at(8)))

    assert stretch is not None
    assert stretch.first_frame == 0
    assert abs(stretch.last_frame - 23) <= 2


def test_a_court_that_comes_late_starts_late() -> None:
    still = draw_court(VIEW, SIZE_WH)
    court = [Frame(k, k / 10, noisy(still, k)) for k in range(40)]
    bare = [Frame(k, k / 10, noisy(ground(SIZE_WH), k)) for k in range(20)]
    clip = clip_of([*bare, *later(court, 20, 2.0)])
    stretch = hold_court(clip, clip.table, found_in(court[0], VIEW))

    assert stretch is not None
    assert abs(stretch.first_frame - 20) <= 2
    assert stretch.last_frame == 59
    assert stretch.static


def test_a_court_that_is_not_seen_again_is_none() -> None:
    court = Frame(0, 0.0, draw_court(VIEW, SIZE_WH))
    still = clip_of([Frame(k, k / 10, ground(SIZE_WH)) for k in range(10)])
    panning = clip_of([Frame(k, k / 10, ground(SIZE_WH), reference_from_image=drift(k)) for k in range(10)])

    assert hold_court(still, still.table, found_in(court, VIEW)) is None
    assert follow_court(panning, panning.table, 5, found_in(court, VIEW)) is None
