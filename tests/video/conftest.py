"""Videos drawn for the tests: every frame carries its number, so that a wrong frame cannot pass for the right one."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

Image = NDArray[np.uint8]
BITS = 10


def draw_number(number: int, size_wh: tuple[int, int] = (160, 96)) -> Image:
    """A picture that says its number in black and white fields, over a gradient that moves."""
    width, height = size_wh
    x = np.arange(width)[None, :, None]
    y = np.arange(height)[:, None, None]
    image = ((x + 2 * y + 5 * number) % 160 + np.array([20, 40, 60])).astype(np.uint8)
    for bit in range(BITS):
        left, right = bit * width // BITS, (bit + 1) * width // BITS
        image[: height // 3, left:right] = 255 if number >> bit & 1 else 0
    return image


def read_number(image: Image) -> int:
    """The number in a picture drawn by `draw_number`."""
    height, width = image.shape[:2]
    fields = [image[height // 6, (2 * bit + 1) * width // (2 * BITS)].mean() > 127 for bit in range(BITS)]
    return sum(1 << bit for bit, white in enumerate(fields) if white)


def encode(
    path: Path,
    images: Iterable[Image],
    *,
    rate: Fraction = Fraction(25),
    times_s: Sequence[float] | None = None,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    container: str | None = None,
    container_options: dict[str, str] | None = None,
    rotation_deg: float | None = None,
    hflip: bool = False,
    audio: bool = False,
    tick_s: Fraction | None = None,
) -> Path:
    """Writes a video with PyAV alone."""
    tick_s = tick_s or 1 / rate / (1 if times_s is None else 1000)
    with av.open(str(path), "w", format=container, options=container_options or {}) as output:
        stream: Any = output.add_stream(codec, rate=rate, options=options or {"preset": "ultrafast", "crf": "18"})
        sound: Any = output.add_stream("aac", rate=48_000) if audio else None
        stream.codec_context.time_base = tick_s
        stream.pix_fmt = "yuv420p"
        if rotation_deg is not None:
            stream.set_display_rotation(rotation_deg, hflip=hflip)
        for k, image in enumerate(images):
            if k == 0:
                stream.height, stream.width = image.shape[:2]
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            time_s = k / rate if times_s is None else Fraction(times_s[k])
            frame.pts, frame.time_base = round(time_s / tick_s), tick_s
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        if sound is not None:
            _write_silence(output, sound)
    return path


def _write_silence(output: Any, stream: Any) -> None:
    for k in range(40):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 48_000, k * 1024
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


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
