from types import SimpleNamespace

import pytest

from tennalytix.viz.review_data import player_lanes, review_data, summarise


def test_states_tell_how_each_position_is_known(make: SimpleNamespace) -> None:
    sources = ["detected", "interpolated", "corrected"]
    frames = [make.frame(k, ball=make.ball((k, k), source)) for k, source in enumerate(sources)]
    data = review_data(make.tracks([*frames, make.frame(3)]))

    assert data["ball"]["states"] == "dic-"
    assert data["players"] == []


def test_times_count_from_the_first_frame(make: SimpleNamespace) -> None:
    data = review_data(make.tracks([make.frame(k) for k in (100, 101, 103)], events=[make.event("hit", 101, (1, 1))]))

    assert data["start_s"] == 4.0
    assert data["time_ms"] == [0, 40, 120]
    assert data["frame_index"] == [100, 101, 103]
    assert data["events"][0]["time_ms"] == 40


def test_doubles_have_numbered_lanes_near_ones_first(make: SimpleNamespace) -> None:
    box = (400, 200, 480, 380)
    players = [make.player("far", box, track_id=2), make.player("near", box, track_id=4)]
    tracks = make.tracks([make.frame(0, (*players, make.player("near", box, track_id=1)))])

    assert list(player_lanes(tracks)) == [(1, "near"), (4, "near"), (2, "far")]
    assert [lane["name"] for lane in review_data(tracks)["players"]] == ["Near 1", "Near 4", "Far"]


def test_court_positions_are_metres_to_the_centimetre_or_none(make: SimpleNamespace) -> None:
    known = make.player("near", (400, 200, 480, 380)).model_copy(update={"court_xy_m": (1.23456, -11.0)})
    unknown = known.model_copy(update={"court_xy_m": None})
    data = review_data(make.tracks([make.frame(0, (known,)), make.frame(1, (unknown,)), make.frame(2)]))

    assert data["players"][0]["court_xy_m"] == [[1.23, -11.0], None, None]
    assert data["players"][0]["states"] == "dd-"


def test_summary_counts_events_and_time(make: SimpleNamespace) -> None:
    events = [make.event("hit", 1, (1, 1)), make.event("bounce", 2, (1, 1)), make.event("hit", 4, (1, 1))]
    summary = summarise(make.tracks(events=events))

    assert (summary.hit_count, summary.bounce_count, summary.frame_count) == (2, 1, 10)
    assert summary.duration_s == pytest.approx(0.36)
    assert (summary.ball_coverage, summary.near_coverage, summary.far_coverage) == (0.5, 1.0, 0.25)
