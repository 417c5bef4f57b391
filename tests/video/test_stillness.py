import numpy as np
import pytest

from tennalytix.video.stillness import settle, shift_px

SIZE = (1280, 720)


def shifts(offsets: np.ndarray) -> np.ndarray:
    matrices = np.tile(np.eye(3), (len(offsets), 1, 1))
    matrices[:, 0, 2] = offsets
    return matrices


def settled(offsets: np.ndarray, size_wh: tuple[int, int] = SIZE, segment: np.ndarray | None = None) -> np.ndarray:
    n = len(offsets)
    segment = np.zeros(n, dtype=np.int64) if segment is None else segment
    return settle(shifts(offsets), segment, np.arange(n) / 25, size_wh)[:, 0, 2]


def test_noise_of_a_camera_at_rest_is_taken_out() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 500)

    assert not settled(noise).any()
    assert not settled(np.linspace(0, 0.4, 500)).any()


def test_single_frames_of_nonsense_do_not_make_a_motion() -> None:
    offsets = np.zeros(100)
    offsets[[20, 60]] = 30

    assert not settled(offsets).any()


def test_a_pan_is_kept_as_it_is() -> None:
    offsets = np.linspace(0, 15, 200)

    assert np.array_equal(settled(offsets), offsets)


def test_a_rest_before_and_after_a_pan_is_one_place_each() -> None:
    rng = np.random.default_rng(0)
    offsets = np.concatenate([np.zeros(80), np.linspace(0, 20, 40), np.full(80, 20.0)]) + rng.normal(0, 0.03, 200)
    result = settled(offsets)

    assert not result[:80].any()
    assert len(np.unique(result[122:])) == 1
    assert result[150] == pytest.approx(20, abs=0.05)
    assert np.array_equal(result[85:115], offsets[85:115])


def test_limits_grow_with_the_picture() -> None:
    offsets = np.linspace(0, 0.8, 100)

    assert settled(offsets, (1280, 720)).any()
    assert not settled(offsets, (2560, 1440)).any()


def test_segments_are_judged_one_by_one() -> None:
    offsets = np.concatenate([np.zeros(50) + 0.1, np.linspace(0, 9, 50), np.zeros(1)])
    segment = np.repeat([0, 1, 2], [50, 50, 1])
    result = settled(offsets, segment=segment)

    assert not result[:50].any()
    assert np.array_equal(result[50:], offsets[50:])


def test_shift_is_a_distance() -> None:
    a, b = shifts(np.array([0.0, 3.0])), shifts(np.array([4.0, 4.0]))

    assert shift_px(a, b, SIZE) == pytest.approx([4, 1])
    assert shift_px(a, np.eye(3), SIZE) == pytest.approx([0, 3])
    assert np.isinf(shift_px(np.zeros((3, 3)), np.eye(3), SIZE)).all()
