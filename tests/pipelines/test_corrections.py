"""What a person set right outlives every run: a court in place of none, the ball, players, events."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import small_postprocessing
from flown_rally import FlownRally
from small_postprocessing import CLIP_ID, NO_BALL
from tennalytix.core.tables import BallTable
from tennalytix.pipelines.parallel import Parallel
from tennalytix.pipelines.stage import StageError
from tennalytix.schema.clips import ClipEntry, EditList
from tennalytix.schema.tracks import Tracks

RALLY = FlownRally(seconds=3.0)
CORNERS = ("far_left_doubles", "far_right_doubles", "near_left_doubles", "near_right_doubles")


def build(root: Path, stored: dict[str, str] | None = None, ball: BallTable = NO_BALL) -> dict[str, Tracks]:
    return small_postprocessing.build(root, RALLY, stored, ball)


def correct(root: Path, clip_id: str = CLIP_ID, **points: tuple[float, float]) -> None:
    true = RALLY.camera.court_view().keypoints()
    marks = {name: true[name] for name in CORNERS} | points
    (root / "05_corrections").mkdir(exist_ok=True)
    file = {"clip_id": clip_id, "court": [{"frame_index": 10, "points": marks}]}
    (root / "05_corrections" / f"{CLIP_ID}.json").write_text(json.dumps(file))


def say(root: Path, **lists: list[dict[str, Any]]) -> None:
    (root / "05_corrections").mkdir(exist_ok=True)
    (root / "05_corrections" / f"{CLIP_ID}.json").write_text(json.dumps({"clip_id": CLIP_ID, **lists}))


def true_court() -> list[dict[str, Any]]:
    true = RALLY.camera.court_view().keypoints()
    return [{"frame_index": 10, "points": {name: true[name] for name in CORNERS}}]


def test_without_corrections_there_is_no_court(tmp_path: Path) -> None:
    missing = build(tmp_path)[CLIP_ID]
    (tmp_path / "05_corrections").mkdir()
    (tmp_path / "05_corrections/.gitkeep").touch()
    empty = build(tmp_path)[CLIP_ID]

    assert missing.court is None
    assert empty == missing


def test_marked_corners_give_a_court_and_players_in_metres(tmp_path: Path) -> None:
    correct(tmp_path)
    tracks = build(tmp_path)[CLIP_ID]
    places = {p.role: p.court_xy_m for f in tracks.frames for p in f.players}

    assert tracks.court is not None
    assert (tracks.court.source, tracks.court.confidence, tracks.court.static) == ("corrected", 1.0, True)
    assert "No court was found." not in tracks.summary.warnings
    assert set(places) == {"near", "far"}
    assert places["near"] is not None
    assert places["far"] is not None
    assert places["near"][1] < 0 < places["far"][1]


def test_what_is_stored_is_done_anew_only_if_its_corrections_change(tmp_path: Path) -> None:
    before = build(tmp_path)[CLIP_ID].provenance.fingerprint
    correct(tmp_path)
    after = build(tmp_path, {CLIP_ID: before})[CLIP_ID].provenance.fingerprint
    (tmp_path / "tracks" / f"{CLIP_ID}.json").unlink()

    assert after != before
    assert build(tmp_path, {CLIP_ID: after}) == {}


def test_corrections_that_fit_no_court_fail_in_one_sentence(tmp_path: Path) -> None:
    correct(tmp_path, near_left_doubles=(5000.0, 0.0))

    with pytest.raises(StageError, match=r"points of frame 10 must lie in the picture of 1280x720 pixels"):
        build(tmp_path)


def test_corrections_of_another_clip_are_refused(tmp_path: Path) -> None:
    correct(tmp_path, clip_id="other__0001")

    with pytest.raises(StageError, match="corrections must be rally__0000, got other__0001"):
        build(tmp_path)


def test_a_misspelled_field_is_named_and_the_tracks_stay(tmp_path: Path) -> None:
    before = build(tmp_path)[CLIP_ID]
    say(tmp_path, bal=BALL)

    with pytest.raises(
        StageError, match=rf"{CLIP_ID}\.json must be a Corrections file, but fields must be known, got bal"
    ):
        build(tmp_path, {CLIP_ID: before.provenance.fingerprint})
    kept = Tracks.from_json((tmp_path / "tracks" / f"{CLIP_ID}.json").read_text())
    assert kept == before


def strays(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [message for message in caplog.messages if "must be named after a clip" in message]


def test_corrections_of_no_clip_are_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    say(tmp_path, ball=BALL)
    for name in ("rally", "umpire", "other__0002"):
        (tmp_path / "05_corrections" / f"{name}.json").write_text('{"clip_id": "rally__0000"}')
    build(tmp_path)

    told = "postprocessing: 05_corrections/{}.json must be named after a clip, so it was not used. {}"
    assert strays(caplog) == [
        told.format("other__0002", "Rename it."),
        told.format("rally", "Did you mean rally__0000.json?"),
        told.format("umpire", "Rename it."),
    ]


def test_corrections_of_clips_that_are_not_at_hand_are_no_mistake(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    say(tmp_path, ball=BALL)
    entry = ClipEntry(clip_id="other__0000", first_frame=0, last_frame=9, start_s=0.0, end_s=0.4)
    lists = {
        "other": EditList(fingerprint="o", video=None, clips=[entry]),
        "broken": EditList(fingerprint="", video=None, clips=[], error="broken.mp4 is empty."),
    }
    for name in ("other__0000", "broken__0003"):
        (tmp_path / "05_corrections" / f"{name}.json").write_text(json.dumps({"clip_id": name}))
    edit_lists = {name: partial(lists.__getitem__, name) for name in lists}
    small_postprocessing.build(tmp_path, RALLY, edit_lists=edit_lists)

    assert strays(caplog) == []


def test_one_part_of_a_run_names_corrections_of_no_clip(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    say(tmp_path, ball=BALL)
    (tmp_path / "05_corrections/umpire.json").write_text("{}")
    for part in (1, 2, 3):
        small_postprocessing.build(tmp_path, RALLY, parallel=Parallel(shard=f"{part}/3"))

    assert len(strays(caplog)) == 1


def test_a_moving_camera_takes_the_marks_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panning = RALLY.changed(pan_px=20.0)
    monkeypatch.setattr(f"{__name__}.RALLY", panning)
    correct(tmp_path)
    tracks = build(tmp_path)[CLIP_ID]
    matrices = [f.court_from_image for f in tracks.frames]

    assert tracks.court is not None
    assert (tracks.court.static, tracks.court.source) == (False, "corrected")
    assert all(m is not None for m in matrices)
    assert matrices[0] != matrices[-1]


BALL = [{"frame_index": 50, "xy": [600.0, 300.0]}, {"frame_index": 60, "last_frame": 62, "xy": None}]
PLAYERS = [
    {"track_id": 1, "role": "near", "frame_index": 40, "xyxy": [500.0, 420.0, 560.0, 560.0]},
    {"track_id": 2, "role": "far", "frame_index": 40, "last_frame": 42, "xyxy": None},
]
EVENTS = [{"kind": "bounce", "frame_index": 20, "xy": [640.0, 330.0]}]


def test_a_persons_word_outlives_every_model_and_is_marked(tmp_path: Path) -> None:
    """The same word holds over the true ball, over another detector's answer, and where nothing was detected at all."""
    say(tmp_path, court=true_court(), ball=BALL, players=PLAYERS, events=EVENTS)
    for table in (RALLY.candidates(), RALLY.candidates(noise_px=2.0, false_per_frame=8.0), NO_BALL):
        tracks = build(tmp_path, ball=table)[CLIP_ID]
        ball, frame = tracks.frames[50].ball, tracks.frames[40]

        assert ball is not None
        assert (ball.xy, ball.source, ball.score) == ((600.0, 300.0), "corrected", 1.0)
        assert [tracks.frames[k].ball for k in (60, 61, 62)] == [None] * 3
        assert [(p.role, p.xyxy, p.source) for p in frame.players] == [("near", (500, 420, 560, 560), "corrected")]
        assert frame.players[0].court_xy_m is not None
        corrected = [e for e in tracks.events if e.source == "corrected"]
        assert [(e.kind, e.frame_index, e.score) for e in corrected] == [("bounce", 20, 1.0)]
        assert corrected[0].court_xy_m is not None


