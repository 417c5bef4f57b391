"""What goes wrong with remote storage, in one sentence that says what to do."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from kedro.io.core import DatasetError

NOT_SIGNED_IN = frozenset(
    {
        "DefaultCredentialsError",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidToken",
        "NoCredentialsError",
        "PartialCredentialsError",
        "RefreshError",
        "SignatureDoesNotMatch",
        "401",
    }
)
"""Names and codes of errors of google-auth, botocore and gcsfs that mean a faulty or missing sign-in."""

NOT_ALLOWED = frozenset({"PermissionError", "AccessDenied", "Forbidden", "403"})


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
    protocol = url.partition("://")[0]
    if isinstance(error, ImportError):
        extra = {"gs": "gcs", "gcs": "gcs", "s3": "s3", "gdrive": "gdrive"}.get(protocol)
        what = f"tennalytix[{extra}]" if extra else protocol
        return StorageError(f"{url} needs a package that is not installed. Run `pip install '{what}'`.")
    if protocol == "gdrive" and isinstance(error, (OSError, ValueError)):
        return StorageError(str(error))  # Those of our own file system are plain already.
    names = _names(error)
    if names & NOT_SIGNED_IN:
        name = sorted(names & NOT_SIGNED_IN)[0]
        return StorageError(f"{url} needs a valid sign-in, got {name}. Renew the credentials (docs/storage.md).")
    if names & NOT_ALLOWED:
        return StorageError(f"{url} may not be used by the account in use. Grant it access (docs/storage.md).")
    return StorageError(f"{url} could not be reached: {_short(error)}. Start again; what is stored stays.")


def missing_place(url: str) -> StorageError:
    """The sentence for a bucket that is not there."""
    protocol, _, path = url.partition("://")
    bucket = f"{protocol}://{path.partition('/')[0]}"
    return StorageError(
        f"{bucket} is not there, or the account in use may not see it. Create it, or set TENNALYTIX_ROOT."
    )


def _names(error: BaseException | None) -> set[str]:
    """Class names and codes of an error and its causes."""
    names: set[str] = set()
    while error is not None:
        names |= {kind.__name__ for kind in type(error).__mro__}
        names.add(str(getattr(error, "code", "")))
        answer = getattr(error, "response", None)  # As botocore keeps it.
        if isinstance(answer, dict):
            names.add(str(answer.get("Error", {}).get("Code", "")))
        if str(error).startswith("Forbidden"):  # gcsfs has no class for it.
            names.add("Forbidden")
        error = error.__cause__
    return names


def _short(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}, {text[0][:200]}" if text and "://" not in text[0] else type(error).__name__
