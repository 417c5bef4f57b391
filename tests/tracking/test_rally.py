from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tennalytix.core.tables import BallTable, BallTrajectory
from tennalytix.tracking.ball_turns import NO_TURNS, find_turns, nearness
from tennalytix.tracking.players import choose_players, find_rivals, hitters_first, players_of
from tennalytix.tracking.rally import follow_rally

COLUMNS = ("frame_index", "xy", "score", "interpolated")
RALLY_S = 1.2
"""From one hit to the next."""


def between(scene, near: str, far: str) -> np.ndarray:
    """A ball that flies to and fro between two people's boxes, (frames, 2)."""
    time_s = scene.frames.time_s
    part = np.abs((time_s / RALLY_S) % 2 - 1)[:, None]
    at = {
        name: np.column_stack([scene.boxes[name][:, 2], scene.boxes[name][:, [1, 3]].mean(axis=1)])
        for name in (near, far)
    }
    return at[far] * part + at[near] * (1 - part)


def trajectory(scene, xy: np.ndarray) -> BallTrajectory:
    index = scene.frames.frame_index
    return BallTrajectory(index, xy, np.ones(len(index)), np.zeros(len(index), bool))


@pytest.fixture
def crowded(make_singles: Callable, paths):
    """On the far side a passer-by strolls where players play, seen as well as the player behind his baseline."""
    scene = make_singles()
    scene.add("passer_by", paths["sway"](1.5, 8.0, 1.5))
    scene.add("far", paths["sway"](-2.0, 16.2, 1.5))
    return scene


def test_turns_are_where_the_ball_comes_back_from(make_singles: Callable) -> None:
    scene = make_singles()
    ball = between(scene, "near", "far")
    turns = find_turns(trajectory(scene, ball), scene.frames)

    assert turns.far.any()
    assert (~turns.far).any()
    assert np.all(np.diff(turns.time_s) > 0)
    assert_allclose(
        (turns.time_s / RALLY_S) % 2, np.where(turns.far, np.round((turns.time_s / RALLY_S) % 2 / 2) * 2, 1), atol=0.05
    )
    rows = np.searchsorted(scene.frames.time_s, turns.time_s)
    assert_allclose(turns.xy, ball[rows])


def test_gaps_cuts_and_short_paths_give_no_turns(make_singles: Callable) -> None:
    scene = make_singles()
    ball = trajectory(scene, between(scene, "near", "far"))
    pieces = BallTrajectory(*(getattr(ball, name)[::20] for name in COLUMNS))
    two = BallTrajectory(*(getattr(ball, name)[:2] for name in COLUMNS))

    assert not len(find_turns(pieces, scene.frames).time_s)
    assert not len(find_turns(two, scene.frames).time_s)


def test_only_those_who_are_near_at_that_time_are_near(make_singles: Callable) -> None:
    scene = make_singles()
    turns = find_turns(trajectory(scene, between(scene, "near", "far")), scene.frames)
    box = scene.boxes["far"]
    x, height = box[:, [0, 2]].mean(axis=1), box[:, 3] - box[:, 1]
    anchors = np.stack([np.column_stack([x, y]) for y in (box[:, 1], box[:, [1, 3]].mean(axis=1), box[:, 3])], axis=1)
    found = nearness(turns, scene.frames.time_s, anchors, height, far=True)
    away = nearness(turns, scene.frames.time_s, anchors + 5 * height[:, None, None], height, far=True)

    assert 0.7 * turns.far.sum() < found.sum() <= turns.far.sum() + 1e-9
    assert away.sum() < 1e-6
    assert not nearness(NO_TURNS, scene.frames.time_s, anchors, height, far=True).any()


def test_who_hits_the_ball_is_the_player(crowded) -> None:
    ball = between(crowded, "near", "far")
    balls = BallTable(crowded.frames.frame_index, ball, np.full(len(ball), 0.9))
    alone = {t.role: t for t in choose_players(crowded.people(), crowded.frames, crowded.court, crowded.size_wh)}
    players, _ = follow_rally(crowded.people(), balls, crowded.frames, crowded.court, crowded.size_wh)
    found = {t.role: t for t in players}

    assert_allclose(alone["far"].xyxy, crowded.boxes["passer_by"], atol=8)
    assert_allclose(found["far"].xyxy, crowded.boxes["far"], atol=8)
    assert_allclose(found["near"].xyxy, alone["near"].xyxy)


def test_without_a_ball_or_with_one_that_both_are_near_nothing_changes(crowded) -> None:
    rivals = find_rivals(crowded.people(), crowded.frames, crowded.court, crowded.size_wh)
    assert rivals is not None

    assert hitters_first(rivals, NO_TURNS) is rivals
    turns = find_turns(trajectory(crowded, between(crowded, "near", "passer_by")), crowded.frames)
    assert hitters_first(rivals, turns) is rivals


def test_pairs_stay_as_they_are(make_scene: Callable, paths) -> None:
    scene = make_scene()
    scene.add("near", paths["sway"](2.5, -12.0, 1.5)).add("near_net", paths["sway"](-2.0, -3.0, 1.0))
    scene.add("far", paths["sway"](-2.5, 12.5, 1.5)).add("far_net", paths["sway"](2.0, 3.5, 1.0))
    rivals = find_rivals(scene.people(), scene.frames, scene.court, scene.size_wh)
    assert rivals is not None

    assert rivals.pairs
    for near, far in (("near", "far"), ("near_net", "far_net")):
        turns = find_turns(trajectory(scene, between(scene, near, far)), scene.frames)
        assert len(players_of(hitters_first(rivals, turns), scene.frames)) == 4
        assert hitters_first(rivals, turns) is rivals


def test_no_court_is_no_player_and_a_ball_all_the_same(make_singles: Callable) -> None:
    scene = make_singles()
    balls = BallTable(scene.frames.frame_index, between(scene, "near", "far"), np.full(len(scene.frames), 0.9))
    players, ball = follow_rally(scene.people(), balls, scene.frames, type(scene.court)(), scene.size_wh)

    assert players == []
    assert len(ball.frame_index) > 0.8 * len(scene.frames)
