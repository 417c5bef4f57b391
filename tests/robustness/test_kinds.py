"""Containers, codecs and pixel formats: every frame is there, in order, at its time, and looks as it was drawn."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av.codec
import numpy as np
import pytest

from numbered_videos import draw_number, encode
from tennalytix.video.pixel_aspect import pixel_aspect
from tennalytix.video.source import VideoSource

COUNT = 24
X264 = {"preset": "veryfast", "crf": "18"}
X265 = {"preset": "ultrafast", "crf": "18", "x265-params": "log-level=none"}
HDR = {**X265, "x265-params": "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"}
SVT = {"preset": "12", "crf": "20", "svtav1-params": "lookahead=0"}
VPX = {"deadline": "realtime", "cpu-used": "8", "crf": "10", "b": "1M"}
B_FRAMES = {**X264, "x264-params": "bframes=3:b-pyramid=normal:keyint=12"}


def kind(name: str, file: str, codec: str = "libx264", pix_fmt: str = "yuv420p", **more: Any) -> Any:
    return pytest.param(file, codec, pix_fmt, more, id=name)


@pytest.mark.parametrize(
    ("file", "codec", "pix_fmt", "more"),
    [
        kind("mp4", "a.mp4"),
        kind("mov", "a.mov"),
        kind("mkv", "a.mkv"),
        kind("m2ts", "a.m2ts"),
        kind("b-frames", "a.mp4", options=B_FRAMES),
        kind("faststart", "a.mp4", container_options={"movflags": "+faststart"}),
        kind("fragmented", "a.mp4", container_options={"movflags": "frag_keyframe+empty_moov"}),
        kind("interlaced", "a.mp4", options={**X264, "x264-params": "tff=1:bframes=0"}),
        kind("hevc", "a.mp4", "libx265", options=X265),
        kind("hevc-10-bit-hdr", "a.mp4", "libx265", "yuv420p10le", options=HDR),
        kind("av1", "a.mp4", "libsvtav1", options=SVT),
        kind("av1-10-bit", "a.mkv", "libsvtav1", "yuv420p10le", options=SVT),
        kind("vp9", "a.webm", "libvpx-vp9", options=VPX),
        kind("vp8", "a.webm", "libvpx", options=VPX),
        kind(
            "vp8-hidden-frames",
            "a.webm",
            "libvpx",
            options={**VPX, "deadline": "good", "auto-alt-ref": "1", "lag-in-frames": "12"},
        ),
        kind("mjpeg-avi", "a.avi", "mjpeg", "yuvj420p", options={"q": "3"}),
        kind("mpeg4-avi", "a.avi", "mpeg4", options={"b": "2M"}),
        kind("raw-avi", "a.avi", "rawvideo", "bgr24", options={}),
        kind("mpeg2", "a.mpg", "mpeg2video", options={"b": "4M"}),
        kind("wmv", "a.wmv", "wmv2", options={"b": "2M"}),
        kind("prores-alpha", "a.mov", "prores_ks", "yuva444p10le", options={}),
        kind("png-mov", "a.mov", "png", "rgb24", options={}),
        kind("4-4-4", "a.mp4", pix_fmt="yuv444p"),
        kind("4-2-2-10-bit", "a.mkv", pix_fmt="yuv422p10le"),
        kind("full-range", "a.mp4", pix_fmt="yuvj420p"),
        kind("monochrome", "a.mp4", pix_fmt="gray"),
        kind("monochrome-16-bit", "a.mkv", "ffv1", "gray16le", options={}),
        kind("alpha-vp9", "a.webm", "libvpx-vp9", "yuva420p", options={**VPX, "auto-alt-ref": "0"}),
        kind("50-fps", "a.mp4", rate=Fraction(50)),
        kind("59.94-fps", "a.mp4", rate=Fraction(60_000, 1001)),
        kind("120-fps", "a.mp4", rate=Fraction(120)),
        kind("120-fps-mkv", "a.mkv", rate=Fraction(120)),
        kind("one-frame-a-second", "a.mp4", rate=Fraction(1)),
        kind("one-key-frame", "a.mp4", options={**X264, "x264-params": "keyint=infinite:scenecut=0"}),
    ],
)
def test_every_frame_is_read(
    see: Callable[[Path], Any], tmp_path: Path, file: str, codec: str, pix_fmt: str, more: dict[str, Any]
) -> None:
    if codec not in av.codec.codecs_available:
        pytest.skip(f"this build of PyAV has no encoder {codec}")
    rate = more.get("rate", Fraction(25))
    path = encode(tmp_path / file, map(draw_number, range(COUNT)), codec=codec, pix_fmt=pix_fmt, **more)
    seen = see(path)
    grey = seen.first[40:].mean(axis=(0, 1))
    drawn = draw_number(0)[40:].mean(axis=(0, 1))

    assert seen.numbers == list(range(COUNT))
    assert seen.losses == []
    assert seen.info.frame_rate == rate
    assert seen.table.time_s == pytest.approx([float(k / rate) for k in range(COUNT)], abs=1.1e-3)
    assert seen.info.duration_s == pytest.approx(float(COUNT / rate), abs=2e-3)
    assert np.abs(grey.mean() - drawn.mean()) < 6


@pytest.mark.parametrize("size_wh", [(161, 91), (37, 200), (1, 1), (2, 2)], ids=["odd", "narrow", "1x1", "2x2"])
def test_odd_and_tiny_pictures_keep_their_size(
    see: Callable[[Path], Any], tmp_path: Path, size_wh: tuple[int, int]
) -> None:
    images = (np.full((size_wh[1], size_wh[0], 3), 60 + 10 * k, np.uint8) for k in range(5))
    seen = see(encode(tmp_path / "a.mkv", images, codec="ffv1", pix_fmt="bgr0", options={}))

    assert seen.info.size_wh == size_wh
    assert len(seen.table) == 5


def test_pictures_of_8k_are_read(see: Callable[[Path], Any], tmp_path: Path) -> None:
    images = [np.full((4320, 7680, 3), 90, np.uint8)]
    seen = see(encode(tmp_path / "8k.mp4", images, options={"preset": "ultrafast", "crf": "40"}))

    assert seen.info.size_wh == (7680, 4320)


def test_pixels_that_are_not_square_stay_as_they_are(see: Callable[[Path], Any], tmp_path: Path) -> None:
    def widen(_: Any, stream: Any) -> None:
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)

    path = encode(tmp_path / "anamorphic.mp4", map(draw_number, range(6)), prepare=widen)
    seen = see(path)

    assert pixel_aspect(VideoSource(str(path))) == Fraction(4, 3)
    assert seen.info.size_wh == (160, 96)
    assert seen.numbers == list(range(6))


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
@pytest.mark.parametrize("hflip", [False, True], ids=["turned", "mirrored"])
def test_turned_pictures_are_set_upright(
    see: Callable[[Path], Any], tmp_path: Path, turn_deg: int, hflip: bool
) -> None:
    upright = list(map(draw_number, range(12)))
    stored = [np.ascontiguousarray(np.rot90(image[:, ::-1] if hflip else image, -turn_deg // 90)) for image in upright]
    seen = see(encode(tmp_path / "a.mov", stored, rotation_deg=turn_deg, hflip=hflip))

    assert seen.info.size_wh == (160, 96)
    assert seen.numbers == list(range(12))
