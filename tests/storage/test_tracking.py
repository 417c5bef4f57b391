"""The whole of `tracking`, from every storage, by its overlay alone."""

import json
import os
import shutil
from pathlib import Path

import pytest
from kedro.io.core import DatasetError

from storage.places import VIDEO, Place, first_frames, run
from tennalytix.datasets.storage import StoredFile

KINDS = ["gdrive", "gcs", "s3"]
SUMMARY = "08_reporting/run_summary.json"
HASHES = "02_intermediate/source_hashes.json"  # By address and version.
TRACKS = "07_model_output/tracks/rally__0000.json"


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return first_frames(10, tmp_path_factory.mktemp("video") / "rally.mp4")


@pytest.fixture(scope="session")
def on_disk(tmp_path_factory: pytest.TempPathFactory, video: bytes) -> dict[str, bytes]:
    """What `tracking` stores on the local disk."""
    root = tmp_path_factory.mktemp("root")
    (root / VIDEO).parent.mkdir(parents=True)
    (root / VIDEO).write_bytes(video)
    os.utime(root / VIDEO, (1e9, 1e9))  # Hashes of files that have just changed are not kept.
    run(None, str(root))
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("place", KINDS, indirect=True)
def test_tracking_stores_the_same_bytes_as_on_disk_then_nothing_then_what_changed(
    place: Place, video: bytes, on_disk: dict[str, bytes], tmp_path: Path
) -> None:
    place.put(VIDEO, video)
    place.run()

    stored = place.stored()
    assert stored.keys() == on_disk.keys()
    assert {path for path in stored if stored[path] != on_disk[path]} == {SUMMARY, HASHES}
    assert json.loads(stored[SUMMARY])["failures"] == []
    assert len(json.loads(stored[TRACKS])["frames"]) == 10

    shutil.rmtree(tmp_path / "cache")  # As on another machine.
    begin = len(place.requests)
    place.run()
    assert place.count(place.download, begin) == 0
    assert place.count(place.upload, begin) == 1 + (place.env != "gdrive")  # The run summary, and a try at first.

    place.put(VIDEO, first_frames(8, tmp_path / "rally.mp4"))
    begin = len(place.requests)
    place.run()
    assert place.count(place.download, begin) == 1
    assert len(json.loads(place.stored()[TRACKS])["frames"]) == 8


@pytest.mark.parametrize("place", KINDS, indirect=True)
def test_what_passes_is_waited_for_and_changes_nothing(place: Place, video: bytes, on_disk: dict[str, bytes]) -> None:
    place.put(VIDEO, video)
    for status, reason in ((429, "TooManyRequestsException"), (500, "InternalError"), (503, "SlowDown")):
        for kind in (place.download, place.upload, "^GET"):
            place.fail(kind, **place.refusal(status, reason))
    place.fail(place.download, cut_after=5000)
    place.fail("^GET", cut_after=10)
    place.fail("^GET", before_s=0.2)
    place.run()

    stored = place.stored()
    assert {path for path in on_disk if stored[path] != on_disk[path]} == {SUMMARY, HASHES}
    assert place.count(place.download) >= 5


REFUSALS = [
    ("gdrive", 401, "authError", "does not accept the sign-in at .*renew the key"),
    ("gdrive", 403, "insufficientFilePermissions", "allows no access to the root folder. Share it"),
    ("gdrive", 500, "backendError", "gave no answer for the root folder in 8 attempts, last: 500 backendError"),
    ("gcs", 401, "Invalid Credentials", "gs://.*/01_raw/videos needs a valid sign-in, got 401. Renew the credentials"),
    ("gcs", 403, "no access", "gs://.*/01_raw/videos may not be used by the account in use. Grant it access"),
    ("gcs", 500, "Internal", "gs://.*/01_raw/videos could not be reached: HttpError"),
    ("s3", 400, "ExpiredToken", "s3://.*/01_raw/videos needs a valid sign-in, got ExpiredToken. Renew the credentials"),
    ("s3", 403, "AccessDenied", "s3://.*/01_raw/videos may not be used by the account in use. Grant it access"),
    ("s3", 403, "SignatureDoesNotMatch", "s3://.*/01_raw/videos needs a valid sign-in, got SignatureDoesNotMatch"),
    ("s3", 500, "InternalError", "s3://.*/01_raw/videos could not be reached"),
]


@pytest.mark.parametrize(("place", "status", "reason", "message"), REFUSALS, indirect=["place"])
def test_what_does_not_pass_ends_the_run_with_one_sentence(
    place: Place, status: int, reason: str, message: str
) -> None:
    place.fail("^(GET|HEAD)", times=999, **place.refusal(status, reason))

    with pytest.raises(DatasetError, match=message) as caught:
        place.run("ingestion")
    assert len(str(caught.value).splitlines()) == 1
    assert place.count(place.upload) <= 2  # Whether the root can be written, and the run summary.


@pytest.mark.parametrize("place", KINDS, indirect=True)
def test_a_place_that_is_not_there_is_said_in_one_sentence(place: Place) -> None:
    place.root = place.root.replace("://tennis", "://nowhere")

    message = r"videos must be an existing .*, got .*://nowhere.* Check the path|://nowhere\S* is not there, "
    with pytest.raises(DatasetError, match=message):
        place.run("ingestion")


@pytest.mark.parametrize("place", ["gcs", "s3"], indirect=True)
def test_a_bucket_that_is_not_there_cannot_be_written(place: Place) -> None:
    url, options = f"{place.root.replace('://tennis', '://nowhere')}/a.json", place.files.storage_options

    with pytest.raises(OSError, match=r"://nowhere-\d+ is not there, or the account in use may not see it\. Create it"):
        StoredFile(url, options).write(b"{}")


@pytest.mark.parametrize("place", ["gcs", "s3", "gdrive"], indirect=True)
def test_videos_on_the_local_disk_may_be_tracked_into_a_remote_storage(
    place: Place, video: bytes, tmp_path: Path
) -> None:
    (tmp_path / "rally.mp4").write_bytes(video)
    place.run("ingestion", videos=str(tmp_path / "rally.mp4"))

    assert "02_intermediate/clips/rally.json" in place.stored()
