from collections.abc import Callable, Iterable

import cv2
import numpy as np
import pytest

from tennalytix.video.camera_motion import CameraFollower
from tennalytix.video.stillness import settle, shift_px

SIZE = (640, 360)
Scene = Callable[..., np.ndarray]


def canvas(scene: Scene, seed: int = 0) -> np.ndarray:
    return cv2.GaussianBlur(scene((1400, 900), seed)[..., 0], (0, 0), 1.2)


def look(
    world: np.ndarray, x: float, y: float, zoom: float = 1.0, roll_deg: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """A view of a flat world, and the matrix that takes its pixels to those of the world."""
    angle = np.deg2rad(roll_deg)
    c, s = np.cos(angle) / zoom, np.sin(angle) / zoom
    centre = np.array([(SIZE[0] - 1) / 2, (SIZE[1] - 1) / 2])
    turn = np.array([[c, -s], [s, c]])
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = turn, centre + np.array([x, y]) - turn @ centre
    return cv2.warpPerspective(world, matrix, SIZE, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), matrix


def noisy(picture: np.ndarray, seed: int, sigma: float = 3.0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, sigma, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def with_players(picture: np.ndarray, k: int) -> np.ndarray:
    crowded = picture.copy()
    for i, (x, y, w, h) in enumerate(
        [(100 + 4 * k, 200, 40, 90), (500 - 5 * k, 60, 20, 45), (300, 20 + 3 * k, 25, 50)]
    ):
        crowded[y : y + h, max(0, x) : max(0, x + w)] = 40 + 80 * i
        crowded[y : y + h : 6, max(0, x) : max(0, x + w)] = 250
    return crowded


def with_overlay(picture: np.ndarray) -> np.ndarray:
    marked = picture.copy()
    marked[310:350, 20:200] = 30
    cv2.putText(marked, "NADAL 6 4 30", (24, 338), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    cv2.putText(marked, "TENNIS", (540, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2)
    return marked


def follow(pictures: Iterable[np.ndarray], rate: float = 25) -> CameraFollower:
    follower = CameraFollower()
    for k, picture in enumerate(pictures):
        follower.feed(picture, k / rate)
    return follower


def error_px(follower: CameraFollower, truth: list[np.ndarray]) -> np.ndarray:
    expected = np.array([np.linalg.inv(truth[0]) @ matrix for matrix in truth])
    return shift_px(np.array(follower.matrices), expected, SIZE)


def settled(follower: CameraFollower) -> np.ndarray:
    n = len(follower.matrices)
    return settle(np.array(follower.matrices), np.array(follower.segments), np.arange(n) / 25, SIZE)


def test_a_still_camera_gives_exactly_the_identity_in_spite_of_noise_players_and_a_clock(scene: Scene) -> None:
    picture = look(canvas(scene), 100, 100)[0]
    pictures = []
    for k in range(60):
        shown = with_overlay(with_players(picture, k))
        cv2.putText(shown, str(k), (300, 340), cv2.FONT_HERSHEY_SIMPLEX, 1, 255, 2)
        pictures.append(noisy(shown, k))
    follower = follow(pictures)

    assert set(follower.segments) == {0}
    assert (settled(follower) == np.eye(3)).all()


@pytest.mark.parametrize(
    "path",
    [
        lambda k: (100 + 0.1 * k, 100, 1.0, 0.0),  # slow pan
        lambda k: (100 + 5 * k, 100 + 0.8 * k, 1.0, 0.0),  # fast pan, far out of the first picture
        lambda k: (100, 100, 1 + 0.008 * k, 0.0),  # zoom
        lambda k: (
            200 + 12 * np.sin(k),
            150 + 9 * np.cos(1.7 * k),
            1 + 0.01 * np.sin(k / 3),
            1.5 * np.sin(0.9 * k),
        ),  # hand
    ],
    ids=["slow pan", "fast pan", "zoom", "hand"],
)
def test_motion_is_followed_past_players_and_overlays(scene: Scene, path: Callable[[int], tuple[float, ...]]) -> None:
    world, pictures, truth = canvas(scene), [], []
    for k in range(60):
        picture, matrix = look(world, *path(k))
        pictures.append(noisy(with_overlay(with_players(picture, k)), k))
        truth.append(matrix)
    follower = follow(pictures)
    error = error_px(follower, truth)

    assert set(follower.segments) == {0}
    assert np.median(error) < 0.1
    assert error.max() < 0.5
    moved = shift_px(np.array([np.linalg.inv(truth[0]) @ matrix for matrix in truth]), np.eye(3), SIZE) > 1
    assert not (settled(follower)[moved] == np.eye(3)).all(axis=(1, 2)).any()


def test_a_turning_camera_tilts_the_picture(scene: Scene) -> None:
    """A camera that turns about its centre moves the picture by K R K^-1, which no similarity describes."""
    world, pictures, truth = canvas(scene), [], []
    calibration = np.array([[900, 0, 319.5], [0, 900, 179.5], [0, 0, 1]])
    to_world = np.array([[1, 0, 300], [0, 1, 200], [0, 0, 1.0]])
    for k in range(40):
        turn = cv2.Rodrigues(np.array([0.001 * k, 0.004 * k, 0.0]))[0]
        truth.append(to_world @ calibration @ turn @ np.linalg.inv(calibration))
        pictures.append(
            noisy(cv2.warpPerspective(world, truth[-1], SIZE, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), k)
        )
    error = error_px(follow(pictures), truth)

    assert np.median(error) < 0.15
    assert error.max() < 0.6


def test_a_cut_starts_a_segment_though_the_overlay_stays(scene: Scene) -> None:
    shots = [look(canvas(scene, seed), 100, 100)[0] for seed in (1, 2, 3)]
    follower = follow(noisy(with_overlay(shots[k // 10]), k) for k in range(30))

    assert follower.segments == [k // 10 for k in range(30)]
    assert (settled(follower) == np.eye(3)).all()


def test_a_dissolve_starts_a_segment(scene: Scene) -> None:
    before, after = (look(canvas(scene, seed), 100, 100)[0].astype(float) for seed in (1, 2))
    share = np.clip((np.arange(120) - 40) / 20, 0, 1)
    follower = follow(noisy(before * (1 - s) + after * s, k) for k, s in enumerate(share))
    segment = np.array(follower.segments)

    assert segment[:40].max() == 0
    assert segment[66:].min() == segment[66:].max() > 0
    assert (settled(follower)[66:] == np.eye(3)).all()


def test_a_flash_does_not_cut(scene: Scene) -> None:
    picture = look(canvas(scene), 100, 100)[0]
    shots = [noisy(picture, k) for k in range(40)]
    shots[20] = np.full_like(picture, 255)
    shots[30] = np.random.default_rng(0).integers(0, 255, picture.shape, dtype=np.uint8)
    follower = follow(shots)

    assert set(follower.segments) == {0}
    assert (settled(follower) == np.eye(3)).all()


def test_a_slow_change_of_light_does_not_cut(scene: Scene) -> None:
    picture = look(canvas(scene), 100, 100)[0].astype(float)
    follower = follow(noisy(picture * (0.5 + 0.5 * min(1, k / 50)), k, 1.0) for k in range(70))

    assert set(follower.segments) == {0}
    assert (settled(follower) == np.eye(3)).all()


def test_pictures_of_pure_noise_cannot_be_followed() -> None:
    rng = np.random.default_rng(0)
    follower = follow(rng.integers(0, 255, (180, 320), dtype=np.uint8) for _ in range(8))

    assert follower.segments == list(range(8))


def test_black_pictures_are_one_segment_and_what_follows_another(scene: Scene) -> None:
    black = np.zeros(SIZE[::-1], np.uint8)
    picture = look(canvas(scene), 100, 100)[0].astype(float)
    fade = [(picture * min(1, k / 30)).astype(np.uint8) for k in range(60)]
    follower = follow([*[black] * 20, *fade])

    assert set(follower.segments[:20]) == {0}
    assert follower.segments[-1] == follower.segments[30] >= 1


def test_a_long_rest_gathers_no_drift(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tennalytix.video.camera_motion.WEAK_SHARE", 2.0)  # a new key picture every time
    picture = look(canvas(scene), 100, 100)[0]
    follower = follow(noisy(picture, k) for k in range(60))

    assert shift_px(np.array(follower.matrices), np.eye(3), SIZE).max() < 0.15


def test_the_same_pictures_give_the_same_matrices(scene: Scene) -> None:
    world = canvas(scene)
    pictures = [noisy(look(world, 100 + 3 * k, 100)[0], k) for k in range(20)]
    first, second = follow(pictures), follow(pictures)

    assert np.array_equal(first.matrices, second.matrices)


@pytest.mark.parametrize("shape", [(1, 1), (9, 16), (40, 30)])
def test_tiny_pictures_do_no_harm(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    follower = follow(rng.integers(0, 255, shape, dtype=np.uint8) for _ in range(5))

    assert len(follower.segments) == len(follower.matrices) == 5
