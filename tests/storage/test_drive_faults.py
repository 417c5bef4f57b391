import errno
import gc
import random
import time
from pathlib import Path

import pytest

from tennalytix.datasets.drive_requests import Patience

MIB = 2**20
BYTES = random.Random(3).randbytes(20 * MIB + 77)
PASSING = [(429, "rateLimitExceeded"), (500, "backendError"), (503, "backendError"), (403, "userRateLimitExceeded")]


@pytest.mark.parametrize(("status", "reason"), PASSING)
@pytest.mark.parametrize("request_line", ["^GET /drive", "^GET .*alt=media", "^POST /drive", "^POST /upload", "^PUT"])
def test_what_passes_is_waited_for(files, drive, request_line: str, status: int, reason: str) -> None:
    drive.fail(request_line, times=3, status=status, reason=reason)
    files.pipe_file("d/a.bin", BYTES[:MIB])

    assert files.cat_file("d/a.bin") == BYTES[:MIB]
    assert len(drive.named("a.bin")) == len(drive.named("d")) == 1
    assert not any(fault.times > 0 for fault in drive.faults)


def test_what_does_not_pass_is_said_after_all_attempts(open_drive, drive) -> None:
    drive.fail("^GET", times=99, status=503, reason="backendError")

    with pytest.raises(OSError, match=r"no answer for the root folder in 3 attempts, last: 503 backendError\."):
        open_drive(attempts=3).cat_file("a.json")
    assert len(drive.requests) == 3


def test_an_upload_that_finds_no_answer_says_so_and_leaves_the_old_content(open_drive, drive) -> None:
    files = open_drive(attempts=3)
    files.pipe_file("a.bin", b"old")
    drive.fail("^PUT", times=99, status=500, reason="backendError")

    with pytest.raises(OSError, match=r"no answer for a\.bin in 3 attempts, last: 500 backendError"):
        files.pipe_file("a.bin", BYTES)
    assert open_drive().cat_file("a.bin") == b"old"


def test_waiting_takes_as_long_as_drive_asks(files, drive) -> None:
    drive.add("a.json", content=b"{}")
    drive.fail("^GET", status=429, reason="rateLimitExceeded", retry_after="1")
    start_s = time.monotonic()

    assert files.cat_file("a.json") == b"{}"
    assert time.monotonic() - start_s >= 1


