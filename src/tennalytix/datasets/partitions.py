"""Partitions that may not be there yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kedro.io.core import DatasetError
from kedro_datasets.partitions import PartitionedDataset

from tennalytix.datasets.preview import HTMLPreview, described, of_partitions
from tennalytix.datasets.storage_errors import said_plainly, storage_error


@dataclass(frozen=True, slots=True)
class Stored:
    """Stands for a partition that a worker has stored itself: saving it does nothing."""


class PartitionsDataset(PartitionedDataset):  # type: ignore[misc]  # kedro-datasets has no types
    """kedro-datasets' PartitionedDataset, but an empty or missing folder loads as {} instead of raising an error.

    A run in which every video failed, or the first run of all, has nothing stored yet.

    Examples:
        Catalog entry::

            tracks:
              type: tennalytix.datasets.PartitionsDataset
              path: data/07_model_output/tracks
              filename_suffix: .json
              dataset: {type: tennalytix.datasets.ModelJSONDataset, model: tennalytix.schema.tracks.Tracks}

        >>> import tempfile
        >>> PartitionsDataset(path=tempfile.mkdtemp() + "/none", dataset="tennalytix.datasets.FileDataset").load()
        {}
    """

    @property
    def _filesystem(self) -> Any:
        with said_plainly(self._path):
            return super()._filesystem

    def load(self) -> dict[str, Callable[[], Any]]:
        """The partitions' load functions by id; partitions that are being written are left out.

        Raises:
            DatasetError: the folder cannot be read.
        """
        self._invalidate_caches()
        try:
            partitions: dict[str, Callable[[], Any]] = super().load()
        except DatasetError as error:
            if isinstance(error.__cause__, FileNotFoundError) or "No partitions found" in str(error):
                return {}
            if error.__cause__ is not None and "://" in self._path:
                raise storage_error(self._path, error.__cause__) from None
            raise  # A folder that cannot be read must not look empty.
        return {name: load for name, load in partitions.items() if not name.rsplit("/", 1)[-1].startswith(".partial-")}

    def preview(self) -> HTMLPreview:
        """What kedro-viz shows."""
        return described(self.metadata, lambda: of_partitions(self.load()))

    def save(self, data: dict[str, Any]) -> None:
        """Stores partitions by id; those that are `Stored` are left as they are."""
        super().save({name: partition for name, partition in data.items() if not isinstance(partition, Stored)})
