import json
import logging
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from tennalytix.core.tables import FrameTable
from tennalytix.datasets import FileDataset, FingerprintsDataset, ModelJSONDataset, PartitionsDataset
from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.hash_cache import HashCache
from tennalytix.datasets.places import Places, PlacesDataset
from tennalytix.datasets.storage import StoredFile
from tennalytix.pipelines.current import current_tracks
from tennalytix.pipelines.stage import StageError
from tennalytix.pipelines.visualization import create_pipeline
from tennalytix.pipelines.visualization.nodes import Videos, render_review_pages, render_videos
from tennalytix.pipelines.visualization.report_nodes import write_report
from tennalytix.schema.clips import ClipEntry, EditList
from tennalytix.schema.corrections import BallCorrection, Corrections
from tennalytix.schema.report import ClipFacts
from tennalytix.schema.tracks import Ball, ClipSpan, Provenance, Summary, TrackedFrame, Tracks, Video
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoSource
from tennalytix.video.writer import VideoWriter
from tennalytix.viz.clip_facts import clip_facts
from tennalytix.viz.overlay import OverlayOptions
from tennalytix.viz.review_video import ReviewOptions
from tennalytix.viz.sharing import SharingOptions
from tennalytix.viz.shot_sheet import ReportOptions

VIDEO = Video(
    uri="rally.mp4",
    sha256="",
    width=160,
    height=90,
    frame_rate="25/1",
    frame_count=5,
    duration_s=0.2,
    codec="h264",
    rotation_deg=0,
)
Loads = dict[str, Callable[[], object]]


def tracks_of(clip_id: str, fingerprint: str = "f0") -> Tracks:
    frames = [
        TrackedFrame(
            frame_index=k, time_s=k / 25, repeated=False, players=[], ball=Ball(xy=(80, 45), score=1, source="detected")
        )
        for k in range(5)
    ]
    return Tracks(
        clip_id=clip_id,
        video=VIDEO,
        clip=ClipSpan(first_frame=0, last_frame=4, start_s=0, end_s=0.16, view="court"),
        provenance=Provenance(tennalytix="0.1.0", fingerprint=fingerprint, models={}),
        court=None,
        frames=frames,
        events=[],
        summary=Summary(ball_coverage=1, near_coverage=0, far_coverage=0, warnings=[]),
    )


def stored_clip(clip_id: str, path: Path) -> StoredClip:
    table = FrameTable(
        np.arange(5), np.arange(5) / 25, np.zeros(5, bool), np.zeros(5, int), np.tile(np.eye(3), (5, 1, 1))
    )
    entry = ClipEntry(clip_id=clip_id, first_frame=0, last_frame=4, start_s=0, end_s=0.16)
    source = VideoSource(str(path))
    # As if ingestion had seen the file.
    hashes = StoredFile(f"{path}.json")
    hashes.write(json.dumps({str(path.resolve()): [*source.state(), VIDEO.sha256]}).encode())
    return StoredClip(Clip(clip_id, source, table, (160, 90)), entry, VIDEO, "v0", (), HashCache(hashes))


@pytest.fixture
def video(tmp_path: Path) -> Path:
    with VideoWriter(tmp_path / "rally.mp4", (160, 90), Fraction(25)) as writer:
        for _ in range(5):
            writer.write(np.full((90, 160, 3), 90, dtype=np.uint8))
    return tmp_path / "rally.mp4"


