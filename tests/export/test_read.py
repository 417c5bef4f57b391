import uuid
from pathlib import Path

import fsspec
import pytest

import tennalytix
from viz.conftest import make_tracks


def test_tracks_load_from_disk_and_from_any_storage(tmp_path: Path) -> None:
    tracks = make_tracks()
    path = tmp_path / "rally__0000.json"
    path.write_text(tracks.to_json())
    far = f"memory://{uuid.uuid4()}/rally__0000.json"
    fsspec.filesystem("memory").pipe_file(far, tracks.to_json().encode())

    assert tennalytix.load_tracks(str(path)) == tracks
    assert tennalytix.load_tracks(far) == tracks


def test_a_folder_lists_its_tracks_alone(tmp_path: Path) -> None:
    for name in ("b__0000.json", "a__0000.json", ".partial-1.json", "notes.txt"):
        (tmp_path / name).write_text(make_tracks().to_json())

    paths = tennalytix.list_tracks(str(tmp_path))

    assert [Path(p).name for p in paths] == ["a__0000.json", "b__0000.json"]
    assert tennalytix.load_tracks(paths[0]) == make_tracks()


def test_what_is_no_tracks_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}")

    with pytest.raises(ValueError, match=r"x\.json must be a tracks file, got Field required at clip_id\."):
        tennalytix.load_tracks(str(path))
    with pytest.raises(FileNotFoundError):
        tennalytix.load_tracks(str(tmp_path / "none.json"))
    with pytest.raises(AttributeError, match="no attribute nothing"):
        _ = tennalytix.nothing
