"""Paths on Google Drive, which knows only ids: folders and files may share a name, and sit anywhere."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tennalytix.datasets.drive_requests import DriveRequests

logger = logging.getLogger(__name__)

FILES = "/drive/v3/files"
FOLDER = "application/vnd.google-apps.folder"
SHORTCUT = "application/vnd.google-apps.shortcut"
NATIVE = "application/vnd.google-apps."
"""How types begin that are no files: Google's documents, forms, maps."""
FIELDS = "id,name,mimeType,size,md5Checksum,createdTime,modifiedTime,shortcutDetails(targetId)"
FOLDERS_KEPT_S = 60.0
"""A folder found is taken to be there for so long."""
ALL_DRIVES = {"supportsAllDrives": "true"}
_making_folders = threading.Lock()
"""One for the process: two threads that miss a folder make one."""


@dataclass(frozen=True, slots=True)
class DriveEntry:
    """A file or folder.

    Attributes:
        file_id: of its content.
        name: in its folder.
        is_folder: or else a file.
        size: bytes, 0 for folders.
        md5: of the content in hex, "" for folders.
        created: RFC 3339.
        modified: RFC 3339.
        own_id: what to move or remove: differs from `file_id` for a shortcut.
    """

    file_id: str
    name: str
    is_folder: bool
    size: int
    md5: str
    created: str
    modified: str
    own_id: str


ROOT = DriveEntry("", "", True, 0, "", "", "", "")


