import hashlib
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from itertools import count, islice
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from drawn_frames import draw_person, frames_of, ground, later
from small_networks import network
from small_people_network import detector_of, measuring_network, moving_network, network_person_detector, stored
from tennalytix.detectors import people_network
from tennalytix.detectors.base import People
from tennalytix.detectors.onnx_session import Network
from tennalytix.detectors.people_network import EMBEDDED, EMBEDDED_INT8, Moment, NetworkPersonDetector, looks_around
from tennalytix.video.frame import Frame

Size = tuple[int, int]


def bright(size_wh: Size, *boxes: tuple[int, int, int, int]) -> np.ndarray:
    """White rectangles on black, first and last pixel given as x1, y1, x2, y2 (exclusive)."""
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    for x1, y1, x2, y2 in boxes:
        image[y1:y2, x1:x2] = 255
    return image


def still(frames: int, rate: float = 25.0) -> list[Frame]:
    return frames_of([np.zeros((18, 32, 3), np.uint8)] * frames, rate)


def others(moment: Moment) -> tuple[float | None, float | None]:
    """Times of what a look is compared with, relative to it."""
    before, after = (None if o is None else round(o.time_s - moment.look.time_s, 4) for o in moment.others)
    return before, after


@pytest.fixture(scope="module")
def measuring() -> NetworkPersonDetector:
    return detector_of(measuring_network(), min_score=0.6)


@pytest.mark.parametrize("size_wh", [(1920, 1080), (1280, 720), (640, 360), (720, 1280), (1600, 900), (321, 181)])
def test_boxes_come_back_in_source_pixels(measuring: NetworkPersonDetector, size_wh: Size) -> None:
    unit = max(size_wh) / 960
    # Multiples of 12 are whole pixels of the network's picture at the common sizes.
    known = [tuple(12 * round(v * unit / 12) for v in box) for box in [(96, 96, 132, 144), (300, 240, 348, 288)]]
    (people,) = measuring.detect(frames_of([bright(size_wh, *known)]))
    order = np.argsort(people.xyxy[:, 0])
    exact = size_wh not in ((1600, 900), (321, 181))

    assert_allclose(people.xyxy[order], np.array(known) - 0.5, atol=0.05 if exact else 0.6 * unit)


def test_people_at_the_edge_end_there(measuring: NetworkPersonDetector) -> None:
    (people,) = measuring.detect(frames_of([bright((1280, 720), (0, 60, 48, 120), (1248, 660, 1280, 720))]))
    order = np.argsort(people.xyxy[:, 0])

    assert_allclose(people.xyxy[order], [[-0.5, 59.5, 47.5, 119.5], [1247.5, 659.5, 1279.5, 719.5]], atol=0.05)


def test_boxes_follow_what_moves_between_key_frames(measuring: NetworkPersonDetector) -> None:
    images = [bright((320, 180), (48 + 2 * k, 48, 72 + 2 * k, 84)) for k in range(16)]
    answers = list(measuring.detect(frames_of(images)))

    for k, people in enumerate(answers):
        assert_allclose(people.xyxy, [[47.5 + 2 * k, 47.5, 71.5 + 2 * k, 83.5]], atol=0.5)


@pytest.mark.parametrize("channel", [0, 1])
def test_it_sees_what_changed_before_and_after(channel: int) -> None:
    detector = detector_of(moving_network(channel), key_every_s=0)
    there, empty = bright((960, 540), (320, 240, 336, 256)), bright((960, 540))
    # Somebody is there throughout the second half of two seconds.
    answers = list(detector.detect(frames_of([empty] * 5 + [there] * 5, rate=5)))
    seen = [k for k, people in enumerate(answers) if len(people.score)]

    # At 5 frames/s the looks nearest to 0.3 s away are 0.2 s away.
    assert seen == ([5] if channel == 0 else [4])


def test_it_does_not_compare_across_a_cut() -> None:
    detector = detector_of(moving_network(1), key_every_s=0)
    first, second = frames_of([bright((64, 36))] * 8), frames_of([bright((64, 36), (0, 0, 64, 36))] * 8)
    answers = list(detector.detect([*first, *later(second, 8, 0.32, segment=1)]))

    assert not any(len(people.score) for people in answers)