def run_pipeline(root: Path, tracks: Loads, clips: Loads, corrections: Loads | None = None) -> None:
    def files(name: str, suffix: str) -> PartitionsDataset:
        return PartitionsDataset(path=str(root / name), filename_suffix=suffix, dataset=FileDataset)

    catalog = DataCatalog(
        {
            "tracks": MemoryDataset(tracks, copy_mode="assign"),
            "clips": MemoryDataset(clips, copy_mode="assign"),
            "corrections": MemoryDataset(corrections or {}, copy_mode="assign"),
            "params:overlay": MemoryDataset(OverlayOptions()),
            "params:review": MemoryDataset(ReviewOptions()),
            "review_videos": files("review", ".mp4"),
            "review_video_records": files("review", ".json"),
            "review_videos_fingerprints": FingerprintsDataset(path=str(root / "review"), filename_suffix=".json"),
            "overlays": files("overlays", ".mp4"),
            "overlay_records": files("overlays", ".json"),
            "overlays_fingerprints": FingerprintsDataset(path=str(root / "overlays"), filename_suffix=".json"),
            "review_thumbnails": files("review", ".jpg"),
            "review_pages": files("review", ".html"),
            "figures": files("figures", ".svg"),
            "clip_facts": PartitionsDataset(
                path=str(root / "figures"),
                filename_suffix=".json",
                dataset={"type": ModelJSONDataset, "model": "tennalytix.schema.report.ClipFacts"},
            ),
            "edit_lists": MemoryDataset({}, copy_mode="assign"),
            "places": PlacesDataset(path=str(root), videos={"path": str(root)}, folders=["05_corrections"]),
            "frame_tables": MemoryDataset({}, copy_mode="assign"),
            "videos": MemoryDataset({"rally.mp4": None}, copy_mode="assign"),
            "run_summary": MemoryDataset(b'{"stored": {"tracks": ["b__0000"]}}'),
            "params:sharing": MemoryDataset(SharingOptions()),
            "sharing_pictures": files("sharing", ".webp"),
            "params:report": MemoryDataset(ReportOptions()),
            "shot_sheets": files("shots", ".jpg"),
            "shot_sheet_records": files("shots", ".json"),
            "shot_sheets_fingerprints": FingerprintsDataset(path=str(root / "shots"), filename_suffix=".json"),
            "report": FileDataset(filepath=str(root / "report.html")),
            "figures_fingerprints": FingerprintsDataset(path=str(root / "figures"), filename_suffix=".json"),
        }
    )
    SequentialRunner().run(create_pipeline(), catalog)


def figure_files(clip_id: str) -> list[str]:
    return [f"{clip_id}.json", *(f"{clip_id}/{name}.svg" for name in ("ball", "court", "speeds"))]


def rendered(
    tracks: Loads, clips: Loads, overlay: OverlayOptions | None = None, sharing: SharingOptions | None = None
) -> list[Videos]:
    options = overlay or OverlayOptions(), ReviewOptions(), sharing or SharingOptions()
    return list(render_videos(tracks, clips, {}, {}, *options))


def pages_of(tracks: Loads, corrections: Loads | None = None, lists: Loads | None = None) -> list[dict[str, str]]:
    at_hand, places = {"rally.mp4": None}, Places("/data", "/videos")
    return list(render_review_pages(tracks, corrections or {}, lists or {}, at_hand, b"{}", places))


def test_every_clip_gets_its_overlay_its_thumbnail_and_its_page(tmp_path: Path, video: Path) -> None:
    names = ["a__0000", "b__0000"]
    run_pipeline(
        tmp_path / "out",
        {name: lambda name=name: tracks_of(name) for name in names},
        {name: lambda name=name: stored_clip(name, video) for name in names},
    )

    stored = sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert stored == [
        *(f"figures/{name}" for clip in names for name in figure_files(clip)),
        "overlays/a__0000.json",
        "overlays/a__0000.mp4",
        "overlays/b__0000.json",
        "overlays/b__0000.mp4",
        "report.html",
        "review/a__0000.html",
        "review/a__0000.jpg",
        "review/a__0000.json",
        "review/a__0000.mp4",
        "review/b__0000.html",
        "review/b__0000.jpg",
        "review/b__0000.json",
        "review/b__0000.mp4",
        "review/index.html",
        "sharing/a__0000.webp",
        "sharing/b__0000.webp",
    ]
    for folder in ("overlays", "review"):
        assert len(list(VideoSource(str(tmp_path / f"out/{folder}/b__0000.mp4")).frames())) == 5
    assert 'href="./b__0000.html"' in (tmp_path / "out/review/a__0000.html").read_text()
    assert 'href="./b__0000.html"' in (tmp_path / "out/review/index.html").read_text()
    report = (tmp_path / "out/report.html").read_text()
    assert 'href="./overlays/b__0000.mp4"' in report
    assert report.count("skipped: unchanged") == report.count(">tracked<") == 1


