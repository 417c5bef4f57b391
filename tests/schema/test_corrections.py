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


def read(**changes: object) -> Corrections:
    return Corrections.model_validate_json(json.dumps({**FILE, **changes}))


def test_a_file_is_read_with_its_marks() -> None:
    (mark,) = read().court_marks()

    assert mark.frame_index == 4
    assert mark.points["near_right_doubles"] == (1000.0, 600.0)
    assert read().schema_version == "1.0"
    assert Corrections.model_validate_json(read().model_dump_json()) == read()


def test_a_file_may_say_nothing_of_the_court() -> None:
    assert Corrections(clip_id="match__0001").court_marks() == []


def test_what_later_writers_add_is_kept_aside() -> None:
    assert read(schema_version="1.4", ball=[{"frame_index": 2, "xy": [1, 2]}]).court_marks() == read().court_marks()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema_version": "2.0"}, "schema_version must be 1.x, got 2.0"),
        ({"court": FILE["court"] * 2}, "court must have one entry a frame, got frame 4 more than once"),  # type: ignore[operator]
        ({"court": [{"frame_index": -1, "points": POINTS}]}, "greater than or equal to 0"),
        ({"court": [{"frame_index": 0, "points": {"far_left_doubles": [1, 2]}}]}, "points must be at least 4, got 1"),
        ({"court": [{"frame_index": 0, "points": {**POINTS, "corner": [1, 2]}}]}, "got 'corner'"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read(**changes)
