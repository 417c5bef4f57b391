from dataclasses import replace

import numpy as np
import pytest

from tennalytix.core.court_view import CourtTrack
from tennalytix.tracking.people_ground import Ground
from tennalytix.tracking.people_options import PlayerOptions
from tennalytix.tracking.people_stay import Heads, stay_by_head, stay_share, staying, waiting_place

OPTIONS = PlayerOptions()


def shares(scene, foot_m, position):
    ground = Ground.of(scene.court, scene.frames, 1.85)
    return stay_share(np.asarray(foot_m, dtype=float), np.asarray(position), ground, scene.frames, OPTIONS)


def test_who_stands_still_stays_and_who_runs_does_not(make_scene):
    scene = make_scene(seconds=8)
    n = np.arange(len(scene.frames))
    still = np.column_stack([np.full(len(n), 4.0), np.full(len(n), 18.5)])
    runs = np.column_stack([np.linspace(-5, 5, len(n)), np.full(len(n), 13.0)])

    share = shares(scene, np.concatenate([still, runs]), np.concatenate([n, n]))

    assert share[: len(n)].min() == 1
    assert share[len(n) :].max() < 0.35


def test_missed_boxes_and_broken_tracks_do_not_matter(make_scene):
    scene = make_scene(seconds=8)
    seen = np.flatnonzero(np.random.default_rng(0).random(len(scene.frames)) < 0.3)

    share = shares(scene, np.tile([4.0, 18.5], (len(seen), 1)), seen)

    assert staying(share).min() == 1


def test_only_the_time_around_a_box_counts(make_scene):
    scene = make_scene(seconds=60)
    n = np.arange(len(scene.frames))
    foot_m = np.where(n[:, None] < len(n) / 2, [[4.0, 18.5]], [[-3.0, 12.0]])

    share = shares(scene, foot_m, n)

    assert share[[0, len(n) // 4, -1]].tolist() == [1, 1, 1]
    assert share[len(n) // 2] == pytest.approx(0.5, abs=0.05)


def test_nobody_and_no_court(make_scene):
    scene = make_scene()
    ground = Ground.of(CourtTrack(), scene.frames, 1.85)

    share = stay_share(np.array([[0.0, 12.0]]), np.array([3]), ground, scene.frames, OPTIONS)

    assert len(shares(scene, np.zeros((0, 2)), np.zeros(0, dtype=np.int64))) == 0
    assert np.isfinite(share).all()


@pytest.mark.parametrize(
    ("place_m", "waits"),
    [
        ((0, -12.2), True),
        ((3.5, 15.5), True),
        ((0, 2), True),
        ((4, 18.5), False),
        ((7, 0.5), False),
        ((6.5, 9.8), False),
    ],
)
def test_where_players_wait(place_m: tuple[float, float], waits: bool):
    assert (waiting_place(np.array([place_m]), OPTIONS)[0] > 0.5) == waits


def heads_of(position, x, y=100.0, segment=0, track=0) -> Heads:
    n = len(position)
    xy = np.column_stack([np.broadcast_to(x, n), np.broadcast_to(y, n)]).astype(float)
    return Heads(np.asarray(position), np.broadcast_to(segment, n), xy, np.full(n, 60.0), np.full(n, track))


def by_head(scene, heads, seen, foot_m):
    ground = Ground.of(scene.court, scene.frames, 1.85)
    return stay_by_head(heads, seen, np.asarray(foot_m, dtype=float), ground, scene.frames, OPTIONS)


def test_a_head_that_is_always_there_stands_where_its_feet_are_seen(make_scene):
    scene = make_scene(seconds=8)
    n = np.arange(len(scene.frames))
    # For the first two seconds somebody in front hides the feet, and the head bends by a sixth of the person.
    foot_m = np.where(n[:, None] < 50, [[4.0, 15.4]], [[4.0, 18.5]])
    judge = heads_of(n, 500.0, np.where(n % 50 < 20, 110.0, 100.0))

    share, place_m = by_head(scene, judge, judge, foot_m)

    assert share.min() == 1
    np.testing.assert_allclose(place_m, np.tile([[4.0, 18.5]], (len(n), 1)))


def test_a_head_that_passes_by_does_not_stay(make_scene):
    scene = make_scene(seconds=8)
    n = np.arange(len(scene.frames))
    runs = heads_of(n, np.linspace(300, 900, len(n)))

    share, place_m = by_head(scene, runs, runs, np.tile([0.0, 13.0], (len(n), 1)))

    assert share.max() < 0.3
    assert np.isnan(place_m).all()


def test_heads_of_another_stretch_do_not_count(make_scene):
    scene = make_scene(seconds=8)
    n = np.arange(len(scene.frames))
    share, _ = by_head(scene, heads_of(n, 500.0), heads_of(n, 500.0, segment=1), np.zeros((len(n), 2)))

    assert share.max() == 0


def test_each_stretch_counts_for_itself(make_scene):
    scene = make_scene(seconds=16)
    n = np.arange(len(scene.frames))
    segment = (n >= 250).astype(np.int64)
    scene.frames = replace(scene.frames, segment=segment)
    judge = heads_of(n, np.where(segment, 300.0, 500.0), segment=segment)

    share, _ = by_head(scene, judge, judge, np.tile([4.0, 18.5], (len(n), 1)))

    assert share.min() == 1


def test_nobody_stays_who_was_there_for_a_moment(make_scene):
    scene = make_scene(seconds=1)
    n = np.arange(len(scene.frames))

    share, _ = by_head(scene, heads_of(n, 500.0), heads_of(n, 500.0), np.zeros((len(n), 2)))

    assert share.max() == 0.5


def test_without_heads_there_is_nothing_to_tell(make_scene):
    scene = make_scene(seconds=2)
    none = heads_of(np.zeros(0, dtype=np.int64), 0.0)

    assert len(by_head(scene, none, none, np.zeros((0, 2)))[0]) == 0
    assert by_head(scene, heads_of([0, 1], 5.0), none, np.zeros((0, 2)))[0].tolist() == [0, 0]