def test_deleting_the_corrections_brings_the_models_answer_back(tmp_path: Path) -> None:
    say(tmp_path, court=true_court())
    before = build(tmp_path, ball=RALLY.candidates())[CLIP_ID]
    say(tmp_path, court=true_court(), ball=BALL, players=PLAYERS, events=EVENTS)
    corrected = build(tmp_path, ball=RALLY.candidates())[CLIP_ID]
    say(tmp_path, court=true_court())
    after = build(tmp_path, ball=RALLY.candidates())[CLIP_ID]

    assert corrected != before
    assert after.to_json() == before.to_json()


def test_one_word_more_makes_the_tracks_anew(tmp_path: Path) -> None:
    say(tmp_path, court=true_court(), ball=BALL)
    stored = {CLIP_ID: build(tmp_path)[CLIP_ID].provenance.fingerprint}
    (tmp_path / "tracks" / f"{CLIP_ID}.json").unlink()

    assert build(tmp_path, stored) == {}
    say(tmp_path, court=true_court(), ball=BALL[:1])
    assert list(build(tmp_path, stored)) == [CLIP_ID]


def test_a_ball_set_by_hand_moves_what_is_filled_in_beside_it(tmp_path: Path) -> None:
    lost = RALLY.candidates(false_per_frame=0.0, missing=slice(49, 52))
    say(tmp_path, court=true_court())
    before = build(tmp_path, ball=lost)[CLIP_ID].frames[51].ball
    x, y = (float(v) for v in RALLY.xy[50])
    say(tmp_path, court=true_court(), ball=[{"frame_index": 50, "xy": [x, y + 6]}])
    after = build(tmp_path, ball=lost)[CLIP_ID].frames[51].ball

    assert before is not None
    assert after is not None
    assert (before.source, after.source) == ("interpolated", "interpolated")
    assert after.xy[1] - before.xy[1] > 2
