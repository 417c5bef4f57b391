"""What goes wrong with remote storage, in one sentence that says what to do."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from kedro.io.core import DatasetError

from tennalytix.core.storage_words import storage_words


class StorageError(DatasetError, OSError):
    """A remote storage did not do what it was asked, and waiting did not help; it must not pass for an empty one.

    Kedro passes it on as it is, and a stage reports it without a traceback.
    """


@contextmanager
def said_plainly(url: str) -> Iterator[None]:
    """Turns what a storage's libraries raise into a `StorageError`; FileNotFoundError stays.

    Args:
        url: what is read or written, with its protocol.
    """
    try:
        yield
    except (FileNotFoundError, DatasetError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC and not url.startswith("gdrive:"):
            raise  # The local disk is full, not the storage.
        # From None: causes may quote addresses and answers that hold secrets.
        raise storage_error(url, error) from None


def storage_error(url: str, error: BaseException) -> StorageError:
    """The sentence for an error that a storage's library raised while `url` was read or written."""
    if isinstance(error, StorageError):
        return error
    if url.startswith("gdrive:") and isinstance(error, (OSError, ValueError)):
        return StorageError(str(error))  # Those of our own file system are plain already.
    return StorageError(storage_words(url, error))


def missing_place(url: str) -> StorageError:
    """The sentence for a bucket that is not there."""
    protocol, _, path = url.partition("://")
    bucket = f"{protocol}://{path.partition('/')[0]}"
    return StorageError(
        f"{bucket} is not there, or the account in use may not see it. Create it, or set TENNALYTIX_ROOT."
    )
