"""The report: what it says, and that names stay text."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from tennalytix.schema.clips import ClipEntry, EditList, ShotEntry
from tennalytix.schema.report import RunSummary, ShotSheet
from tennalytix.video.clip import Clip
from tennalytix.viz.clip_facts import clip_facts
from tennalytix.viz.report import RunResults, report_page
from tennalytix.viz.shot_sheet import TILE_WH, ReportOptions, chosen, draw_shot_sheet, left_out
from tennalytix.viz.troubles import run_troubles

EVIL = "<img src=x onerror=alert(1)>\"'&"


def shot(
    first: int, last: int, view: str = "other", reason: str = "no court", clips: tuple[str, ...] = ()
) -> ShotEntry:
    return ShotEntry(
        first_frame=first, last_frame=last, start_s=first / 25, end_s=last / 25, view=view, confidence=0.9,
        reason=reason, clip_ids=list(clips),
    )  # fmt: skip


def edit_list(shots: list[ShotEntry], clips: tuple[str, ...] = (), **changes: object) -> EditList:
    entries = [ClipEntry(clip_id=name, first_frame=0, last_frame=9, start_s=0, end_s=0.4) for name in clips]
    return EditList(fingerprint="f", video=None, clips=entries, shots=shots, **changes)


def test_it_says_what_is_new_what_was_skipped_and_what_failed(make: SimpleNamespace) -> None:
    facts = [clip_facts(make.tracks(clip_id=name), "f") for name in ("a__0000", "a__0001")]
    lists = {
        "a": edit_list([shot(0, 9, "court", clips=("a__0000",)), shot(10, 20, "replay")], ("a__0000", "a__0002")),
        "b": edit_list([], error="b.mp4 has no video stream."),
    }
    run = RunSummary(
        run_id="2026", seconds=75, node_seconds={"build_tracks": 3.5}, stored={"tracks": ["a__0001"]},
        failures=[{"stage": "ball_detection", "item": "a__0003", "error": "No frame decodes."}],
    )  # fmt: skip
    results = RunResults(run, lists, facts, versions={"tennalytix": "0.1.0"})
    page = report_page(results)

    assert run_troubles(run, lists, ["a__0000", "a__0001"]) == [
        ("ball_detection", "a__0003", "No frame decodes."),
        ("tracking", "a__0002", "It has no tracks yet. Run tracking."),
        ("ingestion", "b", "b.mp4 has no video stream."),
    ]
    for words in (
        "No frame decodes.",
        "It took 1:15 min up to this report.",
        "1 of 2",
        "build_<wbr>tracks",
        "b.mp4 has no video stream.",
    ):
        assert words in page
    assert page.count("skipped: unchanged") == 1
    assert page.count(">tracked<") == 1


def test_a_failure_of_this_run_is_not_told_twice(make: SimpleNamespace) -> None:
    run = RunSummary(failures=[{"stage": "ingestion", "item": "b", "error": "b.mp4 is empty."}])

    assert run_troubles(run, {"b": edit_list([], error="b.mp4 is empty.")}, []) == [
        ("ingestion", "b", "b.mp4 is empty.")
    ]


def test_names_stay_text_and_links_are_quoted(make: SimpleNamespace) -> None:
    clip = clip_facts(make.tracks(clip_id=EVIL), "f").model_copy(
        update={"warnings": [EVIL], "models": {EVIL: EVIL}, "fastest_mps": {EVIL: (3.0, 0.5)}, "tennalytix": EVIL}
    )
    lists = {EVIL: edit_list([shot(0, 9, reason=EVIL)], (EVIL,), warnings=[EVIL], error=EVIL)}
    run = RunSummary(run_id=EVIL, node_seconds={EVIL: 1.0}, failures=[{"stage": EVIL, "item": EVIL, "error": EVIL}])
    sheet = ShotSheet(fingerprint="f", tile_wh=TILE_WH, columns=10, first_frames=[0])
    files = {
        "review/.html": frozenset({EVIL}),
        "overlays/.mp4": frozenset({EVIL}),
        "sharing/.webp": frozenset({EVIL}),
        "figures/.svg": frozenset({f"{EVIL}/court", f"{EVIL}/ball"}),
    }
    page = report_page(RunResults(run, lists, [clip], {EVIL: sheet}, files, {EVIL: EVIL}))

    assert "<img src=x" not in page
    assert {address[:2] for address in re.findall(r'(?:href|src)="([^"]*)"', page)} == {"./"}
    assert page.count("for sharing") == 1


def test_links_are_only_to_files_that_are_there(make: SimpleNamespace) -> None:
    facts = [clip_facts(make.tracks(clip_id="a__0000"), "f")]
    page = report_page(RunResults(RunSummary(), {}, facts))

    assert re.findall(r'href="([^"]*)"', page) == ["./review/index.html", "./../07_model_output/tracks/a__0000.json"]


def test_an_empty_storage_has_a_report() -> None:
    page = report_page(RunResults(RunSummary(), {}, []))

    assert "No clip has tracks." in page
    assert "Nothing failed" in page


def test_shots_left_out_are_those_without_clips_spread_evenly() -> None:
    shots = [shot(10 * k, 10 * k + 9, clips=("a",) if k == 3 else ()) for k in range(12)]
    left = left_out(edit_list(shots))

    assert [s.first_frame for s in chosen(left, 3)] == [0, 60, 110]
    assert len(chosen(left, 60)) == 11
    assert chosen(left, 0) == []
    with pytest.raises(ValueError, match="shot_pictures must not be negative, got -1"):
        ReportOptions(shot_pictures=-1)


def test_each_tile_shows_the_middle_of_its_shot(small_clip: Clip) -> None:
    shots = [shot(0, 3), shot(4, 9)]
    data, record = draw_shot_sheet(small_clip, shots, "f")
    cv2 = pytest.importorskip("cv2")
    sheet = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)

    assert sheet.shape == (TILE_WH[1], 2 * TILE_WH[0])
    assert abs(float(sheet[:, :192].mean()) - (60 + 5 * 1)) < 3
    assert abs(float(sheet[:, 192:].mean()) - (60 + 5 * 6)) < 3
    assert record.corner_of(4) == (192, 0)
    assert record.corner_of(5) is None


def test_speeds_that_are_too_uncertain_are_no_numbers(make: SimpleNamespace) -> None:
    facts = clip_facts(make.tracks(), "f").model_copy(
        update={"fastest_mps": {"Near": (4.2, 0.8), "Far": (22.2, 51.5)}, "fastest_ball_mps": (30.0, 5.0)}
    )
    page = report_page(RunResults(RunSummary(), {}, [facts]))
    doubtful = report_page(RunResults(RunSummary(), {}, [facts.model_copy(update={"fastest_ball_mps": (30.0, 16.0)})]))

    assert "Near 4.2 ± 0.8 m/s<br>Far – " in page
    assert "22.2" not in page
    assert "Ball 108 ± 18 km/h" in page
    assert "Ball – " in doubtful
    assert doubtful.count("too uncertain") == 2


def test_clips_whose_video_has_gone_are_told(make: SimpleNamespace) -> None:
    facts = [
        clip_facts(make.tracks(clip_id=f"{name}__0000"), "f").model_copy(update={"video_uri": f"day 1/{name}.mp4"})
        for name in ("a", "b")
    ]
    lists = {"c": edit_list([], error="c.mp4 is empty."), "b": edit_list([], ("b__0001",))}
    results = RunResults(RunSummary(), lists, facts, at_hand=frozenset({"day 1/a.mp4"}))
    page = report_page(results)

    assert page.count("kept: video not in the folder") == page.count("skipped: unchanged") == 1
    assert "Videos that are not in the folder of this run: b." in page
    assert "c.mp4 is empty. Its video is not in the folder of this run." in page
    assert "It has no tracks yet. Run tracking. Its video is not in the folder of this run." in page
    assert "not in the folder" not in report_page(RunResults(RunSummary(), lists, facts))


@pytest.mark.parametrize(("duration_s", "share"), [(10, 0.52), (45, 0.29), (1200, 0.13)])
def test_the_court_is_as_high_as_the_figures_beside_it(make: SimpleNamespace, duration_s: float, share: float) -> None:
    facts = clip_facts(make.tracks(), "f").model_copy(update={"duration_s": duration_s})
    files = {"figures/.svg": frozenset({f"{facts.clip_id}/court"})}

    assert f'style="--court: {share:.2f}fr"' in report_page(RunResults(RunSummary(), {}, [facts], {}, files))
