import uuid
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

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
    with pytest.raises(FileNotFoundError, match=r"none\.json does not exist\. Tracks lie in 07_model_output/tracks of"):
        tennalytix.load_tracks(str(tmp_path / "none.json"))
    with pytest.raises(IsADirectoryError, match=r"must be a tracks file, got a folder\. list_tracks names its files\."):
        tennalytix.load_tracks(str(tmp_path))
    with pytest.raises(AttributeError, match="no attribute nothing"):
        _ = tennalytix.nothing


def test_a_folder_without_tracks_says_where_they_lie(tmp_path: Path) -> None:
    tracks = tmp_path / "07_model_output/tracks"
    tracks.mkdir(parents=True)

    with pytest.raises(
        FileNotFoundError, match=rf"{tmp_path} must hold tracks files, got none\. Did you mean {tracks}\?"
    ):
        tennalytix.list_tracks(str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"got none\. They lie in 07_model_output/tracks of a storage root"):
        tennalytix.list_tracks(str(tracks))
    with pytest.raises(FileNotFoundError, match="nowhere does not exist"):
        tennalytix.list_tracks(str(tmp_path / "nowhere"))


class ClosedFileSystem(MemoryFileSystem):
    """A storage that lets nobody in."""

    protocol = "closed"
    cachable = False
    error: Exception = PermissionError("Forbidden: https://storage/?secret")

    def ls(self, path: str, detail: bool = True, **kwargs: object) -> list:
        raise self.error

    def _open(self, path: str, *args: object, **kwargs: object) -> object:
        raise self.error


@pytest.mark.parametrize("read", [tennalytix.load_tracks, tennalytix.list_tracks])
def test_a_storage_without_access_is_told_in_a_sentence(read: object, monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec.register_implementation("closed", ClosedFileSystem, clobber=True)

    with pytest.raises(OSError, match=r"^closed://tennis/a may not be used by the account in use\. Grant it") as caught:
        read("closed://tennis/a")  # type: ignore[operator]
    assert caught.value.__suppress_context__
    monkeypatch.setattr(ClosedFileSystem, "error", type("NoCredentialsError", (Exception,), {})())
    with pytest.raises(OSError, match="closed://tennis/a needs a valid sign-in, got NoCredentialsError"):
        read("closed://tennis/a")  # type: ignore[operator]
    monkeypatch.setattr(ClosedFileSystem, "error", ImportError("Install it"))
    with pytest.raises(OSError, match="closed:// needs a package that is not installed: run `pip install 'closed'`"):
        read("closed://tennis/a")  # type: ignore[operator]
