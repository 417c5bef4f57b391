import json

import pytest

from tennalytix.metrics.label_studio import read_label_studio

SIZES = {"rally": (1000, 500)}


def key(frame: int, x: float, enabled: bool = True) -> dict:
    return {"frame": frame, "enabled": enabled, "rotation": 0, "x": x, "y": 10, "width": 2, "height": 4, "time": 0.0}


def export(sequence: list[dict], label: str = "ball", video: str = "/data/upload/1/3f2a9c01-rally.mp4") -> bytes:
    value = {"framesCount": 250, "duration": 10, "sequence": sequence, "labels": [label]}
    result = [{"type": "videorectangle", "value": value, "id": "a"}, {"type": "choices", "value": {}}]
    return json.dumps([{"id": 1, "data": {"video": video}, "annotations": [{"result": result}]}]).encode()


def test_percents_become_pixels_and_frames_count_from_zero() -> None:
    (shape,) = read_label_studio(export([key(1, 50.0)]), "e.json", SIZES.get)["rally"]

    assert shape.frame_index == 0
    assert shape.xyxy == (500.0, 50.0, 520.0, 70.0)


def test_boxes_between_key_frames_lie_on_a_line_while_the_track_goes_on() -> None:
    sequence = [key(1, 10.0), key(5, 50.0, enabled=False), key(9, 90.0)]
    shapes = read_label_studio(export(sequence, "near"), "e.json", SIZES.get)["rally"]

    assert [s.frame_index for s in shapes] == [0, 1, 2, 3, 4, 8]
    assert [s.xyxy[0] for s in shapes if s.xyxy] == pytest.approx([100, 200, 300, 400, 500, 900])


def test_names_with_and_without_the_upload_prefix_are_known() -> None:
    assert set(read_label_studio(export([], video="s3://b/rally.mp4"), "e.json", SIZES.get)) == {"rally"}
    with pytest.raises(ValueError, match=r"e\.json must have labels of ingested videos, got final"):
        read_label_studio(export([], video="/data/final.mp4"), "e.json", SIZES.get)


def test_cancelled_annotations_do_not_count() -> None:
    tasks = json.loads(export([key(1, 1.0)]))
    tasks[0]["annotations"][0]["was_cancelled"] = True

    assert read_label_studio(json.dumps(tasks).encode(), "e.json", SIZES.get) == {"rally": []}


@pytest.mark.parametrize("content", [b"{", b"[1]", b'[{"data": {"video": "rally.mp4"}}]', b"\xff\xfe"])
def test_other_files_are_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"e\.json must be Label Studio's JSON export of video tracks, got "):
        read_label_studio(content, "e.json", SIZES.get)
