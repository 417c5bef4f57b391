"""Where a run reads from and writes to, for messages and pages that tell a person what to do there."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fsspec.utils import get_protocol
from kedro.io.core import AbstractDataset, DatasetError

from tennalytix.datasets.preview import HTMLPreview, described, table
from tennalytix.datasets.storage import LOCAL


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses that hold wherever they are used: absolute paths on this machine, or with their protocol.

    Attributes:
        root: of the storage.
        videos: folder of them, or one video.
        environment: name of the overlay that a run needs to reach them; None where it needs none.
    """

    root: str
    videos: str
    environment: str | None = None

    def below(self, name: str) -> str:
        """The address of something below the root.

        Examples:
            >>> Places("gs://tennis", "gs://tennis/01_raw/videos").below("05_corrections/final__0000.json")
            'gs://tennis/05_corrections/final__0000.json'
        """
        return f"{self.root}/{name}"

    def command(self, pipelines: str) -> str:
        """The command line, for a POSIX shell in the project's folder, that runs pipelines on these places.

        Examples:
            >>> Places("/data/my tennis", "/videos").command("export")
            "kedro run --pipelines=export '--params=root=/data/my tennis,videos=/videos'"
            >>> Places("/data/a,b", "/videos", "gcs").command("export")
            'TENNALYTIX_ROOT=/data/a,b TENNALYTIX_VIDEOS=/videos kedro run --env=gcs --pipelines=export'
        """
        run = ["kedro run", *([f"--env={shlex.quote(self.environment)}"] if self.environment else [])]
        run.append(f"--pipelines={pipelines}")
        if "," in self.root + self.videos:  # Which parts parameters.
            return " ".join([f"{ROOT}={shlex.quote(self.root)} {VIDEOS}={shlex.quote(self.videos)}", *run])
        return " ".join([*run, shlex.quote(f"--params=root={self.root},videos={self.videos}")])


ROOT, VIDEOS = "TENNALYTIX_ROOT", "TENNALYTIX_VIDEOS"
"""Variables that say the same as the parameters."""


class PlacesDataset(AbstractDataset[Places, Places]):
    """Tells where things lie; loading it makes the folders that a person is to put files into, on this machine.

    Args:
        path: the storage root.
        videos: `path` of the videos.
        environment: as in `Places`.
        folders: below the root.
        metadata: for kedro-viz.

    Examples:
        Catalog entry::

            places:
              type: tennalytix.datasets.places.PlacesDataset
              path: data
              videos: {path: data/01_raw/videos}
              folders: [05_corrections]

        >>> PlacesDataset(path="gs://tennis", videos={"path": "gs://matches"}).load()
        Places(root='gs://tennis', videos='gs://matches', environment=None)
    """

    def __init__(
        self,
        *,
        path: str,
        videos: dict[str, str],
        environment: str | None = None,
        folders: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._places = Places(_absolute(path), _absolute(videos["path"]), environment)
        self._folders = folders or []
        self.metadata = metadata

    def load(self) -> Places:
        """The places."""
        for name in self._folders if _is_local(self._places.root) else ():
            Path(self._places.below(name)).mkdir(parents=True, exist_ok=True)
        return self._places

    def save(self, data: Places) -> None:
        """Always an error: they are configuration."""
        raise DatasetError("places must only be read.")

    def look(self) -> str:
        """A look at it, as HTML."""
        return table(("", "place"), [("storage root", self._places.root), ("videos", self._places.videos)])

    def preview(self) -> HTMLPreview:
        """What kedro-viz shows."""
        return described(self.metadata, self.look)

    def _describe(self) -> dict[str, Any]:
        return {"path": self._places.root, "videos": self._places.videos}


def _is_local(address: str) -> bool:
    return get_protocol(address) in LOCAL


def _absolute(address: str) -> str:
    if not _is_local(address):
        return address.rstrip("/")
    return Path(address.removeprefix("file://")).expanduser().absolute().as_posix()
