import hashlib
import pickle
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from numbered_videos import draw_number, encode
from tennalytix.core.tables import FrameTable
from tennalytix.video.clip import Clip
from tennalytix.video.container import OpenVideo
from tennalytix.video.file_check import OutOfReachError
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoError, VideoSource

Numbered = Callable[..., Path]
NumberOf = Callable[[np.ndarray], int]


def plain_table(times_s: list[float]) -> FrameTable:
    n = len(times_s)
    segment, repeated = np.arange(n) // 7, np.arange(n) % 5 == 3
    matrices = np.tile(np.eye(3), (n, 1, 1))
    matrices[:, 0, 2] = np.arange(n)
    return FrameTable(np.arange(n), np.array(times_s), repeated, segment, matrices)


def test_frames_come_in_order_of_presentation_with_exact_times(long_gop_video: Path, number_of: NumberOf) -> None:
    frames = list(VideoSource(str(long_gop_video)).frames())

    assert [frame.index for frame in frames] == list(range(150))
    assert [number_of(frame.image) for frame in frames] == list(range(150))
    assert [frame.time_s for frame in frames] == [float(Fraction(k, 25)) for k in range(150)]


def test_an_image_is_rgb_and_read_only(numbered: Numbered) -> None:
    image = next(VideoSource(str(numbered(3))).frames()).image

    assert image.dtype == np.uint8
    assert image.shape == (96, 160, 3)
    assert image.flags.c_contiguous
    assert image[80, 10, 2] > image[80, 10, 0]  # drawn with more blue than red
    with pytest.raises(ValueError, match="read-only"):
        image[0, 0] = 0


def test_a_table_gives_its_rows_and_what_it_knows_of_them(long_gop_video: Path, number_of: NumberOf) -> None:
    source = VideoSource(str(long_gop_video))
    table = plain_table([frame.time_s for frame in source.frames()]).between(100, 120)
    frames = list(source.frames(table))

    assert [number_of(frame.image) for frame in frames] == [frame.index for frame in frames] == list(range(100, 121))
    assert [frame.segment for frame in frames] == table.segment.tolist()
    assert [frame.repeated for frame in frames] == table.repeated.tolist()
    assert [frame.reference_from_image[0, 2] for frame in frames] == list(range(100, 121))


