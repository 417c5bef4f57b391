from pathlib import Path

import fsspec
import pytest

from tennalytix.datasets.storage import StoredFile


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    file = StoredFile(str(tmp_path / "deep" / "er" / "a b é <x>.bin"))
    file.write(b"rally")

    assert file.exists()
    assert file.read() == b"rally"


def test_a_failed_write_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    file = StoredFile(str(tmp_path / "tracks.json"))
    file.write(b"old")

    def half_way(path: str) -> None:
        Path(path).write_bytes(b"ne")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        file.write_through(half_way)
    assert file.read() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["tracks.json"]


def test_a_writer_sees_the_ending_of_the_target(tmp_path: Path) -> None:
    seen: list[str] = []

    def write(path: str) -> None:
        seen.append(Path(path).suffix)
        Path(path).write_bytes(b"")

    StoredFile(str(tmp_path / "overlay.mp4")).write_through(write)

    assert seen == [".mp4"]


def test_object_stores_get_one_put() -> None:
    file = StoredFile("memory://bucket/tracks/a.json")
    file.write(b"one")
    file.write_through(lambda path: Path(path).write_bytes(b"two"))

    assert not file.is_local
    assert file.exists()
    assert file.read() == b"two"
    fsspec.filesystem("memory").rm("/bucket", recursive=True)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    file = StoredFile(str(tmp_path / "none.json"))

    assert not file.exists()
    with pytest.raises(FileNotFoundError, match=r"none\.json"):
        file.read()
