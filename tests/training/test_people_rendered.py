from itertools import count

import numpy as np
import pytest

from tennalytix.synthetic.render import render_rally
from tennalytix.synthetic.scenery import random_options
from tennalytix.training import people_rendered
from tennalytix.training.people_rendered import sample_rendered
from tennalytix.training.people_samples import PersonSample, samples_to_bytes

SEED = 22
"""A small picture with few people and a camera that moves."""


@pytest.fixture(scope="module")
def samples() -> list[PersonSample]:
    return list(sample_rendered(SEED, 2))


def test_the_same_seed_gives_the_same_samples(samples: list[PersonSample]) -> None:
    assert samples_to_bytes(sample_rendered(SEED, 2)) == samples_to_bytes(samples)


def test_samples_name_their_scene_and_rise(samples: list[PersonSample]) -> None:
    assert {s.source for s in samples} == {f"rendered_{SEED:05d}"}
    assert samples[0].frame_index < samples[1].frame_index


def test_boxes_are_the_truth_in_pixels_of_the_networks_picture(samples: list[PersonSample]) -> None:
    rally = render_rally(random_options(SEED))
    for sample in samples:
        image, _ = sample.pictures()
        truth = rally.frame_truth(sample.frame_index)
        scale = image.shape[1] / rally.options.size_wh[0]
        people = [*truth.players, *truth.others]

        assert image.shape[:2] == (540, 960)
        for person, box, ignored in zip(people, sample.xyxy, sample.ignored, strict=False):
            assert np.allclose((person.xyxy + 0.5) * scale - 0.5, box)
            assert ignored == (person.visible_share < 0.5)
        assert len(people) > 0


def test_people_look_unlike_what_is_around_them(samples: list[PersonSample]) -> None:
    for sample in samples:
        image, _ = sample.pictures()
        for x1, y1, x2, y2 in sample.xyxy[~sample.ignored].round().astype(int):
            body = image[max(y1, 0) : y2, max(x1, 0) : x2].reshape(-1, 3).astype(float)
            wide = image[max(y1 - 10, 0) : y2 + 10, max(x1 - 25, 0) : x2 + 25].reshape(-1, 3).astype(float)
            assert body.std(axis=0).sum() > 1.2 * wide.std(axis=0).sum() or body.std(axis=0).sum() > 40


def test_the_cameras_motion_is_taken_out(samples: list[PersonSample]) -> None:
    # The camera pans or shakes, yet the ground hardly differs.
    assert random_options(SEED).moves
    for sample in samples:
        _, motion = sample.pictures()
        assert np.median(motion) <= 12


def test_stands_are_neither_right_nor_wrong() -> None:
    # The first scene with spectators on stands; nothing but its truth is drawn small.
    for seed in count():
        options = random_options(seed, size_wh=(320, 180))
        if options.venue == "stadium" and options.crowd_share > 0.5 and not options.moves:
            break
    truth = render_rally(options).frame_truth(0)
    xyxy, ignored = people_rendered._people(truth, options.size_wh)
    listed = len(truth.players) + len(truth.others)

    assert len(xyxy) > listed
    assert ignored[listed:].all()
