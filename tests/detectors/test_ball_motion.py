from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from drawn_frames import QUICK, Image, draw_disc, frames_of, ground, noisy, rendered
from tennalytix.detectors.ball_motion import MotionBallDetector, neighbours, separate
from tennalytix.detectors.ball_motion_picture import (
    Picture,
    aligned,
    aligned_parts,
    brighter,
    darker,
    image_from_other,
    work_factor,
)
from tennalytix.detectors.base import BallCandidates
from tennalytix.video.frame import Frame

SIZE_WH = (320, 180)
YELLOW = (215, 230, 70)
Path = Callable[[int], tuple[float, float]]


def lob(k: int) -> tuple[float, float]:
    return 40.3 + 13.37 * k, 130.8 - 9.21 * k + 0.45 * k * k


def fly(path: Path = lob, count: int = 16, size_wh: tuple[int, int] = SIZE_WH, radius_px: float = 2.2) -> list[Frame]:
    empty = ground(size_wh)
    return frames_of(noisy(draw_disc(empty, path(k), radius_px, YELLOW), k) for k in range(count))


def detect(frames: list[Frame], options: MotionBallDetector | None = None) -> list[BallCandidates]:
    return list((options or MotionBallDetector()).detect(frames))


def errors_px(answers: list[BallCandidates], path: Path) -> np.ndarray:
    """How far the best candidates are off, inf where there is none."""
    return np.array([np.hypot(*(b.xy[0] - path(k))) if len(b.score) else np.inf for k, b in enumerate(answers)])


def test_the_ball_is_the_best_candidate_and_placed_to_a_fraction_of_a_pixel() -> None:
    answers = detect(fly())

    assert errors_px(answers, lob).max() < 0.3
    assert min(b.score[0] for b in answers) > 0.3


def test_the_middle_of_a_streak_is_found() -> None:
    empty = ground((640, 360))
    images = []
    for k in range(9):
        x, y = 60.3 + 30.4 * k, 240.6 - 12.2 * k
        streak = [draw_disc(empty, (x + s, y - 0.4 * s), 1.8, YELLOW) for s in np.linspace(-5, 5, 11)]
        images.append(noisy(np.mean(streak, axis=0).round().astype(np.uint8), k, 1.0))
    answers = detect(frames_of(images))

    assert errors_px(answers, lambda k: (60.3 + 30.4 * k, 240.6 - 12.2 * k)).max() < 0.5


def test_the_middle_of_a_streak_is_not_its_brightest_spot() -> None:
    empty = np.full((360, 640, 3), 60, np.uint8)
    images = []
    for k in range(6):
        cover = empty.astype(np.float64)
        for s in np.linspace(-7, 7, 29):
            # Brighter towards the right, as over a shadow's edge.
            level = int(180 + 4 * s)
            cover = np.maximum(cover, draw_disc(empty, (100.0 + 60 * k + s, 180.0), 1.8, (level, level, level)))
        images.append(cover.astype(np.uint8))

    assert errors_px(detect(frames_of(images)), lambda k: (100.0 + 60 * k, 180.0)).max() < 0.3


def test_the_ball_is_found_while_the_camera_pans() -> None:
    wide = cv2.GaussianBlur(noisy(ground((700, 180)), 5, 8.0), (0, 0), 1.2).astype(np.uint8)
    frames, places = [], []
    for k in range(14):
        left = 8 * k
        x, y = lob(k)
        seen = draw_disc(np.ascontiguousarray(wide[:, left : left + 320]), (x, y), 2.2, YELLOW)
        moved = np.array([[1, 0, left], [0, 1, 0], [0, 0, 1.0]])
        frames.append(Frame(k, k / 25, noisy(seen, k), reference_from_image=moved))
        places.append((x, y))

    assert np.sort(errors_px(detect(frames), lambda k: places[k]))[:-2].max() < 0.7


