"""What earlier stages stored under a clip's number is used only if they made it of that clip."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drawn_videos import write_video
from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import BallTable, FrameTable, PeopleTable
from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.datasets.hash_cache import HashCache
from tennalytix.datasets.storage import StoredFile
from tennalytix.datasets.table import StoredTable
from tennalytix.pipelines.detection import clip_fingerprint
from tennalytix.pipelines.postprocessing.nodes import build_clip_tracks
from tennalytix.pipelines.stage import StageError
from tennalytix.schema.clips import ClipEntry
from tennalytix.schema.courts import CourtFile
from tennalytix.schema.tracks import ModelProvenance, Video
from tennalytix.tracking.ball import BallLinkOptions
from tennalytix.tracking.events import EventOptions
from tennalytix.tracking.players import PlayerOptions
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoSource

FRAMES = 50
STAGES = ("court_detection", "player_detection", "ball_detection")
MODEL = ModelProvenance(name="made up", options={"size": 0.5})
VIDEO = Video(
    uri="match.mp4", sha256="new", width=640, height=360, frame_rate="25/1", frame_count=2 * FRAMES,
    duration_s=4.0, codec="h264", rotation_deg=0,
)  # fmt: skip


def clip(number: int, first: int, fingerprint: str = "this video") -> StoredClip:
    rows = np.arange(first, first + FRAMES)
    table = FrameTable(
        rows, rows / 25, np.zeros(FRAMES, bool), np.zeros(FRAMES, int), np.tile(np.eye(3), (FRAMES, 1, 1))
    )
    name = f"match__{number:04d}"
    entry = ClipEntry(
        clip_id=name, first_frame=first, last_frame=first + FRAMES - 1, start_s=first / 25, end_s=(first + FRAMES) / 25
    )
    clip, hashes = Clip(name, VideoSource("match.mp4"), table, (640, 360)), HashCache(StoredFile("hashes.json"))
    return StoredClip(clip, entry, VIDEO, fingerprint, (), hashes)


def results_of(item: StoredClip, version: int = 3, model: ModelProvenance | None = MODEL) -> dict[str, Any]:
    """What the three stages store of a clip: nothing found."""
    court, people, ball = (
        clip_fingerprint(stage, version, LoadedDetector(None, model or MODEL), item) for stage in STAGES
    )
    nobody = PeopleTable(np.zeros(0, int), np.zeros((0, 4)), np.zeros(0))
    nothing = BallTable(np.zeros(0, int), np.zeros((0, 2)), np.zeros(0))
    return {
        "court_detection": CourtFile.from_track(item.clip.clip_id, CourtTrack(), court, model or MODEL),
        "player_detection": StoredTable(nobody, people, model),
        "ball_detection": StoredTable(nothing, ball, model),
    }


def tracked(clips: list[StoredClip], results: list[dict[str, Any]]) -> list[str]:
    """The clips that get tracks."""
    names = [item.clip.clip_id for item in clips]

    def loads(found: list[Any]) -> dict[str, Callable[[], Any]]:
        return {name: partial(dict.__getitem__, {0: item}, 0) for name, item in zip(names, found, strict=True)}

    parts = [loads([result[stage] for result in results]) for stage in STAGES]
    options = PlayerOptions(), BallLinkOptions(), EventOptions()
    return [name for made in build_clip_tracks(loads(clips), *parts, {}, {}, {}, *options) for name in made]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("other", [clip(0, 7), clip(0, 0, "the video that lay there before")])
def test_results_of_another_cut_or_video_are_refused_and_other_clips_go_on(
    stage: str, other: StoredClip, caplog: pytest.LogCaptureFixture
) -> None:
    clips = [clip(0, 0), clip(1, FRAMES)]
    found = [{**results_of(clips[0]), stage: results_of(other)[stage]}, results_of(clips[1])]

    assert tracked(clips, found) == ["match__0001"]
    assert (
        f"match__0000 must have results of {stage} for this cut of this video, got those of another. Run {stage}."
    ) in caplog.text


def test_results_of_an_earlier_version_or_another_model_are_used() -> None:
    clips = [clip(0, 0), clip(1, FRAMES)]
    other = ModelProvenance(name="another", weights_sha256="w")

    assert tracked(clips, [results_of(clips[0], 1), results_of(clips[1], 9, other)]) == ["match__0000", "match__0001"]


def test_tables_that_no_model_made_are_taken_as_they_are() -> None:
    item = clip(0, 0)
    own = {name: results_of(clip(0, 7), model=None)[name] for name in ("player_detection", "ball_detection")}

    assert tracked([item], [{**results_of(item), **own}]) == ["match__0000"]


def test_a_replaced_video_needs_all_its_stages_again(tmp_path: Path, run) -> None:
    write_video(tmp_path / "01_raw/videos/final.mp4", frames=30)
    run(tmp_path, "tracking")
    write_video(tmp_path / "01_raw/videos/final.mp4", frames=31)
    run(tmp_path, "ingestion", "court_detection", "ball_detection")

    with pytest.raises(
        StageError, match=r"final__0000 must have results of player_detection .* Run player_detection\."
    ):
        run(tmp_path, "postprocessing")
    run(tmp_path, "player_detection")

    assert run(tmp_path, "postprocessing")["stored"]["tracks"] == ["final__0000"]
