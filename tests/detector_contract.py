"""What holds for every detector that maps a stream of frames to a stream of answers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import count, islice
from typing import Any, Protocol

import numpy as np

from drawn_frames import frames_of, ground, later
from tennalytix.video.frame import Frame


class Moving(Protocol):
    """Frames that show what is looked for in motion."""

    def __call__(self, size_wh: tuple[int, int], frames: int = ..., seed: int = ...) -> list[Frame]: ...


def noise(size_wh: tuple[int, int], frames: int = 8) -> list[Frame]:
    rng = np.random.default_rng(3)
    return frames_of(rng.integers(0, 256, (size_wh[1], size_wh[0], 3), dtype=np.uint8) for _ in range(frames))


def grey(size_wh: tuple[int, int], level: int, frames: int = 8) -> list[Frame]:
    return frames_of(np.full((size_wh[1], size_wh[0], 3), level, np.uint8) for _ in range(frames))


def every_fifth_repeats(frames: Sequence[Frame]) -> list[Frame]:
    """As 25 frames a second become 30, nearly."""
    return [replace(f, repeated=k % 5 == 4) for k, f in enumerate(frames)]


def scenes_of(moving: Moving) -> dict[str, Callable[[], list[Frame]]]:
    """Scenes of all kinds, with and without what is looked for."""
    return {
        "moving": lambda: moving((320, 180)),
        "portrait": lambda: moving((180, 320)),
        "odd size": lambda: moving((161, 93)),
        "wide": lambda: moving((400, 60)),
        "noise": lambda: noise((160, 90), 4),
        "black": lambda: grey((160, 90), 0),
        "grey": lambda: grey((160, 90), 128),
        "white": lambda: grey((160, 90), 255),
        "one frame": lambda: moving((320, 180), frames=1),
        "two frames": lambda: moving((320, 180), frames=2),
        "repeats": lambda: every_fifth_repeats(moving((320, 180))),
        "all repeat": lambda: [replace(f, repeated=True) for f in grey((160, 90), 90)],
        "cuts": lambda: [*moving((160, 90), 6), *later(moving((160, 90), 6, seed=5), 6, 0.24, segment=1)],
        "a frame a shot": lambda: [replace(f, segment=k) for k, f in enumerate(moving((160, 90), 5))],
        "tiny": lambda: grey((8, 8), 60, 4),
        "one pixel": lambda: grey((1, 1), 60, 4),
    }


def same(a: Sequence[Any], b: Sequence[Any], atol: float = 0.0) -> bool:
    """Whether answers are equal, array by array."""
    return len(a) == len(b) and all(
        np.shape(x) == np.shape(y) and np.allclose(x, y, rtol=0, atol=atol)
        for one, other in zip(a, b, strict=True)
        for x, y in ((getattr(one, part.name), getattr(other, part.name)) for part in fields(one))
    )


class StreamContract:
    """Classes that inherit from this give the fixtures `detector` and `scene`, and what makes scenes, as `moving`."""

    moving: Moving

    def test_the_same_frames_twice_give_the_same_answers(self, detector: Any, scene: list[Frame]) -> None:
        assert same(list(detector.detect(scene)), list(detector.detect(scene)))

    def test_no_frames_give_no_answers(self, detector: Any) -> None:
        assert list(detector.detect([])) == []

    def test_answers_do_not_depend_on_where_in_a_video_the_frames_are(self, detector: Any) -> None:
        frames = self.moving((320, 180))

        # Later times are rounded more coarsely.
        assert same(list(detector.detect(frames)), list(detector.detect(later(frames, 1000, 64.0))), atol=1e-9)

    def test_a_cut_makes_it_forget(self, detector: Any) -> None:
        first, second = self.moving((320, 180)), self.moving((320, 180), seed=5)
        cut = later(second, len(first), 0.64, segment=1)

        assert same(list(detector.detect([*first, *cut]))[len(first) :], list(detector.detect(cut)))

    def test_repeated_frames_get_the_answer_of_the_frame_before(self, detector: Any) -> None:
        answers = list(detector.detect(every_fifth_repeats(self.moving((320, 180)))))

        assert all(same([answers[k]], [answers[k - 1]]) for k in range(4, len(answers), 5))

    def test_it_answers_before_an_endless_video_ends(self, detector: Any) -> None:
        image = ground((64, 36))
        endless: Iterator[Frame] = (Frame(k, k / 25, image) for k in count())

        assert len(list(islice(detector.detect(endless), 3))) == 3
