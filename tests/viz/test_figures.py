from types import SimpleNamespace

import cv2
import numpy as np

from tennalytix.viz import palette
from tennalytix.viz.figures import court_map, court_map_png


def where(image: np.ndarray, rgb: tuple[int, int, int]) -> np.ndarray:
    return np.argwhere(np.abs(image.astype(int) - rgb).max(axis=2) < 12)


def walk(make: SimpleNamespace, role: str, y_m: float, source: str = "detected") -> list:
    box = (400, 200, 480, 380)
    steps = [make.player(role, box, source).model_copy(update={"court_xy_m": (0.1 * k - 2, y_m)}) for k in range(30)]
    return [make.frame(k, (step,)) for k, step in enumerate(steps)]


def test_near_is_below_and_far_above(make: SimpleNamespace) -> None:
    near = court_map(make.tracks(walk(make, "near", -13.0)))
    far = court_map(make.tracks(walk(make, "far", 13.0)))

    assert near.shape == (900, 450, 3)
    assert abs(where(near, palette.NEAR)[:, 0].mean() - (18 + 13) * 25) < 2
    assert abs(where(far, palette.FAR)[:, 0].mean() - (18 - 13) * 25) < 2
    assert len(where(near, palette.FAR)) == len(where(far, palette.NEAR)) == 0


def test_filled_in_ways_are_fainter_and_unknown_ones_open(make: SimpleNamespace) -> None:
    filled_in = court_map(make.tracks(walk(make, "near", -13.0, "interpolated")))
    frames = walk(make, "near", -13.0)
    gap = court_map(make.tracks([f if k % 2 else make.frame(k) for k, f in enumerate(frames)]))

    assert len(where(filled_in, palette.NEAR)) == 0
    assert not np.array_equal(filled_in, court_map(make.tracks([])))
    assert np.array_equal(gap, court_map(make.tracks([])))


def test_bounces_are_dots_and_far_ones_stay_on_the_rim(make: SimpleNamespace) -> None:
    inside, outside = make.event("bounce", 1, (0, 0)), make.event("bounce", 1, (0, 0))
    outside = outside.model_copy(update={"court_xy_m": (50.0, 5.0)})
    image = court_map(make.tracks(events=[inside]))
    rim = court_map(make.tracks(events=[outside]))

    np.testing.assert_allclose(where(image, palette.BALL).mean(axis=0), [(18 - 5) * 25, (9 + 2) * 25], atol=1.5)
    assert len(where(rim, palette.BALL)) > 20


def test_png_holds_the_same_picture(make: SimpleNamespace) -> None:
    tracks = make.tracks(walk(make, "near", -13.0))
    decoded = cv2.imdecode(np.frombuffer(court_map_png(tracks), np.uint8), cv2.IMREAD_COLOR)

    assert np.array_equal(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), court_map(tracks))
