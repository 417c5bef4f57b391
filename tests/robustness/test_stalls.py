"""Reads that never come back: a sentence, and the other videos go on."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from numbered_videos import draw_number, encode
from tennalytix.schema.clips import EditList
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoError, VideoSource

STALL_S = 0.4
SENTENCE = r"^stuck\.ts cannot be read: nothing came from it for 0\.4 s\.$"


@pytest.fixture
def stuck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A pipe in place of a file on a drive that is gone: whoever reads it waits, until the test is over."""
    path = tmp_path / "stuck.ts"
    os.mkfifo(path)
    for module in ("container", "file_check"):  # which would tell it from a file
        monkeypatch.setattr(f"tennalytix.video.{module}.check_file", lambda path: None)
    yield path
    deadline_s = time.monotonic() + 10
    while any(thread.name == "prefetch" for thread in threading.enumerate()) and time.monotonic() < deadline_s:
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            time.sleep(0.02)
    assert not any(thread.name == "prefetch" for thread in threading.enumerate())


def test_a_file_that_does_not_open_is_given_up(stuck: Path) -> None:
    source, start_s = VideoSource(str(stuck), stall_s=STALL_S), time.monotonic()
    for use in (source.probe, source.sha256, lambda: scan_frames(source), lambda: next(source.frames())):
        with pytest.raises(VideoError, match=SENTENCE):
            use()

    assert time.monotonic() - start_s < 8


def test_a_file_that_stops_half_way_is_given_up_after_its_frames(stuck: Path) -> None:
    content = encode(stuck.with_name("whole.ts"), map(draw_number, range(200))).read_bytes()
    over = threading.Event()

    def feed() -> None:
        with stuck.open("wb", buffering=0) as pipe:
            pipe.write(content[: len(content) * 3 // 4])
            over.wait(20)

    feeder = threading.Thread(target=feed)
    feeder.start()
    seen: list[int] = []
    with pytest.raises(VideoError, match=SENTENCE):
        seen.extend(frame.index for frame in VideoSource(str(stuck), stall_s=STALL_S).frames())
    over.set()
    feeder.join()

    assert len(seen) > 50


def test_other_videos_go_on(
    stuck: Path, ingest: Callable[[dict[str, VideoSource]], dict[str, EditList]], caplog: pytest.LogCaptureFixture
) -> None:
    good = encode(stuck.with_name("good.mp4"), map(draw_number, range(5)))
    videos = {"stuck.ts": VideoSource(str(stuck), stall_s=STALL_S), "good.mp4": VideoSource(str(good))}
    stored = ingest(videos)

    assert stored["stuck"].error == "stuck.ts cannot be read: nothing came from it for 0.4 s."
    assert stored["good"].video.frame_count == 5
    assert [record.item for record in caplog.records if hasattr(record, "item")] == ["stuck"]


def test_a_good_edit_list_outlasts_a_drive_that_is_gone(
    stuck: Path, ingest: Callable[..., dict[str, EditList]], caplog: pytest.LogCaptureFixture
) -> None:
    good = encode(stuck.with_name("good.mp4"), map(draw_number, range(5)))
    videos = {"stuck.ts": VideoSource(str(stuck), stall_s=STALL_S), "good.mp4": VideoSource(str(good))}
    made = ingest(videos, {"stuck": "the fingerprint of an earlier edit list"})

    assert set(made) == {"good"}
    assert [record.item for record in caplog.records if hasattr(record, "item")] == ["stuck"]
