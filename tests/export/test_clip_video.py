"""Clips as files: precisely the frames of the edit list, whatever the source is, copied wherever that gives them."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.codec
import numpy as np
import pytest
from numpy.typing import NDArray

from numbered_videos import draw_number, encode, read_number
from tennalytix.export.clip_video import ClipVideo, ClipVideoOptions, write_clip_video
from tennalytix.video.clip import Clip
from tennalytix.video.frame import Frame
from tennalytix.video.pixel_aspect import pixel_aspect
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoError, VideoSource

COUNT = 100
CLOSED = {"preset": "medium", "x264-params": "keyint=30:min-keyint=30:scenecut=0:bframes=4:b-pyramid=normal"}
OPEN = {"preset": "medium", "x264-params": "keyint=24:min-keyint=24:scenecut=0:bframes=4:b-adapt=0:open-gop=1"}
OPEN_HEVC = {
    "preset": "fast",
    "x265-params": "log-level=none:keyint=24:min-keyint=24:scenecut=0:bframes=3:b-adapt=0:open-gop=1",
}
TICK = Fraction(1, 90_000)
UNEVEN_S = np.cumsum([0] + [0.02, 0.04, 0.1, 0.033] * 25)[:COUNT].tolist()
Make = Callable[..., Clip]


@pytest.fixture
def clip_of(tmp_path: Path) -> Make:
    """Frames first to last of a video with numbered frames."""

    def make(first: int, last: int, name: str = "video.mp4", **options: Any) -> Clip:
        options.setdefault("options", CLOSED)
        source = VideoSource(str(encode(tmp_path / name, map(draw_number, range(COUNT)), **options)))
        table = scan_frames(source).between(first, last)
        return Clip("video__0000", source, table, source.probe().size_wh)

    return make


def write(clip: Clip, tmp_path: Path, **options: Any) -> tuple[ClipVideo, list[Frame], Path]:
    folder = tmp_path / "out"
    folder.mkdir(exist_ok=True)
    path = folder / "clip.mp4"
    made = write_clip_video(clip, str(clip.source.probe().frame_rate), path, ClipVideoOptions(**options))

    assert [p.name for p in folder.iterdir()] == ["clip.mp4"]
    return made, list(VideoSource(str(path)).frames()), path


def check_times(frames: list[Frame], clip: Clip) -> None:
    times = clip.table.time_s - clip.table.time_s[0]

    assert [frame.time_s for frame in frames] == pytest.approx(times.tolist(), abs=1e-5)


def widen(_: Any, stream: Any) -> None:
    stream.codec_context.sample_aspect_ratio = Fraction(16, 11)


def clicks(count_s: int) -> NDArray[np.float32]:
    """A click in the middle of every second."""
    samples = np.zeros((count_s, 48_000), np.float32)
    samples[:, 24_000:24_200] = 0.8 * np.sin(np.arange(200) / 3)
    return samples.ravel()


def heard_s(path: Path) -> list[float]:
    """When clicks begin, by the clock of the file."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(stream)])
        start_s = float(stream.start_time * stream.time_base)
    loud = np.flatnonzero(np.abs(samples) > 0.2)
    starts = loud[np.diff(loud, prepend=-10_000) > 5_000]
    return [start_s + k / 48_000 for k in starts.tolist()]


