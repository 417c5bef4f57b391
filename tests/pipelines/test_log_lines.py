"""What the log says of each clip, in one line whatever its name."""

import logging
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import small_postprocessing
from flown_rally import FlownRally
from small_postprocessing import CLIP_ID
from tennalytix.core.court_view import CourtTrack
from tennalytix.datasets.places import Places
from tennalytix.export.files import ExportOptions
from tennalytix.pipelines.beside import FrameStage
from tennalytix.pipelines.court_detection.nodes import detect_courts
from tennalytix.pipelines.detection import detect_in_clips
from tennalytix.pipelines.export.nodes import export_tracks
from tennalytix.pipelines.parallel import SERIAL, Parallel
from tennalytix.pipelines.postprocessing.nodes import flatten_tracks
from tennalytix.schema.clips import ClipEntry, EditList
from tennalytix.schema.tracks import ModelProvenance

RALLY = FlownRally(seconds=1.0)
ODD = "two\nlines__0000"


def stored_clip(clip_id: str, frames: int = 3) -> SimpleNamespace:
    entry = ClipEntry(clip_id=clip_id, first_frame=0, last_frame=frames - 1, start_s=0, end_s=1)
    pictures = [SimpleNamespace(index=k) for k in range(frames)]
    clip = SimpleNamespace(clip_id=clip_id, table=range(frames), frames=lambda: iter(pictures))
    return SimpleNamespace(clip=clip, entry=entry, fingerprint="c", unchanged=nullcontext)


def cut_into(*clip_ids: str) -> Callable[[], EditList]:
    clips = [ClipEntry(clip_id=name, first_frame=0, last_frame=2, start_s=0, end_s=1) for name in clip_ids]
    return lambda: EditList(fingerprint="e", video=None, clips=clips)


def loaded(detect: object) -> SimpleNamespace:
    return SimpleNamespace(detector=SimpleNamespace(detect=detect), model=ModelProvenance(name="made up"))


@pytest.mark.parametrize(
    ("found", "words"),
    [(RALLY.court, "court in 3 of 3 frames, lines fit to 0.5 px"), (CourtTrack(), "no court found")],
)
def test_every_court_is_told(caplog: pytest.LogCaptureFixture, found: CourtTrack, words: str) -> None:
    with caplog.at_level(logging.INFO):
        list(detect_courts({ODD: lambda: stored_clip(ODD)}, loaded(lambda _: found), {}))

    assert caplog.messages == [f"court_detection: two\\nlines__0000: {words}"]


def test_progress_of_detectors_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    clips = {ODD: lambda: stored_clip(ODD)}
    detector = loaded(lambda frames: (f.index for f in frames))
    with caplog.at_level(logging.INFO):
        list(detect_in_clips(FrameStage("ball_detection", 1, lambda *_: np.zeros(0)), clips, detector, {}, SERIAL))

    assert [m.startswith("ball_detection: two\\nlines__0000: 3 frames done") for m in caplog.messages] == [True]


def test_every_clip_that_is_built_is_told_with_what_was_corrected(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    ball = RALLY.candidates(false_per_frame=0.0)
    (tmp_path / "05_corrections").mkdir()
    said = f'{{"clip_id": "{CLIP_ID}", "ball": [{{"frame_index": 3, "xy": null}}]}}'
    (tmp_path / f"05_corrections/{CLIP_ID}.json").write_text(said)
    with caplog.at_level(logging.INFO, "tennalytix"):
        small_postprocessing.build(tmp_path, RALLY, ball=ball, court=RALLY.court)

    (line,) = [m for m in caplog.messages if m.startswith(f"postprocessing: {CLIP_ID}: ball in ")]
    assert line.endswith(", corrections taken up: 1")


def test_clips_that_are_not_at_hand_are_named_by_cause(caplog: pytest.LogCaptureFixture) -> None:
    tracks = {name: lambda: None for name in ("a__0000", "a__0001", *(f"b__000{k}" for k in range(7)))}
    with caplog.at_level(logging.INFO):
        next(flatten_tracks(tracks, {"a__0000": None}, {"a": cut_into("a__0000")}, {}, {}))

    assert caplog.messages == [
        "table of tracks: 1 of 9 clips are left out, since their videos' edit lists no longer have them; "
        "what is stored of them is kept: a__0001.",
        "table of tracks: 7 of 9 clips stay in, though their videos are not in the folder of this run: "
        "b__0000, b__0001, b__0002, b__0003, b__0004 and 2 more.",
    ]


def test_a_clip_without_a_court_is_told_by_workers_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    workers = Parallel("process", workers=1, save=small_postprocessing.tracks_store(tmp_path).save)
    small_postprocessing.build(tmp_path, RALLY, parallel=workers)

    assert [m for m in caplog.messages if "no court" in m] == [
        f"postprocessing: {CLIP_ID} shows no court, so nobody is known to be a player. "
        "Mark its corners on the review page."
    ]


def test_an_export_says_what_it_wrote_and_where(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    tracks = small_postprocessing.build(tmp_path, RALLY)
    places, options = Places("/data", "/videos"), ExportOptions(formats=("csv", "mot"))
    caplog.clear()
    with caplog.at_level(logging.INFO):
        loads = {name: lambda item=item: item for name, item in tracks.items()}
        list(export_tracks(loads, {}, options, places))
        list(export_tracks({**loads, "a__0001": lambda: None}, {"a": cut_into("a__0000")}, options, places))
        list(export_tracks({}, {}, options, places))

    assert caplog.messages == [
        "export: clips: 1, files: 4, as csv, mot, in /data/08_reporting/export",
        "export: 1 of 2 clips are left out, since their videos' edit lists no longer have them",
        "export: clips: 1, files: 4, as csv, mot, in /data/08_reporting/export",
        "export: no clip has tracks, so nothing was written. Run tracking first.",
    ]