def test_repeated_frames_get_the_answer_of_the_frame_before() -> None:
    detector = detector_of(measuring_network(), min_score=0.6, key_every_s=0)
    images = [bright((320, 180), (48 + 4 * k, 48, 72 + 4 * k, 84)) for k in range(10)]
    frames = [replace(f, repeated=k % 5 == 4) for k, f in enumerate(frames_of(images))]
    answers = list(detector.detect(frames))

    for k, people in enumerate(answers):
        shown = k - 1 if k % 5 == 4 else k
        assert_allclose(people.xyxy[:, 0], [47.5 + 4 * shown], atol=0.05)


@pytest.mark.parametrize("rate", [24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 120.0])
@pytest.mark.parametrize("start_s", [0.0, 0.1, 64.0, 3599.96])
def test_looks_are_compared_with_those_nearest_to_three_tenths_of_a_second(rate: float, start_s: float) -> None:
    moments = [m for m in looks_around(later(still(round(2 * rate), rate), 0, start_s)) if m]
    middle = moments[len(moments) // 2]
    before, after = others(middle)

    assert before is not None
    assert after is not None
    assert abs(before + 0.3) <= 0.5 / rate + 1e-4
    assert abs(after - 0.3) <= 0.5 / rate + 1e-4
    assert others(moments[0])[0] is None
    assert others(moments[-1])[1] is None


@pytest.mark.parametrize("apart_s", [0.04, 0.1, 0.12, 0.2, 0.5, 0.6])
def test_what_is_compared_does_not_hang_on_the_clock(apart_s: float) -> None:
    frames = [replace(f, time_s=k * apart_s) for k, f in enumerate(still(12))]
    at_start = [others(m) for m in looks_around(frames) if m]

    for start_s in (0.1, 7.3, 64.0, 1000.04, 7199.97):
        assert [others(m) for m in looks_around(later(frames, 9, start_s)) if m] == at_start


def test_moments_too_near_or_too_far_are_not_compared() -> None:
    frames = [replace(f, time_s=t) for f, t in zip(still(4), [0.0, 0.05, 0.7, 1.5], strict=True)]

    assert [others(m) for m in looks_around(frames) if m] == [(None, None)] * 4


def test_irregular_times_find_the_nearest() -> None:
    times = [0.0, 0.04, 0.33, 0.35, 0.58, 0.95, 1.0]
    frames = [replace(f, time_s=t) for f, t in zip(still(7), times, strict=True)]
    found = [others(m) for m in looks_around(frames) if m]

    assert found == [
        (None, 0.33),
        (None, 0.29),
        (-0.29, 0.25),
        (-0.31, 0.23),
        (-0.25, 0.37),
        (-0.37, None),
        (-0.42, None),
    ]


def test_looks_and_repeats_come_in_order() -> None:
    frames = [replace(f, repeated=k in (0, 3, 4, 7)) for k, f in enumerate(still(8))]
    found = list(looks_around(frames))

    # The first frame of a segment has nothing to repeat.
    assert [m is None for m in found] == [False, False, False, True, True, False, False, True]
    assert [round(m.look.time_s * 25) for m in found if m] == [0, 1, 2, 5, 6]


@pytest.mark.parametrize("rate", [25.0, 50.0])
def test_it_reads_ahead_by_a_third_of_a_second_and_no_more(rate: float) -> None:
    read = 0

    def endless() -> Iterator[Frame]:
        nonlocal read
        image = np.zeros((18, 32, 3), np.uint8)
        for k in count():
            read += 1
            yield Frame(k, k / rate, image)

    for answered, _ in enumerate(islice(looks_around(endless()), 200), 1):
        assert read - answered <= 0.3 * rate + 1


def test_what_it_keeps_does_not_grow() -> None:
    moments = looks_around(Frame(k, k / 50, np.zeros((18, 32, 3), np.uint8), repeated=k % 3 == 2) for k in count())
    for _ in islice(moments, 400):
        pass
    near = moments.gi_frame.f_locals["near"]  # type: ignore[attr-defined]

    assert len(near) <= 0.9 * 50 + 2


def test_a_stream_of_repeats_alone_is_answered() -> None:
    detector = detector_of(measuring_network(), min_score=0.6)
    image = bright((320, 180), (48, 48, 72, 84))
    answers = list(detector.detect(frames_of([image] * 30, repeated=True)))

    assert len(answers) == 30
    assert all(len(people.score) == 1 for people in answers)


def test_every_frame_is_looked_at_without_key_frames() -> None:
    frames = frames_of([bright((320, 180), (48, 48, 72, 84)) if k == 4 else bright((320, 180)) for k in range(9)])
    counts = [len(p.score) for p in detector_of(measuring_network(), min_score=0.6, key_every_s=0).detect(frames)]

    assert counts == [0, 0, 0, 0, 1, 0, 0, 0, 0]


def test_a_weak_score_is_nobody() -> None:
    half = bright((320, 180), (48, 48, 72, 84)) // 2
    content = measuring_network()

    assert len(next(detector_of(content, min_score=0.45).detect(frames_of([half]))).score) > 0
    assert len(next(detector_of(content, min_score=0.55).detect(frames_of([half]))).score) == 0


def test_the_stand_in_finds_drawn_people() -> None:
    image, box = draw_person(ground((320, 180)), (160, 140), 45)
    (people,) = network_person_detector().detect(frames_of([image]))

    assert len(people.score) >= 1
    assert (people.xyxy[0, :2] > box[:2] - 12).all()
    assert (people.xyxy[0, 2:] < box[2:] + 12).all()


def test_the_shipped_network_is_the_default() -> None:
    detector = NetworkPersonDetector(threads=1, device="cpu")
    answers = list(detector.detect(frames_of([ground((320, 180))] * 2)))

    assert len(str(detector.weights_sha256)) == 64
    assert len(answers) == 2
    assert NetworkPersonDetector(weights_sha256=detector.weights_sha256, threads=1) == replace(detector, device="auto")
    assert len(files("tennalytix.models").joinpath(EMBEDDED).read_bytes()) < 5_000_000


def test_on_a_processor_the_shipped_network_calculates_in_bytes() -> None:
    detector = NetworkPersonDetector(threads=1, device="cpu")
    content = files("tennalytix.models").joinpath(EMBEDDED_INT8).read_bytes()

    assert detector.weights_sha256 == hashlib.sha256(content).hexdigest()
    assert len(content) < 1_500_000


def test_on_a_cuda_device_the_shipped_network_calculates_in_floats(monkeypatch: pytest.MonkeyPatch) -> None:
    # The choice alone: without such a device nothing can run there.
    monkeypatch.setattr(people_network, "may_run_on_cuda", lambda device: True)
    chosen = []
    for started in (True, False):
        monkeypatch.setattr(Network, "on_cuda", started)
        chosen.append(NetworkPersonDetector(threads=1, device="cpu").weights_sha256)

    shipped = [files("tennalytix.models").joinpath(name).read_bytes() for name in (EMBEDDED, EMBEDDED_INT8)]
    assert chosen == [hashlib.sha256(content).hexdigest() for content in shipped]


def test_the_digest_of_ones_own_network_is_kept(tmp_path: Path) -> None:
    options = stored(measuring_network(), tmp_path)

    assert NetworkPersonDetector(**options, threads=1).weights_sha256 == options["weights_sha256"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_score": 0.0}, r"^min_score must lie between 0 and 1, got 0\.0\."),
        ({"min_score": 1.0}, r"^min_score must lie between 0 and 1, got 1\.0\."),
        ({"key_every_s": -0.1}, r"^key_every_s must not be negative, got -0\.1\. Use 0 for every frame\."),
        ({"threads": -1}, r"^threads must not be negative, got -1\. Use 0 for all cores\."),
        ({"device": "tpu"}, r"^device must be one of auto, cpu, cuda, got 'tpu'\."),
        ({"weights": "x.onnx"}, r"^weights_sha256 must be the digest of x\.onnx, got none\. Run: sha256sum x\.onnx"),
        ({"weights_sha256": "0f" * 32}, r"^weights_sha256 must be left out for the shipped network, got 0f0f"),
    ],
)
def test_bad_options_are_one_sentence(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NetworkPersonDetector(**options)


def test_a_file_that_is_missing_or_another_is_refused(tmp_path: Path) -> None:
    options = stored(measuring_network(), tmp_path)

    with pytest.raises(FileNotFoundError, match=r"none\.onnx"):
        NetworkPersonDetector(weights=str(tmp_path / "none.onnx"), weights_sha256="0" * 64)
    with pytest.raises(ValueError, match="sha256"):
        NetworkPersonDetector(weights=options["weights"], weights_sha256="0" * 64)


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"must be a whole ONNX file"):
        NetworkPersonDetector(**stored(measuring_network()[:3000], tmp_path))


def test_a_network_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"must take \(any, 3, any, any\) and \(any, 2, any, any\), got \(1, 3, 4, 6\)"
    ):
        NetworkPersonDetector(**stored(network(), tmp_path))


def test_no_frames_give_no_answers(measuring: NetworkPersonDetector) -> None:
    answers: list[People] = list(measuring.detect([]))

    assert answers == []
