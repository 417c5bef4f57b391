"""Small videos, sound and broken ones, drawn where they are needed."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def write_video(
    path: Path,
    frames: int = 12,
    size_wh: tuple[int, int] = (160, 90),
    audio_only: bool = False,
    rotation_deg: float | None = None,
    pix_fmt: str = "yuv420p",
) -> Path:
    """A bright square that moves over texture, H.264; or only a tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        if audio_only:
            _write_tone(container)
            return path
        stream = container.add_stream("libx264", rate=Fraction(25), options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *size_wh, pix_fmt
        if rotation_deg is not None:
            stream.set_display_rotation(rotation_deg)
        texture = np.random.default_rng(0).integers(60, 120, (size_wh[1], size_wh[0], 3), dtype=np.uint8)
        for index in range(frames):
            image = texture.copy()
            left = 4 * index % (size_wh[0] - 12)
            image[size_wh[1] // 2 : size_wh[1] // 2 + 12, left : left + 12] = 230
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    return path


def write_shots(path: Path, lengths: Sequence[int], size_wh: tuple[int, int] = (160, 90)) -> Path:
    """Still scenes of so many frames each, one after another; none shows a court."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(3)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(25), options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *size_wh, "yuv420p"
        for length in lengths:
            coarse = rng.integers(20, 235, (size_wh[1] // 10, size_wh[0] // 10, 3), dtype=np.uint8)
            frame = np.kron(coarse, np.ones((10, 10, 1), np.uint8))
            for _ in range(length):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    return path


def _write_tone(container: av.container.OutputContainer) -> None:
    stream = container.add_stream("aac", rate=44100)
    samples = np.sin(np.arange(44100) / 20).astype(np.float32)[None]
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
    frame.sample_rate = 44100
    container.mux(stream.encode(frame))
    container.mux(stream.encode())


def write_broken_videos(folder: Path) -> dict[str, str]:
    """Files that are no usable videos, by name, with a piece of the sentence each must be refused with."""
    whole = write_video(folder / "whole.tmp.mp4", frames=60).read_bytes()
    (folder / "whole.tmp.mp4").unlink()
    (folder / "text.mp4").write_text("This is no video.\n" * 50)
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "header_only.mp4").write_bytes(whole[:200])
    write_video(folder / "sound.mp4", audio_only=True)
    return {
        "text": "text.mp4 is not a video file",
        "empty": "empty.mp4 is not a video file",
        "header_only": "header_only.mp4",
        "sound": "sound.mp4 has no video stream",
    }


def write_odd_videos(folder: Path) -> dict[str, tuple[int, int]]:
    """Videos that are unusual but sound, by name, with the size (w, h) of their upright frames."""
    write_video(folder / "one_frame.mp4", frames=1)
    write_video(folder / "two_frames.mp4", frames=2)
    write_video(folder / "odd_size.mp4", size_wh=(1126, 628))
    write_video(folder / "odd_pixels.mp4", size_wh=(161, 91), pix_fmt="yuv444p")
    write_video(folder / "four_by_three.mp4", size_wh=(320, 240))
    write_video(folder / "portrait.mp4", size_wh=(320, 180), rotation_deg=90)
    write_video(folder / "tiny.mp4", size_wh=(32, 18))
    return {
        "one_frame": (160, 90),
        "two_frames": (160, 90),
        "odd_size": (1126, 628),
        "odd_pixels": (161, 91),
        "four_by_three": (320, 240),
        "portrait": (180, 320),
        "tiny": (32, 18),
    }


def write_truncated_video(path: Path, frames: int = 100) -> Path:
    """An mp4 whose index stands first, as for streaming, so that it opens although its second half is missing."""
    whole = write_video(path.with_name("whole.tmp.mp4"), frames)
    with av.open(str(whole)) as source, av.open(str(path), "w", options={"movflags": "faststart"}) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    whole.unlink()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path
