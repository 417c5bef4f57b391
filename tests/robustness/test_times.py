"""Clocks of files: whatever they say, times start at 0 and rise."""

import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from numbered_videos import draw_number, encode

See = Callable[[Path], Any]
TICK = Fraction(1, 90_000)
COUNT = 30


def retimed(source: Path, target: Path, times: Callable[[int, int], int | None], **options: str) -> Path:
    """Copies the packets of a video without B-frames, the k-th at `times(k, ticks a frame)`."""
    with av.open(str(source)) as before, av.open(str(target), "w", options=options) as after:
        stream = after.add_stream_from_template(before.streams.video[0])
        packets = [packet for packet in before.demux(video=0) if packet.size]
        step = packets[1].pts - packets[0].pts
        for k, packet in enumerate(packets):
            packet.stream, packet.pts = stream, times(k, step)
            packet.dts = packet.pts
            after.mux(packet)
    return target


def plain(tmp_path: Path, name: str = "plain.mp4", **options: Any) -> Path:
    return encode(tmp_path / name, map(draw_number, range(COUNT)), **options)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_a_variable_rate_is_kept(see: See, tmp_path: Path, name: str) -> None:
    times_s = np.cumsum([0] + [0.02, 0.04, 0.1, 0.033] * 7)[:COUNT].tolist()
    seen = see(encode(tmp_path / name, map(draw_number, range(len(times_s))), times_s=times_s, tick_s=TICK))

    assert seen.numbers == list(range(len(times_s)))
    assert seen.table.time_s == pytest.approx(times_s, abs=1e-3)


@pytest.mark.parametrize("start_s", [Fraction(3600), Fraction(2**33, 90_000) - Fraction(1, 2)], ids=["offset", "wrap"])
def test_a_transport_stream_starts_at_zero(see: See, tmp_path: Path, start_s: Fraction) -> None:
    seen = see(plain(tmp_path, "a.ts", start_s=start_s, tick_s=TICK))

    assert seen.numbers == list(range(COUNT))
    assert seen.table.time_s == pytest.approx([k / 25 for k in range(COUNT)], abs=1e-4)
    assert seen.info.duration_s == pytest.approx(COUNT / 25, abs=1e-3)


def test_frames_before_time_zero_of_an_mp4_are_hidden_as_players_do(see: See, tmp_path: Path) -> None:
    seen = see(plain(tmp_path, start_s=Fraction(-10, 25), container_options={"avoid_negative_ts": "disabled"}))

    assert seen.numbers == list(range(10, COUNT))
    assert seen.info.frame_count == COUNT - 10


def test_frames_without_a_time_at_the_start_follow_the_rate(see: See, tmp_path: Path) -> None:
    options = {"avoid_negative_ts": "disabled"}
    seen = see(plain(tmp_path, "a.mkv", start_s=Fraction(-10, 25), container_options=options))

    assert seen.numbers == list(range(COUNT))
    assert seen.table.time_s == pytest.approx([k / 25 for k in range(COUNT)], abs=1e-3)


def test_a_stream_without_any_time_follows_the_rate(see: See, tmp_path: Path) -> None:
    seen = see(encode(tmp_path / "a.h264", map(draw_number, range(COUNT)), container="h264"))

    assert seen.numbers == list(range(COUNT))
    assert seen.table.time_s == pytest.approx([k / 25 for k in range(COUNT)], abs=1e-3)


def test_times_that_are_all_the_same_follow_the_rate(see: See, tmp_path: Path) -> None:
    path = plain(tmp_path)
    data = bytearray(path.read_bytes())
    struct.pack_into(">I", data, data.index(b"stts") + 16, 0)
    path.write_bytes(data)
    seen = see(path)

    assert seen.numbers == list(range(COUNT))
    assert np.diff(seen.table.time_s) == pytest.approx([1 / 25] * (COUNT - 1), rel=0.2)


def test_times_a_tick_apart_are_not_believed(see: See, tmp_path: Path) -> None:
    path = plain(tmp_path)
    data = bytearray(path.read_bytes())
    struct.pack_into(">I", data, data.index(b"stts") + 16, 1)  # 12,800 frames a second
    path.write_bytes(data)
    seen = see(path)

    assert seen.numbers == list(range(COUNT))
    assert seen.info.frame_rate <= 1000
    assert np.diff(seen.table.time_s).min() > 1 / 1000


@pytest.mark.parametrize("jump", [pytest.param(-20, id="back"), pytest.param(10_000_000, id="ahead")], ids=None)
def test_a_clock_that_jumps_goes_on(see: See, tmp_path: Path, jump: int) -> None:
    first = plain(tmp_path)
    joined = tmp_path / "joined.ts"
    parts = []
    for k, offset in enumerate((0, jump)):
        part = tmp_path / f"{k}.ts"
        retimed(first, part, lambda i, step, offset=offset: (i + 3 + max(offset, 0)) * step)
        parts.append(part.read_bytes())
    joined.write_bytes(b"".join(parts))
    seen = see(joined)

    assert seen.numbers == [*range(COUNT), *range(COUNT)]
    assert seen.table.time_s[-1] == pytest.approx((2 * COUNT - 1) / 25, abs=0.2)


@pytest.mark.parametrize("claimed", [0, 1, 2**32 - 1], ids=["none", "short", "long"])
def test_a_wrong_duration_is_not_believed(see: See, tmp_path: Path, claimed: int) -> None:
    path = plain(tmp_path)
    data = bytearray(path.read_bytes())
    for box, at in ((b"mvhd", 20), (b"mdhd", 20), (b"tkhd", 24)):
        struct.pack_into(">I", data, data.index(box) + at, claimed)
    path.write_bytes(data)
    seen = see(path)

    assert seen.numbers == list(range(COUNT))
    assert seen.info.duration_s == pytest.approx(COUNT / 25)


@pytest.mark.parametrize("claimed", [0, 7, 2**31 - 1], ids=["none", "few", "many"])
def test_a_wrong_count_is_not_believed(see: See, tmp_path: Path, claimed: int) -> None:
    path = plain(tmp_path, "a.avi", codec="mjpeg", pix_fmt="yuvj420p", options={})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(b"avih") + 8 + 16, claimed)
    struct.pack_into("<I", data, data.index(b"strh") + 8 + 32, claimed)
    path.write_bytes(data)
    seen = see(path)

    assert seen.numbers == list(range(COUNT))
    assert (seen.info.frame_count, seen.losses) == (COUNT, [])
