"""The overlay stands on what the video shows, frame by frame."""

import csv
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from review_clips import disc_xy, draw_disc, settle, tracks_of, until, write_clip, write_page
from tennalytix.core.tables import FrameTable
from tennalytix.schema.tracks import Ball, TrackedFrame
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoSource
from tennalytix.video.writer import VideoWriter
from tennalytix.viz.review_video import ReviewOptions

SHOWS = ("boxes", "centres", "ball", "trail", "court", "events")
SAMPLE = Path(__file__).parents[2] / "data/01_raw"
Picture = NDArray[np.float64]


def seek(page: Any, k: int) -> None:
    page.evaluate("k => picture.seek(k)", k)
    settle(page)


def show(page: Any, *names: str) -> None:
    for name in SHOWS:
        page.set_checked(f"#show-{name}", name in names)


def stage(page: Any) -> Picture:
    """What the stage shows, grey, in device pixels; its rounded corners are blackened."""
    data = np.frombuffer(page.locator("#stage").screenshot(), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE).astype(np.float64)
    inside = np.zeros_like(picture)
    inside[14:-14, 14:-14] = 1
    return picture * inside


def middle(weight: Picture) -> NDArray[np.float64]:
    """(x, y) of the middle of what is bright."""
    y, x = np.mgrid[: weight.shape[0], : weight.shape[1]]
    return np.array([(x * weight).sum(), (y * weight).sum()]) / weight.sum()


def ring(page: Any, bare: Picture) -> NDArray[np.float64]:
    """The middle of the ring about the ball."""
    show(page, "ball")
    changed = np.abs(stage(page) - bare) > 12
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    return np.array([columns[[0, -1]].mean(), rows[[0, -1]].mean()])


@pytest.mark.parametrize(
    ("window_wh", "scale", "size_wh", "first"),
    [((1400, 900), 1.0, (1280, 720), 0), ((420, 800), 2.0, (1280, 720), 37), ((1000, 700), 1.0, (643, 360), 0)],
)
def test_the_ring_is_on_the_ball_in_every_frame_at_every_size(
    open_page: Any, tmp_path: Path, window_wh: tuple[int, int], scale: float, size_wh: tuple[int, int], first: int
) -> None:
    clip = write_clip(tmp_path / "rally.mp4", "rally__0000", 40, size_wh, first)
    page = open_page(
        write_page(tmp_path / "review", tracks_of("rally__0000", 40, size_wh, first), clip), window_wh, scale
    )
    off = []
    for k in (0, 13, 27, 39):
        seek(page, k)
        show(page)
        bare = stage(page)
        seen = middle(np.clip(bare - 120, 0, None))
        expected = (np.array(disc_xy(k, size_wh)) + 0.5) * bare.shape[::-1] / size_wh - 0.5
        off.append(np.hypot(*(ring(page, bare) - seen)) / scale)

        assert np.hypot(*(seen - expected)) / scale < 2

    assert max(off) < 2


def test_zoomed_in_the_ring_is_on_the_ball_to_half_a_pixel_of_the_video(open_page: Any, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "rally.mp4", "rally__0000", 20, (640, 360))
    page = open_page(write_page(tmp_path / "review", tracks_of("rally__0000", 20, (640, 360)), clip))
    seek(page, 11)
    page.click("#zoom-ball")
    show(page)
    bare = stage(page)
    seen = middle(np.clip(bare - 120, 0, None))

    unit = page.evaluate("picture.unit()[0]")
    assert unit > 4
    assert np.hypot(*(ring(page, bare) - seen)) / unit < 0.5


def test_every_step_shows_exactly_the_next_frame(open_page: Any, tmp_path: Path) -> None:
    """Key frames are 12 apart, so most steps start between two of them."""
    size_wh = (640, 360)
    clip = write_clip(tmp_path / "rally.mp4", "rally__0000", 40, size_wh)
    page = open_page(write_page(tmp_path / "review", tracks_of("rally__0000", 40, size_wh), clip))
    show(page)
    settle(page)
    keys = ["ArrowRight"] * 3 + [
        "Shift+ArrowRight",
        "ArrowLeft",
        "End",
        "ArrowLeft",
        "Shift+ArrowLeft",
        "Home",
        "]",
        "]",
        "[",
    ]
    frames = [1, 2, 3, 13, 12, 39, 38, 28, 0, 10, 20, 10]
    for key, k in zip(keys, frames, strict=True):
        page.keyboard.press(key)
        settle(page)
        picture = stage(page)
        expected = (np.array(disc_xy(k, size_wh)) + 0.5) * picture.shape[::-1] / size_wh - 0.5

        assert page.evaluate("[review.frame, picture.presented]") == [k, k]
        assert np.hypot(*(middle(np.clip(picture - 120, 0, None)) - expected)) < 2


