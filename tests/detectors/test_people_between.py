from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count, islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detector_contract import same
from drawn_frames import frames_of, later
from tennalytix.core.homography import apply_homography
from tennalytix.detectors.base import People
from tennalytix.detectors.people_between import detect_between
from tennalytix.detectors.people_between_curve import map_boxes
from tennalytix.video.frame import Frame

Floats = NDArray[np.float64]
Scene = Callable[[Frame], Floats]
SIZE = (64, 36)
STILL = np.inf
"""As `change`: key frames in their own time only."""


class Eye:
    """A detector that knows the truth of a scene, and which frames it was shown."""

    def __init__(self, scene: Scene, reads_ahead: int = 0, scores: Sequence[float] = ()) -> None:
        self.scene, self.reads_ahead, self.scores, self.seen = scene, reads_ahead, scores, list[int]()

    def detect(self, frames: Iterable[Frame]) -> Iterator[People]:
        waiting: deque[Frame] = deque()
        for frame in frames:
            self.seen.append(frame.index)
            waiting.append(frame)
            if len(waiting) > self.reads_ahead:
                yield self.look(waiting.popleft())
        yield from map(self.look, waiting)

    def look(self, frame: Frame) -> People:
        xyxy = self.scene(frame)
        return People(xyxy, np.array(self.scores or [0.9] * len(xyxy))[: len(xyxy)])


def blank(count_: int, rate: float = 25.0, size_wh: tuple[int, int] = SIZE) -> list[Frame]:
    return frames_of([np.zeros((size_wh[1], size_wh[0], 3), np.uint8)] * count_, rate)


def box(x: float, y: float = 10.0, width: float = 6.0, height: float = 15.0) -> Floats:
    return np.array([[x, y, x + width, y + height]])


def linear(frame: Frame) -> Floats:
    return box(5 + 30 * frame.time_s, 10 - 4 * frame.time_s, 6 + 2 * frame.time_s)


def nobody(frame: Frame) -> Floats:
    return np.zeros((0, 4))


def crowd(frame: Frame) -> Floats:
    x, y = np.meshgrid(np.arange(8) * 7.0, np.arange(5) * 7.0)
    return np.stack([x, y, x + 5, y + 6], axis=-1).reshape(-1, 4) + 0.4 * np.sin(3 * frame.time_s)


def run(frames: Sequence[Frame], eye: Eye, key_every_s: float = 0.12, change: float = STILL) -> list[People]:
    return list(detect_between(frames, eye.detect, key_every_s=key_every_s, change=change))


# --- what is right on key frames and between --------------------------------------------------------------------------


@pytest.mark.parametrize("change", [STILL, 0.4])
@pytest.mark.parametrize("scene", [linear, nobody, crowd])
def test_without_gaps_it_is_the_detector_itself(scene: Scene, change: float) -> None:
    frames = blank(12)

    assert same(run(frames, Eye(scene), 0, change), list(Eye(scene).detect(frames)))


@pytest.mark.parametrize("rate", [24, 25, 29.97, 50, 60])
@pytest.mark.parametrize("reads_ahead", [0, 3])
def test_who_moves_evenly_is_exact_everywhere(rate: float, reads_ahead: int) -> None:
    frames = blank(23, rate)
    eye = Eye(linear, reads_ahead)
    answers = run(frames, eye)

    assert len(eye.seen) < len(frames) / 2
    for frame, people in zip(frames, answers, strict=True):
        np.testing.assert_allclose(people.xyxy, linear(frame), atol=1e-9)


def test_who_speeds_up_evenly_is_exact_away_from_the_ends() -> None:
    """A cubic through four key frames holds the parabola."""

    def scene(frame: Frame) -> Floats:
        return box(5 + 25 * frame.time_s**2)

    frames = blank(25)

    for frame, people in list(zip(frames, run(frames, Eye(scene)), strict=True))[3:-3]:
        np.testing.assert_allclose(people.xyxy, scene(frame), atol=1e-9)


def test_who_stands_stays_put() -> None:
    answers = run(blank(20), Eye(lambda frame: box(20)))

    assert all(np.array_equal(people.xyxy, box(20)) for people in answers)


def test_forty_people_keep_apart() -> None:
    frames = blank(16)

    for frame, people in zip(frames, run(frames, Eye(crowd)), strict=True):
        np.testing.assert_allclose(people.xyxy, crowd(frame), atol=0.02)


