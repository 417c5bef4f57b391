"""What the libraries of a remote storage raise, in one sentence that says what to do."""

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

EXTRAS = {
    "gs": ("Google Cloud Storage", "gcs"),
    "gcs": ("Google Cloud Storage", "gcs"),
    "s3": ("S3", "s3"),
    "gdrive": ("Google Drive", "gdrive"),
}
"""By protocol: what the storage is called, and the extra of this package that reaches it."""


def storage_words(url: str, error: BaseException) -> str:
    """The sentence for an error that was raised while `url`, with its protocol, was read or written.

    It quotes no address and no answer but the first words of the error: they may hold secrets.

    Examples:
        >>> storage_words("s3://tennis/a.json", TimeoutError())
        's3://tennis/a.json could not be reached: TimeoutError. Start again; what is stored stays.'
    """
    protocol = url.partition("://")[0]
    if isinstance(error, ImportError):
        name, extra = EXTRAS.get(protocol, (f"{protocol}://", ""))
        what = f"tennalytix[{extra}]" if extra else protocol
        return f"{name} needs a package that is not installed: run `pip install '{what}'`. It was to open {url}."
    names = _names(error)
    if names & NOT_SIGNED_IN:
        name = sorted(names & NOT_SIGNED_IN)[0]
        return f"{url} needs a valid sign-in, got {name}. Renew the credentials (docs/storage.md)."
    if names & NOT_ALLOWED:
        return f"{url} may not be used by the account in use. Grant it access (docs/storage.md)."
    return f"{url} could not be reached: {_short(error)}. Start again; what is stored stays."


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
