"""Labels from Label Studio: its JSON export of video tracks (https://labelstud.io/tags/videorectangle)."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlparse

from tennalytix.metrics.label_shapes import LabelShape

_UPLOAD_PREFIX = re.compile(r"[0-9a-f]{8}-")
_SIDES = ("x", "y", "width", "height")


def read_label_studio(
    content: bytes, file: str, size_wh_of: Callable[[str], tuple[int, int] | None]
) -> dict[str, list[LabelShape]]:
    """Boxes of all tracks by name of the video, also those between key frames.

    Label Studio counts frames from 1 and measures in percent of the picture.

    Args:
        content: the exported file.
        file: its name, for messages.
        size_wh_of: upright pixels of a video by its name; None for a video that is not known.

    Raises:
        ValueError: not such a file, or a video that is not known.
    """
    try:
        tasks = json.loads(content)
        result: dict[str, list[LabelShape]] = {}
        for task in tasks:
            name, size_wh = _video(task, file, size_wh_of)
            shapes = result.setdefault(name, [])
            for track in _tracks(task):
                shapes += _shapes(track, size_wh)
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise ValueError(f"{file} must be Label Studio's JSON export of video tracks, got {what}.") from error
    return result


def _video(
    task: Mapping[str, Any], file: str, size_wh_of: Callable[[str], tuple[int, int] | None]
) -> tuple[str, tuple[int, int]]:
    """Uploads get a prefix of eight hexadecimal digits, which the video in our storage lacks."""
    uri = next(v for v in task["data"].values() if isinstance(v, str))
    stem = PurePosixPath(unquote(urlparse(uri).path)).stem
    for name in (stem, _UPLOAD_PREFIX.sub("", stem, count=1)):
        size_wh = size_wh_of(name)
        if size_wh:
            return name, size_wh
    raise ValueError(f"{file} must have labels of ingested videos, got {stem}. Run ingestion on that video first.")


def _tracks(task: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for annotation in task["annotations"]:
        if annotation.get("was_cancelled"):
            continue
        for result in annotation["result"]:
            if result["type"] == "videorectangle":
                yield result["value"]


def _shapes(track: Mapping[str, Any], size_wh: tuple[int, int]) -> Iterator[LabelShape]:
    """`enabled` says whether the box goes on from this key frame to the next."""
    name = (track.get("labels") or [""])[0]
    keys = sorted(track["sequence"], key=lambda key: key["frame"])
    for key, following in pairwise(keys):
        yield _shape(key, key, 0.0, name, size_wh)
        span = following["frame"] - key["frame"]
        for step in range(1, span if key.get("enabled", True) else 1):
            yield _shape(key, following, step / span, name, size_wh)
    if keys:
        yield _shape(keys[-1], keys[-1], 0.0, name, size_wh)


def _shape(
    one: Mapping[str, Any], other: Mapping[str, Any], share: float, name: str, size_wh: tuple[int, int]
) -> LabelShape:
    x, y, width, height = (one[side] + share * (other[side] - one[side]) for side in _SIDES)
    sx, sy = (side / 100 for side in size_wh)
    frame = one["frame"] + round(share * (other["frame"] - one["frame"]))
    return LabelShape(frame - 1, name, (x * sx, y * sy, (x + width) * sx, (y + height) * sy))
