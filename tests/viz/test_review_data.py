from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tennalytix.core.court import KEYPOINTS
from tennalytix.core.court_view import CourtView, Lens
from tennalytix.core.homography import fit_homography
from tennalytix.viz.review_data import COURT_POINTS_M, differences, player_lanes, review_data, summarise


def test_states_tell_how_each_position_is_known(make: SimpleNamespace) -> None:
    sources = ["detected", "interpolated", "corrected"]
    frames = [make.frame(k, ball=make.ball((k, k), source)) for k, source in enumerate(sources)]
    data = review_data(make.tracks([*frames, make.frame(3)]))

    assert data["ball"]["states"] == "dic-"
    assert data["players"] == []


def test_times_count_from_the_first_frame(make: SimpleNamespace) -> None:
    data = review_data(make.tracks([make.frame(k) for k in (100, 101, 103)], events=[make.event("hit", 101, (1, 1))]))

    assert data["start_s"] == 4.0
    assert data["time_ms"] == [0, 400, 800]
    assert data["frame_index"] == [100, 1, 2]
    assert data["events"][0]["time_ms"] == 40


def test_doubles_have_numbered_lanes_near_ones_first(make: SimpleNamespace) -> None:
    box = (400, 200, 480, 380)
    players = [make.player("far", box, track_id=2), make.player("near", box, track_id=4)]
    tracks = make.tracks([make.frame(0, (*players, make.player("near", box, track_id=1)))])

    assert list(player_lanes(tracks)) == [(1, "near"), (4, "near"), (2, "far")]
    assert [lane["name"] for lane in review_data(tracks)["players"]] == ["Near 1", "Near 4", "Far"]


def test_columns_hold_differences_of_known_entries_only(make: SimpleNamespace) -> None:
    boxes = [(400.0, 200.0, 480.0, 380.0), (401.26, 200.0, 480.0, 379.0)]
    frames = [
        make.frame(0, (make.player("near", boxes[0]),)),
        make.frame(1),
        make.frame(2, (make.player("near", boxes[1]),)),
    ]
    data = review_data(make.tracks(frames))

    assert data["players"][0]["states"] == "d-d"
    assert data["players"][0]["xyxy"] == [4000, 2000, 4800, 3800, 13, 0, 0, -10]
    assert data["repeated"] == []


@given(st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), max_size=30))
def test_differences_add_up_to_the_numbers(rows: list[tuple[float, float]]) -> None:
    back = np.cumsum(np.array(differences(rows, 10)).reshape(-1, 2), axis=0) / 10

    np.testing.assert_allclose(back, np.array(rows).reshape(-1, 2), atol=0.0501)


def test_the_court_is_four_points_that_give_it_back(make: SimpleNamespace) -> None:
    court = make.court()
    data = review_data(make.tracks(court=court))["court"]
    points = np.array(data["points"]).reshape(4, 2) / 100
    lens = Lens(court.lens.k1, court.lens.centre, court.lens.radius_px)
    view = CourtView(fit_homography(points, COURT_POINTS_M), lens)

    assert data["static"]
    for name, xy in court.keypoints.items():
        assert np.hypot(*(view.court_to_image([KEYPOINTS[name]])[0] - xy)) < 0.05


def test_a_court_that_is_not_always_in_view_comes_with_its_frames(make: SimpleNamespace) -> None:
    court = make.court(static=False)
    frames = [make.frame(k) for k in range(3)]
    frames[1] = frames[1].model_copy(update={"court_from_image": court.court_from_image})
    data = review_data(make.tracks(frames, court=court))["court"]

    assert data["states"] == "-d-"
    assert len(data["points"]) == 8


def test_summary_counts_events_and_time(make: SimpleNamespace) -> None:
    events = [make.event("hit", 1, (1, 1)), make.event("bounce", 2, (1, 1)), make.event("hit", 4, (1, 1))]
    summary = summarise(make.tracks(events=events))

    assert (summary.hit_count, summary.bounce_count, summary.frame_count) == (2, 1, 10)
    assert summary.duration_s == pytest.approx(0.36)
    assert (summary.ball_coverage, summary.near_coverage, summary.far_coverage) == (0.5, 1.0, 0.25)
