from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numbered_videos import Image, draw_number, encode, read_number

LONG_GOP = {
    "preset": "medium",
    "crf": "20",
    "x264-params": "keyint=60:min-keyint=60:scenecut=0:bframes=4:b-pyramid=normal",
}
OPEN_GOP = {"preset": "medium", "crf": "20", "x264-params": "keyint=24:min-keyint=24:scenecut=0:bframes=4:open-gop=1"}


@pytest.fixture
def numbered(tmp_path: Path) -> Callable[..., Path]:
    """Writes a video of numbered frames: `numbered(count, name=..., size_wh=..., numbers=..., **options of encode)`."""

    def write(
        count: int,
        *,
        name: str = "video.mp4",
        size_wh: tuple[int, int] = (160, 96),
        numbers: Sequence[int] | None = None,
        **options: Any,
    ) -> Path:
        images = (draw_number(k, size_wh) for k in (numbers if numbers is not None else range(count)))
        return encode(tmp_path / name, images, **options)

    return write


@pytest.fixture(scope="session")
def long_gop_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """150 numbered frames, a key frame every 60, pyramids of B-frames between."""
    return encode(tmp_path_factory.mktemp("long") / "long.mp4", map(draw_number, range(150)), options=LONG_GOP)


@pytest.fixture(scope="session")
def open_gop_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """150 numbered frames with open groups of pictures: B-frames before a key frame that need what came before it."""
    return encode(tmp_path_factory.mktemp("open") / "open.mp4", map(draw_number, range(150)), options=OPEN_GOP)


def texture(size_wh: tuple[int, int], seed: int = 0) -> Image:
    """A still scene full of corners, as walls with letters and crowds are."""
    rng = np.random.default_rng(seed)
    width, height = size_wh
    image = np.full((height, width, 3), 110, np.uint8)
    for _ in range(width * height // 900):
        x, y = rng.integers(0, width), rng.integers(0, height)
        w, h = rng.integers(6, 40, 2)
        image[y : y + h, x : x + w] = rng.integers(30, 225, 3)
    return image


@pytest.fixture
def scene() -> Callable[..., Image]:
    return texture


@pytest.fixture
def write_video() -> Callable[..., Path]:
    return encode


@pytest.fixture
def number_of() -> Callable[[Image], int]:
    return read_number
