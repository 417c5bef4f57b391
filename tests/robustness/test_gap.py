"""A gap through the whole of tracking: both sides are tracked, nothing is filled in over it."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from conftest import SAMPLE
from numbered_videos import encode, spoil
from tennalytix.schema.tracks import TrackedFrame, Tracks
from tennalytix.video.source import VideoSource

FIRST, COUNT, KEY_EVERY = 40, 80, 20
DAMAGED = range(34, 37)


def test_both_sides_of_a_gap_are_tracked_and_nothing_is_filled_in_over_it(
    tmp_path: Path, run: Callable[..., dict[str, Any]]
) -> None:
    videos = tmp_path / "01_raw/videos"
    videos.mkdir(parents=True)
    images = (frame.image for frame in islice(VideoSource(str(SAMPLE)).frames(), FIRST, FIRST + COUNT))
    options = {"preset": "veryfast", "crf": "18", "x264-params": f"keyint={KEY_EVERY}:scenecut=0:bframes=0"}
    spoil(encode(videos / "gap.mp4", images, options=options), DAMAGED)
    run(tmp_path, "tracking")
    tracks = Tracks.model_validate_json((tmp_path / "07_model_output/tracks/gap__0000.json").read_text())
    before = [frame for frame in tracks.frames if frame.time_s < DAMAGED[0] / 25]
    after = [frame for frame in tracks.frames if frame.time_s > DAMAGED[0] / 25]

    assert tracks.summary.warnings[0] == (
        "The file is damaged: 6 frames could not be decoded, 6 between 1.32 s and 1.60 s."
    )
    assert (len(before), len(after)) == (34, 40)
    for side in (before, after):
        assert sum(len(frame.players) == 2 for frame in side) > 0.8 * len(side)
        assert sum(frame.ball is not None for frame in side) > 0.5 * len(side)
    assert "interpolated" not in touching(before[::-1]) | touching(after)


def touching(frames: list[TrackedFrame]) -> set[str]:
    """Sources of the ball's positions between a gap and the first that was detected."""
    found: set[str] = set()
    for frame in frames:
        if frame.ball is not None:
            found.add(frame.ball.source)
        if "detected" in found:
            break
    return found
