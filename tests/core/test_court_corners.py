import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tennalytix.core.camera import Camera
from tennalytix.core.court import KEYPOINTS
from tennalytix.core.court_corners import CourtMarks, correct_court, court_from_marks, fit_marks
from tennalytix.core.court_view import CourtStretch, CourtTrack, CourtView, Lens
from tennalytix.core.tables import FrameTable

SIZE_WH = (1280, 720)
CORNERS = ("far_left_doubles", "far_right_doubles", "near_left_doubles", "near_right_doubles")
RIGHT_LEFT = {"left": "right", "right": "left"}
NEAR_FAR = {"near": "far", "far": "near"}


def view_of(k1: float = 0.0, x_m: float = 0.3) -> CourtView:
    lens = Lens.pinhole(SIZE_WH, k1)
    return Camera.look_at((x_m, -30.0, 9.0), (0.0, -1.5, 0.0), 2.0 * SIZE_WH[1], lens).court_view()


VIEW = view_of()


def marks_of(view: CourtView, names: tuple[str, ...] = CORNERS, frame_index: int = 0) -> CourtMarks:
    points = view.keypoints()
    return CourtMarks(frame_index, {name: points[name] for name in names})


def renamed(mark: CourtMarks, words: dict[str, str]) -> CourtMarks:
    """Points under other names, word by word."""
    points = {"_".join(words.get(w, w) for w in name.split("_")): xy for name, xy in mark.points.items()}
    return CourtMarks(mark.frame_index, points)


def off_px(view: CourtView | None, true: CourtView) -> float:
    assert view is not None
    court_m = list(KEYPOINTS.values())
    return float(np.abs(view.court_to_image(court_m) - true.court_to_image(court_m)).max())


def table(count: int, segment: list[int] | None = None, step_px: float = 0.0) -> FrameTable:
    """Frames ten a second of a camera that turns by so many pixels a frame."""
    index = np.arange(5, 5 + count)
    motion = np.repeat(np.eye(3)[None], count, axis=0)
    motion[:, 0, 2] = step_px * np.arange(count)
    segments = np.array(segment or [0] * count, dtype=np.int64)
    return FrameTable(index, index / 10, np.zeros(count, bool), segments, motion)


@given(st.floats(-5, 5), st.sampled_from([CORNERS, tuple(KEYPOINTS), tuple(KEYPOINTS)[4:12]]))
@settings(max_examples=20, deadline=None)
def test_exact_marks_give_the_exact_view(x_m: float, names: tuple[str, ...]) -> None:
    view, residual_px = fit_marks(marks_of(view_of(x_m=x_m), names), SIZE_WH)

    assert off_px(view, view_of(x_m=x_m)) < 0.05
    assert residual_px < 0.01


def test_many_marks_tell_how_the_lens_bends() -> None:
    true = view_of(k1=-0.03)
    view, residual_px = fit_marks(marks_of(true, tuple(KEYPOINTS)), SIZE_WH)

    assert view.lens.k1 == pytest.approx(-0.03, abs=0.005)
    assert off_px(view, true) < 0.3
    assert residual_px < 0.1


def test_four_marks_are_met_without_bending() -> None:
    view, residual_px = fit_marks(marks_of(view_of(k1=-0.03)), SIZE_WH)

    assert view.lens.k1 == 0
    assert residual_px < 1e-6


def test_marks_a_pixel_off_give_a_court_about_a_pixel_off() -> None:
    rng = np.random.default_rng(0)
    mark = marks_of(VIEW, tuple(KEYPOINTS))
    shaky = CourtMarks(0, {n: tuple(np.array(xy) + rng.normal(0, 1, 2)) for n, xy in mark.points.items()})
    view, residual_px = fit_marks(shaky, SIZE_WH)

    assert off_px(view, VIEW) < 4
    assert 0.3 < residual_px < 2


def test_a_still_camera_gets_one_view_for_the_whole_uncut_stretch() -> None:
    (stretch,) = court_from_marks(
        [marks_of(VIEW, frame_index=9)], table(8, [0, 0, 1, 1, 1, 1, 1, 2]), SIZE_WH
    ).stretches

    assert (stretch.first_frame, stretch.last_frame, stretch.static) == (7, 11, True)
    assert (stretch.source, stretch.confidence) == ("corrected", 1.0)
    assert off_px(CourtView(stretch.court_from_image[0], stretch.lens), VIEW) < 1e-3


def test_marks_are_followed_by_the_cameras_motion() -> None:
    frames = table(6, step_px=-30.0)
    track = court_from_marks([marks_of(VIEW, frame_index=7)], frames, SIZE_WH)

    assert len(track.stretches[0].court_from_image) == 6
    for row, index in enumerate(frames.frame_index):
        true = VIEW.moved_by(np.linalg.inv(frames.reference_from_image[2]) @ frames.reference_from_image[row])
        assert off_px(track.view_at(int(index)), true) < 0.01