def test_nobody_stays_nobody() -> None:
    assert all(len(people.score) == 0 for people in run(blank(16), Eye(nobody)))


def test_people_who_cross_go_on_as_they_came() -> None:
    def scene(frame: Frame) -> Floats:
        way = 30 * (frame.time_s - 0.6)
        return np.concatenate([box(30 + way, 10), box(30 - way, 10.5)])

    frames = blank(31)

    for frame, people in zip(frames, run(frames, Eye(scene)), strict=True):
        np.testing.assert_allclose(people.xyxy, scene(frame), atol=1e-9)


def test_a_turning_camera_is_allowed_for() -> None:
    def turned(frame: Frame) -> Floats:
        return np.array([[1.0, 0, 300 * frame.time_s**3], [0, 1, 0], [0, 0, 1]])

    def scene(frame: Frame) -> Floats:
        xyxy = box(40 + 20 * frame.time_s)
        return apply_homography(np.linalg.inv(frame.reference_from_image), xyxy.reshape(-1, 2)).reshape(-1, 4)

    frames = [replace(f, reference_from_image=turned(f)) for f in blank(12)]

    for frame, people in zip(frames, run(frames, Eye(scene)), strict=True):
        np.testing.assert_allclose(people.xyxy, scene(frame), atol=1e-9)


def test_a_tilted_camera_joins_the_slim_and_tall_as_any_other() -> None:
    rolled = np.array([[np.cos(0.3), -np.sin(0.3), 12], [np.sin(0.3), np.cos(0.3), -5], [0, 0, 1]])

    def scene(frame: Frame) -> Floats:
        return box(20 + 20 * frame.time_s, 4, 3, 24)

    frames = [replace(f, reference_from_image=rolled) for f in blank(12)]

    for frame, people in zip(frames, run(frames, Eye(scene)), strict=True):
        np.testing.assert_allclose(people.xyxy, scene(frame), atol=1e-6)


@given(st.tuples(*[st.floats(-0.3, 0.3)] * 4), st.floats(-0.002, 0.002))
def test_boxes_come_back_from_another_camera_and_keep_their_shape(linear: tuple[float, ...], tilt: float) -> None:
    other = np.eye(3) + np.array([[linear[0], linear[1], 5], [linear[2], linear[3], -9], [tilt, -tilt, 0]])
    xyxy = np.concatenate([box(5, 3, 4, 30), box(40, 10, 15, 8)])

    there = map_boxes(other, xyxy)

    sides, before = there[:, 2:] - there[:, :2], xyxy[:, 2:] - xyxy[:, :2]
    np.testing.assert_allclose(sides[:, 0] / sides[:, 1], before[:, 0] / before[:, 1])
    np.testing.assert_allclose(map_boxes(np.linalg.inv(other), there), xyxy, atol=1e-6)


def test_boxes_between_stay_in_the_picture_and_keep_their_size() -> None:
    def scene(frame: Frame) -> Floats:
        return box(-0.5, 15, 40 if frame.index % 2 else 20, 20.5)

    answers = run(blank(21), Eye(scene))

    for people in answers:
        assert (people.xyxy[:, :2] >= -0.5).all()
        assert (people.xyxy[:, 2:] <= np.array(SIZE) - 0.5).all()
        assert (people.xyxy[:, 2] - people.xyxy[:, 0] >= 10).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31))
def test_nothing_depends_on_where_in_time_or_at_what_size_it_happens(seed: int) -> None:
    rng = np.random.default_rng(seed)
    way = np.cumsum(rng.normal(0, 0.7, (15, 2)), axis=0)

    def scene(frame: Frame) -> Floats:
        xy = way[frame.index % 1000]
        return np.concatenate([box(20 + xy[0], 8 + xy[1]), box(30 + xy[1], 9 + xy[0])])

    def tripled(frame: Frame) -> Floats:
        return (scene(frame) + 0.5) * 3 - 0.5

    frames, large = blank(15), blank(15, size_wh=(3 * SIZE[0], 3 * SIZE[1]))
    answers = run(frames, Eye(scene))

    assert same(answers, run(later(frames, 1000, 64.0), Eye(scene)), atol=1e-9)
    tripled_answers = [replace(p, xyxy=(p.xyxy + 0.5) * 3 - 0.5) for p in answers]
    assert same(tripled_answers, run(large, Eye(tripled)), atol=1e-9)


