"""Whether a file can be read at all, asked before anything that might wait for ever or reserve memory."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from tennalytix.video.mp4_claims import read_claims
from tennalytix.video.names import printable

BLOCK_BYTES = 2**20
# What a drive or a network says that fails.
STORAGE_FAILS = {
    getattr(errno, name)
    for name in (
        *("EIO", "ENXIO", "ENODEV", "ENOTCONN", "ESTALE", "EREMOTEIO", "ETIMEDOUT", "ECONNRESET", "ECONNABORTED"),
        *("ECONNREFUSED", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETRESET", "ENETUNREACH", "ENOMEDIUM"),
    )
    if hasattr(errno, name)
}


class VideoError(ValueError):
    """A file that cannot be used as a video; the message says why in one sentence."""


class OutOfReachError(VideoError):
    """A video that could not be read this time, as from a drive that is gone; it may be a good one."""


def check_file(path: str) -> None:
    """Raises unless `path` is a file with content that may be read.

    Raises:
        FileNotFoundError: no such file.
        VideoError: a folder, a pipe, a device, an empty file, one that may not be read, or that claims the impossible.
    """
    name = printable(Path(path).name)
    status = _status(path)
    if stat.S_ISDIR(status.st_mode):
        raise VideoError(f"{name} is not a video file: it is a folder.")
    if not stat.S_ISREG(status.st_mode):
        raise VideoError(f"{name} is not a video file: it is a pipe or a device.")
    if status.st_size == 0:
        raise VideoError(f"{name} is not a video file: it is empty.")
    _check_claims(path, name, status.st_size)


def file_state(path: str) -> tuple[int, int, int]:
    """What changes when a file does, such as one that is still being copied: size, time of the last change, identity.

    Raises:
        FileNotFoundError, VideoError: see `check_file`.
    """
    check_file(path)
    status = _status(path)
    return status.st_size, status.st_mtime_ns, status.st_ino


def check_storage(path: str, code: int | None, beat: Callable[[], None], *, may_be_damage: bool = True) -> None:
    """Raises if an error of FFmpeg came from the storage, and not from what lies in the file.

    Args:
        path: of the file.
        code: of the error.
        beat: told of every sign of life.
        may_be_damage: FFmpeg may have said EIO of damage; the file is then read to find out.

    Raises:
        OutOfReachError: the storage fails.
    """
    if code is None or code not in STORAGE_FAILS:
        return
    if code != errno.EIO or not may_be_damage:
        raise OutOfReachError(f"{printable(Path(path).name)} cannot be read: {os.strerror(code)}.")
    for _ in blocks(path):
        beat()


def blocks(path: str) -> Iterator[bytes]:
    """The content of a file, piece by piece.

    Raises:
        OutOfReachError: it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    except OSError as error:
        raise OutOfReachError(f"{printable(Path(path).name)} cannot be read: {error.strerror}.") from error


def _status(path: str) -> os.stat_result:
    name = printable(Path(path).name)
    try:
        return Path(path).stat()
    except FileNotFoundError:
        if Path(path).is_symlink():
            raise FileNotFoundError(f"{name} is a link to a file that does not exist.") from None
        raise FileNotFoundError(f"{printable(path)} does not exist.") from None
    except PermissionError as error:
        raise VideoError(f"{name} may not be read.") from error
    except (OSError, ValueError) as error:  # a link to itself, a name that is too long or holds a null
        raise _kind_of(error)(f"{name} cannot be opened: {printable(str(error))}.") from error


def _kind_of(error: Exception) -> type[VideoError]:
    """The file may be a good one where the storage fails."""
    return OutOfReachError if getattr(error, "errno", None) in STORAGE_FAILS else VideoError


def _check_claims(path: str, name: str, size: int) -> None:
    try:
        with Path(path).open("rb") as file:
            claims = read_claims(file, size)
    except PermissionError as error:
        raise VideoError(f"{name} may not be read.") from error
    except FileNotFoundError:
        raise FileNotFoundError(f"{printable(path)} does not exist.") from None
    except OSError as error:
        raise _kind_of(error)(f"{name} cannot be read: {printable(str(error))}.") from error
    if claims is None:
        return
    if not claims.has_index:
        raise VideoError(f"{name} is incomplete: its index is missing, as in a recording that was cut off.")
    if claims.is_encrypted:
        raise VideoError(f"{name} is encrypted. Use a copy without protection.")
    if not claims.samples_are_credible(size):
        raise VideoError(f"{name} is damaged: its header claims {claims.samples} frames in {size} bytes.")