def test_only_overlays_of_changed_tracks_are_drawn_again(tmp_path: Path, video: Path) -> None:
    clips = {name: lambda name=name: stored_clip(name, video) for name in ("a", "b")}
    tracks = {name: lambda name=name: tracks_of(name) for name in ("a", "b")}
    run_pipeline(tmp_path, tracks, clips)
    before = {name: (tmp_path / f"overlays/{name}.mp4").stat().st_mtime_ns for name in ("a", "b")}
    run_pipeline(tmp_path, tracks, clips)
    same = {name: (tmp_path / f"overlays/{name}.mp4").stat().st_mtime_ns for name in ("a", "b")}
    run_pipeline(tmp_path, {**tracks, "b": lambda: tracks_of("b", "f1")}, clips)
    after = {name: (tmp_path / f"overlays/{name}.mp4").stat().st_mtime_ns for name in ("a", "b")}

    assert same == before
    assert ClipFacts.model_validate_json((tmp_path / "figures/b.json").read_bytes()).clip_id == "b"
    assert (tmp_path / "review/b.mp4").stat().st_mtime_ns < after["b"]
    assert after["a"] == before["a"]
    assert after["b"] > before["b"]


def test_a_clip_that_cannot_be_drawn_leaves_the_others_alone(
    tmp_path: Path, video: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clips = {
        "bad": lambda: stored_clip("bad", tmp_path / "gone.mp4"),
        "good": lambda: stored_clip("good", video),
        "new": lambda: stored_clip("new", video),
    }
    tracks = {name: lambda name=name: tracks_of(name) for name in ("bad", "good")}
    with caplog.at_level(logging.ERROR):
        drawn = [name for videos in rendered(tracks, clips) for name in videos[0]]

    assert drawn == ["good"]
    assert "gone.mp4" in caplog.text
    assert "new must have results of postprocessing, got none. Run postprocessing first." in caplog.text


def test_options_change_what_is_current(video: Path) -> None:
    clips, tracks = {"a": lambda: stored_clip("a", video)}, {"a": lambda: tracks_of("a")}

    def records(options: OverlayOptions) -> list[str]:
        return [videos[3]["a"] for videos in rendered(tracks, clips, overlay=options) if videos[3]]

    assert records(OverlayOptions()) == records(OverlayOptions()) != records(OverlayOptions(crf=30))


def test_nothing_is_shared_if_it_is_to_last_no_time(video: Path) -> None:
    clips, tracks = {"a": lambda: stored_clip("a", video)}, {"a": lambda: tracks_of("a")}
    shared = [len(videos[2]) for videos in rendered(tracks, clips, sharing=SharingOptions(seconds=0))]

    assert shared == [0, 0]


def test_pages_end_with_the_list_of_those_that_could_be_made(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Tracks:
        raise ValueError("bad.json must be JSON.")

    pages = pages_of({"bad": broken, "good": lambda: tracks_of("good")})

    assert [name for page in pages for name in page] == ["good", "index"]
    assert "1 clip," in pages[-1]["index"]
    assert "bad.json must be JSON." in caplog.text


def test_pages_hold_the_corrections_of_their_clip() -> None:
    said = Corrections(clip_id="a", ball=[BallCorrection(frame_index=2, xy=None)])
    pages = pages_of({k: lambda k=k: tracks_of(k) for k in ("a", "b")}, {"a": lambda: said})

    assert '"corrections":{"schema_version"' in pages[0]["a"]
    assert '"corrections":null' in pages[1]["b"]
    assert 'data-label="Corrections" data-value="1"' in pages[2]["index"]


def test_all_pages_failing_is_an_error() -> None:
    def broken() -> Tracks:
        raise ValueError("bad.json must be JSON.")

    with pytest.raises(StageError, match=r"visualization failed for all of 1"):
        pages_of({"bad": broken})


def test_no_tracks_give_an_empty_list() -> None:
    assert [list(page) for page in pages_of({})] == [["index"]]


def test_the_report_leaves_out_clips_that_their_video_no_longer_has() -> None:
    entry = ClipEntry(clip_id="a__0000", first_frame=0, last_frame=4, start_s=0, end_s=0.16)
    lists = {"a": lambda: EditList(fingerprint="f", video=None, clips=[entry])}
    facts = {name: lambda name=name: clip_facts(tracks_of(name), "f") for name in ("a__0000", "a__0001", "b__0000")}
    page = write_report(lists, facts, {}, b"{}", {}, {}, {}, {}, {}, {}, SharingOptions(), ReportOptions())

    assert [f"{name}.json" in page for name in facts] == [True, False, True]


def test_the_report_leaves_out_pictures_that_are_no_longer_wanted() -> None:
    facts = {"a__0000": lambda: clip_facts(tracks_of("a__0000"), "f")}

    def page(sharing: SharingOptions) -> str:
        shared = {"a__0000": b""}
        return write_report({}, facts, {}, b"{}", {}, {}, {}, {}, shared, {}, sharing, ReportOptions())

    assert "a__0000.webp" in page(SharingOptions())
    assert "a__0000.webp" not in page(SharingOptions(seconds=0))


@pytest.mark.parametrize("now", [{"sha256": "another"}, {"last_frame": 7}])
def test_tracks_of_an_earlier_video_or_cut_get_no_new_pictures(now: dict[str, object], video: Path) -> None:
    item = stored_clip("a__0000", video)
    entry = item.entry.model_copy(update={k: v for k, v in now.items() if k in ClipEntry.model_fields})
    seen = VIDEO.model_copy(update={k: v for k, v in now.items() if k in Video.model_fields})
    edit_list = EditList(fingerprint="f", video=seen, clips=[entry])

    with pytest.raises(ValueError, match=r"a__0000 must have tracks of the clip as it is now, got those of an earlier"):
        current_tracks("test", {"a__0000": lambda: tracks_of("a__0000")}, {"a": edit_list})["a__0000"]()
    same = EditList(fingerprint="f", video=VIDEO, clips=[item.entry])
    assert current_tracks("test", {"a__0000": lambda: tracks_of("a__0000")}, {"a": same})["a__0000"]()


def test_clips_that_their_video_no_longer_has_get_no_page() -> None:
    entry = ClipEntry(clip_id="a__0000", first_frame=0, last_frame=4, start_s=0, end_s=0.16)
    lists = {"a": lambda: EditList(fingerprint="f", video=None, clips=[entry])}
    pages = pages_of({k: lambda k=k: tracks_of(k) for k in ("a__0000", "a__0001", "b__0000")}, lists=lists)

    assert [name for page in pages for name in page] == ["a__0000", "b__0000", "index"]
    assert "a__0001" not in "".join(text for page in pages for text in page.values())


def test_the_list_tells_what_failed_and_whose_video_has_gone() -> None:
    def elsewhere() -> Tracks:
        return tracks_of("b").model_copy(update={"video": VIDEO.model_copy(update={"uri": "gone.mp4"})})

    bad = EditList(fingerprint="", video=None, clips=[], error="bad.mp4 has no video stream.")
    index = pages_of({"a": lambda: tracks_of("a"), "b": elsewhere}, lists={"rally": lambda: bad})[-1]["index"]

    assert "<b>rally</b>, ingestion: bad.mp4 has no video stream." in index
    assert index.count("Its video is not in the folder of this run.") == 1


def test_pages_tell_the_storage_in_use_and_the_folder_is_there(tmp_path: Path, video: Path) -> None:
    root = tmp_path / "out"
    run_pipeline(root, {"a": lambda: tracks_of("a")}, {"a": lambda: stored_clip("a", video)})
    page = (root / "review/a.html").read_text()

    assert f">{root}/05_corrections/a.json<" in page
    assert f"kedro run --pipelines=postprocessing,visualization --params=root={root},videos={root}<" in page
    assert (root / "05_corrections").is_dir()
