import numpy as np
import pytest

from flown_rally import FlownRally
from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtTrack, CourtView, Lens
from tennalytix.core.tables import BallTable, FrameTable, PlayerTrack
from tennalytix.tracking.ball_nodes import REFERENCE_AREA_PX2, Nodes, make_nodes, play_region, steady

SIZE_WH = (1280, 720)
COUNT = 50
INDEX = np.arange(COUNT)
FRAMES = FrameTable(
    INDEX, INDEX / 25, np.zeros(COUNT, dtype=bool), np.zeros(COUNT, dtype=np.int64), np.tile(np.eye(3), (COUNT, 1, 1))
)
FLAT = CourtView(np.eye(3), Lens.pinhole(SIZE_WH))


def table(index: object, xy: object, score: object = 0.5) -> BallTable:
    frames = np.asarray(index, dtype=np.int64)
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    return BallTable(frames, points, np.broadcast_to(np.asarray(score, dtype=np.float64), frames.shape))


def player(box: tuple[float, float, float, float], index: np.ndarray = INDEX) -> PlayerTrack:
    n = len(index)
    return PlayerTrack(1, "near", index, np.tile(box, (n, 1)).reshape(n, 4), np.ones(n), np.zeros(n, dtype=bool))


def make(candidates: BallTable, players: tuple[PlayerTrack, ...] = (), court: CourtTrack | None = None) -> Nodes:
    return make_nodes(candidates, FRAMES, court or CourtTrack(), players, SIZE_WH)


def test_candidates_of_other_frames_are_left_out_and_the_rest_sorted() -> None:
    nodes = make(table([7, 900, 3, -4], [[1, 2], [3, 4], [5, 6], [7, 8]]))

    assert nodes.row.tolist() == [3, 7]
    assert nodes.source.tolist() == [2, 0]
    assert nodes.xy.tolist() == [[5, 6], [1, 2]]


def test_a_better_score_looks_better_and_no_score_is_certain() -> None:
    looks = make(table([1, 2, 3, 4], [[9, 9]] * 4, [0.0, 0.4, 0.8, 1.0])).looks

    assert (np.diff(looks) > 0).all()
    assert np.isfinite(looks).all()


def test_pixels_become_those_of_a_720p_picture_in_the_first_frame() -> None:
    moved = FRAMES.reference_from_image.copy()
    moved[5, 0, 2] = 30
    frames = FrameTable(FRAMES.frame_index, FRAMES.time_s, FRAMES.repeated, FRAMES.segment, moved)
    nodes = make_nodes(table([5], [[100, 60]]), frames, CourtTrack(), (), (2560, 1440))

    assert nodes.xy[0] == pytest.approx([65, 30])


def test_steadying_divides_by_the_third_coordinate() -> None:
    tilt = np.array([[[1, 0, 0], [0, 1, 0], [0.001, 0, 1.0]]])

    assert steady(np.array([[100.0, 55.0]]), np.array([0]), tilt)[0] == pytest.approx([100 / 1.1, 50])


def test_clutter_grows_with_the_number_of_candidates() -> None:
    few, many = (
        make(table(INDEX, np.arange(100).reshape(50, 2) * 9)),
        make(table(np.repeat(INDEX, 3), np.arange(300) * 9)),
    )

    assert few.clutter[0] == pytest.approx(1 / REFERENCE_AREA_PX2)
    assert many.clutter[0] == pytest.approx(3 / REFERENCE_AREA_PX2)


def test_what_stands_still_is_clutter_and_what_passes_is_not() -> None:
    moving = np.column_stack([np.arange(COUNT) * 20, np.full(COUNT, 300)])
    still = np.full((COUNT, 2), 77.0)
    nodes = make(table(np.concatenate([INDEX, INDEX]), np.concatenate([moving, still])))
    stands = nodes.xy[:, 0] == 77

    assert nodes.clutter[stands].min() > 1000 * nodes.clutter[~stands].max()


def test_candidates_on_a_player_count_less_and_those_beside_do_not() -> None:
    candidates = table([10, 20], [[500, 300], [900, 300]])
    plain, dressed = make(candidates), make(candidates, (player((480, 250, 540, 400)),))

    assert dressed.clutter[0] > plain.clutter[0]
    assert dressed.clutter[1] == plain.clutter[1]


def test_a_player_whose_box_is_not_known_then_changes_nothing() -> None:
    candidates = table([10, 20], [[500, 300], [900, 300]])
    plain = make(candidates).clutter.tolist()
    elsewhere = player((480, 250, 540, 400), np.array([11, 12]))

    assert make(candidates, (elsewhere, player((0, 0, 0, 0), np.zeros(0, dtype=np.int64)))).clutter.tolist() == plain


def test_what_a_player_wears_counts_less_than_what_passes_the_player() -> None:
    left = np.linspace(300, 900, COUNT)
    boxes = np.column_stack([left, np.full(COUNT, 250), left + 60, np.full(COUNT, 400)])
    runner = PlayerTrack(1, "near", INDEX, boxes, np.ones(COUNT), np.zeros(COUNT, dtype=bool))
    print_xy = np.column_stack([left + 25, np.full(COUNT, 300)])
    worn = make(table(INDEX, print_xy), (runner,))
    once = make(table([25], print_xy[25:26]), (runner,))

    assert worn.clutter[25] > 5 * once.clutter[0]


def test_outside_the_block_over_the_court_no_ball_is_in_play() -> None:
    rally = FlownRally(seconds=2.0)
    inside = rally.camera.project([[0, 0, 1.0], [4, 11, 3.0], [-4, -11, 0.1]])
    outside = rally.camera.project([[8, 25, 16.0], [0, 20, 14.0]])
    looks = make(table([10, 11, 12, 13, 14], np.concatenate([inside, outside])), court=rally.court).looks

    assert looks[:3].tolist() == [0, 0, 0]
    assert (looks[3:] < -2).all()


def test_a_moving_camera_takes_the_region_along() -> None:
    still, panning = FlownRally(seconds=2.0), FlownRally(seconds=2.0, pan_px=200.0)
    xy = still.camera.project([[9.5, 5, 0.5]])
    moved = xy - [panning.shift[40], 0]

    assert make(table([40], xy), court=still.court).looks[0] == 0
    assert make(table([40], moved), court=panning.court).looks[0] == 0


def test_without_perspective_the_region_is_not_known() -> None:
    assert play_region(FLAT) is None
    assert make(table([1], [[1, 1]]), court=CourtTrack()).looks[0] == 0


def test_a_camera_beside_the_court_that_looks_away_tells_no_region() -> None:
    camera = Camera.look_at((8.0, -8.0, 3.0), (0.0, -14.0, 0.0), 1000.0, Lens.pinhole(SIZE_WH))

    assert play_region(camera.court_view()) is None


def test_a_court_that_shrinks_to_a_point_tells_no_region() -> None:
    camera = Camera.look_at((0.0, -30.0, 10.0), (0.0, 0.0, 0.0), 1e-10, Lens.pinhole(SIZE_WH))

    assert play_region(camera.court_view()) is None