def test_waits_double(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    for attempt in range(8):
        Patience(wait_s=0.5).wait(attempt)

    assert all(0.25 * 2**i <= wait <= 0.5 * 2**i for i, wait in enumerate(waits[:7]))
    assert 16 <= waits[7] <= 32


@pytest.mark.parametrize("cut_after", [0, 1000, 3 * MIB])
def test_a_download_that_is_cut_goes_on(files, drive, tmp_path: Path, cut_after: int) -> None:
    drive.add("a.bin", content=BYTES)
    drive.fail("alt=media", times=2, cut_after=cut_after)
    files.get_file("a.bin", str(tmp_path / "a.bin"))

    assert (tmp_path / "a.bin").read_bytes() == BYTES
    assert sum("alt=media" in line for line in drive.requests) == 5


@pytest.mark.parametrize("cut_after", [0, 1000, 3 * MIB + 5, 8 * MIB])
def test_an_upload_that_is_cut_goes_on_where_it_was(files, drive, cut_after: int) -> None:
    drive.fail("^PUT", times=2, cut_after=cut_after)
    files.pipe_file("a.bin", BYTES)

    assert [item.content == BYTES for item in drive.named("a.bin")] == [True]


def test_an_upload_whose_last_answer_is_lost_is_not_sent_twice(files, drive) -> None:
    drive.fail("^PUT", cut_after=3)
    files.pipe_file("a.json", b"{1}")

    assert [item.content for item in drive.named("a.json")] == [b"{1}"]
    assert sum(line.startswith("POST") for line in drive.requests) == 1


def test_an_upload_that_never_gets_on_ends(open_drive, drive) -> None:
    drive.fail("^PUT", times=999, cut_after=0)

    with pytest.raises(OSError, match=r"no answer for a\.bin in 4 attempts"):
        open_drive(attempts=4).pipe_file("a.bin", BYTES[:MIB])
    assert not drive.named("a.bin")


def test_an_upload_that_drive_forgot_says_so(files, drive) -> None:
    drive.fail("^PUT", act=drive.uploads.clear)

    with pytest.raises(OSError, match=r"gave up the upload of a\.bin\. Start again"):
        files.pipe_file("a.bin", b"1")
    assert not drive.named("a.bin")


def test_slow_answers_are_waited_for(files, drive) -> None:
    drive.fail(".", times=3, before_s=0.2)
    files.pipe_file("a.json", b"{}")

    assert files.cat_file("a.json") == b"{}"


def test_silence_is_taken_for_a_cut(files, drive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tennalytix.datasets.drive_requests.TIMEOUT_S", (0.2, 0.2))
    drive.add("a.json", content=b"{}")
    drive.fail("alt=media", before_s=0.6)

    assert files.cat_file("a.json") == b"{}"


def test_an_unreachable_drive_says_so(open_drive) -> None:
    files = open_drive(endpoint_url="http://127.0.0.1:9", attempts=2)

    with pytest.raises(OSError, match=r"no answer for the root folder in 2 attempts, last: ConnectionError"):
        files.exists("a")


REFUSALS = [
    (403, "storageQuotaExceeded", OSError, r"has no space left for a\.json\. Free some; a service account has none"),
    (403, "dailyLimitExceeded", OSError, r"quota of Google Drive requests is used up at a\.json"),
    (403, "insufficientFilePermissions", PermissionError, r"allows no access to a\.json\. Share it with the account"),
    (403, "accessNotConfigured", OSError, "The Google Drive API is off. Enable it"),
    (401, "authError", PermissionError, r"does not accept the sign-in at a\.json"),
    (400, "badRequest", OSError, r"refused a\.json: 400 badRequest"),
]


@pytest.mark.parametrize(("status", "reason", "kind", "message"), REFUSALS)
def test_refusals_are_said_in_plain_words_at_once(
    files, drive, status: int, reason: str, kind: type, message: str
) -> None:
    drive.fail("^(POST|PUT)", times=9, status=status, reason=reason)

    with pytest.raises(kind, match=message):
        files.pipe_file("a.json", b"{}")
    assert sum(line.startswith(("POST", "PUT")) for line in drive.requests) == 1


def test_a_full_drive_keeps_the_old_content(files, drive) -> None:
    files.pipe_file("a.bin", b"old")
    drive.space_left = 100

    with pytest.raises(OSError, match=r"no space left for a\.bin") as caught:
        files.pipe_file("a.bin", BYTES[:MIB])
    assert caught.value.errno == errno.ENOSPC
    assert files.cat_file("a.bin") == b"old"


def test_a_folder_of_readers_is_no_place_to_write(files, drive) -> None:
    drive.add("d").readers_only = True

    with pytest.raises(PermissionError, match=r"allows no access to d/a\.json"):
        files.pipe_file("d/a.json", b"")


def test_a_root_that_is_missing_or_not_shared_never_looks_empty(open_drive) -> None:
    files = open_drive(root_id="1AbC")

    for look in (
        lambda: files.find("tracks"),
        lambda: files.exists("a"),
        lambda: files.isdir(""),
        lambda: files.ls(""),
    ):
        with pytest.raises(PermissionError, match="has no folder 1AbC, or the account in use"):
            look()


def test_a_folder_that_cannot_be_read_never_looks_empty(open_drive, drive) -> None:
    files = open_drive(attempts=2)
    drive.add("1.json", drive.add("d").id, b"")
    drive.fail("in\\+parents", times=99, status=500, reason="backendError")

    for look in (lambda: files.find("d"), lambda: files.exists("d"), lambda: files.glob("d/*.json")):
        with pytest.raises(OSError, match="no answer"):
            look()


def test_a_file_that_changes_while_it_is_read_is_read_again(files, drive, tmp_path: Path) -> None:
    item = drive.add("a.bin", content=BYTES)
    changed = BYTES[::-1]
    drive.fail(r"alt=media", act=lambda: None)
    drive.fail(r"alt=media", act=lambda: setattr(item, "content", changed))
    files.get_file("a.bin", str(tmp_path / "a.bin"))

    assert (tmp_path / "a.bin").read_bytes() == changed


def test_a_file_that_never_keeps_still_says_so(files, drive) -> None:
    item = drive.add("a.bin", content=BYTES[: 9 * MIB])
    drive.fail("alt=media", times=99, act=lambda: setattr(item, "content", random.randbytes(9 * MIB)))

    with pytest.raises(OSError, match=r"a\.bin was changed on Google Drive while it was read\. Start again"):
        files.cat_file("a.bin")


def test_options_are_checked() -> None:
    with pytest.raises(ValueError, match="attempts must be at least 1, got 0"):
        Patience(attempts=0)
    with pytest.raises(ValueError, match="retry_wait_s must not be negative, got -1"):
        Patience(wait_s=-1)


def test_an_open_file_that_changes_is_not_read_on(files, drive) -> None:
    item = drive.add("a.bin", content=BYTES)
    with files.open("a.bin") as file:
        file.read(10)
        item.content = BYTES[::-1]
        file.seek(18 * MIB)

        with pytest.raises(OSError, match=r"a\.bin was changed on Google Drive while it was read\. Start again"):
            file.read(10)


def test_a_local_file_is_whole_or_not_there(open_drive, drive, tmp_path: Path) -> None:
    drive.add("a.bin", content=BYTES)
    drive.fail("alt=media", act=lambda: drive.fail("alt=media", times=9, status=500))
    with pytest.raises(OSError, match="no answer"):
        open_drive(attempts=2).get_file("a.bin", str(tmp_path / "a.bin"))

    assert list(tmp_path.iterdir()) == []


def test_a_file_left_open_is_not_stored(files, drive) -> None:
    file = files.open("a.bin", "wb")
    file.write(BYTES[: 9 * MIB])
    del file
    gc.collect()

    assert not drive.named("a.bin")
