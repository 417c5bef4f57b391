from collections.abc import Callable

import numpy as np

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import Lens
from tennalytix.metrics.predictions import ball_of, court_view_of, events_of, players_of, times_of
from tennalytix.schema.tracks import Court, LensTerm, Tracks

LENS = Lens.pinhole((1280, 720), k1=0.01)
MATRIX = Camera.look_at((0, -28, 9), (0, 0, 0), 1400, LENS).court_view().court_from_image.tolist()


def court(*, static: bool) -> Court:
    return Court(
        static=static,
        court_from_image=MATRIX,
        lens=LensTerm(k1=LENS.k1, centre=LENS.centre_xy, radius_px=LENS.radius_px),
        keypoints={},
        residual_px=1,
        confidence=1,
        source="detected",
    )


def test_ball_and_events_come_out(make_tracks: Callable[..., Tracks]) -> None:
    tracks = make_tracks(range(5, 9), balls={5: (1, 2), 7: (3, 4)}, interpolated=[7], events=[("hit", 6, 0.25)])
    ball = ball_of(tracks)

    assert ball.frame_index.tolist() == [5, 7]
    assert ball.xy.tolist() == [[1, 2], [3, 4]]
    assert ball.interpolated.tolist() == [False, True]
    assert [(e.kind, e.frame_index, e.time_s) for e in events_of(tracks)] == [("hit", 6, 0.25)]
    assert times_of(tracks)[6] == 6 / 25


def test_players_come_out_as_tracks(make_tracks: Callable[..., Tracks]) -> None:
    near, far = (1, "near", (0, 0, 10, 20)), (2, "far", (50, 0, 60, 20))
    tracks = players_of(make_tracks(range(3), players={0: [near, far], 2: [near]}))

    assert [(t.track_id, t.role, t.frame_index.tolist()) for t in tracks] == [(1, "near", [0, 2]), (2, "far", [0])]
    assert tracks[1].xyxy.tolist() == [[50, 0, 60, 20]]


def test_nothing_gives_empty_structs(make_tracks: Callable[..., Tracks]) -> None:
    tracks = make_tracks(range(2))

    assert ball_of(tracks).xy.shape == (0, 2)
    assert players_of(tracks) == []
    assert court_view_of(tracks, 0) is None


def test_a_static_court_holds_on_every_frame_of_the_clip(make_tracks: Callable[..., Tracks]) -> None:
    tracks = make_tracks(range(2, 4), court=court(static=True))
    view = court_view_of(tracks, 3)

    assert view is not None
    np.testing.assert_allclose(view.court_from_image, MATRIX)
    assert view.lens == LENS
    assert court_view_of(tracks, 1) is None


def test_a_moving_court_is_each_frames_own(make_tracks: Callable[..., Tracks]) -> None:
    other = (np.array(MATRIX) * 2).tolist()
    tracks = make_tracks(range(3), court=court(static=False), matrices={1: other})
    view = court_view_of(tracks, 1)

    assert view is not None
    np.testing.assert_allclose(view.court_from_image, other)
    assert court_view_of(tracks, 0) is None
