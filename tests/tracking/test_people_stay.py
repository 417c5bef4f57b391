import numpy as np
import pytest

from tennalytix.core.court_view import CourtTrack
from tennalytix.tracking.people_ground import Ground
from tennalytix.tracking.people_options import PlayerOptions
from tennalytix.tracking.people_stay import stay_share, staying, waiting_place

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