def test_between_two_marked_frames_the_court_passes_from_one_to_the_other() -> None:
    moved = VIEW.moved_by(np.array([[1, 0, -8.0], [0, 1, 0], [0, 0, 1]]))
    track = court_from_marks([marks_of(moved, frame_index=9), marks_of(VIEW, frame_index=5)], table(5), SIZE_WH)
    halfway = track.view_at(7)

    assert halfway is not None
    assert off_px(track.view_at(5), VIEW) < 0.01
    assert off_px(track.view_at(9), moved) < 0.01
    assert off_px(halfway, VIEW.moved_by(np.array([[1, 0, -4.0], [0, 1, 0], [0, 0, 1]]))) < 0.3


def test_a_correction_takes_the_place_of_what_was_detected_in_its_stretch_alone() -> None:
    frames = table(6, [0, 0, 0, 1, 1, 1])
    wrong = [CourtStretch(a, a + 2, view_of(x_m=4).court_from_image[None], VIEW.lens, 0.3, 0.7) for a in (5, 8)]
    track = correct_court(CourtTrack(tuple(wrong)), [marks_of(VIEW, frame_index=9)], frames, SIZE_WH)

    assert [s.source for s in track.stretches] == ["detected", "corrected"]
    assert track.stretches[0] is wrong[0]
    assert off_px(track.view_at(8), VIEW) < 0.01


def test_no_marks_change_nothing() -> None:
    found = CourtTrack((CourtStretch(5, 7, VIEW.court_from_image[None], VIEW.lens, 0.3, 0.7),))

    assert correct_court(found, [], table(3), SIZE_WH).stretches == found.stretches
    assert court_from_marks([], table(0), SIZE_WH).stretches == ()


def test_fewer_than_four_marks_are_refused() -> None:
    with pytest.raises(ValueError, match=r"points must be at least 4, got 3\. Mark more of the court\."):
        marks_of(VIEW, CORNERS[:3])


def test_unknown_points_are_refused() -> None:
    with pytest.raises(ValueError, match=r"points must be named as one of far_left_doubles, .*, got 'net_post'\."):
        CourtMarks(0, {**marks_of(VIEW).points, "net_post": (1.0, 2.0)})


@pytest.mark.parametrize(
    "names",
    [
        ("near_left_doubles", "near_left_singles", "near_right_singles", "near_right_doubles"),
        ("near_left_doubles", "near_left_singles", "near_right_singles", "far_right_doubles"),
    ],
)
def test_marks_on_one_line_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"points of frame 0 must fit a court .*, got points on one line"):
        fit_marks(marks_of(VIEW, names), SIZE_WH)


def test_corners_marked_at_one_place_are_refused() -> None:
    same = CourtMarks(0, dict.fromkeys(CORNERS, (600.0, 300.0)))

    with pytest.raises(ValueError, match="got points on one line"):
        fit_marks(same, SIZE_WH)


def test_left_for_right_is_refused() -> None:
    with pytest.raises(ValueError, match="got a mirror image"):
        fit_marks(renamed(marks_of(VIEW), RIGHT_LEFT), SIZE_WH)


def test_near_for_far_is_refused() -> None:
    with pytest.raises(ValueError, match="got the near side behind the far one"):
        fit_marks(renamed(marks_of(VIEW), {**RIGHT_LEFT, **NEAR_FAR}), SIZE_WH)


def test_a_mark_that_belongs_elsewhere_is_refused() -> None:
    points = dict(marks_of(VIEW, tuple(KEYPOINTS)).points)
    points["far_service_left"], points["far_service_right"] = points["far_service_right"], points["far_service_left"]

    with pytest.raises(
        ValueError, match=r"points of frame 0 must fit a court .*, got [\d.]+ px off\. Check their names"
    ):
        fit_marks(CourtMarks(0, points), SIZE_WH)


def test_marks_outside_the_picture_are_refused() -> None:
    outside = CourtMarks(3, {**marks_of(VIEW).points, "near_left_doubles": (-40.0, 700.0)})

    with pytest.raises(
        ValueError,
        match=r"points of frame 3 must lie in the picture of 1280x720 .*near_left_doubles at \(-40.0, 700.0\)",
    ):
        fit_marks(outside, SIZE_WH)


@pytest.mark.parametrize(("count", "span"), [(3, "5 to 7"), (0, "none")])
def test_marks_outside_the_clip_are_refused(count: int, span: str) -> None:
    with pytest.raises(ValueError, match=f"frame_index must lie in the clip, frames {span}, got 99"):
        court_from_marks([marks_of(VIEW, frame_index=99)], table(count), SIZE_WH)
