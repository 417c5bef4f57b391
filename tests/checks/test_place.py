import errno
import os
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest

from tennalytix.checks.names import ConfigurationError
from tennalytix.checks.place import check_writable
from tennalytix.datasets.storage_errors import StorageError


@pytest.mark.parametrize("root", ["there", "there/and/below", "new/and/below"])
def test_a_folder_that_can_be_written_or_made_is_left_as_it_was(root: str, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    check_writable(root, {}, tmp_path)
    check_writable(f"{tmp_path}/{root}", {}, Path("/nowhere"))
    check_writable(f"file://{tmp_path}/{root}", {}, Path("/nowhere"))

    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match=r"^root must be a folder that can be written, got .*file: Not a dir"):
        check_writable(f"{tmp_path}/file", {}, tmp_path)
    with pytest.raises(ConfigurationError, match="Name another: OUT=<folder> for make, --params=root=<folder>"):
        check_writable("file/below", {}, tmp_path)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")
def test_a_system_folder_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="root must be a folder that can be written, got /proc/nowrite: "):
        check_writable("/proc/nowrite", {}, Path("/"))


def test_a_full_disk_is_told_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)

    with pytest.raises(ConfigurationError, match=r"No space left on device\. Free some space and start the same"):
        check_writable(str(tmp_path), {}, tmp_path)


def test_a_bucket_is_left_as_it_was() -> None:
    storage = fsspec.filesystem("memory")
    check_writable("memory://checked/root", {}, Path("/"))

    assert not storage.exists("/checked/root/.tennalytix-write-test")


class NoDeleting(type(fsspec.filesystem("memory"))):  # type: ignore[misc]
    protocol = "nodeleting"
    written: ClassVar[list[str]] = []

    def pipe_file(self, path: str, value: bytes, **_: Any) -> None:
        self.written.append(path)

    def rm_file(self, path: str) -> None:
        raise PermissionError("delete")


class NoWriting(type(fsspec.filesystem("memory"))):  # type: ignore[misc]
    protocol = "nowriting"

    def pipe_file(self, path: str, value: bytes, **_: Any) -> None:
        raise PermissionError("Forbidden")


def test_an_account_that_may_write_but_not_delete_will_do() -> None:
    fsspec.register_implementation("nodeleting", NoDeleting, clobber=True)
    check_writable("nodeleting://tennis", {}, Path("/"))

    assert len(NoDeleting.written) == 1


def test_a_bucket_that_says_no_is_one_sentence() -> None:
    fsspec.register_implementation("nowriting", NoWriting, clobber=True)

    with pytest.raises(StorageError, match="nowriting://tennis may not be used by the account in use"):
        check_writable("nowriting://tennis", {}, Path("/"))
