import errno
import logging
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from tennalytix.video import container, file_check
from tennalytix.video.container import OpenVideo
from tennalytix.video.file_check import OutOfReachError
from tennalytix.video.prefetch import Patience
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoError, VideoSource

Numbered = Callable[..., Path]
NumberOf = Callable[[np.ndarray], int]
FAST_START = {"movflags": "+faststart"}


def test_a_file_cut_short_gives_the_frames_it_has_and_one_warning(
    numbered: Numbered, number_of: NumberOf, caplog: pytest.LogCaptureFixture
) -> None:
    path = numbered(100, container_options=FAST_START)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    frames = list(VideoSource(str(path)).frames())

    assert 40 < len(frames) < 75
    assert [number_of(frame.image) for frame in frames[:-2]] == list(range(len(frames) - 2))
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "video.mp4: The file is damaged: " in caplog.text


def test_frames_before_and_after_damage_are_kept(
    numbered: Numbered, number_of: NumberOf, caplog: pytest.LogCaptureFixture
) -> None:
    path = numbered(120, options={"preset": "ultrafast", "crf": "18", "x264-params": "keyint=20:scenecut=0"})
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + len(data) // 3
    data[start : start + 3000] = bytes(3000)
    path.write_bytes(data)
    source = VideoSource(str(path))
    table = scan_frames(source)
    numbers = {frame.index: number_of(frame.image) for frame in source.frames()}

    assert [numbers[k] for k in range(30)] == list(range(30))
    assert [numbers[k] for k in range(len(table) - 50, len(table))] == list(range(70, 120))
    assert np.all(np.diff(table.time_s) > 0)
    assert "could not be decoded" in caplog.text
    late = next(source.frames_at(table, [len(table) - 5]))
    assert number_of(late.image) == 115


