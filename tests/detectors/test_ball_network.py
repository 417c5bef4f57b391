from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from drawn_frames import draw_disc, frames_of, ground, later, noisy
from small_ball_network import flashing_network, network_ball_detector, stored
from small_networks import network
from tennalytix.detectors.ball_motion import MotionBallDetector
from tennalytix.detectors.ball_network import NetworkBallDetector
from tennalytix.detectors.ball_network_input import SIDE_PX
from tennalytix.video.frame import Frame

Size = tuple[int, int]


def way(size_wh: Size, frames: int) -> np.ndarray:
    return np.linspace((size_wh[0] * 0.15, size_wh[1] * 0.8), (size_wh[0] * 0.8, size_wh[1] * 0.3), frames)


def flight(size_wh: Size, frames: int = 14, rate: float = 25.0) -> list[Frame]:
    unit = float(np.hypot(*size_wh)) / 1468.6
    empty = ground(size_wh)
    return frames_of(
        [
            noisy(draw_disc(empty, (x, y), 3 * unit, (235, 245, 120)), k)
            for k, (x, y) in enumerate(way(size_wh, frames))
        ],
        rate,
    )


@pytest.mark.parametrize("size_wh", [(1920, 1080), (1280, 720), (640, 360), (720, 1280), (2880, 1620)])
def test_places_come_back_in_source_pixels(size_wh: Size) -> None:
    unit = float(np.hypot(*size_wh)) / 1468.6
    answers = list(network_ball_detector().detect(flight(size_wh)))

    for ball, xy in zip(answers[1:-1], way(size_wh, 14)[1:-1], strict=True):
        assert np.hypot(*(ball.xy[0] - xy)) <= 4.5 * max(unit, 1)


def test_only_what_the_network_takes_for_a_ball_is_left() -> None:
    frames = flight((640, 360))
    every = list(network_ball_detector(min_score=0.0).detect(frames))
    none = list(network_ball_detector(min_score=1.0).detect(frames))

    assert all(len(ball.score) for ball in every)
    assert not any(len(ball.score) for ball in none)


def test_there_are_at_most_so_many_candidates_and_they_lie_apart() -> None:
    empty, rng = ground((1280, 720)), np.random.default_rng(3)
    images = []
    for k in range(8):
        image = noisy(empty, k)
        for x, y in rng.uniform((60, 60), (1200, 660), (12, 2)):
            image = draw_disc(image, (x, y), 3, (240, 245, 120))
        images.append(image)
    few = list(network_ball_detector(max_candidates=3).detect(frames_of(images)))
    some = list(network_ball_detector(max_proposals=2).detect(frames_of(images)))

    assert [len(ball.score) for ball in few[1:-1]] == [3] * 6
    assert max(len(ball.score) for ball in some) == 2
    for ball in few:
        gaps = np.hypot(*(ball.xy[:, None] - ball.xy[None]).T)
        assert (gaps[~np.eye(len(gaps), dtype=bool)] >= 6).all()


def test_where_both_mean_the_same_spot_the_place_is_motions() -> None:
    frames = flight((1280, 720))
    motion = list(MotionBallDetector().detect(frames))
    both = list(network_ball_detector(gain=9.0, motion_px=6.0).detect(frames))
    alone = list(network_ball_detector(gain=9.0, motion_px=0.0).detect(frames))
    unsure = list(network_ball_detector(gain=0.2, motion_px=0.0).detect(frames))

    for seen, ball, cell, doubted in zip(motion[1:-1], both[1:-1], alone[1:-1], unsure[1:-1], strict=True):
        gaps = np.hypot(*(seen.xy - cell.xy[0]).T)
        assert 0 < gaps.min() < 6
        assert_allclose(ball.xy[0], seen.xy[gaps.argmin()])
        assert_allclose(doubted.xy[0], seen.xy[gaps.argmin()])


def test_a_proposal_is_not_lost_to_a_brighter_place_in_its_window() -> None:
    empty, images = ground((1280, 720)), []
    for k in range(8):
        image = draw_disc(noisy(empty, k), (300 + 25 * k, 300), 3, (245, 245, 245))
        images.append(draw_disc(image, (300 + 25 * k, 322), 3, (190, 190, 190)))
    answers = list(network_ball_detector().detect(frames_of(images)))

    for k, ball in list(enumerate(answers))[2:-2]:
        for y in (300, 322):
            assert np.hypot(*(ball.xy - (300 + 25 * k, y)).T).min() < 2.5


