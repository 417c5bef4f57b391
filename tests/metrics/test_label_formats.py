import io
import json

import numpy as np
import pytest

from tennalytix.core.court import KEYPOINT_NAMES
from tennalytix.metrics.label_formats import read_ball, read_court, read_others, read_players, read_tracknet

BALL = "frame,visibility,x,y,status\n"
PLAYERS = "frame,player,x1,y1,x2,y2,visibility\n"
TRACKNET = "file name,visibility,x-coordinate,y-coordinate,status\n"


def test_ball_labels_come_out_in_order() -> None:
    labels = read_ball(io.StringIO(BALL + "12,2,5.5,6.0,1\n10,1,3,4,0\n11,0,,,\n13,0,,,1\n"), "ball.csv")

    assert labels.frame_index.tolist() == [10, 11, 12, 13]
    assert labels.visibility.tolist() == [1, 0, 2, 0]
    assert labels.status.tolist() == [0, 0, 1, 1]
    np.testing.assert_array_equal(labels.xy, [[3, 4], [np.nan, np.nan], [5.5, 6], [np.nan, np.nan]])


def test_position_of_an_absent_ball_is_not_used() -> None:
    labels = read_ball(io.StringIO(BALL + "1,0,0,0,0\n"), "ball.csv")

    assert np.isnan(labels.xy).all()


