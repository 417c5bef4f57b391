import numpy as np
import pytest

from tennalytix.core.tables import PlayerTrack
from tennalytix.tracking.ball_nodes import REFERENCE_AREA_PX2, Nodes
from tennalytix.tracking.ball_on_player import on_body, player_clutter
from tennalytix.tracking.ball_paths import PathModel, best_paths

STEP_S = 0.04
FRAMES = np.arange(20)


def runner(track_id: int = 1, start_xy: tuple[float, float] = (300, 200), step_px: float = 5.0) -> PlayerTrack:
    left = start_xy[0] + FRAMES * step_px
    top = np.full(len(FRAMES), start_xy[1], dtype=np.float64)
    boxes = np.column_stack([left, top, left + 60, top + 150])
    return PlayerTrack(track_id, "near", FRAMES, boxes, np.ones(len(FRAMES)), np.zeros(len(FRAMES), bool))


def shoe(player: PlayerTrack) -> np.ndarray:
    return player.xyxy[:, :2] + [20, 130]


def test_a_shoe_keeps_its_place_on_the_player() -> None:
    player = runner()
    place = on_body(shoe(player), FRAMES, [player])

    assert place == pytest.approx(np.tile([-10, 130], (len(FRAMES), 1)))


def test_beside_all_players_there_is_no_place() -> None:
    away = np.full((len(FRAMES), 2), 20.0)

    assert np.isnan(on_body(away, FRAMES, [runner()])).all()
    assert np.isnan(on_body(shoe(runner()), FRAMES + 100, [runner()])).all()
    assert (player_clutter(away, FRAMES, FRAMES * STEP_S, np.ones(len(FRAMES)), [runner()]) == 0).all()


def test_without_players_and_without_candidates_nothing_fails() -> None:
    nobody = PlayerTrack(1, "far", FRAMES[:0], np.zeros((0, 4)), np.zeros(0), np.zeros(0, bool))
    none = np.zeros((0, 2))

    assert np.isnan(on_body(shoe(runner()), FRAMES, [nobody])).all()
    assert on_body(none, FRAMES[:0], [runner()]).shape == (0, 2)
    assert player_clutter(none, FRAMES[:0], np.zeros(0), np.zeros(0), [runner()]).shape == (0,)


def test_places_on_different_players_are_far_apart() -> None:
    one, other = runner(1), runner(2, (700, 200))
    place = on_body(np.concatenate([shoe(one), shoe(other)]), np.tile(FRAMES, 2), [one, other])

    assert np.linalg.norm(place[: len(FRAMES)] - place[len(FRAMES) :], axis=1).min() > 1e5


def test_what_moves_along_with_a_player_loses_to_a_fainter_slow_ball() -> None:
    player = runner()
    ball = np.column_stack([100 + 3.0 * FRAMES, 80 - 2.0 * FRAMES])
    row = np.repeat(FRAMES, 2)
    xy = np.stack([shoe(player), ball], axis=1).reshape(-1, 2)
    looks = np.tile([4.5, 1.5], len(FRAMES))
    clutter = np.full(len(row), 8 / REFERENCE_AREA_PX2)
    worn = Nodes(row, xy, looks, clutter, np.arange(len(row)), on_body(xy, row, [player]))
    (path,) = best_paths(worn, FRAMES * STEP_S, PathModel())

    assert (path % 2 == 1).all()
    assert len(path) == len(FRAMES)


def test_a_ball_that_flies_past_a_player_stays_whole() -> None:
    player = runner(step_px=0.0)
    ball = np.column_stack([250 + 12.0 * FRAMES, 230 + 3.0 * FRAMES])
    clutter = np.full(len(FRAMES), 8 / REFERENCE_AREA_PX2)
    nodes = Nodes(FRAMES, ball, np.full(len(FRAMES), 2.0), clutter, FRAMES, on_body(ball, FRAMES, [player]))

    assert [p.tolist() for p in best_paths(nodes, FRAMES * STEP_S, PathModel())] == [FRAMES.tolist()]
