from dataclasses import replace
from fractions import Fraction
from typing import cast

import cv2
import numpy as np
import pytest

from drawn_frames import (
    QUICK,
    DrawnClip,
    Image,
    camera_behind,
    clip_of,
    draw_court,
    frames_of,
    ground,
    later,
    noisy,
    rendered,
)
from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtTrack, CourtView, Lens
from tennalytix.detectors.court_lines import CourtLineDetector
from tennalytix.synthetic import AMATEUR, CameraPlacement, FrameTruth
from tennalytix.video.clip import Clip
from tennalytix.video.frame import Frame

SIZE_WH = (640, 360)


def corner_error_px(view: CourtView | None, truth: CourtView, size_wh: tuple[int, int]) -> float:
    """Largest distance of the court's points inside the picture from the truth."""
    if view is None:
        return float("inf")
    found, true = view.keypoints(), truth.keypoints()
    inside = [n for n, xy in true.items() if 0 <= xy[0] < size_wh[0] and 0 <= xy[1] < size_wh[1]]
    return max(float(np.hypot(*np.subtract(found[n], true[n]))) for n in inside)


def worst_px(track: CourtTrack, truths: tuple[FrameTruth, ...], size_wh: tuple[int, int] = SIZE_WH) -> float:
    return max(corner_error_px(track.view_at(t.frame_index), t.court_view, size_wh) for t in truths)


def drawn(view: CourtView, count: int = 6, rate: float = 10.0) -> list[Frame]:
    image = draw_court(view, SIZE_WH)
    return frames_of((noisy(image, k, 3.0) for k in range(count)), rate)


VIEW = camera_behind(SIZE_WH).court_view()


@pytest.mark.parametrize(
    ("surface", "k1"),
    [
        ("hard_blue", 0.0),
        ("hard_green", 0.0),
        ("clay", 0.0),
        ("grass", 0.0),
        ("indoor", 0.0),
        ("hard_blue", -0.03),
        ("clay", 0.02),
    ],
)
def test_rendered_courts_are_found_to_a_pixel(surface: str, k1: float) -> None:
    frames, truths = rendered(replace(QUICK, surface=surface, k1=k1, duration_s=0.4))  # type: ignore[arg-type]
    track = CourtLineDetector().detect(clip_of(frames))

    assert worst_px(track, truths) < 1.0
    assert track.main is not None
    assert track.main.static
    assert track.main.confidence > 0.8
    assert track.main.residual_px < 0.5


def test_an_amateurs_court_is_found() -> None:
    options = replace(QUICK, camera=AMATEUR, venue="club", size_wh=(960, 540), duration_s=0.4)
    frames, truths = rendered(options)

    assert worst_px(CourtLineDetector().detect(clip_of(frames)), truths, options.size_wh) < 1.5


@pytest.mark.parametrize("k1", [0.2, 0.35, 0.5])
@pytest.mark.parametrize(("place", "focal"), [((0.0, -18.3, 3.8), 1.22), ((0.5, -19.0, 5.0), 0.85)])
def test_a_court_is_found_through_the_lens_of_an_action_camera(
    k1: float, place: tuple[float, float, float], focal: float
) -> None:
    camera = CameraPlacement(place, (0.0, 0.0, 0.0), focal)
    options = replace(QUICK, camera=camera, venue="club", surface="clay", size_wh=(960, 540), k1=k1, duration_s=0.4)
    frames, truths = rendered(options)
    track = CourtLineDetector().detect(clip_of(frames))

    assert worst_px(track, truths, options.size_wh) < 1.0
    assert track.main is not None
    assert track.main.lens.k1 == pytest.approx(k1, abs=0.02)


def test_a_panning_camera_is_followed() -> None:
    frames, truths = rendered(replace(QUICK, pan_px=60.0, duration_s=3.5, frame_rate=Fraction(8), first_serve_s=1.2))
    corners = [t.keypoints["far_left_doubles"][0] for t in truths]
    track = CourtLineDetector().detect(clip_of(frames))

    assert np.ptp(corners) > 5
    assert worst_px(track, truths) < 1.0
    assert track.main is not None
    assert not track.main.static


@pytest.mark.parametrize(("x_m", "roll_rad", "k1"), [(0.0, 0.0, 0.0), (4.0, 0.02, 0.0), (-3.0, -0.02, -0.03)])
def test_drawn_courts_are_found_from_wherever_they_are_seen(x_m: float, roll_rad: float, k1: float) -> None:
    view = camera_behind(SIZE_WH, k1, roll_rad, x_m).court_view()

    assert corner_error_px(CourtLineDetector().detect(clip_of(drawn(view))).view_at(3), view, SIZE_WH) < 0.7


@pytest.mark.parametrize("degrees", [-70, 45, 80])
def test_courts_are_found_from_a_seat_beside_them(degrees: float) -> None:
    place = (34 * np.sin(np.radians(degrees)), -34 * np.cos(np.radians(degrees)), 9.0)
    view = Camera.look_at(place, (0.0, 0.0, 0.0), 1.4 * SIZE_WH[1], Lens.pinhole(SIZE_WH)).court_view()
    track = CourtLineDetector().detect(clip_of(drawn(view)))

    assert corner_error_px(track.view_at(3), view, SIZE_WH) < 1.0


def crowd() -> Image:
    rng = np.random.default_rng(0)
    image = np.full((360, 640, 3), 60, np.uint8)
    for _ in range(2500):
        x, y = int(rng.integers(0, 640)), int(rng.integers(0, 360))
        cv2.circle(image, (x, y), int(rng.integers(2, 8)), tuple(map(int, rng.integers(30, 240, 3))), -1)
    return image