# --- nobody is invented -----------------------------------------------------------------------------------------------


def test_between_people_have_the_lower_of_two_scores_and_the_best_come_first() -> None:
    def scene(frame: Frame) -> Floats:
        return np.concatenate([box(10), box(40)])

    class Doubtful(Eye):
        def look(self, frame: Frame) -> People:
            return People(scene(frame), np.array([0.9, 0.8] if frame.index else [0.9, 0.4]))

    between = run(blank(7), Doubtful(scene))[1]
    swapped = run(blank(7), Eye(lambda f: scene(f)[:: 1 if f.index else -1], scores=[0.9, 0.4]))[1]

    assert between.score.tolist() == [0.9, 0.4]
    assert swapped.score.tolist() == [0.4, 0.4]


def test_who_is_on_one_key_frame_only_is_on_no_other_frame() -> None:
    def scene(frame: Frame) -> Floats:
        return np.concatenate([box(10), box(40)]) if frame.index == 6 else box(10)

    answers = run(blank(13), Eye(scene))

    assert [len(people.score) for people in answers] == [1] * 6 + [2] + [1] * 6


def test_a_box_that_takes_in_somebody_else_does_not_become_him() -> None:
    # A player comes to stand below a line judge, whose box grows over him and lets go again: sides as seen in a match.
    player = [(14.6, 24.8, 15.6, 50.1), (14.6, 23.3, 15.5, 48.7), (14.6, 23.9, 15.9, 49.9)]
    judge = [(14.3, 16.5, 15.1, 36.4), (14.3, 17.8, 15.4, 43.1), (14.3, 15.6, 15.2, 37.3)]
    sides = np.array([player, judge]) * [4.0, 1.0, 4.0, 1.0]

    def scene(frame: Frame) -> Floats:
        return sides[:, min(frame.index // 3, 2)]

    answers = run(blank(9, size_wh=(128, 72)), Eye(scene))

    for people in answers:
        below, above = people.xyxy[np.argsort(-people.xyxy[:, 3])]
        assert below[3] > 48
        assert above[1] < 18


@pytest.mark.parametrize("there", [box(50), box(10, 10, 6, 1.5)])
def test_people_are_not_joined_who_cannot_be_one(there: Floats) -> None:
    answers = run(blank(7), Eye(lambda frame: box(10) if frame.index < 3 else there))

    assert [len(people.score) for people in answers] == [1, 0, 0, 1, 1, 1, 1]


def test_a_cut_ends_and_begins_everything() -> None:
    first, second = blank(8), later(blank(8), 8, 0.32, segment=1)
    eye = Eye(linear)
    answers = run([*first, *second], eye)

    assert same(answers[:8], run(first, Eye(linear)))
    assert same(answers[8:], run(second, Eye(linear)))
    assert {7, 8} <= set(eye.seen), "key frames on both sides of a cut"


# --- which frames are key frames --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "key_every_s", "step"),
    [(25, 0.1, 3), (30, 0.1, 3), (50, 0.1, 5), (60, 0.1, 6), (25, 0.08, 2), (25, 0.0, 1), (29.97, 0.1, 3), (25, 9, 20)],
)
def test_key_frames_come_in_time_and_at_the_ends(rate: float, key_every_s: float, step: int) -> None:
    eye = Eye(linear)
    run(blank(20, rate), eye, key_every_s)

    assert eye.seen == sorted({*range(0, 20, step), 19})


def test_repeated_frames_are_not_looked_at_and_get_the_answer_before() -> None:
    frames = [replace(f, repeated=f.index % 5 in (0, 4)) for f in blank(31)]
    eye = Eye(linear)
    answers = run(frames, eye)

    assert [k for k in eye.seen if frames[k].repeated] == [0], "the first frame of all is fresh in any case"
    assert all(same([answers[k]], [answers[k - 1]]) for k in range(1, 31) if frames[k].repeated)
    assert all(not same([answers[k]], [answers[k - 1]]) for k in range(1, 31) if not frames[k].repeated)


def walking(speed_px_s: float, width: int = 12, height: int = 30) -> tuple[list[Frame], Scene]:
    """Somebody white on black."""
    images = []
    for k in range(30):
        image = np.zeros((90, 160, 3), np.uint8)
        x = round(10 + speed_px_s * k / 25)
        image[30 : 30 + height, x : x + width] = 255
        images.append(image)
    return frames_of(images), lambda frame: box(round(10 + speed_px_s * frame.time_s) - 0.5, 29.5, width, height)


def keys_seen(frames: Sequence[Frame], scene: Scene, scores: Sequence[float] = ()) -> int:
    eye = Eye(scene, scores=scores)
    run(frames, eye, 0.2, change=0.4)
    return len(eye.seen)


def test_where_somebody_moves_fast_there_are_more_key_frames() -> None:
    counts = [keys_seen(*walking(speed)) for speed in (0, 10, 40, 100)]

    assert counts[0] == counts[1] == 7
    assert counts[1] < counts[2] < counts[3]
    assert counts[3] > 25


def test_only_people_who_are_sure_to_be_there_call_for_key_frames() -> None:
    frames, scene = walking(100, 5, 12)

    assert keys_seen(frames, scene) > 25
    assert keys_seen(frames, nobody) == keys_seen(frames, scene, scores=[0.2]) == 7
    assert keys_seen(frames, lambda frame: box(140, 5)) == 7, "what moves elsewhere does not count"


def test_something_large_that_moves_calls_for_key_frames_though_nobody_is_found() -> None:
    images = [np.zeros((36, 64, 3), np.uint8) for _ in range(16)]
    for k, image in enumerate(images):
        image[10:30, max(0, 6 * (k - 4)) : 6 * (k - 3)] = 200  # comes in at the side
    eye = Eye(nobody)
    list(detect_between(frames_of(images), eye.detect, key_every_s=0.4))

    assert len(eye.seen) > 6


def test_answers_may_be_completed_late_and_key_frames_are_chosen_without_them() -> None:
    frames = blank(40)
    eye, plain = Eye(linear, reads_ahead=1), Eye(linear, reads_ahead=1)

    def complete(found: Iterator[People]) -> Iterator[People]:
        late = list(found)
        yield from (People(people.xyxy + 1, people.score) for people in late)

    completed = list(detect_between(frames, eye.detect, complete=complete))
    usual = list(detect_between(frames, plain.detect))

    assert eye.seen == plain.seen
    assert all(np.allclose(c.xyxy, np.clip(u.xyxy + 1, -0.5, 63.5)) for c, u in zip(completed, usual, strict=True))


def test_a_camera_that_turns_does_not_call_for_key_frames() -> None:
    rng = np.random.default_rng(2)
    wide = np.repeat(np.repeat(rng.integers(0, 256, (30, 100, 3), dtype=np.uint8), 3, axis=0), 3, axis=1)
    shifts = 4 * np.arange(30)
    frames = [
        replace(f, reference_from_image=np.array([[1.0, 0, dx], [0, 1, 0], [0, 0, 1]]))
        for f, dx in zip(frames_of(wide[:, dx : dx + 160] for dx in shifts), shifts, strict=True)
    ]

    def scene(frame: Frame) -> Floats:
        return box(130 - 4 * frame.index, 30, 12, 30)

    assert keys_seen(frames, scene) == 7
    assert keys_seen([replace(f, reference_from_image=np.eye(3)) for f in frames], scene) > 20


# --- the stream -------------------------------------------------------------------------------------------------------


def test_it_reads_three_key_frames_ahead_and_no_further() -> None:
    read: list[int] = []

    def endless() -> Iterator[Frame]:
        for frame in (Frame(k, k / 25, np.zeros((36, 64, 3), np.uint8)) for k in count()):
            read.append(frame.index)
            yield frame

    answers = detect_between(endless(), Eye(linear).detect, key_every_s=0.12)

    assert len(list(islice(answers, 2))) == 2
    assert len(read) <= 7
    assert len(list(islice(answers, 200))) == 200
    assert len(read) <= 210


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"key_every_s": -0.1}, "key_every_s must not be negative, got -0.1. Use 0 for every frame."),
        ({"key_every_s": float("nan")}, "key_every_s must not be negative"),
        ({"change": 0.0}, "change must be positive, got 0.0"),
    ],
)
def test_options_are_checked_before_a_frame_is_read(options: dict[str, float], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        detect_between([], Eye(linear).detect, **options)
