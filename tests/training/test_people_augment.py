from collections import Counter

import numpy as np
import pytest

from bright_people import crowd, sample_with
from tennalytix.training.people_augment import Crop, random_crop
from tennalytix.training.people_samples import PersonSample

SEEDS = range(60)
ONE = sample_with([(140, 70, 180, 130)], level=255)


def crop_of(seed: int, sample: PersonSample = ONE, size_px: int = 128) -> Crop:
    return random_crop(sample, size_px, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def crops() -> list[Crop]:
    return [crop_of(seed) for seed in SEEDS]


def seen_box(bright: np.ndarray) -> np.ndarray:
    """Edges of a bright rectangle that may be turned a little: the middles of its sides."""
    columns, rows = (np.flatnonzero(line > line.max() / 2) for line in (bright.sum(axis=0), bright.sum(axis=1)))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) - 0.5


@pytest.mark.parametrize("size_px", [64, 128])
def test_crops_have_the_networks_form(size_px: int) -> None:
    for seed in range(10):
        crop = crop_of(seed, size_px=size_px)

        assert (crop.image.shape, crop.image.dtype) == ((size_px, size_px, 3), np.uint8)
        assert (crop.motion.shape, crop.motion.dtype) == ((2, size_px // 2, size_px // 2), np.uint8)
        assert crop.image.flags.c_contiguous
        assert len(crop.xyxy) == len(crop.ignored)
        assert (crop.xyxy >= -0.5).all()
        assert (crop.xyxy <= size_px - 0.5).all()
        assert (crop.xyxy[:, :2] < crop.xyxy[:, 2:]).all()


def test_the_same_seed_gives_the_same_crop() -> None:
    one, two = crop_of(3), crop_of(3)

    assert all(np.array_equal(getattr(one, n), getattr(two, n)) for n in ("image", "motion", "xyxy", "ignored"))
    assert not np.array_equal(one.image, crop_of(4).image)


def test_the_box_stays_around_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    # Light and borders changed at random would hide the edges: here only the geometry is looked at.
    monkeypatch.setattr("tennalytix.training.people_augment._other_light", lambda image, rng: image)
    compared = 0
    for seed in range(200):
        crop = crop_of(seed)
        whole = (crop.xyxy > 0).all() and (crop.xyxy < 127).all() and len(crop.xyxy) == 1
        if whole and (crop.image[[0, -1]].min() < 150) and crop.image[:, [0, -1]].min() < 150:
            x1, y1, x2, y2 = crop.xyxy[0].round().astype(int)
            near = np.zeros((128, 128), bool)
            near[max(y1 - 8, 0) : y2 + 8, max(x1 - 8, 0) : x2 + 8] = True
            bright = (crop.image.min(axis=2) / 255.0) * near
            assert np.abs(seen_box(bright > 0.62) - crop.xyxy[0]).max() <= 1.5, seed
            compared += 1

    assert compared > 40


def test_what_moves_lies_where_the_person_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tennalytix.training.people_augment._other_motion", lambda motion, rng: motion)
    compared = 0
    for seed in SEEDS:
        crop = crop_of(seed)
        for plane in crop.motion if len(crop.xyxy) else ():
            if plane.max() > 150:
                box = seen_box(plane > 100)
                assert np.abs((crop.xyxy[0] + 0.5) / 2 - 0.5 - box).max() <= 1.5, seed
                compared += 1

    assert compared > 60


def test_people_come_in_many_sizes(crops: list[Crop]) -> None:
    tall = np.array([c.xyxy[0, 3] - c.xyxy[0, 1] for c in crops if len(c.xyxy)])

    assert tall.min() < 35
    assert tall.max() > 80


def test_mostly_somebody_is_in_the_crop(crops: list[Crop]) -> None:
    assert np.mean([(~crop.ignored).any() for crop in crops]) > 0.6


def test_who_is_cut_to_a_rest_is_neither_right_nor_wrong() -> None:
    states = Counter()
    for seed in range(300):
        crop = crop_of(seed)
        for (x1, y1, x2, y2), ignored in zip(crop.xyxy, crop.ignored, strict=True):
            cut = x1 <= -0.5 or y1 <= -0.5 or x2 >= 127.5 or y2 >= 127.5
            states[cut, bool(ignored)] += 1

    assert states[True, True] > 0
    assert states[True, False] > 0
    assert states[False, True] == 0


def test_doubtful_people_stay_doubtful() -> None:
    sample = sample_with([(140, 70, 180, 130), (20, 20, 60, 90)], ignored=(0, 1))

    assert all(crop_of(seed, sample).ignored.all() for seed in range(20))


def test_pictures_of_nobody_can_be_cropped() -> None:
    for seed in range(10):
        assert crop_of(seed, sample_with([])).xyxy.shape == (0, 4)


def test_motion_is_left_black_now_and_then() -> None:
    black = [not crop_of(seed).motion.any() for seed in range(80)]

    assert 0.1 < np.mean(black) < 0.5


def test_tiny_people_do_not_count() -> None:
    sample = sample_with([(150, 90, 154, 96)])
    for seed in range(40):
        crop = crop_of(seed, sample)
        for box, ignored in zip(crop.xyxy, crop.ignored, strict=True):
            assert ignored or box[3] - box[1] >= 7


def test_samples_are_not_changed() -> None:
    sample = crowd(1, "toy")[0]
    before = sample.image.copy(), sample.motion.copy(), sample.xyxy.copy()
    crop_of(0, sample)

    assert all(np.array_equal(a, b) for a, b in zip(before, (sample.image, sample.motion, sample.xyxy), strict=True))