@pytest.mark.parametrize(
    ("first", "last", "more"),
    [
        pytest.param(30, 59, {}, id="b-frames"),
        pytest.param(30, COUNT - 1, {}, id="to-the-end"),
        pytest.param(0, COUNT - 1, {}, id="all"),
        pytest.param(24, COUNT - 1, {"options": OPEN}, id="open-group"),
        pytest.param(24, COUNT - 1, {"options": OPEN_HEVC, "codec": "libx265"}, id="open-group-hevc"),
        pytest.param(30, 59, {"name": "video.mkv"}, id="mkv"),
        pytest.param(30, 59, {"name": "video.ts", "start_s": Fraction(3600), "tick_s": TICK}, id="transport-stream"),
        pytest.param(30, 59, {"rate": Fraction(60_000, 1001)}, id="59.94-fps"),
        pytest.param(30, 59, {"times_s": UNEVEN_S, "tick_s": TICK}, id="uneven"),
        pytest.param(30, 59, {"name": "video.mkv", "times_s": UNEVEN_S, "tick_s": TICK}, id="uneven-mkv"),
    ],
)
def test_between_key_frames_the_packets_are_copied(
    clip_of: Make, tmp_path: Path, first: int, last: int, more: dict[str, Any]
) -> None:
    if more.get("codec", "libx264") not in av.codec.codecs_available:
        pytest.skip(f"this build of PyAV has no encoder {more['codec']}")
    clip = clip_of(first, last, **more)
    made, frames, _ = write(clip, tmp_path)

    assert made == ClipVideo(last - first + 1, True, "Its packets stand alone in the source.", False)
    assert [read_number(frame.image) for frame in frames] == list(range(first, last + 1))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(frames, clip.frames(), strict=True))
    check_times(frames, clip)


@pytest.mark.parametrize(
    ("first", "last", "more", "reason"),
    [
        pytest.param(31, 59, {}, "The clip does not start on a key frame.", id="start"),
        pytest.param(30, 50, {"options": OPEN}, "The clip does not start on a key frame.", id="start-open"),
        pytest.param(24, 45, {"options": OPEN}, "The clip's last frames build on later ones.", id="end"),
        pytest.param(24, 47, {"options": OPEN_HEVC, "codec": "libx265"}, "The clip's last frames build", id="hevc-end"),
        pytest.param(31, 59, {"times_s": UNEVEN_S, "tick_s": TICK}, "The clip does not start", id="uneven"),
        pytest.param(
            0, 99, {"name": "video.avi", "codec": "mjpeg", "pix_fmt": "yuvj420p", "options": {}}, "mjpeg", id="codec"
        ),
        pytest.param(
            10, 99, {"name": "video.h264", "container": "h264"}, "The file has no packet of its own", id="no-times"
        ),
    ],
)
def test_elsewhere_the_clip_is_encoded(
    clip_of: Make, tmp_path: Path, first: int, last: int, more: dict[str, Any], reason: str
) -> None:
    if more.get("codec", "libx264") not in av.codec.codecs_available:
        pytest.skip(f"this build of PyAV has no encoder {more['codec']}")
    clip = clip_of(first, last, **more)
    made, frames, _ = write(clip, tmp_path)
    off = [np.abs(a.image.astype(int) - b.image).mean() for a, b in zip(frames, clip.frames(), strict=True)]

    assert (made.frames, made.copied, made.sound) == (last - first + 1, False, False)
    assert made.reason.startswith(reason)
    assert [read_number(frame.image) for frame in frames] == list(range(first, last + 1))
    assert max(off) < 4
    check_times(frames, clip)


@pytest.mark.parametrize(("first", "copied"), [(30, True), (31, False)], ids=["copied", "encoded"])
def test_a_turned_picture_stays_upright(clip_of: Make, tmp_path: Path, first: int, copied: bool) -> None:
    clip = clip_of(first, 59, rotation_deg=90)
    made, frames, path = write(clip, tmp_path)
    off = [np.abs(a.image.astype(int) - b.image).mean() for a, b in zip(frames, clip.frames(), strict=True)]

    assert made.copied is copied
    assert VideoSource(str(path)).probe().rotation_deg == (clip.source.probe().rotation_deg if copied else 0)
    assert max(off) < 4


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({}, Fraction(16, 11), id="lying"),
        pytest.param({"rotation_deg": 90}, Fraction(11, 16), id="turned"),
        pytest.param({"rotation_deg": 180}, Fraction(16, 11), id="upside-down"),
        pytest.param({"audio": True}, Fraction(16, 11), id="with-sound"),
        pytest.param({"name": "video.mkv"}, Fraction(16, 11), id="mkv"),
        pytest.param({"name": "video.ts", "tick_s": TICK}, Fraction(16, 11), id="transport-stream"),
    ],
)
@pytest.mark.parametrize(("first", "copied"), [(30, True), (31, False)], ids=["copied", "encoded"])
def test_pixels_that_are_not_square_keep_their_shape(
    clip_of: Make, tmp_path: Path, more: dict[str, Any], expected: Fraction, first: int, copied: bool
) -> None:
    clip = clip_of(first, 59, prepare=widen, **more)
    made, _, path = write(clip, tmp_path)

    assert made.copied is copied
    assert pixel_aspect(clip.source) == pixel_aspect(VideoSource(str(path))) == expected


