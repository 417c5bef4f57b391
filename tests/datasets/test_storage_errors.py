import errno

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from kedro.io.core import DatasetError

from tennalytix.datasets import FileDataset, FingerprintsDataset, PartitionsDataset, VideosDataset
from tennalytix.datasets.storage_errors import StorageError, missing_place, said_plainly, storage_error

URL = "s3://tennis/07_model_output/tracks"


class Moody(MemoryFileSystem):
    """A storage that may be read only while it has no `error`."""

    protocol = "moody"
    cachable = False
    store = {}  # noqa: RUF012  # as its base has it
    pseudo_dirs = [""]  # noqa: RUF012
    error: Exception | None = None
    on = "ls"

    def ls(self, path: str, detail: bool = True, **kwargs: object) -> list:
        if self.error and self.on == "ls":
            raise self.error
        return super().ls(path, detail, **kwargs)

    def find(self, path: str, **kwargs: object) -> object:
        if self.error and self.on == "ls":
            raise self.error
        return super().find(path, **kwargs)

    def cat_file(self, path: str, **kwargs: object) -> bytes:
        if self.error:
            raise self.error
        return bytes(super().cat_file(path, **kwargs))


@pytest.fixture
def moody(monkeypatch: pytest.MonkeyPatch) -> type[Moody]:
    fsspec.register_implementation("moody", Moody, clobber=True)
    monkeypatch.setattr(Moody, "store", {})
    monkeypatch.setattr(Moody, "error", None)
    monkeypatch.setattr(Moody, "on", "ls")
    return Moody


def test_every_error_becomes_one_sentence() -> None:
    refused = PermissionError("Access Denied")
    refused.__cause__ = type("ClientError", (Exception,), {"response": {"Error": {"Code": "ExpiredToken"}}})()
    sentences = {
        "needs a valid sign-in, got ExpiredToken. Renew the credentials (docs/storage.md).": refused,
        "may not be used by the account in use. Grant it access (docs/storage.md).": PermissionError("Access Denied"),
        "could not be reached: TimeoutError. Start again; what is stored stays.": TimeoutError(),
        "could not be reached: OSError, cut. Start again; what is stored stays.": OSError("cut\nlong story"),
        "could not be reached: OSError. Start again; what is stored stays.": OSError("https://host/?upload_id=secret"),
    }

    assert {str(storage_error(URL, error)) for error in sentences.values()} == {f"{URL} {text}" for text in sentences}


@pytest.mark.parametrize(
    ("url", "begins"),
    [
        (
            "gs://tennis/a",
            "Google Cloud Storage needs a package that is not installed: run `pip install 'tennalytix[gcs]'`",
        ),
        (
            "gdrive://tennis/a",
            "Google Drive needs a package that is not installed: run `pip install 'tennalytix[gdrive]'`",
        ),
        ("s3://tennis/a", "S3 needs a package that is not installed: run `pip install 'tennalytix[s3]'`"),
        ("abfs://tennis/a", "abfs:// needs a package that is not installed: run `pip install 'abfs'`"),
    ],
)
def test_a_missing_package_is_said_with_its_command_before_the_address(url: str, begins: str) -> None:
    assert str(storage_error(url, ImportError("Install it"))) == f"{begins}. It was to open {url}."


def test_what_is_missing_or_said_already_stays_as_it_is() -> None:
    for error in (FileNotFoundError("none"), DatasetError("said"), OSError(errno.ENOSPC, "No space left on device")):
        with pytest.raises(type(error)) as caught, said_plainly(URL):
            raise error
        assert caught.value is error
    assert storage_error(URL, said := StorageError("said")) is said


def test_the_cause_is_not_shown() -> None:
    with pytest.raises(StorageError) as caught, said_plainly(URL):
        raise OSError("https://host/?upload_id=secret")

    assert caught.value.__suppress_context__


def test_a_missing_bucket_is_named() -> None:
    assert str(missing_place(f"{URL}/a.json")).startswith("s3://tennis is not there, or the account in use may not")


def test_a_folder_that_cannot_be_read_never_looks_empty(moody) -> None:
    tracks = PartitionsDataset(path="moody://tennis/tracks", dataset="tennalytix.datasets.FileDataset")
    assert tracks.load() == {}
    moody.error = PermissionError("Forbidden")

    with pytest.raises(StorageError, match="moody://tennis/tracks may not be used by the account in use"):
        tracks.load()
    with pytest.raises(StorageError, match=r"moody:///?tennis/videos may not be used by the account in use"):
        VideosDataset(path="moody://tennis/videos").load()
    moody.error = FileNotFoundError("tennis")
    assert tracks.load() == {}


def test_a_result_that_cannot_be_read_for_now_is_not_made_again(moody) -> None:
    FileDataset(filepath="moody://tennis/tracks/a.json").save('{"fingerprint": "f"}')
    stored = FingerprintsDataset(path="moody://tennis/tracks", filename_suffix=".json")
    assert stored.load() == {"a": "f"}
    moody.error, moody.on = ConnectionResetError("cut"), "cat_file"

    with pytest.raises(StorageError, match=r"a\.json could not be reached: ConnectionResetError, cut\. Start again"):
        stored.load()


def test_a_local_folder_that_cannot_be_read_never_looks_empty(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    tracks = PartitionsDataset(path=str(tmp_path), dataset="tennalytix.datasets.FileDataset")

    def refuse() -> list[str]:
        raise PermissionError("not yours")

    monkeypatch.setattr(tracks, "_list_partitions", refuse)
    with pytest.raises(DatasetError, match="not yours"):
        tracks.load()
