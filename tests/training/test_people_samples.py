import io

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bright_people import crowd, sample_with
from drawn_frames import draw_person, frames_of, ground
from tennalytix.detectors.people_network_input import difference, look_at
from tennalytix.training.people_samples import pack_sample, samples_from_bytes, samples_to_bytes

NOBODY = sample_with([], index=7)
GARBAGE = [
    b"",
    b"no samples",
    samples_to_bytes(crowd(2, "x"))[:-300],
    samples_to_bytes(crowd(2, "x"))[:2000],
]


def array_file(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "samples",
    [crowd(3, "final"), [], [NOBODY], [*crowd(1, "a"), NOBODY, *crowd(2, "b")]],
    ids=["some", "none", "nobody", "both"],
)
def test_samples_survive_storage(samples: list) -> None:
    back = samples_from_bytes(samples_to_bytes(samples))

    assert [(s.source, s.frame_index) for s in back] == [(s.source, s.frame_index) for s in samples]
    for a, b in zip(back, samples, strict=True):
        for name in ("image", "motion", "xyxy", "ignored"):
            assert np.array_equal(getattr(a, name), getattr(b, name))
            assert getattr(a, name).dtype == getattr(b, name).dtype


def test_the_same_samples_are_the_same_bytes() -> None:
    assert samples_to_bytes(crowd(2, "final")) == samples_to_bytes(iter(crowd(2, "final")))


@pytest.mark.parametrize("data", [*GARBAGE, array_file(source=np.zeros(3))], ids=range(5))
def test_another_file_is_one_sentence(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^samples must be a file that the training pipeline wrote, got "):
        samples_from_bytes(data)


def test_a_bare_array_is_one_sentence() -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))

    with pytest.raises(ValueError, match=r"^samples must be a file that the training pipeline wrote, got "):
        samples_from_bytes(buffer.getvalue())


def test_nothing_in_a_file_is_unpickled() -> None:
    with pytest.raises(ValueError, match=r"^samples must be a file that the training pipeline wrote, got "):
        samples_from_bytes(array_file(source=np.array([{"a": 1}], dtype=object)))


@pytest.mark.parametrize("size_wh", [(640, 360), (162, 94)])
def test_pictures_come_back_as_the_network_sees_them(size_wh: tuple[int, int]) -> None:
    first, box = draw_person(ground(size_wh), (40, 80), 40)
    second, _ = draw_person(ground(size_wh), (60, 80), 40)
    looks = [look_at(frame) for frame in frames_of([first, second])]
    packed = pack_sample("final", 1, looks[0], (None, looks[1]), box[None], np.zeros(1, bool))
    image, motion = packed.pictures()

    assert image.shape == looks[0].image.shape
    assert np.abs(image.astype(float) - looks[0].image).mean() < 2.5
    assert motion.shape == (2, *looks[0].luma.shape)
    assert motion[0].max() <= 8
    assert np.abs(motion[1].astype(float) - difference(looks[0], looks[1])).mean() < 2.5
    assert_allclose(packed.xyxy, box[None])
