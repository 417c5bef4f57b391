from collections.abc import Iterator

import numpy as np
import pytest

from tennalytix.cutting.changes import find_changes

STEP_S = 0.04
RNG_SEED = 4


def scenes(count: int, seed: int = RNG_SEED) -> Iterator[np.ndarray]:
    """Unlike pictures of 32x18 points with soft edges, as thumbnails are."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        coarse = rng.uniform(20, 235, (6, 8, 3))
        yield np.kron(coarse, np.ones((3, 4, 1)))


def video(*parts: np.ndarray, noise: float = 1.0) -> np.ndarray:
    frames = np.concatenate(parts)
    frames = frames + np.random.default_rng(1).normal(0, noise, frames.shape)
    return np.clip(frames, 0, 255).astype(np.uint8)


def still(scene: np.ndarray, count: int) -> np.ndarray:
    return np.repeat(scene[None], count, axis=0)


def dissolve(a: np.ndarray, b: np.ndarray, count: int) -> np.ndarray:
    share = (np.arange(1, count + 1) / (count + 1))[:, None, None, None]
    return (1 - share) * a + share * b


def wipe(a: np.ndarray, b: np.ndarray, count: int) -> np.ndarray:
    edge = np.linspace(0, 32, count + 2)[1:-1, None]
    return np.where((np.arange(32) < edge)[:, None, :, None], b, a)


def test_a_cut_is_found_on_its_frame() -> None:
    a, b = scenes(2)

    (change,) = find_changes(video(still(a, 40), still(b, 40)), STEP_S)

    assert (change.before, change.row, change.after, change.kind) == (39, 40, 40, "cut")


@pytest.mark.parametrize("count", [6, 12, 24])
@pytest.mark.parametrize(("way", "kind"), [(dissolve, "dissolve"), (wipe, "wipe")])
def test_a_gradual_change_is_found_once_in_its_middle(count: int, way, kind: str) -> None:
    a, b = scenes(2)

    (change,) = find_changes(video(still(a, 60), way(a, b, count), still(b, 60)), STEP_S)

    assert abs(change.row - (60 + count / 2)) <= 3
    assert change.kind == kind
    assert 57 <= change.before <= 60 + count / 3
    assert 60 + count * 2 / 3 - 1 <= change.after <= 63 + count


def test_a_fade_through_black_is_one_change_at_its_darkest() -> None:
    a, b = scenes(2)
    black = np.full_like(a, 128)
    black[..., 0] = 16
    fade = (dissolve(a, black, 9), still(black, 2), dissolve(black, b, 9))

    (change,) = find_changes(video(still(a, 60), *fade, still(b, 60)), STEP_S)

    assert abs(change.row - 70) <= 2
    assert change.kind == "fade"


@pytest.mark.parametrize("frames", [1, 2, 4])
def test_a_flash_is_no_change(frames: int) -> None:
    a = next(scenes(1))

    assert find_changes(video(still(a, 40), still(0.3 * a + 170, frames), still(a, 40)), STEP_S) == []


def test_a_picture_that_gets_brighter_is_the_same() -> None:
    a = next(scenes(1))

    assert find_changes(video(still(0.4 * a, 40), dissolve(0.4 * a, a, 10), still(a, 40)), STEP_S) == []


def test_a_caption_is_no_change() -> None:
    a = next(scenes(1))
    b = a.copy()
    b[13:17, 2:20] = 250

    assert find_changes(video(still(a, 40), still(b, 40)), STEP_S) == []


def test_a_pan_is_no_change() -> None:
    wide = np.concatenate(list(scenes(6)), axis=1)
    pan = np.stack([wide[:, i : i + 32] for i in range(100)])

    assert find_changes(video(pan), STEP_S) == []


def test_frames_that_repeat_make_no_change() -> None:
    wide = np.concatenate(list(scenes(3)), axis=1)
    slow = np.repeat(np.stack([wide[:, i : i + 32] for i in range(40)]), 2, axis=0)

    assert find_changes(video(slow), STEP_S) == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_shortest_videos_have_no_changes(count: int) -> None:
    assert find_changes(np.zeros((count, 18, 32, 3), np.uint8), STEP_S) == []
