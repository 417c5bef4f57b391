import json

import numpy as np
import pytest

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import CourtStretch, CourtTrack, Lens
from tennalytix.core.tables import BallEvent, BallTrajectory, FrameTable, PlayerTrack
from tennalytix.schema.tracks import ModelProvenance, Provenance, Tracks, Video
from tennalytix.tracking.assemble import ball_on_ground_m, build_tracks

SIZE_WH = (1280, 720)
LENS = Lens.pinhole(SIZE_WH, 0.01)
CAMERA = Camera.look_at((0.5, -30.0, 10.0), (0.0, 0.0, 0.0), 1700, LENS)
MATRIX = CAMERA.court_view().court_from_image
VIDEO = Video(
    uri="match.mp4", sha256="0" * 64, width=1280, height=720, frame_rate="25/1", frame_count=200, duration_s=8.0,
    codec="h264", rotation_deg=0,
)  # fmt: skip
PROVENANCE = Provenance(tennalytix="0.1.0", fingerprint="f", models={"court": ModelProvenance(name="lines")})
FIRST, COUNT = 100, 10
INDEX = np.arange(FIRST, FIRST + COUNT)
NO_BALL = BallTrajectory(np.zeros(0, dtype=np.int64), np.zeros((0, 2)), np.zeros(0), np.zeros(0, dtype=bool))


def frames(repeated: tuple[int, ...] = ()) -> FrameTable:
    return FrameTable(
        INDEX,
        INDEX / 25 + 0.123456,
        np.isin(INDEX, repeated),
        np.zeros(COUNT, dtype=np.int64),
        np.tile(np.eye(3), (COUNT, 1, 1)),
    )


def stretch(first: int = FIRST, count: int = COUNT, *, moving: bool = False, lens: Lens = LENS) -> CourtStretch:
    matrices = np.stack([MATRIX @ [[1, 0, i], [0, 1, 0], [0, 0, 1]] for i in range(count if moving else 1)])
    return CourtStretch(first, first + count - 1, matrices, lens, 0.6789, 0.95678)


def player(role: str = "near", index: np.ndarray = INDEX, track_id: int = 1) -> PlayerTrack:
    box = np.array([600.123456, 400.0, 660.123456, 520.0]) if role == "near" else np.array([620, 150, 650, 200.0])
    boxes = box + np.arange(len(index))[:, None]
    return PlayerTrack(track_id, role, index, boxes, np.full(len(index), 0.87654321), index % 2 == 1)


def ball(index: np.ndarray = INDEX) -> BallTrajectory:
    xy = np.array([500.98765, 300.0]) + np.arange(len(index))[:, None] * [5, 2]
    return BallTrajectory(index, xy, np.full(len(index), 0.5), index % 2 == 0)


def build(court=None, players=None, balls=None, events=(), table=None, warnings=()) -> Tracks:
    return build_tracks(
        "match__0001",
        VIDEO,
        table or frames(),
        CourtTrack((stretch(),)) if court is None else court,
        [player(), player("far", track_id=2)] if players is None else players,
        ball() if balls is None else balls,
        events,
        PROVENANCE,
        warnings,
    )


def test_every_frame_of_the_clip_is_there():
    tracks = build()

    assert [f.frame_index for f in tracks.frames] == INDEX.tolist()
    assert (tracks.clip.first_frame, tracks.clip.last_frame) == (100, 109)
    assert (tracks.clip.start_s, tracks.clip.end_s) == (4.1235, 4.4835)
    assert tracks.clip.view == "court"
    assert tracks.frames[0].time_s == 4.1235


def test_players_carry_box_centre_foot_and_place():
    first = build().frames[0].players[0]

    assert first.xyxy == (600.12, 400.0, 660.12, 520.0)
    assert first.centre == (630.12, 460.0)
    assert first.foot == (630.12, 520.0)
    expected = CAMERA.court_view().image_to_court([[630.123456, 520.0]])[0]
    assert first.court_xy_m == pytest.approx(expected, abs=1e-3)
    assert first.score == 0.877
    assert first.source == "detected"


