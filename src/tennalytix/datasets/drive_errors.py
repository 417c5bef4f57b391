"""What Google Drive's refusals mean, in plain words."""

import errno
from collections.abc import Mapping
from typing import Any

RATE_LIMITS = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "sharingRateLimitExceeded"})
"""Reasons of a 403 that go away by waiting."""

PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses that go away by waiting."""

FULL = (
    "Google Drive has no space left for {what}. Free some; a service account has none of its own: give it a folder of "
    "a shared drive, or use your own account."
)
QUOTAS = {
    "storageQuotaExceeded": FULL,
    "teamDriveFileLimitExceeded": "The shared drive holds as many files as it may: no room for {what}.",
    "numChildrenInNonRootLimitExceeded": "The Drive folder holds as many files as it may: no room for {what}.",
    "dailyLimitExceeded": "The day's quota of Google Drive requests is used up at {what}. Go on tomorrow or raise it.",
    "quotaExceeded": "The quota of Google Drive requests is used up at {what}. Go on later or raise it.",
    "downloadQuotaExceeded": "Google Drive lets {what} be downloaded no more today. Go on tomorrow or copy the file.",
    "accessNotConfigured": "The Google Drive API is off. Enable it in the Cloud project of the account, then go on.",
}
OUT_OF_SPACE = frozenset({"storageQuotaExceeded", "teamDriveFileLimitExceeded", "numChildrenInNonRootLimitExceeded"})
NOT_SIGNED_IN = "Google Drive does not accept the sign-in at {what}. Sign in again or renew the key (docs/storage.md)."
NOT_ALLOWED = "Google Drive allows no access to {what}. Share it with the account in use, as editor where it writes."


def is_passing(status: int, reason: str) -> bool:
    """Whether the same request may succeed later."""
    return status in PASSING or (status == 403 and reason in RATE_LIMITS)


def reason_of(answer: Any) -> str:
    """The reason that Drive gives in the body of a refusal, "" for none."""
    try:
        error = answer.json()["error"]
        return str(error["errors"][0]["reason"])
    except (ValueError, LookupError, TypeError):
        return ""


def refusal(status: int, reason: str, what: str) -> OSError:
    """The error to raise for a refusal that no waiting helps.

    Args:
        status: HTTP status.
        reason: as Drive gives it, such as "storageQuotaExceeded".
        what: was asked for, such as the path; never an address, since those of uploads are secrets.
    """
    if reason in QUOTAS:
        number = errno.ENOSPC if reason in OUT_OF_SPACE else errno.EDQUOT
        return _QuotaError(number, QUOTAS[reason].format(what=what))
    if status == 401:
        return PermissionError(NOT_SIGNED_IN.format(what=what))
    if status == 403:
        return PermissionError(NOT_ALLOWED.format(what=what))
    if status == 404:
        return FileNotFoundError(f"{what} is not on Google Drive, or the account in use may not see it.")
    return OSError(f"Google Drive refused {what}: {status} {reason}".rstrip() + ".")


class _QuotaError(OSError):
    """Says its sentence without the number in front."""

    def __str__(self) -> str:
        return str(self.args[1])


def token_error(details: object) -> str:
    """The error code of a refused sign-in, such as "invalid_grant"; nothing else of the answer is shown."""
    if isinstance(details, Mapping) and isinstance(details.get("error"), str):
        return str(details["error"])
    return "refused"
