import pytest

from tennalytix import ball_table, events_table, players_table
from tennalytix.export.tables import BALL, EVENTS, PLAYERS
from viz.conftest import ball, event, make_tracks, player, tracked

NEAR = player("near", (100.0, 200.0, 140.0, 300.0))
FAR = player("far", (600.0, 50.0, 620.0, 100.0), source="interpolated")
TRACKS = make_tracks(
    [tracked(5, (NEAR, FAR), ball((320.5, 40.25))), tracked(6), tracked(7, (NEAR,), ball((330.0, 41.0), "corrected"))],
    events=[event("hit", 5, (320.5, 40.25))],
)


def test_every_player_of_every_frame_has_a_row() -> None:
    table = players_table(TRACKS).to_pylist()

    assert [(r["frame_index"], r["role"], r["source"]) for r in table] == [
        (5, "near", "detected"),
        (5, "far", "interpolated"),
        (7, "near", "detected"),
    ]
    first = table[0]
    assert [first[f"{side}_px"] for side in ("left", "top", "right", "bottom")] == [100.0, 200.0, 140.0, 300.0]
    assert (first["centre_x_px"], first["centre_y_px"], first["foot_x_px"], first["foot_y_px"]) == (120, 250, 120, 300)
    assert (first["x_m"], first["y_m"]) == (1.0, -12.0)


def test_the_ball_has_a_row_a_frame_and_nulls_where_it_is_not() -> None:
    table = ball_table(TRACKS).to_pylist()

    assert [(r["frame_index"], r["x_px"], r["source"]) for r in table] == [
        (5, 320.5, "detected"),
        (6, None, None),
        (7, 330.0, "corrected"),
    ]


def test_events_have_a_row_each() -> None:
    (row,) = events_table(TRACKS).to_pylist()

    assert (row["kind"], row["frame_index"], row["x_px"]) == ("hit", 5, 320.5)


@pytest.mark.parametrize(("make", "schema"), [(players_table, PLAYERS), (ball_table, BALL), (events_table, EVENTS)])
def test_a_clip_without_frames_gives_empty_tables_of_the_same_columns(make, schema) -> None:
    table = make(make_tracks([]))

    assert table.schema == schema
    assert table.num_rows == 0
