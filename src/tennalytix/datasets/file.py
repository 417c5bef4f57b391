"""A file of text, bytes, or anything a function can write."""

from collections.abc import Callable
from typing import Any

from kedro.io.core import AbstractDataset

from tennalytix.datasets.preview import HTMLPreview, described, of_file
from tennalytix.datasets.storage import StoredFile

Content = str | bytes | Callable[[str], object]


class FileDataset(AbstractDataset[Content, bytes]):
    """Saves text (as UTF-8), bytes, or the file that a function writes to the local path it is given; loads bytes.

    Examples:
        Catalog entry::

            review_pages:
              type: tennalytix.datasets.PartitionsDataset
              path: data/08_reporting/review
              filename_suffix: .html
              dataset: {type: tennalytix.datasets.FileDataset}

        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> FileDataset(filepath=f"{folder}/page.html").save("<p>Rally</p>")
        >>> FileDataset(filepath=f"{folder}/page.html").load()
        b'<p>Rally</p>'
    """

    def __init__(
        self, *, filepath: str, credentials: dict[str, Any] | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        self._file = StoredFile(filepath, dict(credentials or {}))
        self.metadata = metadata

    def load(self) -> bytes:
        """The content."""
        return self._file.read()

    def save(self, data: Content) -> None:
        """Replaces the file in one step."""
        if callable(data):
            self._file.write_through(data)
        else:
            self._file.write(data.encode() if isinstance(data, str) else data)

    def _exists(self) -> bool:
        return self._file.exists()

    def look(self) -> str:
        """A look at what is stored, as HTML."""
        return of_file(self._file)

    def preview(self) -> HTMLPreview:
        """What kedro-viz shows."""
        return described(self.metadata, self.look)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._file.path}
