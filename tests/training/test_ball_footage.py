from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from drawn_frames import clip_of, draw_disc, frames_of, ground, noisy
from tennalytix.core.tables import BallTable, BallTrajectory
from tennalytix.metrics.labels import BallLabels
from tennalytix.training.ball_footage import known_from_labels, known_from_track, sample_ball_clip
from tennalytix.training.ball_samples import SAMPLE_PX
from tennalytix.training.options import BallFootageOptions

SIZE = (1280, 720)
NOTHING = BallTable(np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros(0))


def track(
    xy: np.ndarray, score: float = 0.9, interpolated: tuple[int, ...] = (), index: list[int] | None = None
) -> BallTrajectory:
    rows = np.arange(len(xy)) if index is None else np.array(index)
    return BallTrajectory(rows, xy, np.full(len(xy), score), np.isin(rows, interpolated))


def straight(count: int) -> np.ndarray:
    return np.stack([100.0 + 15 * np.arange(count), 200.0 + 5 * np.arange(count)], axis=1)


class TestTrack:
    def test_balls_seen_before_and_after_are_known(self) -> None:
        known = known_from_track(track(straight(6)), SIZE, BallFootageOptions())

        assert sorted(known) == [1, 2, 3, 4]
        assert_allclose(known[2], straight(6)[2])

    def test_what_was_filled_in_is_not(self) -> None:
        known = known_from_track(track(straight(9), interpolated=(3, 4, 5)), SIZE, BallFootageOptions())

        assert sorted(known) == [1, 7]

    def test_repeated_frames_do_not_break_a_track(self) -> None:
        known = known_from_track(track(straight(5), index=[0, 1, 3, 4, 6]), SIZE, BallFootageOptions())

        assert sorted(known) == [1, 3, 4]

    def test_doubtful_scores_and_ways_are_left_out(self) -> None:
        options = BallFootageOptions(sure_score=0.5)
        jump = straight(7)
        jump[3] += 60

        assert known_from_track(track(straight(6), score=0.4), SIZE, options) == {}
        assert 3 not in known_from_track(track(jump), SIZE, options)
        assert sorted(known_from_track(track(jump), (10240, 5760), options)) == [1, 2, 3, 4, 5]

    @pytest.mark.parametrize("count", [0, 1, 2])
    def test_short_tracks_tell_nothing(self, count: int) -> None:
        assert known_from_track(track(straight(count)), SIZE, BallFootageOptions()) == {}


def test_labels_tell_where_it_is_and_where_it_is_not() -> None:
    xy = np.array([[10.0, 20], [30, 40], [50, 60], [np.nan, np.nan]])
    known = known_from_labels(BallLabels(np.array([3, 4, 5, 6]), np.array([1, 2, 3, 0]), xy, np.zeros(4, np.int64)))

    assert sorted(known) == [3, 4, 6]
    assert_allclose(known[4], [30, 40])
    assert np.isnan(known[6]).all()


def film(count: int = 8) -> list:
    empty = ground(SIZE)
    return frames_of(
        [noisy(draw_disc(empty, tuple(xy), 3, (240, 245, 120)), k) for k, xy in enumerate(straight(count))]
    )


class TestClip:
    def test_the_ball_is_where_it_is_said_to_be(self) -> None:
        known = {k: straight(8)[k] for k in (2, 3, 4)}
        samples = list(sample_ball_clip(clip_of(film()), known, NOTHING, "final"))
        balls = [s for s in samples if s.has_ball and np.abs(s.xy - 48).max() < 2]

        assert [s.frame_index for s in balls] == [2, 3, 4]
        for sample in balls:
            middle = sample.windows[2].astype(float)
            y, x = np.unravel_index(middle.argmax(), middle.shape)
            assert np.hypot(x - sample.xy[0], y - sample.xy[1]) < 2.5

    def test_false_candidates_show_none(self) -> None:
        at = straight(8)
        table = BallTable(
            np.array([3, 3, 3]), np.array([at[3] + 4, [900.0, 500], [640, 100]]), np.array([0.9, 0.8, 0.7])
        )
        samples = list(sample_ball_clip(clip_of(film()), {3: at[3]}, table, "final", BallFootageOptions(clutter=2)))

        # The ball, two candidates, and a place anywhere; the candidate on the ball is the ball.
        assert len(samples) == 4
        assert [s.has_ball for s in samples[:3]] == [True, False, False]
        assert all(s.empty for s in samples[1:3])
        assert {s.source for s in samples} == {"final"}

    def test_where_there_is_no_ball_every_candidate_is_false(self) -> None:
        table = BallTable(np.array([3]), np.array([[900.0, 500]]), np.array([0.9]))
        samples = list(sample_ball_clip(clip_of(film()), {3: np.full(2, np.nan)}, table, "final"))

        assert [s.has_ball for s in samples] == [False, False]
        assert all(s.empty for s in samples)

    def test_so_many_frames_at_most_and_no_repeated_ones(self) -> None:
        frames = [replace(frame, repeated=frame.index == 3) for frame in film()]
        known = {k: straight(8)[k] for k in range(8)}
        samples = list(sample_ball_clip(clip_of(frames), known, NOTHING, "final", BallFootageOptions(per_clip=4)))
        every = list(sample_ball_clip(clip_of(frames), known, NOTHING, "final"))

        assert len({s.frame_index for s in samples}) == 4
        assert {s.frame_index for s in every} == {0, 1, 2, 4, 5, 6, 7}

    def test_small_videos_are_enlarged_and_the_same_call_gives_the_same(self) -> None:
        small = [image.image[::2, ::2].copy() for image in film()]
        known = {3: straight(8)[3] / 2}
        one, two = (list(sample_ball_clip(clip_of(frames_of(small)), known, NOTHING, "final")) for _ in range(2))

        assert one[0].windows.shape == (7, SAMPLE_PX, SAMPLE_PX)
        for a, b in zip(one, two, strict=True):
            np.testing.assert_array_equal(a.windows, b.windows)

    def test_frames_without_knowledge_give_nothing(self) -> None:
        assert list(sample_ball_clip(clip_of(film()), {}, NOTHING, "final")) == []