@pytest.mark.parametrize("video", ["long_gop_video", "open_gop_video"])
def test_a_seek_to_any_frame_gives_what_decoding_from_the_start_gives(
    video: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tennalytix.video.cursor.NEAR_FRAMES", 0)
    source = VideoSource(str(request.getfixturevalue(video)), thread_count=1)
    whole = list(source.frames())
    table = plain_table([frame.time_s for frame in whole])

    for frame in whole:
        (sought,) = source.frames_at(table, [frame.index])
        assert sought.time_s == frame.time_s
        assert np.array_equal(sought.image, frame.image)


PYRAMID = "keyint=60:bframes=3:b-pyramid=normal:scenecut=0"
CODECS = {
    "H.264": ("libx264", {"preset": "veryfast", "x264-params": PYRAMID}),
    "H.264, interlaced": ("libx264", {"preset": "veryfast", "x264-params": f"{PYRAMID}:tff=1"}),
    "H.264, open groups": ("libx264", {"preset": "veryfast", "x264-params": f"{PYRAMID}:open-gop=1:keyint=20"}),
    "H.265": ("libx265", {"preset": "ultrafast", "x265-params": "keyint=60:bframes=4:log-level=none"}),
    "MPEG-4": ("mpeg4", {"bf": "2", "g": "60"}),
    "MPEG-2": ("mpeg2video", {"bf": "2", "g": "60"}),
    "VP9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "g": "60", "lag-in-frames": "16"}),
    "AV1": ("libsvtav1", {"preset": "12", "g": "60"}),
}


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("kind", CODECS)
def test_frames_on_the_way_that_nothing_is_built_on_are_left_out_without_a_trace(
    tmp_path: Path, kind: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tennalytix.video.cursor.NEAR_FRAMES", 30)
    codec, options = CODECS[kind]
    path = encode(tmp_path / "a.mkv", map(draw_number, range(100)), codec=codec, options=options)
    source = VideoSource(str(path), thread_count=threads)
    whole = list(source.frames())
    table = plain_table([frame.time_s for frame in whole])

    for wanted in ([7], [99], [1, 2, 3, 20, 41], [0, 13, 14, 58, 59, 60, 61, 97]):
        found = list(source.frames_at(table, wanted))
        assert [frame.index for frame in found] == wanted
        assert all(np.array_equal(frame.image, whole[frame.index].image) for frame in found)


def test_half_of_the_frames_on_the_way_are_not_decoded(numbered: Numbered, monkeypatch: pytest.MonkeyPatch) -> None:
    x264 = {"preset": "veryfast", "x264-params": "keyint=250:bframes=3:b-adapt=0:b-pyramid=none:scenecut=0"}
    source = VideoSource(str(numbered(200, options=x264)), thread_count=1)
    table, came, decode = scan_frames(source), [], OpenVideo.decode

    def counted(self: OpenVideo, packet: object) -> list[object]:
        frames = decode(self, packet)
        came.extend(frames)
        return frames

    monkeypatch.setattr(OpenVideo, "decode", counted)
    (frame,) = source.frames_at(table, [190])

    assert frame.index == 190
    assert len(came) < 80  # One of four, and what lies around it.
    came.clear()
    assert len(list(source.frames(table))) == len(came) == 200


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.mov", "a.avi"])
def test_sparse_frames_are_the_right_ones_in_every_container(
    numbered: Numbered, number_of: NumberOf, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tennalytix.video.cursor.NEAR_FRAMES", 5)
    path = numbered(120, name=name, options={"preset": "veryfast", "x264-params": "keyint=25:bframes=3"})
    source = VideoSource(str(path))
    table = scan_frames(source)
    wanted = [0, 1, 30, 31, 58, 99, 119]
    found = list(source.frames_at(table, wanted))

    assert len(table) == 120
    assert [frame.index for frame in found] == [number_of(frame.image) for frame in found] == wanted
    assert [frame.time_s for frame in found] == table.time_s[wanted].tolist()


def test_times_of_a_variable_rate_are_kept(numbered: Numbered) -> None:
    times_s = np.cumsum([0] + [0.02, 0.04, 0.1, 0.033] * 10).tolist()
    source = VideoSource(str(numbered(41, times_s=times_s, tick_s=Fraction(1, 90_000))))

    assert [frame.time_s for frame in source.frames()] == pytest.approx(times_s, abs=1 / 90_000)
    assert source.probe().duration_s == pytest.approx(times_s[-1] + times_s[-1] / 40, abs=0.01)
    assert float(source.probe().frame_rate) == pytest.approx(40 / times_s[-1], rel=0.01)


def test_time_starts_at_the_first_frame_of_a_transport_stream(numbered: Numbered, number_of: NumberOf) -> None:
    frames = list(VideoSource(str(numbered(50, name="late.ts"))).frames())

    assert [frame.time_s for frame in frames] == pytest.approx([k / 25 for k in range(50)], abs=1e-9)
    assert [number_of(frame.image) for frame in frames] == list(range(50))


def test_frames_before_an_edit_list_are_not_shown(numbered: Numbered, number_of: NumberOf) -> None:
    path = numbered(60, options={"preset": "medium", "x264-params": "keyint=30:scenecut=0:bframes=2"})
    skip_start(path, 10)
    source = VideoSource(str(path))
    frames = list(source.frames())

    assert [number_of(frame.image) for frame in frames] == list(range(10, 60))
    assert [frame.index for frame in frames] == list(range(50))
    assert frames[0].time_s == 0
    assert source.probe().frame_count == 50
    assert [number_of(f.image) for f in source.frames_at(scan_frames(source), [0, 45])] == [10, 55]


@pytest.mark.parametrize(("turn_deg", "hflip"), [(0, False), (90, False), (180, False), (270, False), (90, True)])
def test_rotation_metadata_is_applied(numbered: Numbered, turn_deg: int, hflip: bool) -> None:
    upright = next(VideoSource(str(numbered(1, name="plain.mp4"))).frames()).image
    source = VideoSource(str(numbered(1, name="turned.mp4", rotation_deg=turn_deg, hflip=hflip)))
    expected = np.rot90(upright, turn_deg // 90)  # PyAV counts counter-clockwise, as NumPy does
    expected = expected[:, ::-1] if hflip else expected
    info = source.probe()

    assert np.array_equal(next(source.frames()).image, expected)
    assert info.size_wh == (expected.shape[1], expected.shape[0])
    assert info.rotation_deg == -turn_deg % 360


@pytest.mark.parametrize("size_wh", [(1126, 628), (480, 360), (90, 160), (640, 360)])
def test_any_size_comes_through(numbered: Numbered, size_wh: tuple[int, int]) -> None:
    source = VideoSource(str(numbered(3, size_wh=size_wh)))

    assert source.probe().size_wh == size_wh
    assert [frame.size_wh for frame in source.frames()] == [size_wh] * 3


@pytest.mark.parametrize(
    "name", ["with space.mp4", "étè 網球.mp4", 'it\'s "it".mp4', "<script>.mp4", "a:b%20c.mp4", "-x.mp4"]
)
def test_any_name_can_be_opened(numbered: Numbered, name: str) -> None:
    assert VideoSource(str(numbered(4, name=name))).probe().frame_count == 4


def test_the_probe_tells_rate_count_and_codec(long_gop_video: Path, numbered: Numbered) -> None:
    info = VideoSource(str(long_gop_video)).probe()
    ntsc = VideoSource(str(numbered(31, name="ntsc.mkv", rate=Fraction(30_000, 1001)))).probe()

    assert (info.frame_rate, info.frame_count, info.codec, info.rotation_deg) == (25, 150, "h264", 0)
    assert info.duration_s == pytest.approx(6)
    assert ntsc.frame_rate == Fraction(30_000, 1001)


def test_one_frame_is_a_video(numbered: Numbered) -> None:
    source = VideoSource(str(numbered(1)))

    assert source.probe().frame_count == 1
    assert [(frame.index, frame.time_s) for frame in source.frames()] == [(0, 0.0)]


def test_a_source_and_a_clip_can_be_pickled(long_gop_video: Path, number_of: NumberOf) -> None:
    source = VideoSource(str(long_gop_video), thread_count=1)
    table = scan_frames(source).between(70, 90)
    clip = pickle.loads(pickle.dumps(Clip("c", source, table, (160, 96))))

    assert clip.source == source
    assert [number_of(frame.image) for frame in clip.frames()] == list(range(70, 91))
    assert [number_of(frame.image) for frame in clip.frames_at([72, 90])] == [72, 90]


def test_an_empty_table_opens_nothing() -> None:
    source, empty = VideoSource("not there.mp4"), plain_table([])

    assert list(source.frames(empty)) == list(source.frames_at(empty, [])) == []


def test_bad_indices_and_options_are_refused(long_gop_video: Path) -> None:
    source = VideoSource(str(long_gop_video))
    table = plain_table([0.0, 0.04, 0.08])
    with pytest.raises(ValueError, match="frame_indices must rise"):
        source.frames_at(table, [2, 1])
    with pytest.raises(ValueError, match=r"frame_indices must be rows of the table, got 7\."):
        source.frames_at(table, [1, 7])
    with pytest.raises(ValueError, match="thread_count must not be negative, got -1"):
        VideoSource("a.mp4", thread_count=-1)
    with pytest.raises(ValueError, match="stall_s must be positive, got 0"):
        VideoSource("a.mp4", stall_s=0)


def test_thread_counts_give_the_same_frames(long_gop_video: Path) -> None:
    one, four = (list(VideoSource(str(long_gop_video), threads).frames()) for threads in (1, 4))

    assert len(one) == len(four)
    assert all(a.time_s == b.time_s and np.array_equal(a.image, b.image) for a, b in zip(one, four, strict=True))


def test_what_is_no_video_says_so_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video\n" * 20)
    (tmp_path / "list.mp4").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nother.mp4\n#EXT-X-ENDLIST\n")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "folder.mp4").mkdir()
    for name, reason in {
        "text.mp4": "no known video format was found in it",
        "list.mp4": "no known video format was found in it",
        "empty.mp4": "it is empty",
        "folder.mp4": "it is a folder",
    }.items():
        source = VideoSource(str(tmp_path / name))
        for use in (
            source.probe,
            lambda source=source: next(source.frames()),
            lambda source=source: scan_frames(source),
        ):
            with pytest.raises(VideoError, match=rf"^{name} is not a video file: {reason}\.$"):
                use()
    with pytest.raises(FileNotFoundError, match="does not exist"):
        VideoSource(str(tmp_path / "gone.mp4")).probe()


def test_a_file_that_changes_meanwhile_does_not_count(numbered: Numbered) -> None:
    path = numbered(2)
    source = VideoSource(str(path))
    with source.unchanged():
        pass

    assert source.sha256() == hashlib.sha256(path.read_bytes()).hexdigest()
    with (
        pytest.raises(
            VideoError, match=r"^video\.mp4 changed while it was being read\. Run again when it is complete\.$"
        ),
        source.unchanged(),
        path.open("ab") as file,
    ):
        file.write(b"more")
    with pytest.raises(FileNotFoundError, match="does not exist"), source.unchanged():
        path.unlink()


CUT_SHORT = [
    ("a.mp4", {"container_options": {"movflags": "+faststart"}}),
    ("a.mp4", {"container_options": {"movflags": "frag_keyframe+empty_moov"}}),
    ("a.mkv", {}),
    ("a.ts", {}),
]


@pytest.mark.parametrize(("name", "options"), CUT_SHORT)
@pytest.mark.parametrize("share", [0.7, 0.1])
def test_a_file_that_has_become_shorter_is_out_of_reach(
    numbered: Numbered, name: str, options: dict[str, object], share: float
) -> None:
    path = numbered(200, name=name, **options)
    source = VideoSource(str(path))
    table = scan_frames(source)
    content = path.read_bytes()
    path.write_bytes(content[: round(len(content) * share)])

    for use in (lambda: source.frames(table), lambda: source.frames_at(table, [0, 190])):
        with pytest.raises(OutOfReachError, match=rf"^{name} ends before a frame at \d\.\d\d s that was in it\. Run "):
            list(use())
    if share > 0.5:
        assert len(list(source.frames(table.between(50, 70)))) == 21
    path.write_bytes(content)
    assert len(list(source.frames(table))) == 200


def skip_start(path: Path, frames: int) -> None:
    """Makes the edit list of an MP4 start later, by writing into its bytes."""
    data = bytearray(path.read_bytes())
    at = data.index(b"elst") + 4
    timescale_at = data.index(b"mdhd") + 4 + 12
    ticks = int.from_bytes(data[timescale_at : timescale_at + 4], "big") * frames // 25
    media_time_at = at + 8 + 4
    start = int.from_bytes(data[media_time_at : media_time_at + 4], "big") + ticks
    data[media_time_at : media_time_at + 4] = start.to_bytes(4, "big")
    path.write_bytes(data)
