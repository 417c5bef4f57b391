"""An open file on Google Drive."""

import io
import logging
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from fsspec.spec import AbstractBufferedFile

from tennalytix.datasets.drive_transfer import UNIT, Upload

logger = logging.getLogger(__name__)


class DriveFile(AbstractBufferedFile):  # type: ignore[misc]  # fsspec has no types
    """Fetches pieces as they are read and sends them as they are written.

    A write that ends in an error inside `with` leaves what was there before.

    Args:
        fs: the file system.
        path: in it.
        mode: rb, wb or xb.
        block_size: bytes read ahead, or kept before they are sent.
        fetch: the bytes from a first to before a last place, in pieces; to read.
        start_upload: to write.
        **kwargs: as fsspec takes them.
    """

    def __init__(
        self,
        fs: Any,
        path: str,
        mode: str,
        block_size: int,
        fetch: Callable[[int, int], Iterable[bytes]] | None = None,
        start_upload: Callable[[], Upload] | None = None,
        **kwargs: Any,
    ) -> None:
        if mode not in {"rb", "wb", "xb"}:
            raise ValueError(f"mode must be rb, wb or xb, got {mode}. Google Drive cannot append.")
        self.buffer = io.BytesIO()
        super().__init__(fs, path, mode, max(UNIT, block_size // UNIT * UNIT), **kwargs)
        self._fetch, self._start_upload = fetch, start_upload
        self._upload: Upload | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and self.mode != "rb" and not self.closed:
            self.discard()
        self.close()

    def __del__(self) -> None:
        if not self.closed and self.mode != "rb":
            self.discard()  # Nobody said that it is complete.

    def discard(self) -> None:
        """Gives up writing."""
        self.closed = True
        if self._upload is not None:
            try:
                self._upload.discard()
            except OSError:  # Drive forgets it by itself after a week.
                logger.debug("The upload of %s could not be given up.", self.path)

    def _fetch_range(self, start: int, end: int) -> bytes:
        if self._fetch is None:
            raise ValueError(f"{self.path} must be open for reading.")
        return b"".join(self._fetch(start, min(end, self.size)))

    def _initiate_upload(self) -> None:
        if self._start_upload is None:
            raise ValueError(f"{self.path} must be open for writing.")
        self._upload = self._start_upload()

    def _upload_chunk(self, final: bool = False) -> bool:
        """Sends what may be sent now; the rest, never nothing, waits for the end, which must be told as such."""
        with self.buffer.getbuffer() as content:
            ready = len(content) if final else (len(content) - 1) // UNIT * UNIT
            if self._upload is not None and (ready or final):
                self._upload.send(content[:ready], last=final)
            rest = bytes(content[ready:])
        self.buffer = io.BytesIO()
        self.buffer.write(rest)
        return False
