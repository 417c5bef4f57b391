"""Weights of networks: a file on disk, or one fetched once from wherever it is published, and always the file meant."""

import hashlib
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from http.client import HTTPException, HTTPResponse
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from fsspec.core import url_to_fs

_PIECE = 1 << 20
_TIMEOUT_S = 30.0
"""How long a server may say nothing."""

_LOCAL = ("file", "local")
_log = logging.getLogger(__name__)


def fetch_weights(uri: str, sha256: str, folder: str | os.PathLike[str]) -> Path:
    """The file with this digest: the local one itself, or a remote one's copy in `folder`, fetched if it is not there.

    The copy's name ends in the first digits of the digest, so that files of one name from two places do not meet. It
    gets that name when it is whole and its digest is right: whoever finds it, after a crash or beside another process,
    may use it. Nothing is unpacked or unpickled.

    Args:
        uri: a path, an `https://` address, or any address that fsspec opens (`gs://`, `s3://`, ...).
        sha256: 64 hexadecimal digits.
        folder: where copies of remote files are kept; made if need be.

    Raises:
        ValueError: the digest is another one, or the address gives a web page.
        FileNotFoundError: there is no such file.
        ConnectionError: the server is not to be reached, refuses, or stops half-way.
    """
    digest = sha256.lower()
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise ValueError(f"sha256 must be 64 hexadecimal digits, got {sha256!r}. `sha256sum FILE` prints them.")
    local = _local_path(uri)
    if local is not None:
        return _checked(local, digest, "Give the digest of the file you trust, or the path of the file it belongs to.")
    copy = Path(folder) / _copy_name(uri, digest)
    if not copy.exists():
        _fetch(uri, digest, copy)
    return _checked(copy, digest, "Delete it, and it is fetched anew.")


def network_file(shipped: str, weights: str | None, sha256: str | None, folder: str | os.PathLike[str]) -> bytes:
    """The content of a network that ships with the package, or of another in its place.

    Args:
        shipped: name of the file in `tennalytix.models`.
        weights: path or address of the other; None for the shipped one.
        sha256: its digest; none is needed of the shipped one.
        folder: where fetched weights are kept.

    Raises:
        ValueError: a digest is missing or wrong.
        FileNotFoundError: there is no such file.
    """
    if weights is not None and sha256 is None:
        raise ValueError(f"weights_sha256 must be the digest of {weights}, got none. Run: sha256sum {weights}")
    if weights is not None and sha256 is not None:
        return fetch_weights(weights, sha256, folder).read_bytes()
    content = files("tennalytix.models").joinpath(shipped).read_bytes()
    if sha256 not in (None, hashlib.sha256(content).hexdigest()):
        raise ValueError(f"weights_sha256 must be left out for the shipped network, got {sha256}.")
    return content


def _local_path(uri: str) -> Path | None:
    if "://" not in uri:
        return Path(uri).expanduser()
    if uri.partition("://")[0] in _LOCAL:
        return Path(str(url_to_fs(uri)[1]))
    return None


def _checked(path: Path, digest: str, remedy: str) -> Path:
    if not path.is_file():
        raise FileNotFoundError(f"Weights {path} must be a file, got none. Check the path.")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != digest:
        raise ValueError(f"Weights {path} must have sha256 {digest}, got {found}. {remedy}")
    return path


def _copy_name(uri: str, digest: str) -> str:
    """`https://x.org/yolox_s.onnx?v=1` becomes `yolox_s-<8 digits>.onnx`."""
    name = PurePosixPath(unquote(urlsplit(uri).path) or urlsplit(uri).netloc).name
    plain = PurePosixPath(re.sub(r"[^\w.+-]", "_", name).lstrip(".") or "weights")
    return f"{plain.stem}-{digest[:8]}{plain.suffix}"


def _shown(uri: str) -> str:
    """The address without user and query, which may hold secrets."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _fetch(uri: str, digest: str, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    partial = copy.with_name(f".partial-{os.getpid()}-{secrets.token_hex(4)}")
    _log.info("Fetching %s to %s", _shown(uri), copy)
    try:
        with _opened(uri) as source, partial.open("xb") as target:
            found = _pump(source, target, uri)
        if found != digest:
            remedy = "The file was changed, or the digest is another file's."
            raise ValueError(f"{_shown(uri)} must have sha256 {digest}, got {found}. {remedy}")
        partial.replace(copy)
    finally:
        partial.unlink(missing_ok=True)


def _pump(source: IO[bytes], target: IO[bytes], uri: str) -> str:
    """Copies piece by piece; the sha256 of what was copied."""
    hashed = hashlib.sha256()
    for piece in _pieces(source, uri):
        if target.tell() == 0 and re.match(rb"\s*<(!doctype html|html)", piece[:200], re.IGNORECASE):
            raise ValueError(_web_page(uri))
        hashed.update(piece)
        target.write(piece)
    return hashed.hexdigest()


def _pieces(source: IO[bytes], uri: str) -> Iterator[bytes]:
    try:
        while piece := source.read(_PIECE):
            yield piece
    except (OSError, HTTPException) as error:
        raise ConnectionError(f"{_shown(uri)} broke off: {type(error).__name__}. Try again.") from error
    # An HTTP response counts here what its body still owes; reading in pieces does not raise for it.
    missing = getattr(source, "length", None)
    if missing:
        raise ConnectionError(f"{_shown(uri)} broke off {missing} bytes before its end. Try again.")


def _web_page(uri: str) -> str:
    asks = ", since Google Drive asks before it gives a large file" if "drive.google" in urlsplit(uri).netloc else ""
    return f"{_shown(uri)} must give a file, got a web page{asks}. Fetch it with a browser and give its path."


def _opened(uri: str) -> AbstractContextManager[IO[bytes]]:
    return _opened_http(uri) if uri.startswith(("http://", "https://")) else _opened_stored(uri)


def _opened_http(uri: str) -> AbstractContextManager[IO[bytes]]:
    """The response to a request, by the standard library: fsspec would want aiohttp for it."""
    try:
        response: HTTPResponse = urlopen(Request(uri, headers={"User-Agent": "tennalytix"}), timeout=_TIMEOUT_S)
    except HTTPError as error:
        error.close()
        gone = error.code in (404, 410)
        kind, remedy = (FileNotFoundError, "Check the address") if gone else (ConnectionError, "Try again later")
        raise kind(f"{_shown(uri)} must be there, got HTTP status {error.code}. {remedy}.") from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", type(error).__name__)
        raise ConnectionError(f"{_shown(uri)} cannot be reached: {reason}. Check the network.") from error
    return response


def _opened_stored(uri: str) -> AbstractContextManager[IO[bytes]]:
    file_system, path = url_to_fs(uri)
    try:
        file: AbstractContextManager[IO[bytes]] = file_system.open(path, "rb")
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{_shown(uri)} must be there, got nothing. Check the address.") from error
    return file
