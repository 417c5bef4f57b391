import json

from tennalytix.schema.export import tracks_json_schema


def test_the_schema_names_every_part_of_the_file():
    schema = tracks_json_schema()

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["required"]) == {
        "clip_id", "video", "clip", "provenance", "court", "frames", "events", "summary",
    }  # fmt: skip
    assert {"Player", "Ball", "TrackedFrame", "Event", "Court", "LensTerm"} <= set(schema["$defs"])


def test_the_schema_says_what_may_be_absent():
    frame = tracks_json_schema()["$defs"]["TrackedFrame"]

    assert "court_from_image" in frame["properties"]
    assert "court_from_image" not in frame["required"]
    assert "ball" in frame["required"]


def test_the_schema_is_plain_json_and_always_the_same():
    assert json.loads(json.dumps(tracks_json_schema())) == tracks_json_schema()
