import json
from pathlib import Path

import fsspec
import numpy as np
import pytest
from kedro.io.core import DatasetError

from tennalytix.core.tables import BallTable
from tennalytix.datasets import (
    DetectorDataset,
    FileDataset,
    FingerprintsDataset,
    ModelJSONDataset,
    PartitionsDataset,
    TableDataset,
    VideosDataset,
)
from tennalytix.datasets.fingerprints import END_BYTES
from tennalytix.datasets.table import StoredTable
from tennalytix.schema.clips import EditList

EDIT_LIST = "tennalytix.schema.clips.EditList"


def edit_list(fingerprint: str = "f") -> EditList:
    return EditList(fingerprint=fingerprint, video=None, clips=[], error="match.mp4 has no video stream.")


def test_files_take_text_bytes_and_writers(tmp_path: Path) -> None:
    data = FileDataset(filepath=str(tmp_path / "a"))
    contents = []
    for content in ("né", b"\x00\xff", lambda path: Path(path).write_bytes(b"written")):
        data.save(content)
        contents.append(data.load())

    assert contents == ["né".encode(), b"\x00\xff", b"written"]
    assert data.exists()


def test_models_survive_the_round_trip(tmp_path: Path) -> None:
    data = ModelJSONDataset(filepath=str(tmp_path / "m.json"), model=EDIT_LIST)
    data.save(edit_list())

    assert data.load() == edit_list()
    assert data.exists()
    assert "match.mp4" in data.preview()
    assert data._describe()["model"] == "EditList"


