"""What kedro-viz shows of a dataset: its description, and a look at what is stored.

kedro-viz takes the kind of a preview from the name of its type. It cleans the HTML; text from outside is escaped here.
"""

import base64
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, NewType

import cv2
import numpy as np
import pyarrow.parquet as pq
from kedro.io.core import DatasetError

from tennalytix.datasets.storage import StoredFile
from tennalytix.video.still import middle_frame

HTMLPreview = NewType("HTMLPreview", str)

ROWS = 8
TEXT_CHARACTERS = 1500
PICTURE_WIDTH_PX = 480
LARGEST_BYTES = 200_000_000
"""Of a file that is read only to be looked at."""
PICTURES = {".jpg": "jpeg", ".png": "png", ".webp": "webp", ".svg": "svg+xml"}
TEXTS = (".json", ".md", ".csv", ".txt", ".xml")


def described(metadata: Mapping[str, Any] | None, body: Callable[[], str]) -> HTMLPreview:
    """A dataset's description and what `body` makes of its content; a plain word where nothing is stored."""
    words = str((metadata or {}).get("description", ""))
    shown = "<p>Nothing is stored yet.</p>"
    with suppress(DatasetError, FileNotFoundError):
        shown = body()
    return HTMLPreview(f"<p><b>{escape(words)}</b></p>{shown}" if words else shown)


def of_file(file: StoredFile) -> str:
    """A look at a file, by its suffix."""
    if not file.exists():
        raise FileNotFoundError(file.path)
    suffix, size = PurePosixPath(file.plain_path).suffix.lower(), int(file.file_system.size(file.plain_path) or 0)
    words = f"<p>{escape(PurePosixPath(file.plain_path).name)}, {size:,} bytes</p>"
    if size > LARGEST_BYTES:
        return words
    if suffix in PICTURES:
        return words + picture(file.read(), PICTURES[suffix])
    if suffix == ".mp4":
        return words + picture(_still(file), "jpeg")
    if suffix == ".parquet":
        return words + of_parquet(file.read())
    if suffix in TEXTS:
        return words + text(file.read().decode("utf-8", "replace"))
    return words


def picture(content: bytes, kind: str) -> str:
    """A picture in the page itself."""
    return (
        f'<img alt="" width="{PICTURE_WIDTH_PX}" src="data:image/{kind};base64,{base64.b64encode(content).decode()}">'
    )


def frame(image: np.ndarray) -> str:
    """A frame (h, w, 3) RGB, small."""
    return picture(_jpeg(image), "jpeg")


def text(content: str) -> str:
    """The beginning of a text."""
    return f"<pre>{escape(content[:TEXT_CHARACTERS])}{'…' if len(content) > TEXT_CHARACTERS else ''}</pre>"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The first rows of a table."""
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    lines = [
        "".join(f"<td>{escape(_cell(value))}</td>" for value in row) for row, _ in zip(rows, range(ROWS), strict=False)
    ]
    return (
        f"<table><thead><tr>{names}</tr></thead><tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>"
    )


def of_parquet(content: bytes) -> str:
    """The first rows of a parquet file, and how many there are."""
    rows = pq.read_table(io.BytesIO(content))
    shown = rows.slice(0, ROWS).to_pylist()
    return f"<p>{rows.num_rows} rows</p>" + table(rows.schema.names, ([*row.values()] for row in shown))


def of_partitions(loads: Mapping[str, Any]) -> str:
    """How many partitions there are, and a look at the first."""
    if not loads:
        return "<p>Nothing is stored yet.</p>"
    name, load = next(iter(loads.items()))
    dataset: Any = getattr(load, "__self__", None)
    look = dataset.look() if hasattr(dataset, "look") else ""
    return f"<p>{len(loads)} partitions. The first, {escape(name)}:</p>{look}"


def _still(file: StoredFile) -> bytes:
    if file.is_local:
        return _jpeg(middle_frame(file.plain_path))
    with TemporaryDirectory(prefix="tennalytix-") as folder:
        path = Path(folder) / "video.mp4"
        path.write_bytes(file.read())
        return _jpeg(middle_frame(str(path)))


def _jpeg(image: np.ndarray) -> bytes:
    scale = min(1.0, PICTURE_WIDTH_PX / image.shape[1])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return bytes(np.asarray(data, dtype=np.uint8).tobytes())


def _cell(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str("" if value is None else value)
