"""Videos drawn for the tests: every frame carries its number, so that a wrong frame cannot pass for the right one."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
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
    audio: bool | NDArray[np.float32] = False,
    tick_s: Fraction | None = None,
    pix_fmt: str = "yuv420p",
    start_s: Fraction = Fraction(0),
    prepare: Callable[[Any, Any], None] | None = None,
) -> Path:
    """Writes a video with PyAV alone; `prepare` is given the container and the stream before the first frame.

    `audio` is silence, or samples at 48 kHz.
    """
    tick_s = tick_s or 1 / rate / (1 if times_s is None else 1000)
    with av.open(str(path), "w", format=container, options=container_options or {}) as output:
        stream: Any = output.add_stream(codec, rate=rate, options=options or {"preset": "ultrafast", "crf": "18"})
        sound: Any = output.add_stream("aac", rate=48_000) if audio is not False else None
        stream.codec_context.time_base = tick_s
        stream.pix_fmt = pix_fmt
        if rotation_deg is not None:
            stream.set_display_rotation(rotation_deg, hflip=hflip)
        if prepare is not None:
            prepare(output, stream)
        for k, image in enumerate(images):
            if k == 0:
                stream.height, stream.width = image.shape[:2]
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            time_s = k / rate if times_s is None else Fraction(times_s[k])
            frame.pts, frame.time_base = round((start_s + time_s) / tick_s), tick_s
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        if sound is not None:
            _write_sound(output, sound, np.zeros(40 * 1024, np.float32) if audio is True else audio)
    return path


def _write_sound(output: Any, stream: Any, samples: NDArray[np.float32]) -> None:
    for start in range(0, len(samples), 1024):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 48_000, start
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def spoil(path: Path, frames: Iterable[int], share: float = 1.0, fill: str = "noise") -> Path:
    """Overwrites the packets of these frames with noise or zeros, from a share of their length on."""
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    shown = sorted(packet.pts for packet in packets)
    rng = np.random.default_rng(0)
    for k in frames:
        packet = next(packet for packet in packets if packet.pts == shown[k])
        start, end = packet.pos + round(packet.size * (1 - share)), packet.pos + packet.size
        data[start:end] = rng.bytes(end - start) if fill == "noise" else bytes(end - start)
    path.write_bytes(data)
    return path
