"""Damaged files: what is whole is used, what is not is told, and no picture is made up."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numbered_videos import draw_number, encode, read_number, spoil
from tennalytix.video.losses import Loss, describe_end, describe_losses
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoError, VideoSource

See = Callable[..., Any]
COUNT = 60
X264 = {"preset": "veryfast", "crf": "18", "x264-params": "keyint=10:bframes=2:scenecut=0"}
X265 = {"preset": "ultrafast", "crf": "18", "x265-params": "log-level=none:keyint=10:scenecut=0"}
VPX = {"deadline": "realtime", "cpu-used": "8", "crf": "10", "b": "1M", "g": "10"}
SVT = {"preset": "12", "crf": "20", "g": "10"}


# What a decoder makes of damage may differ with the number of its threads: one, where frames are counted.


def kind(name: str, file: str, codec: str = "libx264", options: dict[str, str] | None = None, **more: Any) -> Any:
    return pytest.param(file, {"codec": codec, "options": options or X264, **more}, id=name)


H264 = [
    kind("mp4", "a.mp4"),
    kind("fragmented", "a.mp4", container_options={"movflags": "frag_keyframe+empty_moov"}),
    kind("mkv", "a.mkv"),
    kind("ts", "a.ts"),
]
OTHERS = [
    kind("hevc", "a.mp4", "libx265", X265),
    kind("vp9", "a.webm", "libvpx-vp9", VPX),
    kind("av1", "a.mp4", "libsvtav1", SVT),
    kind("mjpeg-avi", "a.avi", "mjpeg", {"q": "3"}, pix_fmt="yuvj420p"),
    kind("mpeg4-avi", "a.avi", "mpeg4", {"b": "2M", "g": "10"}),
]


def film(path: Path, options: dict[str, Any]) -> Path:
    return encode(path, map(draw_number, range(COUNT)), **options)


@pytest.mark.parametrize("thread_count", [1, 2, 4])
@pytest.mark.parametrize(("file", "options"), [*H264, *OTHERS])
def test_frames_before_and_after_damaged_packets_are_used(
    tmp_path: Path, file: str, options: dict[str, Any], thread_count: int
) -> None:
    path = spoil(film(tmp_path / file, options), range(25, 28))
    source, losses = VideoSource(str(path), thread_count), []
    table = scan_frames(source, losses=losses)
    shown = np.round(table.time_s * 25).astype(int).tolist()
    numbers = [read_number(frame.image) for frame in source.frames(table)]

    assert numbers == shown
    assert set(range(COUNT)) - set(numbers) <= set(range(20, 40))
    assert set(range(25, 28)).isdisjoint(numbers)
    assert sum(loss.count for loss in losses) == COUNT - len(table)
    assert describe_losses(losses)


@pytest.mark.parametrize(
    ("file", "options"), [p for p in [*H264, *OTHERS] if p.id not in {"fragmented", "mkv", "mjpeg-avi", "mpeg4-avi"}]
)
def test_a_zeroed_block_costs_what_lies_in_it(see: See, tmp_path: Path, file: str, options: dict[str, Any]) -> None:
    path = film(tmp_path / file, options)
    data = bytearray(path.read_bytes())
    start = len(data) // 2
    data[start : start + len(data) // 20] = bytes(len(data) // 20)
    path.write_bytes(data)
    seen = see(path, 1)

    assert set(range(15)) | set(range(50, COUNT)) <= set(seen.numbers)
    assert seen.losses or len(seen.table) == COUNT  # a decoder that sees nothing wrong says nothing


@pytest.mark.parametrize(
    ("file", "options"), [p for p in [*H264, *OTHERS] if p.id in {"mkv", "mjpeg-avi", "mpeg4-avi"}]
)
def test_a_zeroed_block_of_a_file_without_a_full_index_is_passed_over(
    see: See, tmp_path: Path, file: str, options: dict[str, Any]
) -> None:
    path = film(tmp_path / file, options)
    data = bytearray(path.read_bytes())
    start = len(data) // 2
    data[start : start + len(data) // 20] = bytes(len(data) // 20)
    path.write_bytes(data)
    seen = see(path, 1)

    assert set(range(15)) <= set(seen.numbers)
    assert seen.losses or describe_end(seen.info.claimed_s, seen.info.duration_s)


@pytest.mark.parametrize(
    ("file", "options"),
    [
        kind("faststart", "a.mp4", container_options={"movflags": "+faststart"}),
        *[p for p in [*H264, *OTHERS] if p.id in {"fragmented", "mkv", "ts", "vp9", "mjpeg-avi"}],
    ],
)
def test_a_file_cut_short_is_used_as_far_as_it_goes(
    see: See, tmp_path: Path, file: str, options: dict[str, Any]
) -> None:
    path = film(tmp_path / file, options)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    seen = see(path, 1)

    assert seen.numbers == list(range(len(seen.numbers)))
    assert 20 <= len(seen.numbers) < 50


def test_how_much_a_cut_file_lacks_is_told(see: See, tmp_path: Path) -> None:
    start_first = film(tmp_path / "a.mp4", {"options": X264, "container_options": {"movflags": "+faststart"}})
    start_first.write_bytes(start_first.read_bytes()[: start_first.stat().st_size * 6 // 10])
    slow = film(tmp_path / "a.mkv", {"options": X264, "rate": Fraction(5)})
    slow.write_bytes(slow.read_bytes()[: slow.stat().st_size * 6 // 10])
    listed, claimed = see(start_first, 1), see(slow, 1)

    assert listed.losses[-1].until_s is None
    assert listed.losses[-1].count + len(listed.table) == COUNT
    (sentence,) = describe_end(claimed.info.claimed_s, claimed.info.duration_s)
    assert sentence.startswith("The file may be cut short: its header claims 12.0 s, its pictures last ")


@pytest.mark.parametrize("file", ["a.mp4", "a.mov"])
def test_a_recording_that_was_cut_off_before_its_index_says_so(tmp_path: Path, file: str) -> None:
    path = film(tmp_path / file, {})
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])

    for use in (VideoSource.probe, scan_frames):
        with pytest.raises(VideoError, match=rf"^{file} is incomplete: its index is missing, as in a recording that"):
            use(VideoSource(str(path)))


@pytest.mark.parametrize("box", ["stsz", "trun"])
def test_a_header_that_claims_the_impossible_costs_no_memory(tmp_path: Path, box: str) -> None:
    options = {"container_options": {"movflags": "frag_keyframe+empty_moov"}} if box == "trun" else {}
    path = film(tmp_path / "a.mp4", options)
    data, claimed = bytearray(path.read_bytes()), (10**9).to_bytes(4, "big")
    at = data.index(box.encode()) + 4
    data[at : at + 12] = bytes(3) + b"\1" + claimed + bytes(4) if box == "trun" else bytes(7) + b"\1" + claimed
    path.write_bytes(data)

    with pytest.raises(VideoError, match=r"^a\.mp4 is damaged: its header claims 1000000000 frames in \d+ bytes\.$"):
        VideoSource(str(path)).probe()


@pytest.mark.parametrize(("codec", "pix_fmt"), [("rawvideo", "bgr24"), ("mjpeg", "yuvj420p")])
def test_a_header_that_claims_pictures_beyond_all_measure_is_refused(tmp_path: Path, codec: str, pix_fmt: str) -> None:
    path = film(tmp_path / "a.avi", {"codec": codec, "pix_fmt": pix_fmt, "options": {}})
    data = bytearray(path.read_bytes())
    at = data.index(b"strf") + 8 + 4
    data[at : at + 8] = (60_000).to_bytes(4, "little") * 2
    start = data.find(b"\xff\xc0", data.index(b"movi"))
    while codec == "mjpeg" and start > 0:
        data[start + 5 : start + 9] = (60_000).to_bytes(2, "big") * 2
        start = data.find(b"\xff\xc0", start + 1)
    path.write_bytes(data)

    with pytest.raises(
        VideoError, match=r"^a\.avi (has frames of 60000x60000 pixels, too many|has no decodable frames)"
    ):
        VideoSource(str(path)).probe()


def test_a_hole_in_a_steady_video_is_told_though_nothing_is_damaged(see: See, tmp_path: Path) -> None:
    times_s = [k / 25 for k in range(30)] + [2 + k / 25 for k in range(30)]
    seen = see(encode(tmp_path / "a.mp4", map(draw_number, range(COUNT)), times_s=times_s, tick_s=Fraction(1, 12_800)))

    assert seen.numbers == list(range(COUNT))
    assert seen.losses == [Loss(29 / 25, 2.0, 20, damaged=False)]
    assert describe_losses(seen.losses) == ["The video has gaps: 20 frames missing, 20 between 1.16 s and 2.00 s."]
    assert seen.table.segment[29] < seen.table.segment[30]
