from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from tennalytix.video.scan import reduced_luma, reduction, scan_frames
from tennalytix.video.source import VideoSource

WriteVideo = Callable[..., Path]
Scene = Callable[..., np.ndarray]


def rally(world: np.ndarray, count: int, size_wh: tuple[int, int], step_px: int) -> Iterator[np.ndarray]:
    """A camera that pans over a scene in whole pixels, before which people run."""
    width, height = size_wh
    for k in range(count):
        picture = world[50 : 50 + height, 50 + step_px * k : 50 + step_px * k + width].copy()
        for x, y in ((20 + 5 * k, height // 2), (width - 80 - 4 * k, height // 4)):
            picture[y : y + height // 6, x : x + height // 12] = (250, 240, 90)
        yield picture


def test_a_still_video_has_one_segment_and_identities(tmp_path: Path, write_video: WriteVideo, scene: Scene) -> None:
    path = write_video(tmp_path / "still.mp4", rally(scene((800, 500)), 40, (640, 360), 0), options={"crf": "30"})
    seen: list[int] = []
    table = scan_frames(VideoSource(str(path)), seen.append)

    assert seen == list(range(1, 41))
    assert table.frame_index.tolist() == list(range(40))
    assert table.time_s == pytest.approx(np.arange(40) / 25)
    assert not table.repeated.any()
    assert not table.segment.any()
    assert (table.reference_from_image == np.eye(3)).all()


def test_a_pan_is_measured_in_source_pixels(tmp_path: Path, write_video: WriteVideo, scene: Scene) -> None:
    world = scene((1200, 700))
    path = write_video(
        tmp_path / "pan.mp4", rally(world, 24, (960, 540), 3), options={"preset": "veryfast", "crf": "24"}
    )
    table = scan_frames(VideoSource(str(path)))
    points = np.array([[100, 100, 1], [900, 80, 1], [480, 500, 1.0]])
    moved = points @ table.reference_from_image.transpose(0, 2, 1)
    shift = moved[..., :2] / moved[..., 2:] - points[:, :2]

    assert not table.segment.any()
    assert np.abs(shift - (np.arange(24) * 3.0)[:, None, None] * [1, 0]).max() < 0.6


def test_repeats_are_found_through_the_encoder(tmp_path: Path, write_video: WriteVideo, scene: Scene) -> None:
    unique = list(rally(scene((800, 500)), 40, (640, 360), 0))
    converted = [unique[k - k // 6] for k in range(46)]  # 25 to 30 frames a second: every sixth is shown twice
    options = {"preset": "veryfast", "crf": "26", "x264-params": "keyint=12:scenecut=0"}  # repeats fall on key frames
    table = scan_frames(VideoSource(str(write_video(tmp_path / "30.mp4", converted, options=options))))

    assert np.flatnonzero(table.repeated).tolist() == list(range(6, 46, 6))


def test_cuts_are_found_through_the_encoder(tmp_path: Path, write_video: WriteVideo, scene: Scene) -> None:
    shots = [scene((640, 360), seed) for seed in (1, 2, 3)]
    path = write_video(tmp_path / "cuts.mp4", [shots[k // 15] for k in range(45)], options={"crf": "28"})
    table = scan_frames(VideoSource(str(path)))

    assert table.segment.tolist() == [k // 15 for k in range(45)]
    assert (table.reference_from_image == np.eye(3)).all()


def test_frames_carry_what_the_scan_found(tmp_path: Path, write_video: WriteVideo, scene: Scene) -> None:
    path = write_video(tmp_path / "pan.mp4", rally(scene((800, 500)), 30, (640, 360), 2))
    source = VideoSource(str(path))
    table = scan_frames(source)
    frames = list(source.frames(table.between(10, 20)))

    assert [frame.index for frame in frames] == list(range(10, 21))
    assert all(np.array_equal(f.reference_from_image, table.reference_from_image[f.index]) for f in frames)


def test_a_turned_video_is_scanned_upright(tmp_path: Path, write_video: WriteVideo, scene: Scene) -> None:
    images = [np.ascontiguousarray(np.rot90(image, 1)) for image in rally(scene((800, 500)), 25, (640, 360), 2)]
    table = scan_frames(VideoSource(str(write_video(tmp_path / "turned.mp4", images, rotation_deg=270))))

    assert table.reference_from_image[-1, 0, 2] == pytest.approx(48, abs=0.6)
    assert table.reference_from_image[-1, 1, 2] == pytest.approx(0, abs=0.6)


@pytest.mark.parametrize("codec", ["libx264", "ffv1"])
def test_noise_is_a_video_too(tmp_path: Path, write_video: WriteVideo, codec: str) -> None:
    rng = np.random.default_rng(0)
    images = (rng.integers(0, 255, (90, 160, 3), dtype=np.uint8) for _ in range(10))
    table = scan_frames(VideoSource(str(write_video(tmp_path / "noise.mkv", images, codec=codec, options={}))))

    assert len(table) == 10
    assert np.isfinite(table.reference_from_image).all()


@pytest.mark.parametrize("size_wh", [(2, 2), (16, 16), (90, 160), (1126, 628)])
def test_any_size_is_scanned(tmp_path: Path, write_video: WriteVideo, size_wh: tuple[int, int]) -> None:
    images = [np.full((size_wh[1], size_wh[0], 3), 100, np.uint8)] * 3
    table = scan_frames(VideoSource(str(write_video(tmp_path / "flat.mp4", images))))

    assert table.segment.tolist() == [0, 0, 0]
    assert (table.reference_from_image == np.eye(3)).all()


def test_the_reduced_picture_is_about_640_wide() -> None:
    assert [reduction(width, 360) for width in (2, 640, 854, 960, 1126, 1280, 1920, 3840)] == [1, 1, 1, 2, 2, 2, 3, 6]
    assert reduction(1080, 1920) == 3
    assert reduction(4000, 1) == 1


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p", "nv12", "gray", "rgb24", "yuv420p10le"])
def test_luma_is_read_from_any_pixel_format(pixel_format: str, scene: Scene) -> None:
    frame = av.VideoFrame.from_ndarray(scene((160, 90)), format="rgb24")
    luma = reduced_luma(frame.reformat(format=pixel_format), 2).astype(int)
    expected = reduced_luma(frame.reformat(format="yuv420p"), 2).astype(int)

    assert luma.shape == (45, 80)
    assert np.corrcoef(luma.ravel(), expected.ravel())[0, 1] > 0.99
