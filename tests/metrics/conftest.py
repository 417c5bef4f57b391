from collections.abc import Callable, Sequence

import pytest

from tennalytix.schema.tracks import (
    Ball,
    ClipSpan,
    Court,
    Event,
    Player,
    Provenance,
    Summary,
    TrackedFrame,
    Tracks,
    Video,
)

TracksMaker = Callable[..., Tracks]


@pytest.fixture
def make_tracks() -> TracksMaker:
    """Tracks of a 1280x720 video at 25 frames a second from what each frame holds."""

    def make(
        frames: range,
        *,
        balls: dict[int, tuple[float, float]] | None = None,
        interpolated: Sequence[int] = (),
        players: dict[int, list[tuple[int, str, tuple[float, float, float, float]]]] | None = None,
        court: Court | None = None,
        matrices: dict[int, list[list[float]]] | None = None,
        events: Sequence[tuple[str, int, float]] = (),
        clip_id: str = "rally__0000",
    ) -> Tracks:
        def source(index: int) -> str:
            return "interpolated" if index in interpolated else "detected"

        rows = [
            TrackedFrame(
                frame_index=i,
                time_s=i / 25,
                repeated=False,
                players=[_player(*p) for p in (players or {}).get(i, [])],
                ball=Ball(xy=balls[i], score=0.9, source=source(i)) if balls and i in balls else None,
                court_from_image=(matrices or {}).get(i),
            )
            for i in frames
        ]
        return Tracks(
            clip_id=clip_id,
            video=Video(
                uri="rally.mp4",
                sha256="0" * 64,
                width=1280,
                height=720,
                frame_rate="25/1",
                frame_count=100,
                duration_s=4,
                codec="h264",
                rotation_deg=0,
            ),
            clip=ClipSpan(first_frame=frames[0], last_frame=frames[-1], start_s=0, end_s=4, view="court"),
            provenance=Provenance(tennalytix="0.1.0", fingerprint="", models={}),
            court=court,
            frames=rows,
            events=[Event(kind=k, frame_index=i, time_s=t, xy=(0, 0), score=0.5) for k, i, t in events],
            summary=Summary(ball_coverage=0, near_coverage=0, far_coverage=0, warnings=[]),
        )

    return make


def _player(track_id: int, role: str, xyxy: tuple[float, float, float, float]) -> Player:
    x1, y1, x2, y2 = xyxy
    centre, foot = ((x1 + x2) / 2, (y1 + y2) / 2), ((x1 + x2) / 2, y2)
    return Player(track_id=track_id, role=role, xyxy=xyxy, centre=centre, foot=foot, score=0.9, source="detected")
