"""Which partitions are stored, and what each was made from."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kedro.io.core import AbstractDataset, DatasetError

from tennalytix.datasets.file import FileDataset
from tennalytix.datasets.partitions import PartitionsDataset
from tennalytix.datasets.preview import HTMLPreview, described, table
from tennalytix.datasets.storage import open_storage
from tennalytix.datasets.storage_errors import StorageError, said_plainly
from tennalytix.datasets.table import read_fingerprint

END_BYTES = 2**17
"""What parquet says of a file stands at its end: for an hour of video in fewer bytes."""


class FooterDataset(FileDataset):
    """What a parquet file says of itself; of a remote file only the end is fetched."""

    def load(self) -> bytes:
        """The end of the file, with all of its footer."""
        end = self._file.read_end(END_BYTES)
        told = int.from_bytes(end[-8:-4], "little") + 8
        return end if told <= len(end) else self._file.read_end(told)


class FingerprintsDataset(AbstractDataset[None, dict[str, str]]):
    """The fingerprints of stored partitions by id: a stage reads it to skip what is current.

    A catalog entry of its own on the same folder, since a Kedro node cannot read what it writes. A file that cannot be
    read is left out, so that it is made again.

    Args:
        path: the folder.
        filename_suffix: of the partitions.
        files: addresses of what is stored together with each partition, `{}` for its id: one that lacks a file is left
            out too.
        credentials: of the storage.
        metadata: for kedro-viz.

    Examples:
        Catalog entry::

            people_fingerprints:
              type: tennalytix.datasets.FingerprintsDataset
              path: data/03_primary/people
              filename_suffix: .parquet

        >>> import tempfile
        >>> FingerprintsDataset(path=tempfile.mkdtemp(), filename_suffix=".json").load()
        {}
    """

    def __init__(
        self,
        *,
        path: str,
        filename_suffix: str,
        files: Sequence[str] = (),
        credentials: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._path, self._suffix, self._files = path, filename_suffix, tuple(files)
        self._credentials = dict(credentials or {})
        self.metadata = metadata

    def load(self) -> dict[str, str]:
        """Fingerprints by partition id.

        Raises:
            DatasetError: the storage cannot be reached.
        """
        kind, read = (
            (FooterDataset, read_fingerprint) if self._suffix == ".parquet" else (FileDataset, _json_fingerprint)
        )
        files = PartitionsDataset(
            path=self._path, filename_suffix=self._suffix, credentials=self._credentials, dataset=kind
        )
        found = {}
        for name, load in files.load().items():
            try:
                found[name] = read(load())
            except StorageError:
                raise  # It may well be current.
            except (ValueError, OSError, DatasetError):
                continue
        for address in self._files if found else ():
            there = self._addresses(address)
            found = {name: made_from for name, made_from in found.items() if address.replace("{}", name) in there}
        return found

    def _addresses(self, address: str) -> set[str]:
        """What there is in the folder of an address, as addresses."""
        folder = address.partition("{}")[0].rstrip("/")
        with said_plainly(folder):
            file_system, path = open_storage(folder, self._credentials)
            file_system.invalidate_cache(path)
            return {f"{folder}{file[len(path.rstrip('/')) :]}" for file in file_system.find(path)}

    def save(self, data: None) -> None:
        """Always an error: the partitions carry their fingerprints themselves."""
        raise DatasetError("FingerprintsDataset must only be read.")

    def look(self) -> str:
        """A look at what is stored, as HTML."""
        found = self.load()
        return f"<p>{len(found)} stored.</p>" + table(("what", "made from"), found.items())

    def preview(self) -> HTMLPreview:
        """What kedro-viz shows."""
        return described(self.metadata, self.look)

    def _describe(self) -> dict[str, Any]:
        return {"path": self._path, "filename_suffix": self._suffix}


def _json_fingerprint(content: bytes) -> str:
    document = json.loads(content)
    if not isinstance(document, Mapping):
        raise ValueError("the file is no JSON object.")
    provenance = document.get("provenance")
    return str(
        document.get("fingerprint") or (provenance.get("fingerprint", "") if isinstance(provenance, Mapping) else "")
    )