def test_a_ball_as_large_in_a_larger_picture_is_found_alike() -> None:
    def large(k: int) -> tuple[float, float]:
        return 400.3 + 71.37 * k, 700.2 - 21.7 * k

    assert errors_px(detect(fly(large, 7, (1920, 1080), 5.0)), large).max() < 1.0


def test_frames_twice_as_often_make_no_difference() -> None:
    def slow(k: int) -> tuple[float, float]:
        return lob(k / 2)  # type: ignore[arg-type]

    empty = ground(SIZE_WH)
    frames = frames_of((noisy(draw_disc(empty, slow(k), 2.2, YELLOW), k) for k in range(24)), rate=50.0)

    assert errors_px(detect(frames), slow).max() < 0.5


def test_repeated_frames_answer_like_the_one_before_and_change_nothing_else() -> None:
    plain = fly(count=12)
    repeated: list[Frame] = []
    for k, frame in enumerate(plain):
        repeated.append(replace(frame, index=len(repeated)))
        if k % 5 == 4:
            repeated.append(replace(frame, index=len(repeated), repeated=True))
    answers = detect(repeated)
    fresh = [a for a, f in zip(answers, repeated, strict=True) if not f.repeated]

    assert all(np.array_equal(a.xy, b.xy) for a, b in zip(fresh, detect(plain), strict=True))
    assert all(np.array_equal(answers[k].xy, answers[k - 1].xy) for k, frame in enumerate(repeated) if frame.repeated)


def test_a_ball_that_lies_still_is_none() -> None:
    assert all(len(b.score) == 0 or b.score[0] < 0.3 for b in detect(fly(lambda k: (100.0, 100.0))))


def test_a_change_of_everything_is_no_ball() -> None:
    images = [np.clip(ground(SIZE_WH).astype(int) + (60 if k == 4 else 0), 0, 255).astype(np.uint8) for k in range(9)]

    assert len(detect(frames_of(images))[4].score) == 0


def test_the_ball_of_a_rendered_rally_is_found() -> None:
    frames, truths = rendered(replace(QUICK, duration_s=3.6, frame_rate=Fraction(25), size_wh=(480, 270)))
    answers, away = detect(list(frames)), []
    for ball, truth in zip(answers, truths, strict=True):
        if truth.ball.visibility == 1 and truth.time_s > 2.0:
            away.append(np.hypot(*(ball.xy - truth.ball.xy).T).min(initial=np.inf))

    assert len(away) > 20
    assert np.mean(np.array(away) < 3) > 0.8
    assert np.median(away) < 0.5


def test_candidates_are_limited_in_number_score_and_nearness() -> None:
    empty = ground(SIZE_WH)
    images: list[Image] = []
    for k in range(9):
        image = empty
        for n in range(6):
            image = draw_disc(image, (30 + 9.0 * k, 15 + 28.0 * n), 2.0, YELLOW)
        images.append(noisy(image, k))
    frames = frames_of(images)
    all_of_them, few = detect(frames)[4], detect(frames, MotionBallDetector(max_candidates=2))[4]
    sure = detect(frames, MotionBallDetector(min_score=0.9))[4]

    assert len(all_of_them.score) >= 6
    assert few.xy.tolist() == all_of_them.xy[:2].tolist()
    assert (sure.score >= 0.9).all()
    gaps = np.hypot(*(all_of_them.xy[:, None] - all_of_them.xy[None]).transpose(2, 0, 1))
    assert gaps[np.triu_indices(len(gaps), 1)].min() > 1.0


def test_of_near_candidates_the_best_is_kept() -> None:
    xy = np.array([[0, 0], [3, 0], [20, 0], [40, 0.0]])

    assert separate(xy, np.array([0.5, 0.9, 0.7, 0.01]), MotionBallDetector(), 1.0) == [1, 2]
    assert separate(xy, np.array([0.5, 0.9, 0.7, 0.01]), MotionBallDetector(), 0.3) == [1, 2, 0]


