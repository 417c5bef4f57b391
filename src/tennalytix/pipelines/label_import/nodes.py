"""Turns exports of labelling tools into the label files that evaluation and training read."""

import logging
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from tennalytix.metrics.label_cvat import read_cvat
from tennalytix.metrics.label_shapes import ImportOptions, LabelShape, shapes_to_files, unknown_names
from tennalytix.metrics.label_studio import read_label_studio
from tennalytix.pipelines.stage import StageError, run_stage
from tennalytix.schema.clips import EditList

logger = logging.getLogger(__name__)


def import_labels(
    exports: dict[str, Callable[[], bytes]],
    edit_lists: dict[str, Callable[[], EditList]],
    labels: dict[str, Callable[[], bytes]],
    options: ImportOptions,
) -> Iterator[dict[str, bytes]]:
    """Label files by path below the label root.

    Args:
        exports: load functions by path: `<video>.xml`, `<video>/annotations.xml` (CVAT for video 1.1), or a JSON file
            of Label Studio.
        edit_lists: load functions of what ingestion stored, by name of the video, for the sizes of videos.
        labels: load functions of the label files that are there.
        options: what the labels are called in the tool.

    Raises:
        StageError: there is nothing to import, or nothing could be.
    """
    if not exports:
        raise StageError("label_import must have exports of CVAT or Label Studio in 01_raw/label_exports, got none.")

    def size_wh_of(name: str) -> tuple[int, int] | None:
        video = edit_lists[name]().video if name in edit_lists else None
        return (video.width, video.height) if video else None

    made: dict[str, tuple[str, bytes]] = {}

    def work(item: tuple[str, bytes], _: str) -> dict[str, bytes]:
        file, content = item
        files: dict[str, bytes] = {}
        for video, shapes in _read(file, content, size_wh_of).items():
            unknown = unknown_names(shapes, options)
            if unknown:
                logger.warning("label_import: %s: labels left out: %s", file, ", ".join(unknown))
            parts = shapes_to_files(shapes, options, file)
            files.update({f"{video}/{name}": data for name, data in parts.items()})
        _keep_what_is_made(files, made, file)
        _keep_what_is_there(files, labels, options)
        made.update({path: (file, data) for path, data in files.items()})
        return files

    def opened(path: str, load: Callable[[], bytes]) -> Callable[[], tuple[str, bytes]]:
        return lambda: (path, load())

    items = {path: opened(path, load) for path, load in exports.items()}
    for path, files in run_stage("label_import", items, {}, lambda item: item[0], work):
        logger.info("label_import: %s: %s", path, ", ".join(files) or "nothing to import")
        yield files


def _read(
    file: str, content: bytes, size_wh_of: Callable[[str], tuple[int, int] | None]
) -> dict[str, list[LabelShape]]:
    path = PurePosixPath(file)
    if path.suffix.casefold() == ".json":
        return read_label_studio(content, file, size_wh_of)
    if path.suffix.casefold() == ".xml":
        return {path.parent.name if path.stem == "annotations" else path.stem: read_cvat(content, file)}
    raise ValueError(f"{file} must be .xml of CVAT or .json of Label Studio. Unpack archives, remove other files.")


def _keep_what_is_made(files: dict[str, bytes], made: dict[str, tuple[str, bytes]], file: str) -> None:
    """Two exports of one video may go together, its ball and its players say, but not write the same file."""
    for path, content in files.items():
        other, there = made.get(path, (file, content))
        if there != content:
            raise ValueError(f"{path} must come of one export, got {other} and {file}. Join or remove one.")


def _keep_what_is_there(
    files: dict[str, bytes], labels: dict[str, Callable[[], bytes]], options: ImportOptions
) -> None:
    for path, content in files.items():
        if path in labels and not options.overwrite and labels[path]() != content:
            raise ValueError(
                f"{path} must not hold other labels already. Delete it, or add --params=label_import.overwrite=true."
            )
