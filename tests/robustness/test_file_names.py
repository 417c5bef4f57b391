"""Names of files, and things in a folder that are no video files: each its sentence, and the others go on."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numbered_videos import draw_number, encode
from tennalytix.schema.clips import EditList
from tennalytix.video.source import VideoSource

Ingest = Callable[[dict[str, VideoSource]], dict[str, EditList]]

GOOD = [
    "with space.mp4",
    "déjà vu 網球.mp4",
    "two\nlines.mp4",
    "-dash.mp4",
    "<b>bold<∕b>.mp4",
    "100%25 %s.mp4",
    "UPPER.MP4",
    "a:b;c.mp4",
    "c:d#e?f*.mp4",
    "{x} [y] $HOME ~.mp4",
    "'single' \"double\".mov",
    "dot.dot.mp4",
    "x" * 230 + ".mp4",
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encode(tmp_path_factory.mktemp("tiny") / "tiny.mp4", map(draw_number, range(3)))


def edit_list(root: Path, name: str) -> EditList:
    return EditList.model_validate_json((root / f"02_intermediate/clips/{name}.json").read_text())


def test_any_name_can_be_ingested(tmp_path: Path, tiny: Path, run: Callable[..., dict[str, Any]]) -> None:
    videos = tmp_path / "01_raw/videos"
    videos.mkdir(parents=True)
    for name in GOOD:
        shutil.copy(tiny, videos / name)
    summary = run(tmp_path, "ingestion")

    assert (summary["status"], summary["failures"]) == ("completed", [])
    for name in GOOD:
        stem = Path(name).stem
        assert [clip.clip_id for clip in edit_list(tmp_path, stem).clips] == [f"{stem}__0000"], name


def test_what_is_no_video_file_is_named_and_the_others_go_on(
    tmp_path: Path, tiny: Path, run: Callable[..., dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    videos = tmp_path / "01_raw/videos"
    videos.mkdir(parents=True)
    shutil.copy(tiny, videos / "good.mp4")
    shutil.copy(tiny, videos / "no.mp4.txt")
    encode(videos / "picture.mp4", [draw_number(1)], codec="png", pix_fmt="rgb24", options={}, container="image2")
    (videos / "text.mp4").write_text("Hello\n" * 100)
    (videos / "zeros.mp4").write_bytes(bytes(5000))
    (videos / "noise.mkv").write_bytes(np.random.default_rng(0).bytes(5000))
    (videos / "empty.mov").touch()
    (videos / "folder.mp4").mkdir()
    (videos / "broken.mp4").symlink_to("gone.mp4")
    (videos / "linked.mp4").symlink_to(tiny)
    os.mkfifo(videos / "pipe.mp4")
    (videos / ("y" * 240 + ".mp4")).write_bytes(tiny.read_bytes())
    (videos / "a::b.mp4").write_bytes(tiny.read_bytes())
    (Path(os.fsdecode(os.fsencode(videos) + b"/bytes\xff.mp4"))).write_bytes(tiny.read_bytes())
    summary = run(tmp_path, "ingestion")
    errors = {failure["item"]: failure["error"] for failure in summary["failures"]}

    assert summary["status"] == "completed"
    assert errors == {
        "picture": "picture.mp4 is not a video file: no known video format was found in it.",
        "text": "text.mp4 is not a video file: no known video format was found in it.",
        "zeros": "zeros.mp4 is not a video file: no known video format was found in it.",
        "noise": "noise.mkv is not a video file: no known video format was found in it.",
        "empty": "empty.mov is not a video file: it is empty.",
        "broken": "broken.mp4 is a link to a file that does not exist.",
        "pipe": "pipe.mp4 is not a video file: it is a pipe or a device.",
        "y" * 240 + ".mp4": "y" * 240 + ".mp4 must have a name of at most 230 bytes, got 240. Rename it.",
        "a::b.mp4": "a::b.mp4 must have a name without '::', which storage addresses give a meaning. Rename it.",
        "bytes\\udcff.mp4": "bytes\\udcff.mp4 must have a name in UTF-8, got other bytes. Rename it.",
    }
    assert sorted(p.stem for p in (tmp_path / "02_intermediate/frames").iterdir()) == ["good", "linked"]
    assert edit_list(tmp_path, "text").error == errors["text"]
    assert all(record.getMessage().isprintable() for record in caplog.records if "failures" in record.name)


def test_a_file_that_vanishes_after_listing_is_named(tmp_path: Path, tiny: Path, ingest: Ingest) -> None:
    gone = tmp_path / "gone.mp4"
    shutil.copy(tiny, gone)
    videos = {"gone.mp4": VideoSource(str(gone)), "tiny.mp4": VideoSource(str(tiny))}
    gone.unlink()
    found = ingest(videos)

    assert found["gone"].error == f"{gone} does not exist."
    assert found["tiny"].error is None


def test_a_file_that_grows_while_it_is_read_is_left_for_the_next_run(
    tmp_path: Path, tiny: Path, ingest: Ingest
) -> None:
    growing = encode(tmp_path / "growing.ts", map(draw_number, range(100)))
    content, over = growing.read_bytes(), threading.Event()

    def grow() -> None:
        while not over.wait(0.002):
            with growing.open("ab") as file:
                file.write(content[:188])

    copier = threading.Thread(target=grow)
    copier.start()
    try:
        found = ingest({"growing.ts": VideoSource(str(growing)), "tiny.mp4": VideoSource(str(tiny))})
    finally:
        over.set()
        copier.join()

    assert found["growing"].error == "growing.ts changed while it was being read. Run again when it is complete."
    assert found["tiny"].error is None
    assert (
        ingest({"growing.ts": VideoSource(str(growing)), "tiny.mp4": VideoSource(str(tiny))})["growing"].error is None
    )


def test_recordings_that_were_joined_last_as_long_as_both(tmp_path: Path, ingest: Ingest) -> None:
    part = encode(tmp_path / "part.ts", map(draw_number, range(40))).read_bytes()
    (tmp_path / "joined.ts").write_bytes(part + part)
    video = ingest({"joined.ts": VideoSource(str(tmp_path / "joined.ts"))})["joined"].video

    assert video is not None
    assert video.frame_count == 80
    assert video.duration_s == pytest.approx(80 / 25, abs=0.1)


def test_a_damaged_video_says_so_in_its_edit_list(tmp_path: Path, ingest: Ingest) -> None:
    path = encode(tmp_path / "cut.mp4", map(draw_number, range(60)), container_options={"movflags": "+faststart"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    (warning,) = ingest({"cut.mp4": VideoSource(str(path))})["cut"].warnings

    assert warning.startswith("The file is damaged: ")
    assert warning.endswith(" at the end.")
