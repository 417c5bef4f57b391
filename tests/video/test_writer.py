from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tennalytix.video.source import VideoSource
from tennalytix.video.writer import VideoWriter


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30_000, 1001), Fraction(2997, 50), Fraction(120)])
def test_frames_come_back_at_their_times(tmp_path: Path, rate: Fraction) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, (64, 48), rate) as writer:
        for k in range(12):
            writer.write(np.full((48, 64, 3), 20 * k, np.uint8))
    frames = list(VideoSource(str(path)).frames())

    assert [frame.time_s for frame in frames] == pytest.approx([float(k / rate) for k in range(12)], abs=1e-12)
    assert [int(frame.image[20, 20, 1]) for frame in frames] == pytest.approx([20 * k for k in range(12)], abs=3)
    assert VideoSource(str(path)).probe().frame_rate == rate


@pytest.mark.parametrize("rate", [Fraction(10_000_000, 333_667), Fraction(2**31 - 1, 71_582_789)])
def test_a_rate_whose_ticks_cannot_be_counted_is_met_nearly(tmp_path: Path, rate: Fraction) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, (64, 48), rate) as writer:
        for k in range(9):
            writer.write(np.zeros((48, 64, 3), np.uint8), float(k / rate) if k % 2 else None)

    times_s = [frame.time_s for frame in VideoSource(str(path)).frames()]
    assert times_s == pytest.approx([float(k / rate) for k in range(9)], abs=2 / 90_000)


def test_colours_come_back(tmp_path: Path) -> None:
    colour = (200, 30, 90)
    with VideoWriter(tmp_path / "out.mp4", (64, 48), Fraction(25), crf=10) as writer:
        writer.write(np.full((48, 64, 3), colour, np.uint8))
    image = next(VideoSource(str(tmp_path / "out.mp4")).frames()).image

    assert image[24, 32] == pytest.approx(colour, abs=4)


def test_browsers_can_play_it(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, (64, 48), Fraction(25)) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8))
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
    data = path.read_bytes()

    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("size_wh", [(1126, 628), (101, 57), (64, 49), (1, 1)])
def test_an_odd_size_grows_to_the_next_even_one(tmp_path: Path, size_wh: tuple[int, int]) -> None:
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    image[:, -1] = 200
    with VideoWriter(tmp_path / "out.mp4", size_wh, Fraction(25), crf=5) as writer:
        writer.write(image)
    back = next(VideoSource(str(tmp_path / "out.mp4")).frames()).image

    assert back.shape[:2] == (size_wh[1] + size_wh[1] % 2, size_wh[0] + size_wh[0] % 2)
    assert back[:, -1].mean() > 150


def test_pixels_that_are_not_square_are_told_to_players(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", (64, 48), Fraction(25), pixel_aspect=Fraction(16, 11)) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8))
    with av.open(str(tmp_path / "out.mp4")) as container:
        stream = container.streams.video[0]
        frame = next(container.decode(stream))

        assert (frame.width, frame.height) == (64, 48)
        assert stream.sample_aspect_ratio == stream.codec_context.sample_aspect_ratio == Fraction(16, 11)


def test_given_times_are_kept(tmp_path: Path) -> None:
    times_s = [0.0, 0.04, 0.1, 0.5, 0.54]
    with VideoWriter(tmp_path / "out.mp4", (64, 48), Fraction(25)) as writer:
        for time_s in times_s:
            writer.write(np.zeros((48, 64, 3), np.uint8), time_s)
        writer.write(np.zeros((48, 64, 3), np.uint8))
    frames = VideoSource(str(tmp_path / "out.mp4")).frames()

    assert [frame.time_s for frame in frames] == pytest.approx([*times_s, 0.58], abs=1e-5)


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="somewhere else"):
        write_and_fail(tmp_path / "out.mp4")

    assert list(tmp_path.iterdir()) == []


def test_an_error_keeps_the_file_that_was_there(tmp_path: Path, numbered: Callable[..., Path]) -> None:
    path = numbered(5)
    before = path.read_bytes()
    with pytest.raises(KeyError):
        write_and_fail(path)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_times_must_rise(tmp_path: Path) -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    with VideoWriter(tmp_path / "out.mp4", (64, 48), Fraction(25)) as writer:
        writer.write(image, 1.0)
        with pytest.raises(ValueError, match=r"time_s must rise from 0 on, got 0\.5\."):
            writer.write(image, 0.5)
        writer.write(image, 1.5)

    assert [frame.index for frame in VideoSource(str(tmp_path / "out.mp4")).frames()] == [0, 1]


def test_nothing_appears_under_the_name_before_the_end(tmp_path: Path) -> None:
    path = tmp_path / "o'ut <b>.mp4"
    with VideoWriter(path, (64, 48), Fraction(25)) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8))
        assert not path.exists()

    assert list(tmp_path.iterdir()) == [path]


def test_a_video_without_frames_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=r"out\.mp4 must have at least one frame"),
        VideoWriter(tmp_path / "out.mp4", (64, 48), Fraction(25)),
    ):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(FileNotFoundError, match="no does not exist"),
        VideoWriter(tmp_path / "no" / "out.mp4", (64, 48), Fraction(25)),
    ):
        pass


def test_bad_arguments_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with pytest.raises(ValueError, match=r"size_wh must be positive, got \(0, 48\)"):
        VideoWriter(path, (0, 48), Fraction(25))
    with pytest.raises(ValueError, match="frame_rate must be positive, got 0"):
        VideoWriter(path, (64, 48), Fraction(0))
    with pytest.raises(ValueError, match=r"crf must lie in \[0, 51\], got 60"):
        VideoWriter(path, (64, 48), Fraction(25), crf=60)
    with pytest.raises(ValueError, match="pixel_aspect must be positive, got 0"):
        VideoWriter(path, (64, 48), Fraction(25), pixel_aspect=Fraction(0))
    with pytest.raises(ValueError, match="key_frame_every must be at least 1, got 0"):
        VideoWriter(path, (64, 48), Fraction(25), key_frame_every=0)
    with pytest.raises(RuntimeError, match="must be used in a with block"):
        VideoWriter(path, (64, 48), Fraction(25)).write(np.zeros((48, 64, 3), np.uint8))
    with (
        pytest.raises(ValueError, match=r"image must be uint8 of shape \(48, 64, 3\), got uint8 \(48, 65, 3\)"),
        VideoWriter(path, (64, 48), Fraction(25)) as writer,
    ):
        writer.write(np.zeros((48, 65, 3), np.uint8))


def write_and_fail(path: Path) -> None:
    with VideoWriter(path, (64, 48), Fraction(25)) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8))
        raise KeyError("somewhere else")
