"""Files with more in them than one video stream, or less."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.stream import Disposition

from numbered_videos import Image, draw_number, encode
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoError, VideoSource

See = Callable[[Path], Any]
COUNT = 20


def add_video(
    output: Any, codec: str = "libx264", pix_fmt: str = "yuv420p", size_wh: tuple[int, int] = (160, 96)
) -> Any:
    stream = output.add_stream(codec, rate=25, options={"preset": "ultrafast"} if codec == "libx264" else {})
    stream.width, stream.height, stream.pix_fmt = *size_wh, pix_fmt
    return stream


def put(output: Any, stream: Any, images: list[Image]) -> None:
    for k, image in enumerate(images):
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts, frame.time_base = k, Fraction(1, 25)
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def put_sound(output: Any, stream: Any, seconds: float) -> None:
    for k in range(round(seconds * 48_000 / 1024)):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 48_000, k * 1024
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


NUMBERED = [draw_number(k) for k in range(COUNT)]
COVER = np.full((48, 48, 3), 200, np.uint8)


def test_a_cover_picture_before_the_video_is_passed_over(see: See, tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mp4"), "w") as output:
        cover, video = add_video(output, "mjpeg", "yuvj420p", (48, 48)), add_video(output)
        cover.disposition = Disposition.attached_pic
        put(output, cover, [COVER])
        put(output, video, NUMBERED)

    assert see(tmp_path / "a.mp4").numbers == list(range(COUNT))


def test_a_cover_picture_alone_is_no_video(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mp4"), "w") as output:
        cover, sound = add_video(output, "mjpeg", "yuvj420p", (48, 48)), output.add_stream("aac", rate=48_000)
        cover.disposition = Disposition.attached_pic
        put(output, cover, [COVER])
        put_sound(output, sound, 0.5)

    with pytest.raises(VideoError, match=r"^a\.mp4 has no video stream\.$"):
        VideoSource(str(tmp_path / "a.mp4")).probe()


def test_of_several_video_streams_the_first_is_taken(see: See, tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mkv"), "w") as output:
        first, second = add_video(output), add_video(output, size_wh=(48, 48))
        put(output, first, NUMBERED)
        put(output, second, [COVER] * 40)
    seen = see(tmp_path / "a.mkv")

    assert seen.numbers == list(range(COUNT))
    assert seen.info.size_wh == (160, 96)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_sound_that_comes_first_and_lasts_longer_does_no_harm(see: See, tmp_path: Path, name: str) -> None:
    with av.open(str(tmp_path / name), "w") as output:
        sound, video = output.add_stream("aac", rate=48_000), add_video(output)
        put_sound(output, sound, 3)
        put(output, video, NUMBERED)
    seen = see(tmp_path / name)

    assert seen.numbers == list(range(COUNT))
    assert seen.info.duration_s == pytest.approx(COUNT / 25, abs=1e-3)


def test_data_streams_do_no_harm(see: See, tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.ts"), "w") as output:
        data, video = output.add_data_stream("bin_data"), add_video(output)
        packet = av.Packet(b"telemetry")
        packet.stream, packet.pts, packet.dts, packet.time_base = data, 0, 0, Fraction(1, 90_000)
        output.mux(packet)
        put(output, video, NUMBERED)

    assert see(tmp_path / "a.ts").numbers == list(range(COUNT))


def test_text_in_another_encoding_does_no_harm(see: See, tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mkv", NUMBERED, prepare=lambda output, _: output.metadata.update(title="Roland-Garros"))
    path.write_bytes(path.read_bytes().replace(b"Roland-Garros", b"Roland-Garr\xf4s"))  # Latin-1

    assert see(path).numbers == list(range(COUNT))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi", "a.mov"])
def test_a_stream_without_frames_has_none(tmp_path: Path, name: str) -> None:
    with av.open(str(tmp_path / name), "w") as output:
        add_video(output, "mpeg4")
        output.start_encoding()

    for use in (VideoSource.probe, scan_frames):
        with pytest.raises(
            VideoError, match=r"^a\.\w+ (has no (decodable frames|video stream)|is not a video file: .*)\.$"
        ):
            use(VideoSource(str(tmp_path / name)))


def test_an_encrypted_video_says_so(tmp_path: Path) -> None:
    key = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "00" * 16, "encryption_kid": "11" * 16}
    path = encode(tmp_path / "a.mp4", NUMBERED, container_options=key)

    for use in (VideoSource.probe, scan_frames):
        with pytest.raises(VideoError, match=r"^a\.mp4 is encrypted\. Use a copy without protection\.$"):
            use(VideoSource(str(path)))