def test_motion_adds_to_the_score_by_its_weight() -> None:
    def log_odds(score: float) -> float:
        return float(np.log(score / (1 - score)))

    frames = flight((1280, 720))
    motion = list(MotionBallDetector().detect(frames))
    alone = list(network_ball_detector(motion_weight=0.0).detect(frames))
    both = list(network_ball_detector(motion_weight=0.5).detect(frames))

    for seen, plain, ball in zip(motion[1:-1], alone[1:-1], both[1:-1], strict=True):
        assert_allclose(ball.xy[0], plain.xy[0])
        nearest = np.hypot(*(seen.xy - ball.xy[0]).T).argmin()
        added = log_odds(ball.score[0]) - log_odds(plain.score[0])
        assert added == pytest.approx(0.5 * log_odds(seen.score[nearest]), abs=1e-3)


def test_repeated_frames_get_the_answer_of_the_frame_before() -> None:
    sound = flight((640, 360))
    doubled = [f for frame in sound for f in (frame, replace(frame, repeated=True))]
    frames = [replace(f, index=k, time_s=k / 50) for k, f in enumerate(doubled)]
    answers = list(network_ball_detector().detect(frames))

    assert len(answers) == 28
    for first, second in zip(answers[::2], answers[1::2], strict=True):
        assert_allclose(first.xy, second.xy)
        assert_allclose(first.score, second.score)


def test_a_cut_is_a_new_beginning() -> None:
    one, two = flight((640, 360)), flight((640, 360), frames=9)
    apart = [*network_ball_detector().detect(one), *network_ball_detector().detect(two)]
    joined = list(network_ball_detector().detect([*one, *later(two, 14, 0.56, segment=1)]))

    for a, b in zip(apart, joined, strict=True):
        assert_allclose(a.xy, b.xy)


@pytest.mark.parametrize("rate", [25.0, 60.0, 240.0])
def test_few_frames_are_read_ahead(rate: float) -> None:
    read = 0

    def counted() -> Iterator[Frame]:
        nonlocal read
        for frame in flight((160, 90), frames=150, rate=rate):
            read += 1
            yield frame

    answered = 0
    for answered, _ in enumerate(network_ball_detector().detect(counted()), 1):
        assert read - answered <= 0.1 * rate + 6
    assert answered == 150


def test_no_frames_no_answers() -> None:
    assert list(network_ball_detector().detect([])) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_proposals": 0}, r"^max_proposals must be at least 1, got 0\."),
        ({"max_candidates": 0}, r"^max_candidates must be at least 1, got 0\."),
        ({"min_proposal": -0.1}, r"^min_proposal must lie in \[0, 1\], got -0\.1\."),
        ({"min_score": 1.5}, r"^min_score must lie in \[0, 1\], got 1\.5\."),
        ({"separation_px": 0.0}, r"^separation_px must be positive, got 0\.0\."),
        ({"motion_weight": -1.0}, r"^motion_weight must not be negative, got -1\.0\."),
        ({"motion_px": -1.0}, r"^motion_px must not be negative, got -1\.0\."),
    ],
)
def test_bad_options_are_one_sentence(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        network_ball_detector(**options)


def test_bad_threads_are_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"^threads must not be negative, got -1\. Use 0 for all cores\."):
        NetworkBallDetector(threads=-1)


def test_weights_need_their_digest(tmp_path: Path) -> None:
    named = stored(flashing_network(), tmp_path)

    assert NetworkBallDetector(**named, threads=1).weights_sha256 == named["weights_sha256"]  # type: ignore[arg-type]
    with pytest.raises(
        ValueError, match=r"^weights_sha256 must be the digest of .*small\.onnx, got none\. Run: sha256sum"
    ):
        NetworkBallDetector(weights=named["weights"])
    with pytest.raises(ValueError, match="sha256"):
        NetworkBallDetector(weights=named["weights"], weights_sha256="0" * 64)


@pytest.mark.parametrize("content", [b"", b"no network", flashing_network()[:300], network()])
def test_files_that_are_no_ball_network_are_told(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ValueError, match=r"must (be a whole ONNX file|take)"):
        NetworkBallDetector(**stored(content, tmp_path), threads=1)  # type: ignore[arg-type]


def test_the_window_is_what_the_network_was_made_for() -> None:
    assert SIDE_PX % 8 == 0
