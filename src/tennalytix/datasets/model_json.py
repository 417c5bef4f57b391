"""JSON files that are one of our pydantic models."""

from typing import Any

from kedro.io.core import AbstractDataset, DatasetError
from kedro.utils import load_obj
from pydantic import BaseModel, ValidationError

from tennalytix.datasets.preview import HTMLPreview, described, table, text
from tennalytix.datasets.storage import StoredFile
from tennalytix.schema.clips import EditList
from tennalytix.schema.tracks import Tracks


class UnreadableEditList(EditList):
    """Stands for an edit list that is none; `error` says why. One damaged file must not stop the other videos."""


class ModelJSONDataset(AbstractDataset[BaseModel, BaseModel]):
    """Validates on the way in and out, so that what lies in storage always follows the schema.

    Examples:
        Catalog entry::

            tracks:
              type: tennalytix.datasets.PartitionsDataset
              path: data/07_model_output/tracks
              filename_suffix: .json
              dataset: {type: tennalytix.datasets.ModelJSONDataset, model: tennalytix.schema.tracks.Tracks}

        >>> import tempfile
        >>> from tennalytix.schema.clips import EditList
        >>> path = tempfile.mkdtemp() + "/match.json"
        >>> dataset = ModelJSONDataset(filepath=path, model="tennalytix.schema.clips.EditList")
        >>> dataset.save(EditList(fingerprint="f", video=None, clips=[], error="match.mp4 has no video stream."))
        >>> dataset.load().error
        'match.mp4 has no video stream.'
    """

    def __init__(
        self,
        *,
        filepath: str,
        model: str,
        credentials: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._file = StoredFile(filepath, dict(credentials or {}))
        self._model: type[BaseModel] = load_obj(model)
        self.metadata = metadata

    def load(self) -> BaseModel:
        """The validated model; for an edit list that is none, an `UnreadableEditList`.

        Raises:
            DatasetError: the file is not what its schema says.
        """
        try:
            return self._model.model_validate_json(self._file.read())
        except ValidationError as error:
            said = f"{self._file.path} must be a {self._model.__name__} file, {_words(error)}"
            if self._model is not EditList:
                raise DatasetError(said) from error
            said = f"{said} Delete it and run ingestion again."
            return UnreadableEditList(fingerprint="", video=None, clips=[], error=said)

    def save(self, data: BaseModel) -> None:
        """Replaces the file in one step."""
        if not isinstance(data, self._model):
            raise DatasetError(f"data must be a {self._model.__name__}, got {type(data).__name__}.")
        to_json = getattr(data, "to_json", data.model_dump_json)
        self._file.write(to_json().encode())

    def _exists(self) -> bool:
        return self._file.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._file.path, "model": self._model.__name__}

    def look(self) -> str:
        """A look at what is stored, as HTML: tracks by their summary, other files by their first lines."""
        stored = self.load()
        if not isinstance(stored, Tracks):
            return text(stored.model_dump_json(indent=1))
        rows: list[tuple[str, object]] = [("frames", len(stored.frames)), ("events", len(stored.events))]
        rows += [(name, value) for name, value in stored.summary if name != "warnings"]
        rows += [("warning", words) for words in stored.summary.warnings]
        rows += [(part, model.name.rpartition(".")[2]) for part, model in stored.provenance.models.items()]
        return table(("", stored.clip_id), rows)

    def preview(self) -> HTMLPreview:
        """What kedro-viz shows."""
        return described(self.metadata, self.look)


def _words(error: ValidationError) -> str:
    """What is wrong first of all, as the end of a sentence."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "value_error":  # A sentence of ours.
        return f"but {f'at {place} ' if place else ''}{first['ctx']['error']}"
    return f"got {first['msg']} at {place or 'the whole file'}."