class DriveTree:
    """Finds what lies at a path below a folder.

    Several folders of one name in one place count as one, and new files go into the oldest: two machines may each have
    made it. Of several files of one name the newest counts. Names with a slash and Google's own documents are passed
    over.

    Args:
        requests: to Drive.
        root_id: of the folder, or of a shared drive, or "root" for My Drive.
    """

    def __init__(self, requests: DriveRequests, root_id: str) -> None:
        self._requests, self._root_id = requests, root_id
        self._folders: dict[str, tuple[tuple[str, ...], float]] = {}
        self._corpus: dict[str, str] | None = None
        self._warned: set[str] = set()

    def forget(self, path: str = "") -> None:
        """Looks afresh for the folder at `path` and those below it."""
        for known in [known for known in self._folders if f"{known}/".startswith(f"{path}/" if path else "")]:
            self._folders.pop(known, None)

    def entry(self, path: str) -> DriveEntry:
        """What lies at `path`.

        Raises:
            FileNotFoundError: nothing does.
        """
        if not path:
            self._corpora()
            return ROOT
        return _chosen(self.entries(path))

    def entries(self, path: str) -> list[DriveEntry]:
        """Everything of that name there, at least one.

        Raises:
            FileNotFoundError: there is none.
        """
        parent, _, name = path.rpartition("/")
        found = self._children(self.folder_ids(parent), path, name)
        if not found:
            raise FileNotFoundError(f"{path} is not on Google Drive.")
        self._warn_of_doubles(path, found)
        return found

    def listing(self, path: str) -> list[DriveEntry]:
        """What lies in the folder at `path`, each name once, in order of name.

        Raises:
            FileNotFoundError: there is no such folder.
            NotADirectoryError: it is a file.
        """
        named: dict[str, list[DriveEntry]] = {}
        for entry in self._children(self.folder_ids(path), path):
            named.setdefault(entry.name, []).append(entry)
        for name, entries in named.items():
            self._warn_of_doubles(f"{path}/{name}".lstrip("/"), entries)
        return [_chosen(entries) for _, entries in sorted(named.items())]

    def folder_ids(self, path: str) -> tuple[str, ...]:
        """Ids of the folders at `path`, the oldest first.

        Raises:
            FileNotFoundError: there is none.
            NotADirectoryError: it is a file.
        """
        if not path:
            self._corpora()
            return (self._root_id,)
        kept, until_s = self._folders.get(path, ((), 0.0))
        if time.monotonic() < until_s:
            return kept
        folders = [entry for entry in self.entries(path) if entry.is_folder]
        if not folders:
            raise NotADirectoryError(f"{path} must be a folder on Google Drive, got a file.")
        ids = tuple(entry.file_id for entry in sorted(folders, key=lambda e: (e.created, e.file_id)))
        self._folders[path] = (ids, time.monotonic() + FOLDERS_KEPT_S)
        return ids

    def ensure_folder(self, path: str) -> str:
        """The id of the folder at `path`, which is made if missing, with those above it."""
        try:
            return self.folder_ids(path)[0]
        except FileNotFoundError:
            with _making_folders:
                return self._make_folders(path)

    def _make_folders(self, path: str) -> str:
        try:
            return self.folder_ids(path)[0]
        except FileNotFoundError:
            parent, _, name = path.rpartition("/")
            body = {"name": name, "mimeType": FOLDER, "parents": [self._make_folders(parent)]}
            made = self._requests.json("POST", FILES, path, {**ALL_DRIVES, "fields": "id"}, body)
            self._folders[path] = ((made["id"],), time.monotonic() + FOLDERS_KEPT_S)
            return str(made["id"])

    def _children(self, folder_ids: Sequence[str], path: str, name: str | None = None) -> list[DriveEntry]:
        places = " or ".join(f"{_quoted(folder_id)} in parents" for folder_id in folder_ids)
        query = f"({places}) and trashed = false"
        if name is not None:
            query += f" and name = {_quoted(name)}"
        found = (self._entry(item, path) for item in self._pages(query, path or "the root folder"))
        return [e for e in found if e is not None and (name is None or e.name == name)]

    def _pages(self, query: str, what: str) -> Iterator[dict[str, Any]]:
        params = {
            **ALL_DRIVES,
            **self._corpora(),
            "includeItemsFromAllDrives": "true",
            "q": query,
            "pageSize": "1000",
            "fields": f"nextPageToken,files({FIELDS})",
        }
        while True:
            page = self._requests.json("GET", FILES, what, params)
            yield from page.get("files", [])
            if not page.get("nextPageToken"):
                return
            params["pageToken"] = page["nextPageToken"]

    def _entry(self, item: dict[str, Any], path: str) -> DriveEntry | None:
        own_id, name = str(item["id"]), str(item["name"])
        if "/" in name:
            logger.warning("Google Drive: %r in %s is passed over for the slash in its name. Rename it.", name, path)
            return None
        if item["mimeType"] == SHORTCUT:
            try:
                params = {**ALL_DRIVES, "fields": FIELDS}
                item = self._requests.json("GET", f"{FILES}/{item['shortcutDetails']['targetId']}", path, params)
            except (FileNotFoundError, KeyError):
                logger.warning("Google Drive: shortcut %r in %s leads nowhere.", name, path)
                return None
        is_folder = item["mimeType"] == FOLDER
        if not is_folder and item["mimeType"].startswith(NATIVE):
            return None
        size, md5 = int(item.get("size", 0)), str(item.get("md5Checksum", ""))
        created, modified = str(item.get("createdTime", "")), str(item.get("modifiedTime", ""))
        return DriveEntry(str(item["id"]), name, is_folder, size, md5, created, modified, own_id)

    def _corpora(self) -> dict[str, str]:
        """Where to search: in the shared drive that the root folder belongs to, or in what the account owns or got."""
        if self._corpus is None:
            params = {**ALL_DRIVES, "fields": "id,driveId"}
            try:
                root = self._requests.json("GET", f"{FILES}/{self._root_id}", "the root folder", params)
            except FileNotFoundError as error:
                # Not FileNotFoundError: a root that cannot be seen must never look like an empty one.
                raise PermissionError(
                    f"Google Drive has no folder {self._root_id}, or the account in use may not see it. Share it."
                ) from error
            drive_id = root.get("driveId")
            self._corpus = {"corpora": "drive", "driveId": str(drive_id)} if drive_id else {}
        return self._corpus

    def _warn_of_doubles(self, path: str, entries: Sequence[DriveEntry]) -> None:
        files = sum(not entry.is_folder for entry in entries)
        if files > 1 and path not in self._warned:
            self._warned.add(path)
            logger.warning("Google Drive: %d files are named %s. The newest counts; remove the others.", files, path)


def _chosen(entries: Sequence[DriveEntry]) -> DriveEntry:
    """The newest file, or the oldest folder where there is no file."""
    files = [entry for entry in entries if not entry.is_folder]
    if files:
        return max(files, key=lambda e: (e.modified, e.file_id))
    return min(entries, key=lambda e: (e.created, e.file_id))


def _quoted(text: str) -> str:
    """As a string in Drive's query language."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
