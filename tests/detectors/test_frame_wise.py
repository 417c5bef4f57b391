from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from drawn_frames import frames_of
from tennalytix.detectors.base import People
from tennalytix.detectors.frame_wise import detect_each
from tennalytix.video.frame import Frame


def numbered(repeated: Sequence[bool]) -> list[Frame]:
    """Frames that show their number."""
    frames = frames_of(np.full((4, 6, 3), k, np.uint8) for k in range(len(repeated)))
    return [replace(frame, repeated=r) for frame, r in zip(frames, repeated, strict=True)]


class Finder:
    """One person whose score is a hundredth of the number shown."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def find(self, images: Sequence[NDArray[np.uint8]]) -> list[People]:
        self.batches.append([int(image[0, 0, 0]) for image in images])
        return [People(np.array([[0.0, 0.0, 1.0, 1.0]]), np.array([n / 100])) for n in self.batches[-1]]


def shown(answers: Sequence[People]) -> list[int]:
    return [round(100 * float(people.score[0])) for people in answers]


@given(st.lists(st.booleans(), max_size=24), st.integers(1, 7))
def test_every_frame_gets_the_answer_for_the_last_fresh_image(repeated: list[bool], batch_size: int) -> None:
    finder, last, expected = Finder(), 0, []
    for k, repeats in enumerate(repeated):
        last = last if repeats and k else k
        expected.append(last)

    assert shown(list(detect_each(numbered(repeated), finder.find, batch_size))) == expected

    fresh = sorted(set(expected))
    assert finder.batches == [fresh[k : k + batch_size] for k in range(0, len(fresh), batch_size)]


def test_it_reads_no_further_than_a_batch() -> None:
    read: list[int] = []

    def endless() -> Iterator[Frame]:
        for k in count():
            read.append(k)
            yield Frame(k, k / 25, np.zeros((4, 6, 3), np.uint8))

    answers = detect_each(endless(), Finder().find, 3)

    assert len(list(islice(answers, 1))) == 1
    assert read == [0, 1, 2]


def test_a_batch_has_at_least_one_image() -> None:
    with pytest.raises(ValueError, match="batch_size must be positive, got 0"):
        detect_each([], Finder().find, 0)