def close_up() -> Image:
    image = ground(SIZE_WH)
    cv2.ellipse(image, (320, 200), (110, 150), 0, 0, 360, (200, 150, 120), -1)
    cv2.line(image, (0, 320), (640, 290), (240, 240, 240), 6)
    return image


@pytest.mark.parametrize(
    "image",
    [
        crowd(),
        close_up(),
        np.random.default_rng(1).integers(0, 256, (360, 640, 3), dtype=np.uint8),
        np.full((360, 640, 3), 128, np.uint8),
        np.full((3, 5, 3), 90, np.uint8),
    ],
    ids=["crowd", "close-up", "noise", "grey", "tiny"],
)
def test_no_court_is_better_than_a_wrong_one(image: Image) -> None:
    assert CourtLineDetector().detect(clip_of(frames_of([image] * 8, 10.0))).stretches == ()


def test_half_a_court_fixes_no_court() -> None:
    image = draw_court(VIEW, SIZE_WH)
    image[:, 300:] = (60, 100, 150)

    assert CourtLineDetector().detect(clip_of(frames_of([image] * 8, 10.0))).stretches == ()


def test_shots_without_a_court_are_left_out_and_a_known_view_is_taken_up_again() -> None:
    court, other = drawn(VIEW), frames_of([crowd()] * 6, 10.0)
    frames = [*court, *later(other, 6, 0.6, segment=1), *later(court, 12, 1.2, segment=2)]
    track = CourtLineDetector().detect(clip_of(frames))

    assert [(s.first_frame, s.last_frame) for s in track.stretches] == [(0, 5), (12, 17)]
    assert corner_error_px(track.view_at(2), VIEW, SIZE_WH) < 0.7
    assert corner_error_px(track.view_at(14), VIEW, SIZE_WH) < 0.7


def test_a_court_that_goes_away_within_a_segment_ends_its_stretch() -> None:
    frames = [*drawn(VIEW, 30), *later(frames_of([crowd()] * 30, 10.0), 30, 3.0)]
    track = CourtLineDetector().detect(clip_of(frames))

    assert len(track.stretches) == 1
    assert track.stretches[0].first_frame == 0
    assert abs(track.stretches[0].last_frame - 29) <= 2
    assert corner_error_px(track.view_at(10), VIEW, SIZE_WH) < 0.7


def test_two_views_in_one_segment_are_two_stretches() -> None:
    second = camera_behind(SIZE_WH, x_m=3.5).court_view()
    frames = [*drawn(VIEW, 40), *later(drawn(second, 30), 40, 4.0)]
    track = CourtLineDetector().detect(clip_of(frames))

    assert len(track.stretches) == 2
    assert corner_error_px(track.view_at(10), VIEW, SIZE_WH) < 0.7
    assert corner_error_px(track.view_at(65), second, SIZE_WH) < 0.7


def test_players_and_repeated_frames_do_not_matter() -> None:
    images = []
    for k in range(8):
        image = draw_court(VIEW, SIZE_WH)
        image[200:280, 40 * k : 40 * k + 40] = (20, 20, 30)
        images.append(noisy(image, k))
    frames = [replace(f, repeated=k % 3 == 2) for k, f in enumerate(frames_of(images, 10.0))]

    assert corner_error_px(CourtLineDetector().detect(clip_of(frames)).view_at(0), VIEW, SIZE_WH) < 0.7


def test_the_same_clip_twice_gives_the_same_court() -> None:
    clip = clip_of(drawn(VIEW))
    one, two = (CourtLineDetector().detect(clip).stretches[0] for _ in range(2))

    np.testing.assert_array_equal(one.court_from_image, two.court_from_image)


def test_a_still_camera_needs_few_frames() -> None:
    clip = DrawnClip(drawn(VIEW, 100, rate=25.0))
    CourtLineDetector().detect(cast(Clip, clip))

    assert clip.asked < 25


def test_very_short_segments_are_passed_over() -> None:
    court = drawn(VIEW)
    track = CourtLineDetector(min_duration_s=0.45).detect(clip_of([*court, *later(court[:3], 6, 0.6, segment=1)]))

    assert [(s.first_frame, s.last_frame) for s in track.stretches] == [(0, 5)]


def test_a_clip_of_a_moment_has_its_court() -> None:
    (stretch,) = CourtLineDetector().detect(clip_of(drawn(VIEW, 1))).stretches

    assert (stretch.first_frame, stretch.last_frame) == (0, 0)
    assert corner_error_px(CourtView(stretch.court_from_image[0], stretch.lens), VIEW, SIZE_WH) < 0.7


def test_more_confidence_than_there_can_be_finds_nothing() -> None:
    half = draw_court(VIEW, SIZE_WH)
    half[:, :190] = (60, 100, 150)

    assert CourtLineDetector(min_confidence=1.0).detect(clip_of(frames_of([half] * 6, 10.0))).stretches == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_confidence": 0.0}, r"min_confidence must lie in \(0, 1\], got 0.0\. Use 0.\d for most videos"),
        ({"min_confidence": 1.1}, r"min_confidence must lie in \(0, 1\], got 1.1"),
        ({"min_duration_s": -1.0}, "min_duration_s must not be negative, got -1.0"),
        ({"anchor_s": -0.1}, "anchor_s must not be negative, got -0.1"),
    ],
)
def test_bad_options_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CourtLineDetector(**options)


def test_a_picture_that_stands_still_shows_its_court() -> None:
    frozen = [replace(f, repeated=True) for f in drawn(VIEW)]

    assert corner_error_px(CourtLineDetector().detect(clip_of(frozen)).view_at(0), VIEW, SIZE_WH) < 0.7
