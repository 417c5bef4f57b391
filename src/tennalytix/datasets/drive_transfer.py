"""Content to and from Google Drive in pieces, going on where a connection was cut."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from tennalytix.datasets.drive_requests import DriveRequests
from tennalytix.datasets.drive_tree import ALL_DRIVES, FILES, DriveEntry

UNIT = 256 * 1024
"""Pieces of an upload must be multiples of this, but for the last.
Source: Google Drive API, "Perform a resumable upload"."""
PIECE = 32 * UNIT
"""Bytes moved by one request."""
DONE = (200, 201)
GOES_ON = 308


def download(requests: DriveRequests, entry: DriveEntry, path: str, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` to before `end`, in pieces.

    Raises:
        OSError: Drive gave other bytes than asked for; see also `DriveRequests.answer`.
    """
    for begin in range(start, end, PIECE):
        last = min(begin + PIECE, end) - 1
        answer = requests.answer(
            "GET",
            f"{FILES}/{entry.file_id}",
            path,
            params={**ALL_DRIVES, "alt": "media"},
            headers={"Range": f"bytes={begin}-{last}", "Accept-Encoding": "identity"},
        )
        content = bytes(answer.content)
        if len(content) != last - begin + 1:
            raise ChangedError(path)
        yield content


class ChangedError(OSError):
    """A file became another one while it was read."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} was changed on Google Drive while it was read. Start again.")


class Upload:
    """One file on its way up; it is there, whole, once the last piece has arrived, and not before.

    Args:
        requests: to Drive.
        path: for messages.
        parent_id: of the folder for a new file.
        file_id: of the file whose content is replaced, None for a new file.
    """

    def __init__(self, requests: DriveRequests, path: str, parent_id: str, file_id: str | None) -> None:
        self._requests, self._path = requests, path
        self._sent, self._md5 = 0, hashlib.md5(usedforsecurity=False)
        name = path.rpartition("/")[2]
        method, place, body = ("PATCH", f"/{file_id}", {}) if file_id else ("POST", "", _new(name, parent_id))
        answer = requests.answer(
            method,
            f"/upload{FILES}{place}",
            path,
            params={**ALL_DRIVES, "uploadType": "resumable", "fields": "id,md5Checksum"},
            json=body,
            headers={"X-Upload-Content-Type": "application/octet-stream"},
        )
        self._address = str(answer.headers["Location"])

    def send(self, content: memoryview, *, last: bool) -> None:
        """Sends the next bytes: a multiple of `UNIT` unless they are the last.

        Raises:
            OSError: they did not arrive, or not as they were.
        """
        total = self._sent + len(content) if last else None
        self._md5.update(content)
        for begin in range(0, max(len(content), 1), PIECE):
            piece = content[begin : begin + PIECE]
            self._send_piece(piece, total, last=last and begin + PIECE >= len(content))

    def discard(self) -> None:
        """Gives up: nothing of it is kept."""
        self._requests.attempt("DELETE", self._address, self._path)

    def _send_piece(self, piece: memoryview, total: int | None, *, last: bool) -> None:
        start, end = self._sent, self._sent + len(piece)
        failures, asking, what = 0, False, "no progress"
        while failures < self._requests.patience.attempts:
            content = b"" if asking else bytes(piece[self._sent - start :])
            answer, failure = self._put(content, _range(self._sent, self._sent + len(content), total))
            if answer is not None and answer.status_code in DONE:
                return self._finish(answer.json(), total)
            if answer is None or answer.status_code != GOES_ON:
                self._requests.patience.wait(failures, answer)
                failures, asking, what = failures + 1, True, failure
                continue
            arrived = self._arrived(answer, start, end)
            if arrived == end and not last:
                self._sent = arrived
                return None
            failures = 0 if arrived > self._sent else failures + (not asking)
            self._sent, asking = arrived, False
        raise self._requests.no_answer(self._path, what)

    def _arrived(self, answer: Any, start: int, end: int) -> int:
        """How many bytes Drive has so far; it names the last one, and nothing if there is none."""
        found = re.fullmatch(r"bytes=0-(\d+)", answer.headers.get("Range", ""))
        arrived = int(found[1]) + 1 if found else 0
        if not start <= arrived <= end:
            raise OSError(f"Google Drive lost part of the upload of {self._path}. Start again.")
        return arrived

    def _put(self, content: bytes, content_range: str) -> tuple[Any, str]:
        headers = {"Content-Range": content_range, "Content-Type": "application/octet-stream"}
        try:
            return self._requests.attempt(
                "PUT", self._address, self._path, data=content, headers=headers, allow_redirects=False
            )
        except FileNotFoundError:
            raise OSError(f"Google Drive gave up the upload of {self._path}. Start again.") from None

    def _finish(self, stored: dict[str, Any], total: int | None) -> None:
        self._sent = total or 0
        if stored.get("md5Checksum", self._md5.hexdigest()) != self._md5.hexdigest():
            raise OSError(f"{self._path} arrived damaged on Google Drive. Store it again.")


def _new(name: str, parent_id: str) -> dict[str, Any]:
    return {"name": name, "parents": [parent_id]}


def _or_star(total: int | None) -> str:
    return "*" if total is None else str(total)


def _range(start: int, end: int, total: int | None) -> str:
    return f"bytes {start}-{end - 1}/{_or_star(total)}" if end > start else f"bytes */{_or_star(total)}"
