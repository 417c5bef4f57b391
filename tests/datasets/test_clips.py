"""What the results of a clip follow from, and what they do not."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tennalytix.core.tables import FrameTable
from tennalytix.datasets import ModelJSONDataset
from tennalytix.datasets.clips import ClipsDataset, IngestedVideo
from tennalytix.datasets.storage_errors import StorageError
from tennalytix.schema.clips import ClipEntry, EditList
from tennalytix.schema.tracks import Video

FRAMES = 40
CLIP = ClipEntry(clip_id="final__0000", first_frame=10, last_frame=29, start_s=0.4, end_s=1.16)
VIDEO = Video(
    uri="final.mp4", sha256="a", width=64, height=48, frame_rate="25/1", frame_count=FRAMES, duration_s=1.6,
    codec="h264", rotation_deg=0,
)  # fmt: skip
LIST = EditList(fingerprint="cut one way", source_fingerprint="s", video=VIDEO, clips=[CLIP])

Of = Callable[..., str]


def table(**changes: Any) -> FrameTable:
    frames = np.arange(FRAMES)
    whole = FrameTable(
        frames, frames / 25, np.zeros(FRAMES, bool), np.zeros(FRAMES, np.int64), np.tile(np.eye(3), (FRAMES, 1, 1))
    )
    return replace(whole, **changes)


@pytest.fixture
def clips(tmp_path: Path) -> ClipsDataset:
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos/final.mp4").touch()
    return ClipsDataset(path=str(tmp_path / "02"), videos={"path": str(tmp_path / "videos")})


@pytest.fixture
def fingerprint_of(clips: ClipsDataset) -> Of:
    def stored(frames: FrameTable | None = None, **changes: Any) -> str:
        clips.save({"final": IngestedVideo(LIST.model_copy(update=changes), frames or table())})
        return clips.load()["final__0000"]().fingerprint

    return stored


def at(frame: int) -> np.ndarray:
    marked = np.zeros(FRAMES, bool)
    marked[frame] = True
    return marked


def test_how_a_video_was_cut_elsewhere_does_not_matter(fingerprint_of: Of) -> None:
    same = fingerprint_of()
    more = ClipEntry(clip_id="final__0001", first_frame=35, last_frame=39, start_s=1.4, end_s=1.56)

    assert fingerprint_of(fingerprint="cut another way", clips=[CLIP, more]) == same
    assert fingerprint_of(table(repeated=at(35))) == same


@pytest.mark.parametrize(
    "changes",
    [
        {"source_fingerprint": "t"},
        {"warnings": ["Frames 3 to 5 are damaged."]},
        *({"video": VIDEO.model_copy(update={k: v})} for k, v in {"width": 66, "sha256": "b", "duration_s": 2}.items()),
        {"frames": table(repeated=at(10))},
        {"frames": table(segment=at(29).astype(np.int64))},
        {"frames": table(time_s=np.arange(FRAMES) / 25 + 1e-9)},
        {"frames": table(reference_from_image=np.tile(np.eye(3) + 1e-12, (FRAMES, 1, 1)))},
    ],
)
def test_all_that_results_follow_from_does(fingerprint_of: Of, changes: dict[str, Any]) -> None:
    assert fingerprint_of(**changes) != fingerprint_of()


def test_an_edit_list_of_an_earlier_version_stands_for_its_clips(fingerprint_of: Of) -> None:
    assert fingerprint_of(source_fingerprint=None) == "cut one way"


def test_a_clip_whose_frames_are_gone_says_so(clips: ClipsDataset, tmp_path: Path) -> None:
    clips.save({"final": IngestedVideo(LIST, table())})
    (tmp_path / "02/frames/final.parquet").unlink()
    load = clips.load()["final__0000"]

    with pytest.raises(FileNotFoundError, match=r"^The table of frames of final\.mp4 is gone\. Run ingestion again\.$"):
        load()


@pytest.mark.parametrize("content", ["", '{"fingerprint": "f"}', "\xff"])
def test_an_edit_list_that_is_none_is_told_once_and_the_others_go_on(
    clips: ClipsDataset, tmp_path: Path, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    clips.save({"final": IngestedVideo(LIST, table())})
    (tmp_path / "02/clips/semi.json").write_text(content, encoding="latin-1")
    with caplog.at_level(logging.INFO):
        assert [list(clips.load()) for _ in range(2)] == [["final__0000"]] * 2

    (record,) = caplog.records
    assert (record.name, record.stage, record.item) == ("tennalytix.failures", "ingestion", "semi")
    assert str(record.args[-1]).startswith(f"{tmp_path}/02/clips/semi.json must be a EditList file, got ")
    assert str(record.args[-1]).endswith(". Delete it and run ingestion again.")
    assert "\n" not in record.getMessage()
    assert "final__0000" in clips.preview()


def test_a_storage_that_fails_is_no_edit_list_that_is_none(
    clips: ClipsDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips.save({"final": IngestedVideo(LIST, table())})

    def fail(self: ModelJSONDataset) -> EditList:
        raise StorageError("gs://tennis could not be reached.")

    monkeypatch.setattr(ModelJSONDataset, "load", fail)
    with pytest.raises(StorageError, match="could not be reached"):
        clips.load()
