import json
from typing import Any

import pytest
from pydantic import ValidationError

from tennalytix.schema.tracks import Tracks

MATRIX = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


def document(**changes: Any) -> dict[str, Any]:
    return {
        "schema_version": "1.0",
        "clip_id": "match__0001",
        "video": {
            "uri": "match.mp4",
            "sha256": "ab",
            "width": 1280,
            "height": 720,
            "frame_rate": "30000/1001",
            "frame_count": 2,
            "duration_s": 0.0667,
            "codec": "h264",
            "rotation_deg": 0,
            "pixel_aspect": "1/1",
        },
        "clip": {"first_frame": 0, "last_frame": 1, "start_s": 0.0, "end_s": 0.0334, "view": "court"},
        "provenance": {"tennalytix": "0.1.0", "fingerprint": "f", "models": {}},
        "court": {
            "static": False,
            "court_from_image": MATRIX,
            "keypoints": {"far_left_doubles": [1.5, 2.25]},
            "lens": {"k1": 0.01, "centre": [639.5, 359.5], "radius_px": 734.3},
            "residual_px": 0.5,
            "confidence": 0.9,
            "source": "detected",
        },
        "frames": [
            {
                "frame_index": 0,
                "time_s": 0.0,
                "repeated": False,
                "players": [],
                "ball": None,
                "court_from_image": MATRIX,
            },
            {
                "frame_index": 1,
                "time_s": 0.0334,
                "repeated": False,
                "ball": {"xy": [3.1, 4.2], "score": 0.5, "source": "detected"},
                "players": [
                    {
                        "track_id": 1,
                        "role": "near",
                        "xyxy": [1.0, 2.0, 3.0, 4.5],
                        "centre": [2.0, 3.25],
                        "foot": [2.0, 4.5],
                        "court_xy_m": None,
                        "score": 0.8,
                        "source": "corrected",
                    }
                ],
            },
        ],
        "events": [
            {
                "kind": "bounce",
                "frame_index": 1,
                "time_s": 0.0334,
                "xy": [3.1, 4.2],
                "court_xy_m": [0.1, 0.2],
                "player": None,
                "score": 0.7,
                "source": "detected",
            }
        ],
        "summary": {"ball_coverage": 0.5, "near_coverage": 0.5, "far_coverage": 0.0, "warnings": []},
    } | changes


def test_reading_and_writing_returns_the_same_document():
    assert json.loads(Tracks.from_json(json.dumps(document())).to_json()) == document()


def test_a_matrix_that_is_not_known_is_absent():
    frames = json.loads(Tracks.model_validate(document()).to_json())["frames"]

    assert "court_from_image" in frames[0]
    assert "court_from_image" not in frames[1]
    assert Tracks.model_validate(document()).frames[1].court_from_image is None


def test_the_text_is_compact():
    text = Tracks.model_validate(document()).to_json()

    assert ", " not in text
    assert ": " not in text


def test_fields_of_a_newer_writer_survive():
    newer = document(schema_version="1.7", crowd={"noise_db": 92.5})
    newer["frames"][1]["players"][0]["racket"] = [1.0, 2.0]
    newer["frames"][0]["wind"] = "calm"

    assert json.loads(Tracks.from_json(json.dumps(newer)).to_json()) == newer


@pytest.mark.parametrize("version", ["2.0", "0.9", "nonsense"])
def test_other_versions_are_refused(version: str):
    with pytest.raises(ValidationError, match=rf"schema_version must be 1\.x, got {version}"):
        Tracks.model_validate(document(schema_version=version))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("video", "width"), 0),
        (("video", "frame_rate"), "29.97"),
        (("court", "confidence"), 1.5),
        (("court", "court_from_image"), [[1.0]]),
    ],
)
def test_impossible_values_are_refused(place: tuple[str, str], value: object):
    broken = document()
    broken[place[0]] = broken[place[0]] | {place[1]: value}

    with pytest.raises(ValidationError, match=place[1]):
        Tracks.model_validate(broken)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_are_finite(number: float):
    broken = document()
    broken["frames"][1]["ball"] = {"xy": [number, 1.0], "score": 0.5, "source": "detected"}

    with pytest.raises(ValidationError, match="finite"):
        Tracks.model_validate(broken)


def test_tracks_cannot_be_changed():
    tracks = Tracks.model_validate(document())

    with pytest.raises(ValidationError, match="frozen"):
        tracks.clip_id = "other"  # type: ignore[misc]
