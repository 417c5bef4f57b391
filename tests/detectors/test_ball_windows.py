import gc
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tennalytix.detectors.ball_heatmap import Placement
from tennalytix.detectors.ball_windows import Windows, check_options, detect_in_windows, to_and_fro
from tennalytix.detectors.base import BallCandidates
from tennalytix.video.frame import Frame

ALL, SLIDING, NEWEST = Windows(3, 3), Windows(3, 1), Windows(3, 1, newest_only=True)
PLANS = [ALL, SLIDING, NEWEST, Windows(3, 2), Windows(1, 1), Windows(5, 2), Windows(5, 1, newest_only=True)]
plans = pytest.mark.parametrize("plan", PLANS, ids=str)


def film(*shots: str) -> list[Frame]:
    """`film("ab.c", "d")`: a letter is a fresh frame that shows it, a dot repeats it; every text is a segment."""
    frames: list[Frame] = []
    for segment, shot in enumerate(shots):
        shown = ord(shot[0])
        for k, letter in enumerate(shot):
            shown = shown if letter == "." else ord(letter)
            image = np.full((1, 1, 3), shown, np.uint8)
            frames.append(Frame(len(frames), len(frames) / 25, image, letter == "." and k > 0, segment))
    return frames


@dataclass
class Network:
    """Answers for a frame with the letters of the window, and where in it the frame was."""

    plan: Windows
    windows: list[str] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    def see(self, image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Placement]:
        return image.copy(), Placement((1000, 1000), (1.0, 1.0), (0.0, 0.0))

    def look(self, windows: Sequence[Sequence[NDArray[np.uint8]]]) -> NDArray[np.float32]:
        self.batches.append(len(windows))
        self.windows += ["".join(chr(image[0, 0, 0]) for image in window) for window in windows]
        shown = range(self.plan.length)[-1:] if self.plan.newest_only else range(self.plan.length)
        return np.array([[[[window[k][0, 0, 0], k]] for k in shown] for window in windows], dtype=np.float32)

    def read(self, heatmap: NDArray[np.float32], _placement: Placement) -> BallCandidates:
        # Far apart, so that pooling keeps all; the later in its window, the better.
        letter, row = heatmap[0]
        return BallCandidates(np.array([[letter, 10.0 * row]]), np.array([0.5 + row / 100]))

    def answers(self, frames: Iterator[Frame] | list[Frame], batch_size: int = 1) -> Iterator[BallCandidates]:
        return detect_in_windows(
            frames,
            see=self.see,
            look=self.look,
            read=self.read,
            windows=self.plan,
            max_candidates=8,
            batch_size=batch_size,
        )


def letters(answers: list[BallCandidates]) -> str:
    return "".join(chr(int(a.xy[0, 0])) for a in answers)


# --- which windows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "shots", "windows"),
    [
        (ALL, ["abcdef"], ["abc", "def"]),
        (ALL, ["abcde"], ["abc", "cde"]),
        (ALL, ["abcd"], ["abc", "bcd"]),
        (ALL, ["ab"], ["aba"]),
        (ALL, ["a"], ["aaa"]),
        (ALL, ["abc", "defg"], ["abc", "def", "efg"]),
        (ALL, ["ab.c..d"], ["abc", "bcd"]),
        (SLIDING, ["abcde"], ["abc", "bcd", "cde"]),
        (SLIDING, ["ab", "cdef"], ["aba", "cde", "def"]),
        (Windows(3, 2), ["abcdef"], ["abc", "cde", "def"]),
        (NEWEST, ["abcde"], ["abc", "cba", "bcd", "dcb", "cde"]),
        (NEWEST, ["abc"], ["abc", "cba", "bcb"]),
        (NEWEST, ["ab"], ["aba", "bab"]),
        (NEWEST, ["a", "b"], ["aaa", "bbb"]),
        (NEWEST, ["ab.c", "d.efg"], ["abc", "cba", "bcb", "def", "fed", "efg", "gfe"]),
        (Windows(1, 1), ["ab.c"], ["a", "b", "c"]),
    ],
)
def test_windows_show_consecutive_fresh_frames_of_one_segment(
    plan: Windows, shots: list[str], windows: list[str]
) -> None:
    network = Network(plan)
    list(network.answers(film(*shots)))

    assert network.windows == windows


@pytest.mark.parametrize(("row", "shown"), list(enumerate("abcdcbabcd")))
def test_a_short_segment_is_played_to_and_fro(row: int, shown: str) -> None:
    assert "abcd"[to_and_fro(row, 4)] == shown
    assert to_and_fro(row, 1) == 0


# --- the answers -----------------------------------------------------------------------------------------------------

shots = st.lists(st.text("ab.", min_size=1, max_size=12), max_size=4)


@settings(deadline=None, max_examples=150)
@given(shots=shots, plan=st.sampled_from(PLANS), batch_size=st.integers(1, 4))
def test_every_frame_is_answered_for_itself_in_order(shots: list[str], plan: Windows, batch_size: int) -> None:
    network, frames = Network(plan), film(*shots)
    answers = list(network.answers(frames, batch_size))

    assert letters(answers) == "".join(chr(frame.image[0, 0, 0]) for frame in frames)