def test_a_file_without_pictures_has_no_video_stream(tmp_path: Path, numbered: Numbered) -> None:
    with av.open(str(tmp_path / "sound.mp4"), "w") as output:
        stream = output.add_stream("aac", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    for use in (VideoSource.probe, scan_frames):
        with pytest.raises(VideoError, match=r"^sound\.mp4 has no video stream\.$"):
            use(VideoSource(str(tmp_path / "sound.mp4")))


def test_sound_beside_the_pictures_does_no_harm(numbered: Numbered, number_of: NumberOf) -> None:
    source = VideoSource(str(numbered(30, audio=True)))

    assert [number_of(frame.image) for frame in source.frames()] == list(range(30))
    assert source.probe().frame_count == 30


def test_a_stream_that_does_not_decode_has_no_decodable_frames(numbered: Numbered) -> None:
    path = numbered(10)
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    path.write_bytes(data)
    source = VideoSource(str(path))
    for use in (source.probe, lambda: next(source.frames()), lambda: scan_frames(source)):
        with pytest.raises(VideoError, match=r"^video\.mp4 has no decodable frames\.$"):
            use()


def failing(path: Path, code: int) -> OpenVideo:
    """A video whose reading fails after three packets, once, with an error of this number."""
    video = OpenVideo(str(path), 1, Patience(60))
    real, left = video._container, [3]

    def demux(*streams: object) -> Iterator[object]:
        for packet in real.demux(*streams):
            left[0] -= 1
            if left[0] == -1:
                raise av.error.OSError(code, "no")
            yield packet

    kept = {name: getattr(real, name) for name in ("seek", "close", "streams", "format")}
    video._container = SimpleNamespace(demux=demux, **kept)
    return video


@pytest.mark.parametrize("code", [errno.EIO, errno.ETIMEDOUT])
def test_a_drive_that_fails_is_no_damage(numbered: Numbered, code: int) -> None:
    path, sentence = numbered(9, audio=True), rf"^video\.mp4 cannot be read: {os.strerror(code)}\.$"
    with failing(path, code) as video, pytest.raises(OutOfReachError, match=sentence):
        list(video.frames())
    with failing(path, code) as video, pytest.raises(OutOfReachError, match=sentence):
        list(video.sound_packets(Fraction(0), Fraction(9)))


def test_an_input_error_may_be_damage_in_matroska_where_the_file_can_be_read(
    numbered: Numbered, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, read, blocks = numbered(9, name="video.mkv"), [], file_check.blocks
    monkeypatch.setattr(file_check, "blocks", lambda path: read.append(path) or blocks(path))
    with failing(path, errno.EIO) as video:
        assert 3 <= len(list(video.packets())) < 9

    def broken(path: str) -> Iterator[bytes]:
        raise OutOfReachError(f"{Path(path).name} cannot be read: Input/output error.")
        yield

    monkeypatch.setattr(file_check, "blocks", broken)
    with (
        failing(path, errno.EIO) as video,
        pytest.raises(OutOfReachError, match=r"^video\.mkv cannot be read: Input/output error\.$"),
    ):
        list(video.packets())
    assert read == [str(path)]


def test_other_errors_are_damage(numbered: Numbered) -> None:
    with failing(numbered(9), errno.EDOM) as video:
        assert 3 <= len(list(video.packets())) < 9


def test_a_false_number_of_frames_is_not_believed(numbered: Numbered) -> None:
    path = numbered(1)
    data = bytearray(path.read_bytes())
    claimed = 1_000_000_000
    struct.pack_into(">II", data, data.index(b"stsz") + 8, 1, claimed)  # every one of one byte
    struct.pack_into(">II", data, data.index(b"stts") + 12, claimed, 1)
    struct.pack_into(">III", data, data.index(b"stsc") + 12, 1, claimed, 1)
    path.write_bytes(data)

    with pytest.raises(VideoError, match=r"its header claims 1000000000 frames in \d+ bytes\."):
        VideoSource(str(path)).probe()


def test_frames_beyond_all_measure_are_refused(numbered: Numbered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_PIXELS", 160 * 96 - 1)

    with pytest.raises(VideoError, match=r"video\.mp4 has frames of 160x96 pixels, too many to work on\."):
        VideoSource(str(numbered(2))).probe()


def test_a_far_frame_is_reached_without_decoding_all_before_it(
    long_gop_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = VideoSource(str(long_gop_video), thread_count=1)
    table, packets, decode = scan_frames(source), [], OpenVideo.decode
    monkeypatch.setattr(OpenVideo, "decode", lambda self, packet: packets.append(packet) or decode(self, packet))
    (frame,) = source.frames_at(table, [125])

    assert frame.index == 125
    assert len(packets) < 30


def test_near_frames_are_decoded_on_the_way(long_gop_video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = VideoSource(str(long_gop_video))
    table, seeks, seek = scan_frames(source), [], OpenVideo.seek
    monkeypatch.setattr(OpenVideo, "seek", lambda self, pts: seeks.append(pts) or seek(self, pts))

    assert len(list(source.frames(table))) == 150
    assert len(list(source.frames_at(table, [1, 3, 30, 58, 70]))) == 5
    assert seeks == []


def test_a_file_that_cannot_seek_is_decoded_from_the_start(
    long_gop_video: Path, number_of: NumberOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = VideoSource(str(long_gop_video))
    table = scan_frames(source)
    monkeypatch.setattr(OpenVideo, "seek", lambda self, pts: None)

    assert [number_of(frame.image) for frame in source.frames_at(table, [2, 80, 148])] == [2, 80, 148]


def test_a_seek_that_lands_wrong_is_made_good(
    long_gop_video: Path, number_of: NumberOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, seek = VideoSource(str(long_gop_video)), OpenVideo.seek
    table = scan_frames(source)
    monkeypatch.setattr(OpenVideo, "seek", lambda self, pts: seek(self, pts * 2))

    assert [number_of(frame.image) for frame in source.frames_at(table, [2, 65, 148])] == [2, 65, 148]


def test_a_time_at_which_there_is_no_frame_gives_none(long_gop_video: Path) -> None:
    source = VideoSource(str(long_gop_video))
    table = scan_frames(source)
    table.time_s[[4, 149]] += 0.01

    assert [frame.index for frame in source.frames_at(table, [3, 4, 5, 149])] == [3, 5]


def test_clips_of_joined_recordings_show_their_own_frames(
    numbered: Numbered, number_of: NumberOf, tmp_path: Path
) -> None:
    first, second = numbered(90, name="a.ts"), numbered(90, name="b.ts", numbers=range(100, 190))
    (tmp_path / "joined.ts").write_bytes(first.read_bytes() + second.read_bytes())
    source = VideoSource(str(tmp_path / "joined.ts"))
    table = scan_frames(source)
    known = replace(source, shown_s=float(table.time_s[-1]))

    for first_frame, last_frame, numbers in ((60, 64, range(60, 65)), (150, 154, range(160, 165))):
        clip = table.between(first_frame, last_frame)
        assert [number_of(frame.image) for frame in known.frames(clip)] == list(numbers)
    assert [number_of(f.image) for f in known.frames_at(table, [50, 89, 140])] == [50, 89, 150]


def test_joined_recordings_go_on_in_time_and_size(numbered: Numbered, number_of: NumberOf, tmp_path: Path) -> None:
    first, second = numbered(40, name="a.ts"), numbered(30, name="b.ts", numbers=range(100, 130), size_wh=(320, 192))
    (tmp_path / "joined.ts").write_bytes(first.read_bytes() + second.read_bytes())
    source = VideoSource(str(tmp_path / "joined.ts"))
    frames = list(source.frames())
    table = scan_frames(source)

    assert {frame.size_wh for frame in frames} == {(160, 96)}
    assert [number_of(frame.image) for frame in frames] == [*range(40), *range(100, 130)]
    assert np.all(np.diff(table.time_s) > 0)
    assert table.time_s[-1] == pytest.approx(69 / 25, abs=0.1)
    assert [number_of(frame.image) for frame in source.frames(table.between(60, 64))] == list(range(120, 125))
