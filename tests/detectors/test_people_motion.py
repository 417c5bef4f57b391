from dataclasses import replace

import cv2
import numpy as np
import pytest

from drawn_frames import QUICK, Floats, Image, draw_person, frames_of, ground, noisy, rendered
from tennalytix.core.boxes import iou
from tennalytix.detectors.base import People
from tennalytix.detectors.people_motion import MotionPersonDetector
from tennalytix.video.frame import Frame

SIZE_WH = (320, 180)
TALL = 42


def walk(columns: list[int], empty: Image | None = None) -> tuple[list[Frame], list[Floats]]:
    """Somebody who walks along these columns, five frames a second, and where."""
    empty = ground(SIZE_WH) if empty is None else empty
    drawn = [draw_person(empty, (x, 140), TALL) for x in columns]
    return frames_of((noisy(image, k) for k, (image, _) in enumerate(drawn)), rate=5.0), [box for _, box in drawn]


def overlap(people: People, box: Floats) -> float:
    return float(iou(people.xyxy, box[None]).max(initial=0.0))


def test_somebody_who_walks_is_found_in_every_frame_and_nobody_else() -> None:
    frames, boxes = walk(list(range(40, 280, 12)))
    answers = list(MotionPersonDetector().detect(frames))

    assert [len(p.score) for p in answers] == [1] * len(frames)
    assert min(overlap(p, b) for p, b in zip(answers, boxes, strict=True)) > 0.6


def test_somebody_who_stands_is_found_if_the_ground_is_seen_before_or_after() -> None:
    frames, boxes = walk([60] * 8 + list(range(70, 250, 12)) + [250] * 8)
    answers = list(MotionPersonDetector().detect(frames))

    assert min(overlap(p, b) for p, b in zip(answers, boxes, strict=True)) > 0.6


def test_the_place_somebody_left_is_not_taken_for_a_person() -> None:
    frames, boxes = walk([60] * 8 + list(range(70, 250, 12)) + [250] * 8)
    answers = list(MotionPersonDetector().detect(frames))

    assert all(overlap(p, boxes[0]) < 0.1 for p in answers[-8:])


def test_people_are_found_while_the_camera_pans() -> None:
    wide = ground((700, 180))
    empty = noisy(cv2.GaussianBlur(wide, (0, 0), 1.0).astype(np.uint8), 9, 3.0)
    frames, boxes = [], []
    for k in range(24):
        left = 10 * k
        image, box = draw_person(empty, (left + 60 + 7 * k, 140), TALL)
        seen = np.ascontiguousarray(image[:, left : left + SIZE_WH[0]])
        moved = np.array([[1, 0, left], [0, 1, 0], [0, 0, 1.0]])
        frames.append(Frame(k, k / 5, noisy(seen, k), reference_from_image=moved))
        boxes.append(box - np.array([left, 0, left, 0]))
    answers = list(MotionPersonDetector().detect(frames))
    found = [overlap(p, b) > 0.5 for p, b in zip(answers, boxes, strict=True)]

    assert np.mean(found) > 0.9
    assert np.mean([len(p.score) for p in answers]) < 1.5


def test_a_shadow_belongs_to_nobody() -> None:
    empty = ground(SIZE_WH)
    images, boxes = [], []
    for x in range(40, 240, 12):
        lit, box = draw_person(empty, (x, 140), TALL)
        lit[130:140, x + 8 : x + 50] = (lit[130:140, x + 8 : x + 50] * 0.84).astype(np.uint8)
        images.append(noisy(lit, x))
        boxes.append(box)
    answers = list(MotionPersonDetector().detect(frames_of(images, rate=5.0)))

    assert min(overlap(p, b) for p, b in zip(answers, boxes, strict=True)) > 0.6
    assert max((p.xyxy[:, 2] - p.xyxy[:, 0]).max() for p in answers) < 25


def test_a_change_of_light_makes_nobody() -> None:
    empty = ground(SIZE_WH)
    images = [noisy(np.clip(empty * (1 + 0.15 * np.sin(k / 3)), 0, 255).astype(np.uint8), k) for k in range(20)]

    assert sum(len(p.score) for p in MotionPersonDetector().detect(frames_of(images, rate=5.0))) == 0


def test_boxes_grow_with_the_picture() -> None:
    frames, _ = walk(list(range(60, 240, 12)))
    larger = [
        replace(f, pixels=cv2.resize(f.image, (640, 360), interpolation=cv2.INTER_LINEAR).astype(np.uint8))
        for f in frames
    ]
    small, large = (list(MotionPersonDetector().detect(f)) for f in (frames, larger))

    assert all(overlap(b, (a.xyxy[0] + 0.5) * 2 - 0.5) > 0.75 for a, b in zip(small, large, strict=True))


def test_players_of_a_rendered_rally_are_found() -> None:
    frames, truths = rendered(replace(QUICK, duration_s=6.0, frame_rate=QUICK.frame_rate / 2))
    answers = list(MotionPersonDetector().detect(frames))
    hit = []
    for people, truth in zip(answers, truths, strict=True):
        for player in truth.players if truth.time_s > 2.5 else ():
            centre = (player.xyxy[:2] + player.xyxy[2:]) / 2
            hit.append(((people.xyxy[:, :2] < centre) & (centre < people.xyxy[:, 2:])).all(axis=1).any())

    assert np.mean(hit) > 0.7


def test_it_reads_ahead_no_further_than_asked() -> None:
    image, read = ground((64, 36)), []

    def frames() -> object:
        for k in range(200):
            read.append(k)
            yield Frame(k, k / 10, image)

    next(MotionPersonDetector(look_ahead_s=2.0).detect(frames()))  # type: ignore[arg-type]
    assert 20 <= len(read) <= 23


def test_it_reads_less_far_ahead_where_memory_is_short() -> None:
    image, read = noisy(ground((320, 180)), 0, 20.0), []

    def frames() -> object:
        for k in range(200):
            read.append(k)
            yield Frame(k, k / 10, image)

    next(MotionPersonDetector(buffer_mb=0.2).detect(frames()))  # type: ignore[arg-type]
    assert 2 <= len(read) <= 20


@pytest.mark.parametrize(
    "name", ["look_ahead_s", "memory_s", "sample_every_s", "sample_count", "refresh_every_s", "buffer_mb"]
)
def test_options_must_be_positive(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be positive, got 0"):
        MotionPersonDetector(**{name: 0})


def test_what_stays_longer_than_the_memory_becomes_background() -> None:
    empty = ground(SIZE_WH)
    parked = draw_person(empty, (150, 140), TALL)[0]
    frames = frames_of((noisy(empty if k < 15 else parked, k) for k in range(60)), rate=10.0)
    short = MotionPersonDetector(look_ahead_s=1.0, memory_s=2.0, sample_every_s=0.1, refresh_every_s=0.2)
    answers = list(short.detect(frames))

    assert all(len(p.score) for p in answers[15:17])
    assert not any(len(p.score) for p in answers[45:])