def test_what_was_filled_in_says_so():
    frame = build().frames[1]

    assert {p.source for p in frame.players} == {"interpolated"}
    assert frame.ball is not None
    assert frame.ball.source == "detected"
    first = build().frames[0].ball
    assert first is not None
    assert first.source == "interpolated"


def test_a_static_court_is_stored_once():
    tracks = build()

    assert tracks.court is not None
    assert tracks.court.static
    np.testing.assert_allclose(tracks.court.court_from_image, MATRIX, rtol=1e-9)
    assert (tracks.court.residual_px, tracks.court.confidence) == (0.68, 0.957)
    assert "court_from_image" not in tracks.to_json().split('"frames"')[1]


def test_a_moving_court_is_stored_frame_by_frame():
    tracks = build(CourtTrack((stretch(moving=True),)))

    assert tracks.court is not None
    assert not tracks.court.static
    np.testing.assert_allclose(tracks.court.court_from_image, tracks.frames[0].court_from_image)
    assert tracks.frames[3].court_from_image != tracks.frames[4].court_from_image
    xs = [f.players[0].court_xy_m[0] for f in tracks.frames]  # type: ignore[index]
    assert len(set(xs)) == COUNT


def test_a_court_that_is_not_always_in_view_is_stored_where_it_is():
    tracks = build(CourtTrack((stretch(103, 4),)))

    assert tracks.court is not None
    assert not tracks.court.static
    assert [f.court_from_image is not None for f in tracks.frames] == [3 <= i < 7 for i in range(COUNT)]
    assert [f.players[0].court_xy_m is not None for f in tracks.frames] == [3 <= i < 7 for i in range(COUNT)]
    assert '"court_from_image":null' not in tracks.to_json()
    assert tracks.summary.warnings == ["The court was found in 40 % of the frames."]


def test_frame_matrices_hold_for_the_lens_that_is_stored():
    other = Lens.pinhole(SIZE_WH, -0.01)
    tracks = build(CourtTrack((stretch(100, 3, lens=other), stretch(103, 7))))

    assert tracks.court is not None
    lens = Lens(tracks.court.lens.k1, tracks.court.lens.centre, tracks.court.lens.radius_px)
    assert lens.k1 == LENS.k1
    seen = CourtTrack((stretch(lens=other),)).view_at(100)
    assert seen is not None
    point = [[640.0, 400.0]]
    matrix = np.array(tracks.frames[0].court_from_image)
    mapped = np.append(lens.undistort(point)[0], 1) @ matrix.T
    np.testing.assert_allclose(mapped[:2] / mapped[2], seen.image_to_court(point)[0], atol=0.1)


def test_without_a_court_everything_else_is_still_there():
    tracks = build(CourtTrack())

    assert tracks.court is None
    assert tracks.clip.view == "unknown"
    assert all(p.court_xy_m is None for f in tracks.frames for p in f.players)
    assert tracks.summary.near_coverage == 1
    assert tracks.summary.warnings == ["No court was found."]


def test_repeated_frames_carry_the_same_positions():
    tracks = build(table=frames(repeated=(103, 104)))

    for i in (3, 4):
        assert tracks.frames[i].repeated
        assert tracks.frames[i].players == tracks.frames[2].players
        assert tracks.frames[i].ball == tracks.frames[2].ball
    assert tracks.frames[5].players != tracks.frames[2].players


def test_coverage_counts_frames_and_warnings_name_what_is_missing():
    tracks = build(players=[player("far", INDEX[:4], 2)], balls=ball(INDEX[:3]), warnings=["The file is odd."])

    assert tracks.summary.near_coverage == 0
    assert tracks.summary.far_coverage == 0.4
    assert tracks.summary.ball_coverage == 0.3
    assert tracks.summary.warnings == [
        "The file is odd.",
        "The near player was not found.",
        "The far player was found in 40 % of the frames.",
        "The ball was found in 30 % of the frames.",
    ]


def test_no_ball_is_said():
    tracks = build(balls=NO_BALL)

    assert all(f.ball is None for f in tracks.frames)
    assert tracks.summary.warnings == ["No ball was found."]


def test_pairs_stand_in_order_of_their_numbers():
    tracks = build(
        players=[player("far", track_id=4), player(track_id=3), player(track_id=1), player("far", track_id=2)]
    )

    assert [p.track_id for p in tracks.frames[0].players] == [1, 2, 3, 4]


