import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.metrics.counts import Counts
from tennalytix.metrics.labels import BallLabels, ClipLabels, CourtLabels, PlayerLabels
from tennalytix.metrics.options import EvaluationOptions
from tennalytix.metrics.report import ClipScores, evaluate_clip, evaluate_video, pool
from tennalytix.schema.tracks import Court, LensTerm, Tracks

TracksMaker = Callable[..., Tracks]
LENS = Lens.pinhole((1280, 720))
VIEW = Camera.look_at((0, -28, 9), (0, 0, 0), 1400, LENS).court_view()
NEAR = (100.0, 400.0, 150.0, 500.0)


def ball_labels(frames: range, hits: tuple[int, ...] = ()) -> BallLabels:
    index = np.array(frames)
    xy = np.stack([index * 10.0, index * 0.0], axis=1)
    return BallLabels(index, np.ones(len(index), np.int64), xy, np.isin(index, hits).astype(np.int64))


def player_labels(frames: range) -> PlayerLabels:
    n = len(frames)
    nothing = np.full((n, 4), np.nan)
    return PlayerLabels(np.array(frames), np.full(n, "near"), np.ones(n, np.int64), np.tile(NEAR, (n, 1)), nothing)


def court(view: CourtView) -> Court:
    lens = LensTerm(k1=0, centre=LENS.centre_xy, radius_px=LENS.radius_px)
    matrix = view.court_from_image.tolist()
    return Court(
        static=True, court_from_image=matrix, lens=lens, keypoints={}, residual_px=1, confidence=1, source="detected"
    )


@pytest.fixture
def labels() -> ClipLabels:
    return ClipLabels(
        "rally",
        ball=ball_labels(range(10, 30), hits=(20,)),
        players=player_labels(range(10, 30)),
        court=CourtLabels({0: VIEW.keypoints()}, static=True),
    )


def perfect(make_tracks: TracksMaker, frames: range) -> Tracks:
    return make_tracks(
        frames,
        balls={i: (i * 10.0, 0.0) for i in frames},
        players={i: [(1, "near", NEAR)] for i in frames},
        court=court(VIEW),
        events=[("hit", 20, 0.8)] if 20 in frames else [],
    )


def test_perfect_tracks_score_perfectly(make_tracks: TracksMaker, labels: ClipLabels) -> None:
    scores = evaluate_clip(perfect(make_tracks, range(40)), labels)

    assert scores.name == "rally"
    assert scores.ball is not None
    assert scores.ball.at(4) == Counts(20, 0, 0)
    assert scores.players is not None
    assert (scores.players.near.recall, scores.players.far.recall) == (1, None)
    assert scores.court is not None
    assert max(scores.court.errors_px) < 1e-6
    assert scores.events is not None
    assert scores.events.hit.counts == Counts(1, 0, 0)
    assert scores.events.hit.errors_s == pytest.approx((0,))


def test_empty_tracks_miss_everything(make_tracks: TracksMaker, labels: ClipLabels) -> None:
    scores = evaluate_clip(make_tracks(range(40)), labels)

    assert scores.ball is not None
    assert scores.ball.at(4) == Counts(0, 0, 20)
    assert scores.players is not None
    assert scores.players.near.recall == 0
    assert scores.court is not None
    assert scores.court.missed_frames == 1
    assert scores.events is not None
    assert scores.events.hit.counts == Counts(0, 0, 1)


def test_options_reach_the_scores(make_tracks: TracksMaker, labels: ClipLabels) -> None:
    tracks = make_tracks(
        range(40), balls={10: (100.0, 6.0), 11: (110.0, 0.0)}, interpolated=[11], events=[("hit", 23, 0)]
    )
    options = EvaluationOptions((7.0,), count_interpolated=False, event_tolerance_frames=3)
    scores = evaluate_clip(tracks, labels, options)

    assert scores.ball is not None
    assert scores.ball.counts == (Counts(1, 0, 19),)
    assert scores.events is not None
    assert scores.events.hit.counts == Counts(1, 0, 0)