def test_a_copy_that_would_change_the_shape_of_pixels_is_encoded_instead(clip_of: Make, tmp_path: Path) -> None:
    """VP9 does not tell the shape itself, only the file does."""
    if "libvpx-vp9" not in av.codec.codecs_available:
        pytest.skip("this build of PyAV has no encoder libvpx-vp9")
    options = {"g": "30", "deadline": "realtime", "lag-in-frames": "0"}
    square = clip_of(30, 59, codec="libvpx-vp9", options=options)
    copied, _, _ = write(square, tmp_path)
    made, _, path = write(clip_of(30, 59, codec="libvpx-vp9", options=options, prepare=widen), tmp_path)

    assert copied.copied
    assert (made.copied, made.reason) == (False, "A copy does not keep the shape of the pixels.")
    assert pixel_aspect(VideoSource(str(path))) == Fraction(16, 11)


@pytest.mark.parametrize("name", ["video.mp4", "video.ts", "video.mkv"])
@pytest.mark.parametrize(("first", "copied"), [(30, True), (32, False)], ids=["copied", "encoded"])
def test_sound_stays_with_the_picture(clip_of: Make, tmp_path: Path, name: str, first: int, copied: bool) -> None:
    clip = clip_of(first, 89, name, audio=clicks(4))
    start_s = float(clip.table.time_s[0])
    made, frames, path = write(clip, tmp_path)
    expected = [k + 0.5 - start_s for k in range(4) if start_s < k + 0.5 < 90 / 25]

    assert (made.copied, made.sound, len(frames)) == (copied, True, 90 - first)
    assert heard_s(path) == pytest.approx(expected, abs=0.003)


def test_options_switch_copying_and_sound_off(clip_of: Make, tmp_path: Path) -> None:
    clip = clip_of(30, 59, audio=clicks(4))
    made, frames, path = write(clip, tmp_path, copy=False, sound=False)
    with av.open(str(path)) as container:
        kinds = [stream.type for stream in container.streams]

    assert made == ClipVideo(30, False, "Copying is switched off.", False)
    assert [read_number(frame.image) for frame in frames] == list(range(30, 60))
    assert kinds == ["video"]


def test_a_copy_that_would_look_different_is_encoded_instead(
    clip_of: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Intra refresh has no key frames, but recovery points that some demuxers take for them."""
    refreshed = "keyint=30:intra-refresh=1:bframes=0:scenecut=0"
    clip = clip_of(30, COUNT - 1, "video.ts", options={"preset": "medium", "x264-params": refreshed}, tick_s=TICK)
    made, frames, _ = write(clip, tmp_path)

    assert (made.copied, made.reason) == (False, "A copy does not decode to the same pictures.")
    assert [read_number(frame.image) for frame in frames] == list(range(30, COUNT))


def test_frames_that_are_gone_are_an_error(clip_of: Make, tmp_path: Path) -> None:
    clip = clip_of(30, 59)
    empty = Clip(clip.clip_id, clip.source, clip.table.between(200, 300), clip.size_wh)
    gone = Clip(clip.clip_id, VideoSource(str(tmp_path / "gone.mp4")), clip.table, clip.size_wh)

    with pytest.raises(VideoError, match="video__0000 has no frames"):
        write_clip_video(empty, "25/1", tmp_path / "clip.mp4")
    with pytest.raises(FileNotFoundError):
        write_clip_video(gone, "25/1", tmp_path / "clip.mp4")


def test_options_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="crf must lie between 0 and 51, got 52"):
        ClipVideoOptions(crf=52)