def test_events_are_sorted_and_bounces_have_a_place_on_the_ground():
    bounce = BallEvent("bounce", 105, 4.32345678, (640.0, 300.0), None, 0.8)
    hit = BallEvent("hit", 101, 4.16, (640.0, 300.0), "far", 1.2)
    outside = BallEvent("hit", 300, 12.0, (640.0, 300.0), "far", 0.9)

    tracks = build(events=[bounce, hit, outside])

    assert [(e.kind, e.frame_index, e.player) for e in tracks.events] == [("hit", 101, "far"), ("bounce", 105, None)]
    assert tracks.events[0].court_xy_m is None
    assert tracks.events[0].score == 1
    assert tracks.events[1].time_s == 4.3235
    assert tracks.events[1].court_xy_m == pytest.approx(
        ball_on_ground_m(CAMERA.court_view(), np.array([[640.0, 300.0]]))[0], abs=1e-3
    )


def test_a_ball_on_the_ground_is_found_under_its_middle():
    places_m = np.array([[0.0, 11.0], [-4.0, -11.0], [3.0, 5.0]])
    seen = CAMERA.project(np.column_stack([places_m, np.full(3, 0.0335)]))

    np.testing.assert_allclose(ball_on_ground_m(CAMERA.court_view(), seen), places_m, atol=1e-6)


def test_from_straight_above_a_ball_is_where_it_is_seen():
    view = CourtTrack(
        (CourtStretch(0, 0, np.array([[[0.02, 0, -12.8], [0, -0.02, 7.2], [0, 0, 1.0]]]), LENS, 0.1, 1.0),)
    ).view_at(0)
    assert view is not None

    np.testing.assert_allclose(
        ball_on_ground_m(view, np.array([[700.0, 200.0]])), view.image_to_court([[700.0, 200.0]])
    )


def test_an_event_above_the_horizon_has_no_place():
    tracks = build(events=[BallEvent("bounce", 105, 4.3, (640.0, -400.0), None, 0.8)])

    assert tracks.events[0].court_xy_m is None


def test_the_same_inputs_give_the_same_bytes_and_come_back_the_same():
    court = CourtTrack((stretch(moving=True),))
    text = build(court).to_json()

    assert text == build(court).to_json()
    assert Tracks.from_json(text).to_json() == text
    assert json.loads(text)["schema_version"] == "1.0"


def test_a_clip_without_frames_is_refused():
    empty = frames().between(0, 1)

    with pytest.raises(ValueError, match=r"frames must have at least one row, got none for match__0001\."):
        build_tracks("match__0001", VIDEO, empty, CourtTrack(), [], NO_BALL, [], PROVENANCE)


def test_a_court_seen_before_the_clip_is_not_its_court():
    tracks = build(CourtTrack((stretch(50, 10),)))

    assert tracks.court is None
    assert tracks.summary.warnings == ["No court was found."]


@pytest.mark.parametrize("place", [(0.0, -10.5, 3.0), (7.0, -6.0, 2.5), (9.0, -9.0, 2.0)])
def test_another_lens_is_replaced_where_the_court_is_seen(place: tuple[float, float, float]):
    other = Lens.pinhole(SIZE_WH, -0.03)
    view = Camera.look_at(place, (0.0, 2.0, 0.0), 900, other).court_view()
    near = CourtStretch(100, 102, view.court_from_image[None], other, 0.5, 0.9)
    tracks = build(CourtTrack((near, stretch(103, 7))))

    matrix = np.array(tracks.frames[0].court_from_image)
    court_m = np.array([[0.0, 0.0], [-2.0, 4.0], [2.0, 8.0], [0.0, 11.0]])
    image_xy = view.court_to_image(court_m)
    inside = ((image_xy >= 0) & (image_xy < SIZE_WH)).all(axis=1)
    mapped = np.column_stack([LENS.undistort(image_xy), np.ones(4)]) @ matrix.T
    assert inside.sum() >= 2
    assert np.linalg.norm(mapped[:, :2] / mapped[:, 2:] - court_m, axis=1)[inside].max() < 0.5
