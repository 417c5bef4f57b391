"""Samples that the person network learns from, packed: a thousand fit into memory and into one file a video."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zipfile import BadZipFile

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.people_network_input import Look, difference

Plane = NDArray[np.uint8]
Array = NDArray[Any]
_QUALITY = 93


@dataclass(frozen=True, eq=False, slots=True)
class PersonSample:
    """A picture with the people in it.

    Attributes:
        source: what it was taken from; samples of one court share it, so that a court can be held out.
        frame_index: in the source.
        image: JPEG of the picture, of the network's size.
        motion: JPEG of the two difference pictures, one above the other.
        xyxy: (n, 4), pixel edges in the picture.
        ignored: (n,), a box in which nothing is taken for right or wrong.
    """

    source: str
    frame_index: int
    image: Plane = field(repr=False)
    motion: Plane = field(repr=False)
    xyxy: NDArray[np.float64]
    ignored: NDArray[np.bool_]

    def pictures(self) -> tuple[Plane, Plane]:
        """The picture, (h, w, 3), RGB, and the differences, (2, ceil(h / 2), ceil(w / 2))."""
        image = cv2.cvtColor(np.asarray(cv2.imdecode(self.image, cv2.IMREAD_COLOR)), cv2.COLOR_BGR2RGB)
        motion = np.asarray(cv2.imdecode(self.motion, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
        return np.asarray(image, dtype=np.uint8), motion.reshape(2, -1, motion.shape[1])


def pack_sample(
    source: str,
    frame_index: int,
    look: Look,
    others: tuple[Look | None, Look | None],
    xyxy: NDArray[np.float64],
    ignored: NDArray[np.bool_],
) -> PersonSample:
    """A sample of a look, those it is compared with, and the people in it (pixels of the look)."""
    motion = np.concatenate([difference(look, other) for other in others])
    return PersonSample(source, frame_index, _jpeg(look.image[..., ::-1]), _jpeg(motion), xyxy, ignored)


def samples_to_bytes(samples: Iterable[PersonSample]) -> bytes:
    """One file of samples (NumPy's npz)."""
    rows = list(samples)
    buffer = io.BytesIO()
    np.savez(
        buffer,
        allow_pickle=False,
        source=np.array([row.source for row in rows], dtype=np.str_),
        frame_index=np.array([row.frame_index for row in rows], dtype=np.int64),
        **_joined("image", [row.image for row in rows]),
        **_joined("motion", [row.motion for row in rows]),
        **_joined("xyxy", [row.xyxy for row in rows], np.zeros((0, 4))),
        **_joined("ignored", [row.ignored for row in rows], np.zeros(0, np.bool_)),
    )
    return buffer.getvalue()


def samples_from_bytes(data: bytes) -> list[PersonSample]:
    """The samples of such a file.

    Raises:
        ValueError: it is no such file.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            columns = [_split(name, arrays) for name in ("image", "motion", "xyxy", "ignored")]
            names = zip(arrays["source"].tolist(), arrays["frame_index"].tolist(), strict=True)
            return [PersonSample(*name, *row) for name, row in zip(names, zip(*columns, strict=True), strict=True)]
    except (OSError, KeyError, EOFError, TypeError, ValueError, BadZipFile) as error:
        raise ValueError(f"samples must be a file that the training pipeline wrote, got {error}.") from error


def _jpeg(image: Plane) -> Plane:
    _, data = cv2.imencode(".jpg", np.ascontiguousarray(image), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return np.asarray(data, dtype=np.uint8)


def _joined(name: str, parts: Sequence[Array], empty: Array | None = None) -> dict[str, Array]:
    joined = np.concatenate([np.zeros(0, np.uint8) if empty is None else empty, *parts])
    return {name: joined, f"{name}_count": np.array([len(part) for part in parts], dtype=np.int64)}


def _split(name: str, arrays: Mapping[str, Array]) -> list[Array]:
    ends = np.cumsum(arrays[f"{name}_count"])
    return np.split(arrays[name], ends)[: len(ends)]
