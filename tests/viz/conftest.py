"""Tracks of a made-up rally: a plain grey video, a ball that flies, two players who stand."""

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import Lens
from tennalytix.core.tables import FrameTable
from tennalytix.schema.tracks import (
    Ball,
    ClipSpan,
    Court,
    Event,
    LensTerm,
    ModelProvenance,
    Player,
    Provenance,
    Summary,
    TrackedFrame,
    Tracks,
    Video,
)
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoSource
from tennalytix.video.writer import VideoWriter

SIZE_WH = (1280, 720)
RATE = 25


def player(role: str, xyxy: tuple[float, float, float, float], source: str = "detected", track_id: int = 0) -> Player:
    x1, y1, x2, y2 = xyxy
    return Player(
        track_id=track_id or (1 if role == "near" else 2),
        role=role,
        xyxy=xyxy,
        centre=((x1 + x2) / 2, (y1 + y2) / 2),
        foot=((x1 + x2) / 2, y2),
        court_xy_m=(1.0, -12.0 if role == "near" else 12.0),
        score=0.9,
        source=source,
    )


def ball(xy: tuple[float, float], source: str = "detected") -> Ball:
    return Ball(xy=xy, score=0.9, source=source)


def tracked(index: int, players: tuple[Player, ...] = (), ball: Ball | None = None) -> TrackedFrame:
    return TrackedFrame(
        frame_index=index, time_s=index / RATE, repeated=False, players=list(players), ball=ball, court_from_image=None
    )


def court_of(k1: float = 0.03, static: bool = True) -> Court:
    camera = Camera.look_at((0.0, -28.0, 9.0), (0.0, 0.0, 0.0), 1700.0, Lens.pinhole(SIZE_WH, k1))
    view = camera.court_view()
    return Court(
        static=static,
        court_from_image=view.court_from_image.tolist(),
        lens=LensTerm(k1=k1, centre=view.lens.centre_xy, radius_px=view.lens.radius_px),
        keypoints=view.keypoints(),
        residual_px=0.5,
        confidence=0.9,
        source="detected",
    )


def make_tracks(frames: list[TrackedFrame] | None = None, **changes: Any) -> Tracks:
    frames = [tracked(k) for k in range(10)] if frames is None else frames
    last = frames[-1].frame_index if frames else 0
    fields: dict[str, Any] = {
        "clip_id": "rally__0000",
        "video": Video(
            uri="rally.mp4",
            sha256="ab" * 32,
            width=SIZE_WH[0],
            height=SIZE_WH[1],
            frame_rate=f"{RATE}/1",
            frame_count=last + 1,
            duration_s=(last + 1) / RATE,
            codec="h264",
            rotation_deg=0,
        ),
        "clip": ClipSpan(first_frame=0, last_frame=last, start_s=0.0, end_s=last / RATE, view="court"),
        "provenance": Provenance(tennalytix="0.1.0", fingerprint="f0", models={"ball": ModelProvenance(name="Motion")}),
        "court": None,
        "frames": frames,
        "events": [],
        "summary": Summary(ball_coverage=0.5, near_coverage=1.0, far_coverage=0.25, warnings=[]),
    }
    return Tracks(**{**fields, **changes})


def event(kind: str, index: int, xy: tuple[float, float]) -> Event:
    court_xy_m = (2.0, 5.0) if kind == "bounce" else None
    return Event(kind=kind, frame_index=index, time_s=index / RATE, xy=xy, court_xy_m=court_xy_m, score=0.8)


@pytest.fixture
def make() -> SimpleNamespace:
    """Functions that make the parts of tracks."""
    return SimpleNamespace(
        player=player, ball=ball, frame=tracked, tracks=make_tracks, event=event, court=court_of, rate=RATE
    )


@pytest.fixture
def grey() -> np.ndarray:
    """A plain picture."""
    image = np.full((SIZE_WH[1], SIZE_WH[0], 3), 90, dtype=np.uint8)
    image.setflags(write=False)
    return image


@pytest.fixture
def small_clip(tmp_path: Path) -> Clip:
    """Ten frames of 320x180 with a time of their own each, the first at 0 s."""
    path = tmp_path / "rally.mp4"
    times_s = np.arange(10) / RATE
    with VideoWriter(path, (320, 180), Fraction(RATE)) as writer:
        for k, time_s in enumerate(times_s):
            writer.write(np.full((180, 320, 3), 60 + 5 * k, dtype=np.uint8), time_s)
    table = FrameTable(
        np.arange(10), times_s, np.zeros(10, bool), np.zeros(10, np.int64), np.tile(np.eye(3), (10, 1, 1))
    )
    return Clip("rally__0000", VideoSource(str(path)), table, (320, 180))


@pytest.fixture
def small_tracks() -> Tracks:
    """Tracks for `small_clip`."""
    frames = [tracked(k, (player("near", (100, 60, 140, 160)),), ball((40 + 20 * k, 50))) for k in range(10)]
    video = make_tracks().video.model_copy(update={"width": 320, "height": 180})
    return make_tracks(frames, video=video)