def test_many_quick_steps_end_on_the_frame_that_was_asked_for(open_page: Any, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "rally.mp4", "rally__0000", 40, (640, 360))
    page = open_page(write_page(tmp_path / "review", tracks_of("rally__0000", 40, (640, 360)), clip))
    for _ in range(31):
        page.keyboard.press("ArrowRight")
    settle(page)

    assert page.evaluate("[review.frame, picture.presented]") == [31, 31]


def test_the_last_frame_of_a_video_with_a_hole_is_sought_once(open_page: Any, tmp_path: Path) -> None:
    """Its frames last 0.4 s on the average: a usual step beyond the last one's start is far beyond the file's end."""
    size_wh = (128, 72)
    times_s = [*(0.04 * k for k in range(5)), *(3.6 + 0.04 * k for k in range(5))]
    tracks = tracks_of("rally__0000", 10, size_wh, events=[])
    frames = [f.model_copy(update={"time_s": t}) for f, t in zip(tracks.frames, times_s, strict=True)]
    path = write_page(tmp_path, tracks.model_copy(update={"frames": frames}))
    with VideoWriter(tmp_path / "rally__0000.mp4", size_wh, Fraction(25), key_frame_every=12) as writer:
        for k, time_s in enumerate(times_s):
            writer.write(draw_disc(k, size_wh), time_s)
    page = open_page(path)
    settle(page)
    page.evaluate("seeks = 0; byId('video').addEventListener('seeking', () => { seeks += 1; })")
    for k in (9, 4, 5, 9):
        seek(page, k)
        assert page.evaluate("picture.presented") == k
    page.wait_for_timeout(300)

    assert page.evaluate("seeks") == 4
    page.evaluate("picture.togglePlay()")
    until(page, "!picture.playing && review.frame === 9")
    settle(page)
    page.wait_for_timeout(300)
    assert page.evaluate("seeks") <= 6


def test_while_it_plays_the_overlay_follows_the_video_to_its_end(open_page: Any, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "rally.mp4", "rally__0000", 20, (640, 360))
    page = open_page(write_page(tmp_path / "review", tracks_of("rally__0000", 20, (640, 360)), clip))
    settle(page)
    page.keyboard.press(" ")
    until(page, "review.frame === 19 && !picture.playing")
    settle(page)

    assert page.inner_text("#play") == "Play"
    assert page.evaluate("picture.presented") == 19


def test_on_the_rendered_sample_the_ring_is_on_the_rendered_ball(open_page: Any, tmp_path: Path) -> None:
    """Truth against picture: the ball is what differs from the frames some way before and after."""
    source = VideoSource(str(SAMPLE / "videos/sample_rally.mp4"))
    index = np.arange(80)
    table = FrameTable(index, index / 25, np.zeros(80, bool), np.zeros(80, int), np.tile(np.eye(3), (80, 1, 1)))
    rows = csv.DictReader((SAMPLE / "labels/sample_rally/ball.csv").read_text().splitlines())
    truth = {int(r["frame"]): (float(r["x"]), float(r["y"])) for r in rows if r["visibility"] != "0" and r["x"]}
    frames = [
        TrackedFrame(
            frame_index=k, time_s=k / 25, repeated=False, players=[],
            ball=Ball(xy=truth[k], score=1, source="detected") if k in truth else None,
        )
        for k in range(80)
    ]  # fmt: skip
    tracks = tracks_of("sample__0000", 80, frames=frames, events=[], court=None)
    clip = Clip("sample__0000", source, table, (1280, 720))
    page = open_page(write_page(tmp_path, tracks, clip, options=ReviewOptions(crf=14)), (1500, 1100))
    show(page)
    pictures = {}
    for k in (57, 65, 73):
        seek(page, k)
        pictures[k] = stage(page)
    off = []
    for k in (57, 65, 73):
        seek(page, k)
        drawn = ring(page, pictures[k])
        others = np.median([pictures[j] for j in pictures if j != k], axis=0)
        x, y = np.round(drawn).astype(int)
        near = np.zeros_like(others)
        near[y - 9 : y + 10, x - 9 : x + 10] = 1
        off.append(np.hypot(*(middle(np.clip(np.abs(pictures[k] - others) - 25, 0, None) * near) - drawn)))
        show(page)

    assert max(off) < 2


def test_the_trail_does_not_leap_across_the_picture(open_page: Any, tmp_path: Path) -> None:
    """After 40 frames the ball is back where it began."""
    clip = write_clip(tmp_path / "rally.mp4", "rally__0000", 60, (1280, 720))
    page = open_page(write_page(tmp_path / "review", tracks_of("rally__0000", 60), clip), (1400, 900), 1.0)
    seek(page, 44)
    show(page)
    bare = stage(page)
    show(page, "trail")
    changed = (np.abs(stage(page) - bare) > 12).any(axis=0)
    width = len(changed)

    assert changed[int(0.1 * width) : int(0.2 * width)].any()
    assert changed[int(0.7 * width) : int(0.88 * width)].any()
    assert not changed[int(0.25 * width) : int(0.6 * width)].any()