@settings(deadline=None, max_examples=60)
@given(shots=shots, plan=st.sampled_from(PLANS), batch_size=st.integers(2, 4))
def test_batches_change_nothing_but_their_number(shots: list[str], plan: Windows, batch_size: int) -> None:
    one, many = Network(plan), Network(plan)
    single, batched = list(one.answers(film(*shots))), list(many.answers(film(*shots), batch_size))

    assert one.windows == many.windows
    assert all(np.array_equal(a.xy, b.xy) for a, b in zip(single, batched, strict=True))
    assert max(many.batches, default=0) <= batch_size


@plans
def test_a_repeated_frame_gets_the_very_answer_of_the_frame_before(plan: Windows) -> None:
    answers = list(Network(plan).answers(film("ab.cd..ef.")))

    assert [answers[i] is answers[i - 1] for i in range(1, 10)] == [i in (2, 5, 6, 9) for i in range(1, 10)]


@plans
def test_a_cut_makes_it_forget(plan: Windows) -> None:
    alone, after = Network(plan), Network(plan)
    fresh, cut = list(alone.answers(film("cdefg"))), list(after.answers(film("ab.a", "cdefg")))[4:]

    assert all(np.array_equal(a.xy, b.xy) for a, b in zip(fresh, cut, strict=True))
    assert after.windows[-len(alone.windows) :] == alone.windows


def test_a_frame_that_several_windows_show_gets_all_their_candidates_best_first() -> None:
    answers = list(Network(SLIDING).answers(film("abcde")))

    assert [len(a.score) for a in answers] == [1, 2, 3, 2, 1]
    assert answers[2].xy[:, 1].tolist() == [20.0, 10.0, 0.0]
    assert (np.diff(answers[2].score) < 0).all()


@pytest.mark.parametrize(("scale", "left"), [(1.0, 3), (0.1, 1)])
def test_candidates_of_several_windows_nearer_than_a_ball_are_one(scale: float, left: int) -> None:
    network = Network(SLIDING)
    answers = detect_in_windows(
        film("abcde"),
        see=lambda image: (image, Placement((1000, 1000), (scale, scale), (0.0, 0.0))),
        look=network.look,
        read=network.read,
        windows=SLIDING,
        max_candidates=8,
    )

    assert len(list(answers)[2].score) == left


def test_no_more_candidates_are_pooled_than_asked_for() -> None:
    network = Network(SLIDING)
    answers = detect_in_windows(
        film("abcde"), see=network.see, look=network.look, read=network.read, windows=SLIDING, max_candidates=2
    )

    assert [len(a.score) for a in answers] == [1, 2, 2, 2, 1]


# --- a stream --------------------------------------------------------------------------------------------------------


@plans
@pytest.mark.parametrize("batch_size", [1, 3])
def test_it_reads_ahead_by_a_bounded_number_of_frames_and_keeps_few(plan: Windows, batch_size: int) -> None:
    images: list[weakref.ref[NDArray[np.uint8]]] = []
    pulled = 0

    def endless() -> Iterator[Frame]:
        nonlocal pulled
        for k in count():
            pulled += 1
            image = np.full((1, 1, 3), k % 100, np.uint8)
            images.append(weakref.ref(image))
            yield Frame(k, k / 25, image, segment=k // 50)

    ahead, kept = [], []
    for answered, _ in enumerate(islice(Network(plan).answers(endless(), batch_size), 200)):
        ahead.append(pulled - answered)
        kept.append(sum(image() is not None for image in images[-100:]))
    gc.collect()

    assert max(ahead) <= 2 * plan.length + plan.step * batch_size
    assert max(kept) <= 3, "frames at full size are not kept"


def test_a_picture_that_stands_still_for_long_is_kept_once() -> None:
    frames = film("a" + "." * 5000)
    network = Network(ALL)

    assert letters(list(network.answers(frames))) == "a" * 5001
    assert network.windows == ["aaa"]


def test_no_frames_give_no_answers() -> None:
    network = Network(ALL)

    assert list(network.answers([])) == []
    assert network.windows == []


# --- options ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"length": 0}, "length must be positive, got 0"),
        ({"step": 0}, r"step must lie in \[1, 3\], got 0"),
        ({"step": 4}, r"step must lie in \[1, 3\], got 4"),
        ({"step": 2, "newest_only": True}, r"step must lie in \[1, 1\], got 2"),
    ],
)
def test_impossible_windows_are_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Windows(**options)  # type: ignore[arg-type]


def test_an_impossible_batch_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="batch_size must be positive, got 0"):
        Network(ALL).answers([], batch_size=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((0, 0.5, (512, 288), 1), "max_candidates must be positive, got 0"),
        ((8, 1.0, (512, 288), 1), "threshold must be at least 0 and below 1, got 1.0"),
        ((8, -0.1, (512, 288), 1), "threshold must be at least 0 and below 1, got -0.1"),
        ((8, 0.5, (512, 290), 1), r"input_wh must be two positive multiples of 8, got \(512, 290\)"),
        ((8, 0.5, [512], 1), r"input_wh must be two positive multiples of 8, got \(512,\)"),
        ((8, 0.5, (0, 288), 1), r"input_wh must be two positive multiples of 8, got \(0, 288\)"),
        ((8, 0.5, (512, 288), 0), "batch_size must be positive, got 0"),
    ],
)
def test_impossible_options_are_refused(options: tuple[int, float, Sequence[int], int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_options(*options)
