import io

import numpy as np
import pytest

from tennalytix.metrics.label_formats import read_ball, read_others, read_players
from tennalytix.metrics.label_shapes import ImportOptions, LabelShape, shapes_to_files, unknown_names

OPTIONS = ImportOptions()
BOX = (10.0, 20.0, 30.0, 60.0)


def text(content: bytes) -> io.StringIO:
    return io.StringIO(content.decode(), newline="")


def test_the_ball_s_pixels_count_from_the_first_pixel_s_middle() -> None:
    shapes = [
        LabelShape(4, "ball", (100.5, 50.5, 100.5, 50.5), status="Bounce"),
        LabelShape(3, "Ball", (98.0, 40.0, 102.0, 44.0), covered=True),
        LabelShape(5, "ball", None),
    ]
    ball = read_ball(text(shapes_to_files(shapes, OPTIONS, "x.xml")["ball.csv"]), "ball.csv")

    assert ball.frame_index.tolist() == [3, 4, 5]
    assert ball.xy[:2].tolist() == [[99.5, 41.5], [100.0, 50.0]]
    assert np.isnan(ball.xy[2]).all()
    assert ball.visibility.tolist() == [2, 1, 0]
    assert ball.status.tolist() == [0, 2, 0]


def test_boxes_come_through_with_the_project_s_edges() -> None:
    shapes = [LabelShape(0, "near", BOX), LabelShape(0, "far", BOX), LabelShape(0, "Umpire", BOX)]
    files = shapes_to_files(shapes, OPTIONS, "x.xml")
    players = read_players(text(files["players.csv"]), "players.csv")
    others = read_others(text(files["others.csv"]), "others.csv")

    assert players.xyxy.tolist() == [[9.5, 19.5, 29.5, 59.5]] * 2
    assert others.xyxy.tolist() == [[9.5, 19.5, 29.5, 59.5]]
    assert others.role.tolist() == ["umpire"]


def test_a_frame_has_a_row_for_every_role_that_was_labelled_at_all() -> None:
    both = shapes_to_files([LabelShape(0, "near", BOX), LabelShape(7, "far", BOX)], OPTIONS, "x.xml")
    one = shapes_to_files([LabelShape(0, "near", BOX)], OPTIONS, "x.xml")

    assert read_players(text(both["players.csv"]), "p").visibility.tolist() == [0, 1, 1, 0]
    assert read_players(text(one["players.csv"]), "p").role.tolist() == ["near"]


def test_what_was_not_labelled_has_no_file() -> None:
    assert shapes_to_files([], OPTIONS, "x.xml") == {}
    assert shapes_to_files([LabelShape(0, "racket", BOX)], OPTIONS, "x.xml") == {}
    assert unknown_names([LabelShape(0, "racket", BOX), LabelShape(0, "FAR", BOX)], OPTIONS) == ["racket"]


def test_own_words_are_translated() -> None:
    options = ImportOptions(names={"Spieler vorn": "near"})

    assert set(shapes_to_files([LabelShape(0, "spieler vorn", BOX)], options, "x.xml")) == {"players.csv"}
    with pytest.raises(ValueError, match="names must lead to near, far or ball, got racket"):
        ImportOptions(names={"racket": "racket"})


def test_two_balls_in_a_frame_are_refused_but_tracks_may_meet() -> None:
    meeting = [LabelShape(3, "ball", None), LabelShape(3, "ball", (5.0, 5.0, 5.0, 5.0))]

    assert b"3,1,4.50,4.50,0" in shapes_to_files(meeting, OPTIONS, "x.xml")["ball.csv"]
    with pytest.raises(ValueError, match=r"x\.xml must have one ball a frame, got two in frame 3"):
        shapes_to_files([meeting[1], meeting[1]], OPTIONS, "x.xml")
    with pytest.raises(ValueError, match="must have flying, hit or bounce as status, got smash in frame 0"):
        shapes_to_files([LabelShape(0, "ball", BOX, status="smash")], OPTIONS, "x.xml")