def test_no_ball_rows_are_no_labels() -> None:
    assert read_ball(io.StringIO(BALL), "ball.csv").xy.shape == (0, 2)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,1,,,0", r"^ball.csv line 2 must have a number in column x, got ''\. Correct the row\.$"),
        ("1,1,3,up,0", r"^ball.csv line 2 must have a number in column y, got 'up'\."),
        ("1,4,3,3,0", r"^ball.csv line 2 must have 0 to 3 in column visibility, got '4'\."),
        ("1,1,3,3,3", r"^ball.csv line 2 must have 0 to 2 in column status, got '3'\."),
        ("1,1,3,3,0\n1,1,4,4,0", r"^ball.csv must have one row a frame, got two for frame 1\. Delete one\."),
    ],
)
def test_malformed_ball_rows_are_refused(row: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_ball(io.StringIO(BALL + row + "\n"), "ball.csv")


def test_tracknet_frames_are_numbers_of_pictures() -> None:
    text = "file name, visibility, x-coordinate, y-coordinate, status\n0000.jpg,1,599,423,0.0\n0007.jpg,0,,,\n"
    labels = read_tracknet(io.StringIO(text), "Label.csv")

    assert labels.frame_index.tolist() == [0, 7]
    assert labels.visibility.tolist() == [1, 0]
    np.testing.assert_array_equal(labels.xy, [[599, 423], [np.nan, np.nan]])


def test_tracknet_picture_needs_a_number() -> None:
    with pytest.raises(
        ValueError, match=r"Label.csv line 2 must have a picture such as 0000.jpg in column file name, got 'a.jpg'"
    ):
        read_tracknet(io.StringIO(TRACKNET + "a.jpg,1,2,3,0\n"), "Label.csv")


def test_box_edges_move_into_our_system() -> None:
    # The label's box around the single pixel (3, 5) spans 3 to 4 and 5 to 6.
    labels = read_players(io.StringIO(PLAYERS + "0,near,3,5,4,6,1\n"), "players.csv")
    others = read_others(io.StringIO("frame,x1,y1,x2,y2,role\n0,3,5,4,6,ball_kid\n"), "others.csv")

    assert labels.xyxy.tolist() == [[2.5, 4.5, 3.5, 5.5]]
    assert others.xyxy.tolist() == [[2.5, 4.5, 3.5, 5.5]]
    assert others.role.tolist() == ["ball_kid"]


def test_players_come_out_in_order_and_absent_ones_without_a_box() -> None:
    text = PLAYERS + "5,near,1,1,2,2,1\n5,far,,,,,0\n0,near,1,1,2,2,2\n"
    labels = read_players(io.StringIO(text), "players.csv")

    assert labels.frame_index.tolist() == [0, 5, 5]
    assert labels.role.tolist() == ["near", "far", "near"]
    assert labels.visibility.tolist() == [2, 0, 1]
    assert np.isnan(labels.xyxy[1]).all()
    assert np.isnan(labels.amodal_xyxy).all()


def test_whole_body_boxes_join_their_rows() -> None:
    players = io.StringIO(PLAYERS + "0,near,10,10,20,20,2\n5,near,10,10,20,20,1\n")
    amodal = io.StringIO(PLAYERS + "0,near,10,10,20,40,2\n")
    labels = read_players(players, "players.csv", amodal, "players_amodal.csv")

    np.testing.assert_array_equal(labels.amodal_xyxy, [[9.5, 9.5, 19.5, 39.5], [np.nan] * 4])


def test_whole_body_boxes_of_partners_join_a_row_each() -> None:
    players = io.StringIO(PLAYERS + "0,near,10,10,20,30,1\n0,far,5,5,6,6,1\n0,near,50,10,60,30,1\n")
    amodal = io.StringIO(PLAYERS + "0,near,10,10,20,40,1\n0,near,50,10,60,40,1\n")
    labels = read_players(players, "players.csv", amodal, "players_amodal.csv")

    assert labels.role.tolist() == ["far", "near", "near"]
    np.testing.assert_array_equal(labels.xyxy[1:, 0], [9.5, 49.5])
    np.testing.assert_array_equal(labels.amodal_xyxy, [[np.nan] * 4, [9.5, 9.5, 19.5, 39.5], [49.5, 9.5, 59.5, 39.5]])


def test_there_are_no_more_whole_body_boxes_than_rows() -> None:
    players, amodal = io.StringIO(PLAYERS + "0,near,1,1,2,2,1\n"), io.StringIO(PLAYERS + "0,near,1,1,2,3,1\n" * 2)

    with pytest.raises(
        ValueError, match=r"^amodal.csv must only have rows of players.csv, got frame 0, near once more"
    ):
        read_players(players, "players.csv", amodal, "amodal.csv")


def test_whole_body_boxes_need_a_row_to_join() -> None:
    players, amodal = io.StringIO(PLAYERS), io.StringIO(PLAYERS + "5,far,10,10,20,40,2\n")

    with pytest.raises(ValueError, match=r"^amodal.csv must only have rows of players.csv, got frame 5, far\."):
        read_players(players, "players.csv", amodal, "amodal.csv")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("0,left,1,1,2,2,1", r"^players.csv line 2 must have near or far in column player, got 'left'\."),
        ("0,far,,,,,1", r"^players.csv line 2 must have a number in column x1, got ''\."),
        ("0,far,5,1,5,2,1", r"^players.csv line 2 must have x1 < x2 and y1 < y2, got '5, 1, 5, 2'\."),
        ("-1,far,1,1,2,2,1", r"^players.csv line 2 must have a whole number from 0 in column frame, got '-1'\."),
    ],
)
def test_malformed_player_rows_are_refused(row: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_players(io.StringIO(PLAYERS + row + "\n"), "players.csv")


@pytest.mark.parametrize("spelling", ["far_service_left", "far_left_service"])
def test_both_spellings_of_service_points_are_read(spelling: str) -> None:
    text = json.dumps({"frames": {"12": {spelling: [3, 4.5]}}, "static": True})
    labels = read_court(io.StringIO(text), "court.json")

    assert labels.points == {12: {"far_service_left": (3.0, 4.5)}}
    assert labels.static


def test_all_court_points_are_read_and_the_net_is_passed_over() -> None:
    points = {name: [i, -i] for i, name in enumerate([*KEYPOINT_NAMES, "net_centre_top"])}
    labels = read_court(io.StringIO(json.dumps({"frames": {"0": points}})), "court.json")

    assert tuple(labels.points[0]) == KEYPOINT_NAMES
    assert not labels.static


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"frames": {"a": {}}}', '{"frames": {"0": {"far_left_doubles": [1]}}}']
)
def test_malformed_court_files_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^court.json must be JSON such as .* Correct the file\."):
        read_court(io.StringIO(text), "court.json")
