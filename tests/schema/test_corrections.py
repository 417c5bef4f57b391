import json

import pytest
from pydantic import ValidationError

from tennalytix.schema.corrections import Corrections

POINTS = {
    "far_left_doubles": [500.0, 200.0],
    "far_right_doubles": [800.0, 200.0],
    "near_left_doubles": [300.0, 600.0],
    "near_right_doubles": [1000.0, 600.0],
}
FILE = {"clip_id": "match__0001", "court": [{"frame_index": 4, "points": POINTS}]}

NEAR, PARTNER = {"track_id": 1, "role": "near"}, {"track_id": 3, "role": "near"}
BOX = [0.0, 0.0, 5.0, 9.0]


def read(**changes: object) -> Corrections:
    return Corrections.model_validate_json(json.dumps({**FILE, **changes}))


def test_a_file_is_read_with_its_marks() -> None:
    (mark,) = read().court_marks()

    assert mark.frame_index == 4
    assert mark.points["near_right_doubles"] == (1000.0, 600.0)
    assert read().schema_version == "1.1"
    assert Corrections.model_validate_json(read().model_dump_json()) == read()


def test_a_file_may_say_nothing_of_the_court() -> None:
    assert Corrections(clip_id="match__0001").court_marks() == []


def test_what_later_writers_add_is_kept_aside() -> None:
    later = read(
        schema_version="1.4", umpire=[{"frame_index": 2, "xy": [1, 2]}], ball=[{"frame_index": 2, "xy": None, "z": 1}]
    )

    assert later.court_marks() == read().court_marks()
    assert later.model_dump()["umpire"] == [{"frame_index": 2, "xy": [1, 2]}]


def test_a_file_of_courts_alone_is_still_read() -> None:
    old = read(schema_version="1.0")

    assert (old.ball, old.players, old.swaps, old.events) == ([], [], [], [])


def test_every_kind_of_word_comes_back_as_it_was_said() -> None:
    said = read(
        ball=[{"frame_index": 2, "xy": [1, 2]}, {"frame_index": 3, "last_frame": 9, "xy": None}],
        players=[{**NEAR, "frame_index": 2, "xyxy": [0, 0, 5, 9]}, {**NEAR, "frame_index": 3, "xyxy": None}],
        swaps=[{"frame_index": 4, "last_frame": 8, "one": NEAR, "other": PARTNER, "xyxy": [0, 0, 5, 9]}],
        events=[
            {"kind": "hit", "frame_index": 5, "player": "near"},
            {"kind": "bounce", "frame_index": 5, "deleted": True},
        ],
    )

    assert [(c.frame_index, c.last, c.xy) for c in said.ball] == [(2, 2, (1.0, 2.0)), (3, 9, None)]
    assert said.players[0].key == (1, "near")
    assert said.swaps[0].other.key == (3, "near")
    assert [e.deleted for e in said.events] == [False, True]
    assert Corrections.model_validate_json(said.model_dump_json()) == said


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema_version": "2.0"}, "schema_version must be 1.x, got 2.0"),
        ({"court": FILE["court"] * 2}, "court must have one entry a frame, got frame 4 more than once"),  # type: ignore[operator]
        ({"court": [{"frame_index": -1, "points": POINTS}]}, "greater than or equal to 0"),
        ({"court": [{"frame_index": 0, "points": {"far_left_doubles": [1, 2]}}]}, "points must be at least 4, got 1"),
        ({"court": [{"frame_index": 0, "points": {**POINTS, "corner": [1, 2]}}]}, "got 'corner'"),
        ({"ball": [{"frame_index": 4, "xy": [1, 2]}, {"frame_index": 2, "last_frame": 4, "xy": None}]}, "frame 4 more"),
        ({"ball": [{"frame_index": 4, "last_frame": 5, "xy": [1, 2]}]}, "xy must be null where last_frame is given"),
        (
            {"ball": [{"frame_index": 4, "last_frame": 3, "xy": None}]},
            "last_frame must be at least frame_index 4, got 3",
        ),
        ({"ball": [{"frame_index": 4}]}, "Field required"),
        ({"players": [{**NEAR, "frame_index": 4, "xyxy": [5, 0, 0, 9]}]}, "xyxy must be left, top, right, bottom"),
        ({"players": [{**NEAR, "frame_index": 4, "xyxy": None}] * 2}, "players of id 1 must have one entry a frame"),
        ({"players": [{**NEAR, "frame_index": 4, "last_frame": 6, "xyxy": BOX}]}, "xyxy must be null where last_frame"),
        ({"players": [{"track_id": 0, "role": "near", "frame_index": 4, "xyxy": BOX}]}, "greater than or equal to 1"),
        ({"swaps": [{"frame_index": 4, "one": NEAR, "other": NEAR}]}, "other must differ from one"),
        (
            {"events": [{"kind": "hit", "frame_index": 4}] * 2},
            "events of kind hit must have one entry a frame, got frame 4",
        ),
        ({"events": [{"kind": "bounce", "frame_index": 4, "player": "far"}]}, "player must be null for a bounce"),
        ({"bal": []}, r"fields must be known, got bal\. Did you mean ball\?"),
        ({"umpire": 1}, r"fields must be known, got umpire\. Known are ball, clip_id, court, events, players, schema_"),
        (
            {"ball": [{"frame_index": 4, "xy": None, "last_fram": 6}]},
            r"got last_fram in ball\.0\. Did you mean last_frame\?",
        ),
        (
            {"swaps": [{"frame_index": 4, "one": {**NEAR, "id": 1}, "other": PARTNER}]},
            r"got id in swaps\.0\.one\. Did you mean track_id\?|got id in swaps\.0\.one\. Known are role, track_id\.",
        ),
        ({"schema_version": "1.1", "umpire": []}, "got umpire"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read(**changes)
