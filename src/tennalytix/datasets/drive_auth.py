"""Who we are on Google Drive: a service account, a person who signed in once, or the machine's default account."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import google.auth
import requests
from google.auth.exceptions import DefaultCredentialsError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials
from google.oauth2.service_account import Credentials as ServiceAccount

SCOPES = ("https://www.googleapis.com/auth/drive",)
TOKEN_URI = "https://oauth2.googleapis.com/token"
DEFAULT = "google_default"
ANONYMOUS = "anon"
HOW_TO_SIGN_IN = "Run `python -m tennalytix.datasets.drive_sign_in` once (docs/storage.md)."


def authorized_session(token: str | Mapping[str, Any] | None = None, subject: str | None = None) -> Any:
    """A `requests` session that signs every request and renews what expires.

    Args:
        token: path of a JSON file, its text, or its content: the key of a service account, or what
            `tennalytix.datasets.drive_sign_in` stored; None, "" or "google_default" for the account the machine has by
            itself (`gcloud auth application-default login`, a virtual machine's, `GOOGLE_APPLICATION_CREDENTIALS`);
            "anon" for none.
        subject: address of the person a service account acts for, where the domain allows that.

    Raises:
        ValueError: it is no key.
        PermissionError: there is no such file, or the machine has no account.
    """
    if token == ANONYMOUS:
        return requests.Session()
    credentials = _of_machine() if token in (None, "", DEFAULT) else _of_info(_read(token), subject)
    return AuthorizedSession(credentials)  # type: ignore[no-untyped-call]


def _read(token: Any) -> Mapping[str, Any]:
    if isinstance(token, Mapping):
        return token
    text = str(token) if str(token).lstrip().startswith("{") else _read_file(Path(str(token)).expanduser())
    try:
        info = json.loads(text)
    except ValueError:
        info = None
    if not isinstance(info, Mapping):
        # From None: the decoder's error holds the whole text.
        raise ValueError(
            f"token must be a JSON key of a Google account, got something else. {HOW_TO_SIGN_IN}"
        ) from None
    return info


def _read_file(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError as error:
        # Not FileNotFoundError: to a dataset that would look like a file that is not stored yet.
        raise PermissionError(f"token must be the path of a JSON key, got {path}, which is not there.") from error


def _of_info(info: Mapping[str, Any], subject: str | None) -> Any:
    try:
        if info.get("type") == "service_account":
            read = ServiceAccount.from_service_account_info
            return read(dict(info), scopes=SCOPES, subject=subject)  # type: ignore[no-untyped-call]
        if "refresh_token" in info:
            return _of_person(info)
    except (ValueError, KeyError):
        # From None: the cause may quote the key.
        raise ValueError("token must be a complete JSON key, got a damaged one. Download it again.") from None
    kind = "an OAuth client" if "installed" in info or "web" in info else "something else"
    raise ValueError(f"token must be the key of a service account or a stored sign-in, got {kind}. {HOW_TO_SIGN_IN}")


def _of_person(info: Mapping[str, Any]) -> Any:
    # Google's own reader would not keep token_uri.
    return Credentials(  # type: ignore[no-untyped-call]
        token=None,
        refresh_token=info["refresh_token"],
        client_id=info["client_id"],
        client_secret=info["client_secret"],
        token_uri=info.get("token_uri", TOKEN_URI),
        quota_project_id=info.get("quota_project_id"),
        scopes=SCOPES,
    )


def _of_machine() -> Any:
    try:
        return google.auth.default(scopes=SCOPES)[0]
    except DefaultCredentialsError as error:
        raise PermissionError(
            f"This machine has no Google account by itself. Set TENNALYTIX_DRIVE_TOKEN. {HOW_TO_SIGN_IN}"
        ) from error