def test_frames_are_compared_with_both_sides_or_with_two_on_one() -> None:
    pictures = [Picture.from_frame(f) for f in fly(count=5)]

    def rows(k: int, gap_s: float) -> list[int] | None:
        pair = neighbours(pictures[k], pictures, gap_s)
        return None if pair is None else [pictures.index(p) for p in pair]

    assert rows(2, 0.04) == [1, 3]
    assert rows(2, 0.06) == [0, 4]
    assert rows(0, 0.04) == [2, 1]
    assert rows(4, 0.04) == [3, 2]
    assert rows(2, 0.1) is None


@pytest.mark.parametrize(
    ("size_wh", "factor"), [((320, 180), 1), ((1280, 720), 1), ((1920, 1080), 2), ((3840, 2160), 4)]
)
def test_large_pictures_are_searched_reduced(size_wh: tuple[int, int], factor: int) -> None:
    assert work_factor(size_wh) == factor


def test_motion_of_the_camera_is_that_between_two_frames() -> None:
    image = ground(SIZE_WH)
    shift = np.array([[1, 0, 7], [0, 1, -3], [0, 0, 1.0]])
    still, moved = (Picture.from_frame(Frame(0, 0.0, image, reference_from_image=m)) for m in (np.eye(3), shift))

    assert image_from_other(still, still) is None
    matrix = image_from_other(still, moved)
    assert matrix is not None
    np.testing.assert_allclose(matrix, shift)


def test_other_frames_are_seen_as_the_camera_sees_now() -> None:
    grey = noisy(ground(SIZE_WH), 1, 9.0)[..., 0].copy()
    shift = np.array([[1, 0, 10], [0, 1, 0], [0, 0, 1.0]])
    seen = aligned(grey, np.full_like(grey, 3), shift, 1)

    np.testing.assert_array_equal(seen[:, 10:], grey[:, :-10])
    assert (seen[:, :10] == 3).all()


@pytest.mark.parametrize("turn", [0.0, 0.001, 0.05])
def test_parts_are_seen_as_the_whole_is(turn: float) -> None:
    grey = noisy(ground(SIZE_WH), 1, 9.0)[..., 0].copy()
    motion = np.array([[1, -turn, 10.3], [turn, 1, -6.6], [1e-6, 0, 1.0]])
    onto = np.full_like(grey, 3)
    whole = aligned(grey, onto, motion, 1).astype(int)
    corners = [(0, 0), (50, 40), (SIZE_WH[0] - 40, SIZE_WH[1] - 20)]
    parts = aligned_parts(grey, [onto[y : y + 20, x : x + 40] for x, y in corners], motion, corners)

    for (x, y), part in zip(corners, parts, strict=True):
        same = whole[y : y + 20, x : x + 40]
        np.testing.assert_allclose(part, same, atol=0.1 * np.ptp(grey) + 1)
        np.testing.assert_array_equal(part == 3, same == 3)
    assert (onto == 3).all()


def test_only_what_differs_from_both_sides_counts() -> None:
    now, before, after = (np.array([[v]], np.uint8) for v in (100, 60, 90))

    assert brighter(now, before, after)[0, 0] == 10
    assert darker(now, before, after)[0, 0] == 0
    assert darker(before, now, after)[0, 0] == 30


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_candidates": 0}, "max_candidates must be at least 1, got 0"),
        ({"min_score": 1.5}, r"min_score must lie in \[0, 1\], got 1.5"),
        ({"near_s": 0.0}, "near_s must be positive and at most far_s, got 0.0 and 0.09"),
        ({"near_s": 0.2}, "near_s must be positive and at most far_s, got 0.2 and 0.09"),
        ({"separation_px": 0.0}, "separation_px must be positive, got 0.0"),
    ],
)
def test_bad_options_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MotionBallDetector(**options)  # type: ignore[arg-type]