def test_a_file_off_the_schema_is_named_with_the_place(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{"clip_id": 3, "ball": []}')

    with pytest.raises(DatasetError, match=r"m\.json must be a Corrections file, got .* at clip_id"):
        ModelJSONDataset(filepath=str(tmp_path / "m.json"), model="tennalytix.schema.corrections.Corrections").load()


def test_an_edit_list_off_the_schema_says_so_itself(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{"fingerprint": 3, "video": null, "clips": []}')
    found = ModelJSONDataset(filepath=str(tmp_path / "m.json"), model=EDIT_LIST).load()

    assert isinstance(found, EditList)
    assert (found.fingerprint, found.video, found.clips) == ("", None, [])
    assert found.error == (
        f"{tmp_path}/m.json must be a EditList file, got Input should be a valid string at fingerprint. "
        "Delete it and run ingestion again."
    )


def test_only_the_declared_model_is_saved(tmp_path: Path) -> None:
    data = ModelJSONDataset(filepath=str(tmp_path / "m.json"), model="tennalytix.schema.tracks.Tracks")

    with pytest.raises(DatasetError, match="data must be a Tracks, got EditList"):
        data.save(edit_list())
    assert not data.exists()


def test_partitions_of_a_missing_folder_are_none(tmp_path: Path) -> None:
    data = PartitionsDataset(
        path=str(tmp_path / "none"), dataset="tennalytix.datasets.FileDataset", filename_suffix=".html"
    )

    assert data.load() == {}


def test_partitions_appear_as_they_are_stored_and_half_written_ones_do_not(tmp_path: Path) -> None:
    data = PartitionsDataset(path=str(tmp_path), dataset="tennalytix.datasets.FileDataset", filename_suffix=".html")
    data.save({"a b": "one"})
    (tmp_path / ".partial-12.html").write_text("hal")

    assert {name: load() for name, load in data.load().items()} == {"a b": b"one"}
    data.save({"<script>": "two"})
    assert sorted(data.load()) == ["<script>", "a b"]


def test_fingerprints_of_json_and_parquet_are_read(tmp_path: Path) -> None:
    ModelJSONDataset(filepath=str(tmp_path / "j" / "a.json"), model=EDIT_LIST).save(edit_list("one"))
    (tmp_path / "j" / "b.json").write_text(json.dumps({"provenance": {"fingerprint": "two"}}))
    (tmp_path / "j" / "torn.json").write_text('{"finger')
    (tmp_path / "j" / "list.json").write_text("[]")
    TableDataset(filepath=str(tmp_path / "p" / "c.parquet"), table="tennalytix.core.tables.BallTable").save(
        StoredTable(BallTable(np.array([1]), np.ones((1, 2)), np.ones(1)), "three")
    )

    assert FingerprintsDataset(path=str(tmp_path / "j"), filename_suffix=".json").load() == {"a": "one", "b": "two"}
    (tmp_path / "p" / "torn.parquet").write_bytes(b"PAR1 half")
    assert FingerprintsDataset(path=str(tmp_path / "p"), filename_suffix=".parquet").load() == {"c": "three"}


@pytest.mark.parametrize("at_once", [END_BYTES, 64])
def test_of_a_remote_table_only_the_end_is_fetched_for_its_fingerprint(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    memory, fetched = fsspec.filesystem("memory"), []
    monkeypatch.setattr("tennalytix.datasets.fingerprints.END_BYTES", at_once)
    places = np.random.default_rng(0).normal(size=(40_000, 2))
    TableDataset(filepath="memory://ends/long.parquet", table="tennalytix.core.tables.BallTable").save(
        StoredTable(BallTable(np.arange(40_000), places, places[:, 0]), "f")
    )
    cat = memory.cat_file
    monkeypatch.setattr(
        type(memory), "cat_file", lambda self, *given, **more: fetched.append(cat(*given, **more)) or fetched[-1]
    )

    assert FingerprintsDataset(path="memory://ends", filename_suffix=".parquet").load() == {"long": "f"}
    assert len(fetched[0]) == at_once
    assert len(fetched) == (1 if at_once == END_BYTES else 2)
    assert sum(map(len, fetched)) < memory.size("/ends/long.parquet") / 2
    memory.rm("/ends", recursive=True)


@pytest.mark.parametrize(
    "dataset",
    [
        FingerprintsDataset(path="none", filename_suffix=".json"),
        DetectorDataset(detector="tennalytix.detectors.ball_motion.MotionBallDetector"),
        VideosDataset(path="none"),
    ],
)
def test_datasets_to_read_cannot_be_saved(dataset: object) -> None:
    with pytest.raises(DatasetError, match="must only be read"):
        dataset.save({})  # type: ignore[attr-defined]
    assert dataset._describe()  # type: ignore[attr-defined]


def test_a_misspelt_detector_fails_when_the_catalog_is_built() -> None:
    with pytest.raises(DatasetError, match="detector must name an importable class"):
        DetectorDataset(detector="tennalytix.detectors.ball_motion.NoSuch")


def test_a_wrong_option_is_named() -> None:
    with pytest.raises(DatasetError, match=r"options of .*MotionBallDetector must be as it documents"):
        DetectorDataset(
            detector="tennalytix.detectors.ball_motion.MotionBallDetector", options={"no_such_option": 1}
        ).load()


def test_options_reach_the_detector_and_its_provenance() -> None:
    loaded = DetectorDataset(
        detector="tennalytix.detectors.ball_motion.MotionBallDetector", options={"max_candidates": 3}
    ).load()

    assert loaded.detector.max_candidates == 3
    assert loaded.model.options == {"max_candidates": 3}


def test_videos_are_found_below_the_folder_by_suffix(tmp_path: Path) -> None:
    for name in ("b.MP4", "sub/a.mov", "sub/notes.txt", ".hidden.mp4", "it's <script> é.mkv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")

    videos = VideosDataset(path=str(tmp_path)).load()

    assert list(videos) == ["b.MP4", "it's <script> é.mkv", "sub/a.mov"]
    assert videos["sub/a.mov"].path == str(tmp_path / "sub" / "a.mov")


def test_one_video_may_be_named_itself(tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_bytes(b"")

    assert list(VideosDataset(path=str(tmp_path / "a.dat")).load()) == ["a.dat"]


def test_no_videos_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"must hold videos .*got none\. Put videos there"):
        VideosDataset(path=str(tmp_path)).load()
    with pytest.raises(DatasetError, match="must be an existing folder or file"):
        VideosDataset(path=str(tmp_path / "none")).load()
    assert not VideosDataset(path=str(tmp_path / "none")).exists()


def test_remote_videos_are_copied_to_a_local_cache(tmp_path: Path) -> None:
    import fsspec  # noqa: PLC0415

    memory = fsspec.filesystem("memory")
    memory.pipe_file("/videos/a.mp4", b"content")

    videos = VideosDataset(path="memory://videos", cache_folder=str(tmp_path / "cache")).load()

    assert list(videos) == ["a.mp4"]
    assert Path(videos["a.mp4"].path).read_bytes() == b"content"
    memory.rm("/videos", recursive=True)


def test_what_lacks_a_file_stored_together_with_it_does_not_count(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text('{"fingerprint": "f"}')
        (tmp_path / f"films/{name}").mkdir(parents=True)
        (tmp_path / f"films/{name}/one.mp4").touch()
    stored = FingerprintsDataset(
        path=str(tmp_path), filename_suffix=".json", files=[f"{tmp_path}/{{}}.json", f"{tmp_path}/films/{{}}/one.mp4"]
    )

    assert stored.load() == {"a": "f", "b": "f"}
    (tmp_path / "films/b/one.mp4").unlink()
    assert stored.load() == {"a": "f"}
    (tmp_path / "films/a/one.mp4").unlink()
    assert stored.load() == {}


def test_provenance_that_is_none_is_no_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"provenance": null}')

    assert FingerprintsDataset(path=str(tmp_path), filename_suffix=".json").load() == {"a": ""}


@pytest.mark.parametrize("storage", ["{}", "memory://{}"])
def test_videos_that_runs_wrote_are_no_source_videos(tmp_path: Path, storage: str) -> None:
    root = storage.format(tmp_path)
    for name in (
        "final.mp4",
        "01_raw/videos/semi.mp4",
        "08_reporting/overlays/final__0000.mp4",
        "2024/08_finals/a.mp4",
    ):
        with fsspec.open(f"{root}/{name}", "wb", auto_mkdir=True) as file:
            file.write(b"")

    assert list(VideosDataset(path=root, results=root).load()) == [
        "01_raw/videos/semi.mp4", "2024/08_finals/a.mp4", "final.mp4",
    ]  # fmt: skip
    assert "08_finals/a.mp4" in VideosDataset(path=f"{root}/2024", results=root).load()
    assert len(VideosDataset(path=root, results="memory://elsewhere").load()) == 4
