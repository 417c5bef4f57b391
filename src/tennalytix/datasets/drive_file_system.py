"""Google Drive as a file system for fsspec: `gdrive://folder/file`."""

import hashlib
import shutil
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from fsspec.callbacks import DEFAULT_CALLBACK
from fsspec.spec import AbstractFileSystem
from fsspec.utils import isfilelike

from tennalytix.datasets.drive_auth import authorized_session
from tennalytix.datasets.drive_file import DriveFile
from tennalytix.datasets.drive_requests import ENDPOINT, DriveRequests, Patience
from tennalytix.datasets.drive_transfer import PIECE, ChangedError, Upload, download
from tennalytix.datasets.drive_tree import ALL_DRIVES, FILES, DriveEntry, DriveTree

READS = 3
"""How often a whole file is read again when it changes meanwhile."""


class DriveFileSystem(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Files on Google Drive by path below one folder; nothing is kept open, and memory stays at a few pieces of 8 MiB.

    Writing replaces a file in place and in one step: its id, sharing and links stay, readers see the old or the new
    content. Folders are made as needed. Of several files of one name the newest counts, with a warning; several folders
    of one name count as one. What is removed goes to Drive's bin. Shortcuts are followed. Reading a whole file compares
    its MD5; so does writing.

    Args:
        token: who we are; see `drive_auth.authorized_session`.
        root_id: of the folder that paths begin in, of a shared drive, or "root" for My Drive; or the folder's address,
            `https://drive.google.com/drive/folders/1AbC...`, whose last part it is.
        subject: whom a service account acts for.
        endpoint_url: of the API, another for tests.
        attempts: how often a request is sent at most.
        retry_wait_s: before the second; waits double from there to 32 s.
        **storage_options: as fsspec takes them.

    Examples:
        Credentials of the catalog::

            storage:
              token: ${oc.env:TENNALYTIX_DRIVE_TOKEN}
              root_id: ${oc.env:TENNALYTIX_DRIVE_FOLDER,root}
    """

    protocol = "gdrive"
    root_marker = ""
    blocksize = PIECE

    def __init__(
        self,
        token: str | Mapping[str, Any] | None = None,
        root_id: str = "root",
        subject: str | None = None,
        endpoint_url: str = ENDPOINT,
        attempts: int = 8,
        retry_wait_s: float = 0.5,
        **storage_options: Any,
    ) -> None:
        super().__init__(**storage_options)
        patience = Patience(attempts, retry_wait_s)
        self._requests = DriveRequests(partial(authorized_session, token, subject), endpoint_url, patience)
        self._tree = DriveTree(self._requests, _id_of(root_id) or "root")

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        stripped = super()._strip_protocol(path)
        if isinstance(stripped, list):
            return stripped
        return "/".join(part for part in str(stripped).split("/") if part)

    # --- looking ----------------------------------------------------------------------------------------------------

    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:
        """What lies at `path`: name, type, size in bytes, id, md5, created, modified."""
        path = self._strip_protocol(path)
        return _info(self._tree.entry(path), path)

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> list[Any]:
        """What lies in a folder, or the file itself."""
        path = self._strip_protocol(path)
        try:
            entries = [_info(e, f"{path}/{e.name}".lstrip("/")) for e in self._tree.listing(path)]
        except NotADirectoryError:
            entries = [self.info(path)]
        return entries if detail else [entry["name"] for entry in entries]

    def exists(self, path: str, **kwargs: Any) -> bool:
        """Whether something lies there; unlike fsspec's, it raises an error when it cannot tell."""
        return self._type(path) is not None

    def isfile(self, path: str) -> bool:
        """Whether a file lies there; raises an error when it cannot tell."""
        return self._type(path) == "file"

    def isdir(self, path: str) -> bool:
        """Whether a folder lies there; raises an error when it cannot tell."""
        return self._type(path) == "directory"

    def walk(
        self, path: str, maxdepth: int | None = None, topdown: bool = True, on_error: Any = None, **kwargs: Any
    ) -> Any:
        """As fsspec's, but only a missing folder is passed over: one that cannot be read must not look empty."""
        return super().walk(path, maxdepth, topdown, on_error or _raise_unless_missing, **kwargs)

    def created(self, path: str) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.info(path)["created"])

    def modified(self, path: str) -> datetime:
        """When its content last changed."""
        return datetime.fromisoformat(self.info(path)["modified"])

    def ukey(self, path: str) -> str:
        """Another one whenever the content is."""
        info = self.info(path)
        return f"{info['id']}-{info['md5']}-{info['size']}"

    checksum = ukey

    def invalidate_cache(self, path: str | None = None) -> None:
        """Looks for the folder, or all folders, afresh; those above it are looked for once a minute anyway."""
        self._tree.forget(self._strip_protocol(path or ""))

    def _type(self, path: str) -> str | None:
        try:
            return str(self.info(path)["type"])
        except (FileNotFoundError, NotADirectoryError):
            return None

    # --- changing ---------------------------------------------------------------------------------------------------

    def mkdir(self, path: str, create_parents: bool = True, **kwargs: Any) -> None:
        """Makes a folder, and those above it.

        Raises:
            FileExistsError: something lies there.
        """
        self.makedirs(path, exist_ok=False)

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """Makes a folder, and those above it."""
        path = self._strip_protocol(path)
        if not exist_ok and self.exists(path):
            raise FileExistsError(f"{path} is on Google Drive already.")
        self._tree.ensure_folder(path)

    def rm_file(self, path: str) -> None:
        """Moves every file or folder of that name to the bin."""
        for entry in self._tree.entries(self._strip_protocol(path)):
            self._bin(entry, path)

    _rm = rm_file

    def rm(self, path: Any, recursive: bool = False, maxdepth: int | None = None) -> None:
        """Moves files, and with `recursive` folders with all that is in them, to the bin."""
        for found in self.expand_path(path, recursive=False):
            if not recursive and self.isdir(found):
                raise IsADirectoryError(f"{found} must be a file, got a folder. Remove it with recursive=True.")
            self.rm_file(found)

    def rmdir(self, path: str) -> None:
        """Moves an empty folder to the bin."""
        path = self._strip_protocol(path)
        if self._tree.listing(path):
            raise OSError(f"{path} must be empty to be removed.")
        self.rm_file(path)

    def mv(self, path1: str, path2: str, recursive: bool = False, maxdepth: int | None = None, **kwargs: Any) -> None:
        """Moves a file or folder, without its content being moved; a file that was there goes to the bin."""
        source, target = self._strip_protocol(path1), self._strip_protocol(path2)
        if source == target:
            return
        entry, replaced = self._tree.entry(source), self._entries(target)
        params = {**ALL_DRIVES, "addParents": self._tree.ensure_folder(self._parent(target))}
        params["removeParents"] = ",".join(self._tree.folder_ids(self._parent(source)))
        if params["addParents"] in params["removeParents"]:
            del params["addParents"], params["removeParents"]
        body = {"name": target.rpartition("/")[2]}
        self._requests.json("PATCH", f"{FILES}/{entry.own_id}", source, params, body)
        for old in replaced:
            self._bin(old, target)
        self._tree.forget()

    def cp_file(self, path1: str, path2: str, **kwargs: Any) -> None:
        """Copies the content of a file, through this machine."""
        with self.open(path1, "rb") as source, self.open(path2, "wb") as target:
            shutil.copyfileobj(source, target, PIECE)

    def _entries(self, path: str) -> list[DriveEntry]:
        try:
            return [entry for entry in self._tree.entries(path) if not entry.is_folder]
        except FileNotFoundError:
            return []

    def _bin(self, entry: DriveEntry, path: str) -> None:
        self._requests.json("PATCH", f"{FILES}/{entry.own_id}", path, ALL_DRIVES, {"trashed": True})
        if entry.is_folder:
            self._tree.forget()

    # --- content ----------------------------------------------------------------------------------------------------

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **kwargs: Any) -> bytes:
        """The content, or that from `start` to before `end`, which count from the end where they are negative."""
        path = self._strip_protocol(path)
        if start is None and end is None:
            return bytes(self._read_whole(path, b"".join))
        entry = self._file(path)
        first, last, _ = slice(start, end).indices(entry.size)
        return b"".join(self._unchanged(entry, path, first, last))

    def get_file(
        self, rpath: str, lpath: Any = None, callback: Any = DEFAULT_CALLBACK, outfile: Any = None, **kwargs: Any
    ) -> None:
        """Copies a file to the local disk; what is there afterwards is what Drive had, by its MD5."""
        if outfile is not None or isfilelike(lpath) or self.isdir(rpath):
            super().get_file(rpath, lpath, callback=callback, outfile=outfile, **kwargs)
            return
        Path(lpath).parent.mkdir(parents=True, exist_ok=True)

        def store(pieces: Any) -> None:
            with Path(lpath).open("wb") as file:
                for piece in pieces:
                    file.write(piece)
                    callback.relative_update(len(piece))

        try:
            self._read_whole(self._strip_protocol(rpath), store)
        except BaseException:
            Path(lpath).unlink(missing_ok=True)
            raise

    def _read_whole(self, path: str, use: Any) -> Any:
        """Gives all pieces to `use`, again from the start where the file changes meanwhile."""
        for _ in range(READS):
            entry = self._file(path)
            digest = hashlib.md5(usedforsecurity=False)

            def pieces(entry: DriveEntry = entry, digest: Any = digest) -> Any:
                for piece in download(self._requests, entry, path, 0, entry.size):
                    digest.update(piece)
                    yield piece

            try:
                result = use(pieces())
            except ChangedError:
                continue
            if digest.hexdigest() == (entry.md5 or digest.hexdigest()):
                return result
        raise ChangedError(path)

    def _unchanged(self, entry: DriveEntry, path: str, start: int, end: int) -> list[bytes]:
        """The bytes of a range, which are those of `entry` and of no later content."""
        pieces = list(download(self._requests, entry, path, start, end))
        params = {**ALL_DRIVES, "fields": "md5Checksum"}
        now = self._requests.json("GET", f"{FILES}/{entry.file_id}", path, params) if pieces else {}
        if now.get("md5Checksum", entry.md5) != entry.md5:
            raise ChangedError(path)
        return pieces

    def _file(self, path: str) -> DriveEntry:
        entry = self._tree.entry(path)
        if entry.is_folder:
            raise IsADirectoryError(f"{path} must be a file on Google Drive, got a folder.")
        return entry

    def _upload(self, path: str) -> Upload:
        if not path:
            raise IsADirectoryError("The path of a file must have a name.")
        parent_id = self._tree.ensure_folder(self._parent(path))
        # Into the newest file of that name, as that is the one that counts.
        newest = max(self._entries(path), key=lambda e: (e.modified, e.file_id), default=None)
        return Upload(self._requests, path, parent_id, newest.file_id if newest else None)

    def _open(self, path: str, mode: str = "rb", block_size: int | None = None, **kwargs: Any) -> DriveFile:
        if mode == "xb" and self.exists(path):
            raise FileExistsError(f"{path} is on Google Drive already.")
        if mode == "rb":
            entry = self._file(path)
            kwargs.update(size=entry.size, fetch=partial(self._unchanged, entry, path))
        else:
            kwargs["start_upload"] = partial(self._upload, path)
        return DriveFile(self, path, mode, block_size or PIECE, **kwargs)


def _id_of(folder: str) -> str:
    """The id of a folder given by id or address."""
    return folder.partition("?")[0].rstrip("/").rpartition("/")[2]


def _info(entry: DriveEntry, path: str) -> dict[str, Any]:
    return {
        "name": path,
        "type": "directory" if entry.is_folder else "file",
        "size": entry.size,
        "id": entry.file_id,
        "md5": entry.md5,
        "created": entry.created,
        "modified": entry.modified,
    }


def _raise_unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