def test_labels_outside_a_clip_only_count_for_the_video(make_tracks: TracksMaker, labels: ClipLabels) -> None:
    tracks = perfect(make_tracks, range(15))
    alone, video = evaluate_clip(tracks, labels), evaluate_video([tracks], labels)

    assert alone.ball is not None
    assert alone.ball.at(4) == Counts(5, 0, 0)
    assert video.ball is not None
    assert video.ball.at(4) == Counts(5, 0, 15)
    assert video.players is not None
    assert (video.players.near.found, video.players.near.visible) == (5, 20)
    assert video.events is not None
    assert video.events.hit.counts == Counts(0, 0, 1)


def test_clips_of_a_video_add_up_to_it(make_tracks: TracksMaker, labels: ClipLabels) -> None:
    halves = [perfect(make_tracks, range(18)), perfect(make_tracks, range(18, 40))]

    assert evaluate_video(halves, labels) == evaluate_clip(perfect(make_tracks, range(40)), labels)


def test_points_of_a_static_court_hold_on_the_nearest_frame_of_a_clip(
    make_tracks: TracksMaker, labels: ClipLabels
) -> None:
    scores = evaluate_video([perfect(make_tracks, range(5, 15)), make_tracks(range(15, 40))], labels)

    assert scores.court is not None
    assert (scores.court.labelled_frames, scores.court.missed_frames) == (1, 0)


def test_points_of_a_static_court_that_hold_on_one_frame_do_not_replace_one_another(
    make_tracks: TracksMaker, labels: ClipLabels
) -> None:
    points = VIEW.keypoints()
    some, rest = dict(list(points.items())[:6]), dict(list(points.items())[6:])
    wrong = {name: (x + 50, y) for name, (x, y) in some.items()}
    spread = replace(labels, court=CourtLabels({9: some, 3: rest, 0: wrong}, static=True))
    scores = evaluate_video([perfect(make_tracks, range(10, 40))], spread)

    assert scores.court is not None
    assert (scores.court.labelled_frames, len(scores.court.errors_px)) == (1, len(points))
    assert max(scores.court.errors_px) < 0.1


def test_points_of_a_moving_court_hold_on_their_frame_only(make_tracks: TracksMaker, labels: ClipLabels) -> None:
    moving = replace(labels, court=CourtLabels({0: VIEW.keypoints()}, static=False))
    scores = evaluate_video([perfect(make_tracks, range(5, 40))], moving)

    assert scores.court is not None
    assert (scores.court.labelled_frames, scores.court.missed_frames) == (1, 1)


def test_what_was_not_labelled_is_none(make_tracks: TracksMaker) -> None:
    scores = evaluate_clip(perfect(make_tracks, range(40)), ClipLabels("rally"))

    assert scores == ClipScores("rally")
    assert pool([scores]) == ClipScores("all")
    assert scores.summary() == {"ball": None, "players": None, "court": None, "events": None}


def test_pool_weighs_clips_by_their_labels(make_tracks: TracksMaker, labels: ClipLabels) -> None:
    short = replace(labels, ball=ball_labels(range(5)), players=None, court=None)
    pooled = pool(
        [evaluate_clip(perfect(make_tracks, range(40)), labels), evaluate_clip(make_tracks(range(40)), short)]
    )

    assert pooled.ball is not None
    assert pooled.ball.at(4) == Counts(20, 0, 5)
    assert pooled.players is not None
    assert pooled.players.near.visible == 20


def test_summary_is_json_without_nan(make_tracks: TracksMaker, labels: ClipLabels) -> None:
    for tracks in (perfect(make_tracks, range(40)), make_tracks(range(40)), make_tracks(range(50, 60))):
        summary = evaluate_clip(tracks, labels).summary()

        assert json.loads(json.dumps(summary, allow_nan=False)) == summary
