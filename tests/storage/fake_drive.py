"""Google Drive's REST API, version 3, on loopback: as strict as the service where its documentation says so.

Holds files in memory. Answers only the fields that were asked for, pages with tokens, hides shared drives from requests
that do not name them, checks access tokens and grants them, keeps resumable uploads apart until they are complete.
Faults are injected by `FakeDrive.fail`.
"""

import base64
import hashlib
import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

FOLDER = "application/vnd.google-apps.folder"
SHORTCUT = "application/vnd.google-apps.shortcut"
UNIT = 256 * 1024


@dataclass
class Fault:
    """What goes wrong with requests that match, `times` times.

    status/reason: refuse. cut_after: close the connection after so many bytes of the answer's body, or, for uploads, of
    the request's. before_s: wait first. act: do something first. retry_after: as a header.
    """

    match: str
    times: int = 1
    status: int = 0
    reason: str = ""
    cut_after: int | None = None
    before_s: float = 0.0
    act: Callable[[], None] | None = None
    retry_after: str = ""


@dataclass
class Item:
    id: str
    name: str
    mime_type: str
    parents: list[str]
    created: str
    modified: str
    content: bytes | None = None
    trashed: bool = False
    drive_id: str | None = None
    shortcut_details: dict[str, str] | None = None
    readers_only: bool = False


@dataclass
class Upload:
    meta: dict[str, Any]
    file_id: str | None
    received: bytearray = field(default_factory=bytearray)
    done: dict[str, Any] | None = None


