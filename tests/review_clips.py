"""A clip whose ball is drawn where its tracks say, and its review page as visualization stores it."""

import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import Lens
from tennalytix.core.tables import FrameTable
from tennalytix.schema.corrections import Corrections
from tennalytix.schema.tracks import (
    Ball,
    ClipSpan,
    Court,
    Event,
    LensTerm,
    Player,
    Provenance,
    Summary,
    TrackedFrame,
    Tracks,
    Video,
)  # fmt: skip
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoSource
from tennalytix.video.writer import VideoWriter
from tennalytix.viz.page import clip_page, page_name
from tennalytix.viz.review_video import ReviewOptions, write_review_video

RATE = 25


def disc_xy(k: int, size_wh: tuple[int, int]) -> tuple[float, float]:
    """Where the ball is in frame `k`: nowhere twice within 40 frames, never near the rim."""
    width, height = size_wh
    return 0.1 * width + (0.8 * width * (k % 40)) / 40 + 0.3, 0.5 * height + 0.3 * height * np.sin(k) + 0.2


def tracks_of(
    clip_id: str,
    count: int,
    size_wh: tuple[int, int] = (1280, 720),
    first: int = 0,
    noise_px: float = 0.0,
    **changes: Any,
) -> Tracks:
    """Ball, two players and a court in every frame; a hit in frame 10, a bounce in frame 20."""
    noise = np.random.default_rng(0).normal(0, noise_px, (count, 10)) if noise_px else np.zeros((count, 10))
    width, height = size_wh
    lens = Lens.pinhole(size_wh, 0.02)
    view = Camera.look_at((0.0, -28.0, 9.0), (0.0, 0.0, 0.0), 1.33 * width, lens).court_view()
    court = Court(
        static=True, court_from_image=view.court_from_image.tolist(),
        lens=LensTerm(k1=lens.k1, centre=lens.centre_xy, radius_px=lens.radius_px),
        keypoints=view.keypoints(), residual_px=0.4, confidence=0.9, source="detected",
    )  # fmt: skip
    frames = [_frame(k, first, size_wh, noise[k]) for k in range(count)]
    events = [
        Event(
            kind=kind, frame_index=first + k, time_s=(first + k) / RATE, xy=disc_xy(k, size_wh), player=who, score=0.9
        )
        for kind, k, who in (("hit", 10, "near"), ("bounce", 20, None))
        if k < count
    ]
    fields: dict[str, Any] = {
        "clip_id": clip_id,
        "video": Video(
            uri="rally.mp4", sha256="", width=width, height=height, frame_rate=f"{RATE}/1", frame_count=first + count,
            duration_s=(first + count) / RATE, codec="h264", rotation_deg=0,
        ),
        "clip": ClipSpan(
            first_frame=first, last_frame=first + count - 1, start_s=first / RATE, end_s=(first + count - 1) / RATE,
            view="court",
        ),
        "provenance": Provenance(tennalytix="0", fingerprint="f", models={}),
        "court": court, "frames": frames, "events": events,
        "summary": Summary(ball_coverage=1, near_coverage=1, far_coverage=1, warnings=[]),
    }  # fmt: skip
    return Tracks(**{**fields, **changes})


def _frame(k: int, first: int, size_wh: tuple[int, int], noise: NDArray[np.float64]) -> TrackedFrame:
    width, height = size_wh
    sway = 0.02 * width * np.sin(k / 9)
    near = (0.45 * width + sway, 0.6 * height, 0.51 * width + sway, 0.85 * height)
    far = (0.5 * width - sway, 0.18 * height, 0.53 * width - sway, 0.3 * height)
    return TrackedFrame(
        frame_index=first + k, time_s=(first + k) / RATE, repeated=False,
        players=[player(1, "near", tuple(near + noise[2:6])), player(2, "far", tuple(far + noise[6:]))],
        ball=Ball(xy=tuple(disc_xy(k, size_wh) + noise[:2]), score=0.9, source="detected"),
    )  # fmt: skip


def player(track_id: int, role: Any, xyxy: tuple[float, float, float, float]) -> Player:
    x1, y1, x2, y2 = xyxy
    return Player(
        track_id=track_id, role=role, xyxy=xyxy, centre=((x1 + x2) / 2, (y1 + y2) / 2), foot=((x1 + x2) / 2, y2),
        court_xy_m=None, score=0.9, source="detected",
    )  # fmt: skip


def draw_disc(k: int, size_wh: tuple[int, int], radius: float = 5.0) -> NDArray[np.uint8]:
    """A white disc on dark grey; its middle is exact to a hundredth of a pixel."""
    width, height = size_wh
    image = np.full((height, width, 3), 50, dtype=np.uint8)
    x, y = disc_xy(k, size_wh)
    cv2.circle(image, (round(x * 256), round(y * 256)), round(radius * 256), (255, 255, 255), -1, cv2.LINE_AA, 8)
    return image


def write_clip(path: Path, clip_id: str, count: int, size_wh: tuple[int, int], first: int = 0) -> Clip:
    """A video with the disc in every frame; the clip begins at frame `first` of it."""
    with VideoWriter(path, size_wh, Fraction(RATE), crf=12) as writer:
        for k in range(-first, count):
            writer.write(draw_disc(k, size_wh))
    index = np.arange(first, first + count)
    table = FrameTable(
        index, index / RATE, np.zeros(count, bool), np.zeros(count, np.int64), np.tile(np.eye(3), (count, 1, 1))
    )
    return Clip(clip_id, VideoSource(str(path)), table, size_wh)


def write_page(
    folder: Path,
    tracks: Tracks,
    clip: Clip | None = None,
    corrections: Corrections | None = None,
    options: ReviewOptions | None = None,
    neighbours: Sequence[str | None] = (None, None),
) -> Path:
    """The page in `folder`, with its video if a clip is given."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{page_name(tracks.clip_id)}.html"
    path.write_text(clip_page(tracks, *neighbours, corrections=corrections))
    if clip is not None:
        write_review_video(clip, tracks.video.frame_rate, folder / f"{tracks.clip_id}.mp4", options)
    return path


def until(page: Any, expression: str, timeout_s: float = 10.0) -> None:
    """Waits for an expression to be true; the page's own policy forbids Playwright's way of doing so."""
    end_s = time.monotonic() + timeout_s
    while not page.evaluate(expression):
        if time.monotonic() > end_s:
            raise TimeoutError(f"{expression} was not true within {timeout_s} s.")
        page.wait_for_timeout(15)


def settle(page: Any) -> None:
    """Until the video shows the frame that was asked for."""
    until(page, "picture.settled")
    page.wait_for_timeout(60)  # presented a moment ago; now on the screen
