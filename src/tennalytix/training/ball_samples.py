"""Samples that the ball network learns from: windows of five moments, and where the ball is in them."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from tennalytix.detectors.ball_network_input import CHANNELS

Windows = NDArray[np.uint8]

SAMPLE_PX = 96
"""Side of the windows that are kept: training cuts the network's out of them, here and there."""


@dataclass(frozen=True, eq=False, slots=True)
class BallSample:
    """A window, and the ball in it.

    Attributes:
        source: what it was taken from; samples of one court share it, so that a court can be held out.
        frame_index: in the source.
        windows: uint8, (7, side, side), see `ball_network_input.window`.
        xy: (2,), the middle of the ball or of its streak, pixels of the window; NaN where there is none.
        empty: nothing else in the window is a ball either: one may be drawn in.
    """

    source: str
    frame_index: int
    windows: Windows = field(repr=False)
    xy: NDArray[np.float64]
    empty: bool

    @property
    def has_ball(self) -> bool:
        """Whether there is one."""
        return bool(np.isfinite(self.xy).all())


def ball_samples_to_bytes(samples: Iterable[BallSample]) -> bytes:
    """One file of samples (NumPy's npz)."""
    rows = list(samples)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        allow_pickle=False,
        source=np.array([row.source for row in rows], dtype=np.str_),
        frame_index=np.array([row.frame_index for row in rows], dtype=np.int64),
        windows=np.array([row.windows for row in rows], np.uint8).reshape(-1, CHANNELS, SAMPLE_PX, SAMPLE_PX),
        xy=np.array([row.xy for row in rows], np.float64).reshape(-1, 2),
        empty=np.array([row.empty for row in rows], np.bool_),
    )
    return buffer.getvalue()


def ball_samples_from_bytes(data: bytes) -> list[BallSample]:
    """The samples of such a file.

    Raises:
        ValueError: it is no such file.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            columns = [arrays[name] for name in ("source", "frame_index", "windows", "xy", "empty")]
            return [
                BallSample(str(source), int(index), windows, xy, bool(empty))
                for source, index, windows, xy, empty in zip(*columns, strict=True)
            ]
    except (OSError, KeyError, EOFError, TypeError, ValueError, BadZipFile) as error:
        raise ValueError(f"samples must be a file that the training pipeline wrote, got {error}.") from error