class FakeDrive:
    """The state of the service."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.items: dict[str, Item] = {}
        self.uploads: dict[str, Upload] = {}
        self.requests: list[str] = []
        self.faults: list[Fault] = []
        self.page_size = 1000
        self.open_to_all = True
        self.tokens: dict[str, bool] = {}
        self.refresh_tokens: set[str] = set()
        self.space_left = 2**40
        self.url = ""
        self._numbers = itertools.count(1)
        self._clock = datetime(2026, 1, 1, tzinfo=UTC)
        self.items["root"] = Item("root", "My Drive", FOLDER, [], self.now(), self.now())

    def now(self) -> str:
        self._clock += timedelta(seconds=1)
        return self._clock.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def add(self, name: str, parent: str = "root", content: bytes | None = None, **more: Any) -> Item:
        """A file, or a folder where there is no content."""
        kind = more.pop("mime_type", FOLDER if content is None else "application/octet-stream")
        now = self.now()
        item = Item(f"id{next(self._numbers):04d}", name, kind, [parent], now, now, content, **more)
        item.drive_id = item.drive_id or self.items[parent].drive_id
        self.items[item.id] = item
        return item

    def add_shared_drive(self, name: str) -> Item:
        item = self.add(name)
        item.parents, item.drive_id = [], item.id
        return item

    def named(self, name: str) -> list[Item]:
        return [i for i in self.items.values() if i.name == name and not self.is_trashed(i)]

    def is_trashed(self, item: Item) -> bool:
        return item.trashed or any(self.is_trashed(self.items[p]) for p in item.parents if p in self.items)

    def fail(self, match: str, **what: Any) -> None:
        """The next requests that match `METHOD /path?query [name of the file]` go wrong."""
        self.faults.append(Fault(match, **what))

    def expire_tokens(self) -> None:
        self.tokens = dict.fromkeys(self.tokens, False)

    def grant(self) -> str:
        token = f"ya29.access-{next(self._numbers)}"
        self.tokens[token] = True
        return token

    def next_id(self) -> str:
        return f"up{next(self._numbers):04d}"


@contextmanager
def running() -> Iterator[FakeDrive]:
    """The service, on a port of its own."""
    drive = FakeDrive()
    handler = type("Handler", (_Handler,), {"drive": drive})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    drive.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield drive
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _RefusedError(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class _Handler(BaseHTTPRequestHandler):
    drive: FakeDrive
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # Head and body leave together.
    disable_nagle_algorithm = True

    def log_message(self, *args: Any) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _any(self) -> None:
        self.fault = self._next_fault()
        url = urlsplit(self.path)
        self.query = {k: v[0] for k, v in parse_qs(url.query, keep_blank_values=True).items()}
        body = self._read_body()
        if body is None:
            return
        try:
            with self.drive.lock:
                if self.fault.status:
                    raise _RefusedError(self.fault.status, self.fault.reason)
                self._check_token(url.path)
                status, headers, answer = self._route(url.path, body)
        except _RefusedError as refused:
            status, headers, answer = refused.status, {}, _error(refused.status, refused.reason)
            if self.fault.retry_after:
                headers["Retry-After"] = self.fault.retry_after
        self._send(status, headers, answer)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _any  # noqa: N815

    def _next_fault(self) -> Fault:
        line = f"{self.command} {self.path}"
        with self.drive.lock:
            known = re.search(r"/files/([^/?]+)", self.path)
            if known and known[1] in self.drive.items:
                line += f" [{self.drive.items[known[1]].name}]"
            self.drive.requests.append(line)
            fault = next((f for f in self.drive.faults if f.times and re.search(f.match, line)), Fault(""))
            fault.times -= 1
        time.sleep(fault.before_s)
        if fault.act:
            fault.act()
        return fault

    def _read_body(self) -> bytes | None:
        """None for one that was cut: what came is kept by the upload it belongs to."""
        length = int(self.headers.get("Content-Length") or 0)
        if self.fault.cut_after is None or self.command != "PUT":
            return self.rfile.read(length)
        came = self.rfile.read(min(self.fault.cut_after, length))
        if self.fault.cut_after >= length:  # Everything came; only the answer is lost.
            self._route(urlsplit(self.path).path, came)
        else:
            with self.drive.lock:
                self.drive.uploads[self.query["upload_id"]].received += came[: len(came) // UNIT * UNIT]
        self._cut()
        return None

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def _send(self, status: int, headers: dict[str, str], answer: dict[str, Any] | bytes | None) -> None:
        raw = isinstance(answer, bytes)
        body = answer if raw else json.dumps(answer).encode() if answer is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/octet-stream" if raw else "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        cut = self.fault.cut_after if self.command != "PUT" else None
        self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.wfile.flush()
            self._cut()

    def _check_token(self, path: str) -> None:
        if path == "/token" or self.drive.open_to_all:
            return
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.drive.tokens.get(token):
            raise _RefusedError(401, "authError")

    # --- the methods of the API -------------------------------------------------------------------------------------

    def _route(self, path: str, body: bytes) -> tuple[int, dict[str, str], Any]:
        if path == "/token" and self.command == "POST":
            return 200, {}, self._token(body)
        if path == "/drive/v3/files":
            return (200, {}, self._list()) if self.command == "GET" else (200, {}, self._create(json.loads(body)))
        if found := re.fullmatch(r"/drive/v3/files/([^/]+)", path):
            return self._one(self._item(unquote(found[1])), body)
        if found := re.fullmatch(r"/upload/drive/v3/files(?:/([^/]+))?", path):
            return self._upload(found[1], body)
        raise _RefusedError(404, "notFound")

    def _token(self, body: bytes) -> dict[str, Any]:
        form = {k: v[0] for k, v in parse_qs(body.decode()).items()}
        kind = form.get("grant_type", "")
        if kind == "refresh_token" and form["refresh_token"] not in self.drive.refresh_tokens:
            raise _RefusedError(400, "invalid_grant")
        if kind.endswith("jwt-bearer"):
            claims = json.loads(base64.urlsafe_b64decode(form["assertion"].split(".")[1] + "=="))
            assert "https://www.googleapis.com/auth/drive" in claims["scope"]
        granted = {"access_token": self.drive.grant(), "expires_in": 3600, "token_type": "Bearer"}
        if kind == "authorization_code":
            granted["refresh_token"] = "1//refresh-of-a-person"
            granted["scope"] = "https://www.googleapis.com/auth/drive"
            self.drive.refresh_tokens.add(granted["refresh_token"])
        return granted

    def _item(self, file_id: str) -> Item:
        item = self.drive.items.get(file_id)
        hidden = item is not None and item.drive_id and self.query.get("supportsAllDrives") != "true"
        if item is None or hidden:
            raise _RefusedError(404, "notFound")
        return item

    def _list(self) -> dict[str, Any]:
        query = self.query
        shared = query.get("includeItemsFromAllDrives") == "true" and query.get("supportsAllDrives") == "true"
        if query.get("corpora") == "drive" and "driveId" not in query:
            raise _RefusedError(400, "invalid")
        keep = _compiled(query.get("q", ""))
        found = [
            item
            for item in self.drive.items.values()
            if item.parents
            and (shared or not item.drive_id)
            and (query.get("corpora") != "drive" or item.drive_id == query["driveId"])
            and keep(item, self.drive)
        ]
        begin = int(base64.b64decode(query["pageToken"])) if "pageToken" in query else 0
        end = begin + min(int(query.get("pageSize", "100")), self.drive.page_size)
        wanted = _subfields(query.get("fields", "files(id,name,mimeType)"), "files")
        page: dict[str, Any] = {"files": [_shown(item, wanted) for item in found[begin:end]]}
        if end < len(found) and "nextPageToken" in query.get("fields", "nextPageToken"):
            page["nextPageToken"] = base64.b64encode(str(end).encode()).decode()
        return page

    def _create(self, meta: dict[str, Any]) -> dict[str, Any]:
        parent = self._item(meta.get("parents", ["root"])[0])
        self._check_editor(parent)
        kind = meta.get("mimeType", "application/octet-stream")
        item = self.drive.add(meta["name"], parent.id, None if kind == FOLDER else b"", mime_type=kind)
        return _shown(item, self._fields())

    def _one(self, item: Item, body: bytes) -> tuple[int, dict[str, str], Any]:
        if self.command == "GET" and self.query.get("alt") == "media":
            return self._media(item)
        if self.command == "PATCH":
            self._check_editor(item)
            self._update(item, json.loads(body or b"{}"))
        elif self.command != "GET":
            raise _RefusedError(405, "methodNotAllowed")
        return 200, {}, _shown(item, self._fields())

    def _update(self, item: Item, meta: dict[str, Any]) -> None:
        if "parents" in meta:
            raise _RefusedError(403, "fieldNotWritable")
        item.name = meta.get("name", item.name)
        item.trashed = meta.get("trashed", item.trashed)
        gone = self.query.get("removeParents", "").split(",")
        item.parents = [parent for parent in item.parents if parent not in gone]
        item.parents += [self._item(parent).id for parent in self.query.get("addParents", "").split(",") if parent]
        if len(item.parents) != 1:
            raise _RefusedError(403, "cannotAddParent")

    def _media(self, item: Item) -> tuple[int, dict[str, str], Any]:
        if item.content is None:
            raise _RefusedError(403, "fileNotDownloadable")
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not asked:
            return 200, {}, item.content
        begin, end = int(asked[1]), min(int(asked[2] or 2**60) + 1, len(item.content))
        if begin >= len(item.content):
            raise _RefusedError(416, "requestedRangeNotSatisfiable")
        return 206, {"Content-Range": f"bytes {begin}-{end - 1}/{len(item.content)}"}, item.content[begin:end]

    def _upload(self, file_id: str | None, body: bytes) -> tuple[int, dict[str, str], Any]:
        if "upload_id" in self.query:
            return self._continue_upload(body)
        if self.query.get("uploadType") != "resumable" or self.command not in {"POST", "PATCH"}:
            raise _RefusedError(400, "badRequest")
        if (self.command == "PATCH") != (file_id is not None):
            raise _RefusedError(404, "notFound")
        meta = json.loads(body or b"{}")
        self._check_editor(self._item(file_id or meta.get("parents", ["root"])[0]))
        upload_id = self.drive.next_id()
        self.drive.uploads[upload_id] = Upload(meta, file_id)
        kept = "&".join(f"{key}={self.query[key]}" for key in ("fields", "supportsAllDrives") if key in self.query)
        address = f"{self.drive.url}/upload/drive/v3/files?uploadType=resumable&upload_id={upload_id}&{kept}"
        return 200, {"Location": address}, None

    def _continue_upload(self, body: bytes) -> tuple[int, dict[str, str], Any]:
        upload = self.drive.uploads.get(self.query["upload_id"])
        if upload is None:
            raise _RefusedError(404, "notFound")
        if self.command == "DELETE":
            del self.drive.uploads[self.query["upload_id"]]
            return 499, {}, None
        if upload.done is None:
            self._receive(upload, body)
        if upload.done is None:
            got = len(upload.received)
            return 308, {"Range": f"bytes=0-{got - 1}"} if got else {}, None
        return 200, {}, upload.done

    def _receive(self, upload: Upload, body: bytes) -> None:
        asked = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", self.headers.get("Content-Range", ""))
        if not asked:
            raise _RefusedError(400, "badContent")
        if asked[1] is not None:
            if int(asked[1]) != len(upload.received) or int(asked[2]) - int(asked[1]) + 1 != len(body):
                raise _RefusedError(400, "badRange")
            if asked[3] == "*" and len(body) % UNIT:
                raise _RefusedError(400, "notMultipleOf256KiB")
            upload.received += body
        if asked[3] != "*" and int(asked[3]) == len(upload.received):
            upload.done = self._complete(upload)

    def _complete(self, upload: Upload) -> dict[str, Any]:
        if len(upload.received) > self.drive.space_left:
            raise _RefusedError(403, "storageQuotaExceeded")
        self.drive.space_left -= len(upload.received)
        if upload.file_id:
            item = self.drive.items[upload.file_id]
            item.modified = self.drive.now()
        else:
            item = self.drive.add(upload.meta["name"], upload.meta.get("parents", ["root"])[0], b"")
        item.content = bytes(upload.received)
        return _shown(item, self._fields())

    def _check_editor(self, item: Item) -> None:
        if item.readers_only:
            raise _RefusedError(403, "insufficientFilePermissions")

    def _fields(self) -> set[str]:
        return set(re.split(r",", re.sub(r"\([^)]*\)", "", self.query.get("fields", "id,name,mimeType"))))


def _subfields(fields: str, of: str) -> set[str]:
    inner = re.search(rf"{of}\((.*)\)", fields)
    return set(re.sub(r"\([^)]*\)", "", inner[1]).split(",")) if inner else set()


def _shown(item: Item, wanted: set[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": item.id,
        "name": item.name,
        "mimeType": item.mime_type,
        "parents": item.parents,
        "createdTime": item.created,
        "modifiedTime": item.modified,
        "trashed": item.trashed,
    }
    if item.drive_id:
        shown["driveId"] = item.drive_id
    if item.shortcut_details:
        shown["shortcutDetails"] = item.shortcut_details
    if item.content is not None:
        shown["size"] = str(len(item.content))
        shown["md5Checksum"] = hashlib.md5(item.content).hexdigest()
    return {key: value for key, value in shown.items() if key in wanted}


def _error(status: int, reason: str) -> dict[str, Any]:
    if reason == "invalid_grant":
        return {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    return {"error": {"code": status, "message": reason, "errors": [{"domain": "global", "reason": reason}]}}


# The query language: terms joined by "and" and "or", with parentheses.
_TOKEN = re.compile(r"\s*(\(|\)|and\b|or\b|in\b|=|'(?:[^'\\]|\\.)*'|\w+)")


def _compiled(query: str) -> Callable[[Item, FakeDrive], bool]:
    tokens = _TOKEN.findall(query)
    if not re.fullmatch(rf"(?:{_TOKEN.pattern})*\s*", query):
        raise _RefusedError(400, "invalid")
    parts: list[str] = []
    values: list[str] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token in {"(", ")", "and", "or"}:
            parts.append(token)
            position += 1
            continue
        left, operator, right = tokens[position : position + 3]
        parts.append(_term(left, operator, right, values))
        position += 3
    code = compile(" ".join(parts) or "True", "<q>", "eval")
    return lambda item, drive: bool(eval(code, {"item": item, "drive": drive, "values": values}))


def _term(left: str, operator: str, right: str, values: list[str]) -> str:
    if operator == "in" and right == "parents":
        values.append(_text(left))
        return f"(values[{len(values) - 1}] in item.parents)"
    if operator == "=" and left == "name":
        values.append(_text(right).lower())  # The service compares without case.
        return f"(item.name.lower() == values[{len(values) - 1}])"
    if operator == "=" and left == "trashed" and right == "false":
        return "(not drive.is_trashed(item))"
    raise _RefusedError(400, "invalid")


def _text(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1])
