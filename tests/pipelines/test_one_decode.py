"""People and ball in one pass of a clip's frames: what one after the other would give, and neither harms the other."""

import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline, node

from numbered_videos import draw_number, encode, read_number, spoil
from tennalytix.datasets.clips import StoredClip
from tennalytix.datasets.detector import LoadedDetector
from tennalytix.datasets.hash_cache import HashCache
from tennalytix.datasets.storage import StoredFile
from tennalytix.datasets.table import StoredTable
from tennalytix.detectors.base import BallCandidates, People
from tennalytix.hooks import ParallelHooks
from tennalytix.pipelines import ball_detection, player_detection
from tennalytix.pipelines.ball_detection.nodes import STAGE as BALL
from tennalytix.pipelines.ball_detection.nodes import detect_balls
from tennalytix.pipelines.beside import Beside, Companions
from tennalytix.pipelines.detection import _Packed
from tennalytix.pipelines.parallel import Parallel
from tennalytix.pipelines.player_detection.nodes import STAGE as PEOPLE
from tennalytix.pipelines.player_detection.nodes import detect_people
from tennalytix.pipelines.stage import StageError
from tennalytix.schema.clips import ClipEntry
from tennalytix.schema.tracks import ModelProvenance, Video
from tennalytix.video.clip import Clip
from tennalytix.video.container import OpenVideo
from tennalytix.video.frame import Frame
from tennalytix.video.prefetch import prefetch
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

COUNT = 40
CLIP_IDS = ("a__0000", "b__0000")
STAGES = {detect_balls: BALL, detect_people: PEOPLE}


def nothing(frame: Frame) -> None: ...


class Numbers:
    """Answers with what it reads in a frame, ten frames late."""

    def __init__(self, answer: Callable[[int], Any], meanwhile: Callable[[Frame], None] = nothing) -> None:
        self._answer, self._meanwhile = answer, meanwhile

    def detect(self, frames: Iterable[Frame]) -> Iterator[Any]:
        late = []
        for frame in frames:
            self._meanwhile(frame)
            late.append(self._answer(read_number(frame.image)))
            if len(late) > 10:
                yield late.pop(0)
        yield from late


def person(number: int) -> People:
    return People(np.array([[0.0, 0.0, 9.0, number]]), np.array([0.5]))


def ball(number: int) -> BallCandidates:
    return BallCandidates(np.array([[1.0, number]]), np.array([0.5]))


def detector(answer: Callable[[int], Any], meanwhile: Callable[[Frame], None] = nothing) -> LoadedDetector:
    return LoadedDetector(Numbers(answer, meanwhile), ModelProvenance(name=answer.__name__))


@pytest.fixture
def clips(tmp_path: Path) -> dict[str, Callable[[], StoredClip]]:
    found: dict[str, Callable[[], StoredClip]] = {}
    for clip_id in CLIP_IDS:
        path = encode(tmp_path / f"{clip_id[0]}.mp4", map(draw_number, range(COUNT)))
        source = VideoSource(str(path), thread_count=1)
        table = scan_frames(source)
        video = Video(
            uri=path.name, sha256=source.sha256(), width=160, height=96, frame_rate="25/1", frame_count=COUNT,
            duration_s=COUNT / 25, codec="h264", rotation_deg=0,
        )  # fmt: skip
        entry = ClipEntry(clip_id=clip_id, first_frame=0, last_frame=COUNT - 1, start_s=0, end_s=1)
        shown, hashes = Clip(clip_id, source, table, (160, 96)), HashCache(StoredFile(f"{path}.json"))
        item = StoredClip(shown, entry, video, clip_id, (), hashes)
        found[clip_id] = lambda item=item: item
    return found


def balls(clips: dict[str, Any], taken: Beside | None = None, meanwhile: Callable[[Frame], None] = nothing) -> Any:
    parts = list(detect_balls(clips, detector(ball, meanwhile), {}, Parallel(beside=taken)))
    return {name: table for part in parts for name, table in part.items()}


def people(clips: dict[str, Any], stored: dict[str, str] | None = None) -> Any:
    parts = list(detect_people(clips, detector(person), stored or {}, Parallel()))
    return {name: table for part in parts for name, table in part.items()}


def same(a: StoredTable, b: StoredTable) -> bool:
    rows = [(np.asarray(getattr(a.table, name)), np.asarray(getattr(b.table, name))) for name in a.table.__slots__]
    return a.fingerprint == b.fingerprint and all(np.array_equal(x, y) for x, y in rows)


def frames_decoded(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    decoded: Counter[str] = Counter()
    decode = OpenVideo.decode

    def counted(self: OpenVideo, packet: Any) -> Any:
        frames = decode(self, packet)
        decoded[self.name] += len(frames)
        return frames

    monkeypatch.setattr(OpenVideo, "decode", counted)
    return decoded


def test_both_see_every_frame_of_one_decode(clips, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded, saved = frames_decoded(monkeypatch), {}
    own = balls(clips, Beside(PEOPLE, detector(person), saved.update))
    assert decoded == {"a.mp4": COUNT, "b.mp4": COUNT}

    for clip_id, alone in people(clips).items():
        assert same(saved[clip_id], alone)
    for clip_id, alone in balls(clips).items():
        assert same(own[clip_id], alone)
        assert alone.table.xy[:, 1].tolist() == list(range(COUNT))


def test_what_is_stored_already_is_not_made_again(clips) -> None:
    stored = {"a__0000": people(clips)["a__0000"].fingerprint, "b__0000": "of another model"}
    saved: dict[str, Any] = {}
    balls(clips, Beside(PEOPLE, detector(person), saved.update, stored))

    assert list(saved) == ["b__0000"]


def test_what_goes_wrong_beside_harms_nobody(clips) -> None:
    def fail(frame: Frame) -> None:
        if frame.index == 3:
            raise ValueError("no such person")

    saved: dict[str, Any] = {}
    own = balls(clips, Beside(PEOPLE, detector(person, fail), saved.update))

    assert all(same(own[clip_id], alone) for clip_id, alone in balls(clips).items())
    assert saved == {}


class Early(Numbers):
    """Fails before it takes a frame."""

    def detect(self, frames: Iterable[Frame]) -> Iterator[Any]:
        raise ValueError("no weights")


class Inside(Numbers):
    """Reads in a thread of its own and fails beside it."""

    def detect(self, frames: Iterable[Frame]) -> Iterator[Any]:
        for number, _ in enumerate(prefetch(super().detect(frames), depth=1)):
            if number == 2:
                raise ValueError("out of memory")
        yield from ()


@pytest.mark.parametrize("kind", [Early, Inside])
def test_one_that_fails_beside_is_not_waited_for(clips, kind: type[Numbers]) -> None:
    saved: dict[str, Any] = {}
    failing = LoadedDetector(kind(person), ModelProvenance(name="person"))

    assert list(balls(clips, Beside(PEOPLE, failing, saved.update))) == list(CLIP_IDS)
    assert saved == {}


def test_one_that_stops_early_is_told_and_nobody_waits(clips) -> None:
    class Few(Numbers):
        def detect(self, frames: Iterable[Frame]) -> Iterator[Any]:
            return islice(super().detect(frames), 5)

    few = LoadedDetector(Few(ball), ModelProvenance(name="ball"))
    taken = Beside(PEOPLE, detector(person), dict[str, Any]().update)
    with pytest.raises(StageError, match="of the 40 frames"):
        list(detect_balls(clips, few, {}, Parallel(beside=taken)))


def test_answers_of_the_wrong_shape_beside_harm_nobody(clips) -> None:
    saved: dict[str, Any] = {}

    assert list(balls(clips, Beside(PEOPLE, detector(int), saved.update))) == list(CLIP_IDS)
    assert saved == {}


def test_what_cannot_be_stored_beside_harms_nobody(clips) -> None:
    def full(tables: Any) -> None:
        raise OSError("no space left on device")

    assert list(balls(clips, Beside(PEOPLE, detector(person), full))) == list(CLIP_IDS)


def test_what_goes_wrong_takes_nothing_incomplete_along(clips) -> None:
    def fail(frame: Frame) -> None:
        if frame.index == 30:
            raise ValueError("no such ball")

    saved: dict[str, Any] = {}
    with pytest.raises(StageError, match="no such ball"):
        balls(clips, Beside(PEOPLE, detector(person), saved.update), fail)
    assert saved == {}


def test_of_a_file_damaged_since_neither_is_stored(clips, tmp_path: Path) -> None:
    spoil(tmp_path / "a.mp4", range(25, 28))
    saved: dict[str, Any] = {}
    own = balls(clips, Beside(PEOPLE, detector(person), saved.update))

    assert list(own) == list(saved) == ["b__0000"]


def two_nodes() -> Pipeline:
    return Pipeline([*player_detection.create_pipeline().nodes, *ball_detection.create_pipeline().nodes])


def given_to_nodes(runner: str | None, parallel: Parallel, pipeline: Pipeline) -> dict[str, Parallel]:
    """What the hook gives to each node; what the first makes beside its own is stored when the second begins."""
    stored: dict[str, dict[str, str]] = {"people_fingerprints": {"a": "old"}, "ball_candidates_fingerprints": {}}
    catalog = DataCatalog(
        {
            **{f"{name}_detector": MemoryDataset(name, copy_mode="assign") for name in ("person", "ball")},
            **{name: MemoryDataset(value, copy_mode="assign") for name, value in stored.items()},
            "people": MemoryDataset(),
            "ball_candidates": MemoryDataset(),
        }
    )
    hooks = ParallelHooks()
    hooks.before_pipeline_run({"runner": runner}, pipeline)
    given = {}
    try:
        for step in pipeline.nodes:
            inputs = {step.inputs[2]: catalog.load(step.inputs[2]), "params:parallel": parallel}
            given[step.name] = hooks.before_node_run(step, catalog, inputs)["params:parallel"]
            catalog["people_fingerprints"] = MemoryDataset({"a": "old", "b": "new"})
    finally:
        hooks.after_pipeline_run()
    return given


def test_the_first_of_two_takes_the_other_along() -> None:
    given = given_to_nodes("<kedro.runner.sequential_runner.SequentialRunner object>", Parallel(), two_nodes())
    first, second = given["detect_balls"], given["detect_people"]

    assert (first.beside.stage, first.beside.detector, first.beside.stored) == (PEOPLE, "person", {"a": "old"})
    assert first.made == frozenset()
    assert second.beside is None
    assert second.made == {"b"}


@pytest.mark.parametrize(
    ("runner", "parallel", "pipeline"),
    [
        ("<kedro.runner.thread_runner.ThreadRunner object>", Parallel(), two_nodes()),
        (None, Parallel(one_decode=False), two_nodes()),
        (None, Parallel(), ball_detection.create_pipeline()),
        (None, Parallel(), player_detection.create_pipeline()),
    ],
)
def test_nobody_is_taken_along_where_it_is_not_wanted_or_not_due(
    runner: str | None, parallel: Parallel, pipeline: Pipeline
) -> None:
    given = given_to_nodes(runner, parallel, pipeline)

    assert all(parallel.beside is None and not parallel.made for parallel in given.values())


def test_a_stage_that_cannot_be_loaded_tells_so_in_its_own_turn() -> None:
    pipeline = two_nodes()
    companions = Companions(STAGES)
    companions.start(pipeline.nodes)

    assert companions.take(pipeline.nodes[0], DataCatalog({"people": MemoryDataset()})) is None


def test_other_clips_are_left_to_their_own_turn() -> None:
    other = node(detect_people, ["other_clips", "person_detector", "p", "params:parallel"], "people", name="other")
    companions = Companions(STAGES)
    companions.start([*ball_detection.create_pipeline().nodes, other])

    assert companions.take(ball_detection.create_pipeline().nodes[0], DataCatalog({})) is None


def test_where_nodes_may_be_passed_over_each_does_its_own_work() -> None:
    pipeline, hooks = two_nodes(), ParallelHooks()
    hooks.before_pipeline_run({"runner": None, "only_missing_outputs": True}, pipeline)
    step = pipeline.nodes[0]
    catalog = DataCatalog({"people": MemoryDataset(), "ball_candidates": MemoryDataset()})
    try:
        given = hooks.before_node_run(step, catalog, {step.inputs[2]: {}, "params:parallel": Parallel()})
    finally:
        hooks.after_pipeline_run()

    assert given["params:parallel"].beside is None


def test_a_stage_beside_that_a_worker_cannot_build_is_left_to_its_turn() -> None:
    sound = ModelProvenance(name="tennalytix.detectors.people_motion.MotionPersonDetector")
    for name, built in ((sound.name, True), ("tennalytix.nowhere.Detector", False)):
        loaded = LoadedDetector(None, sound.model_copy(update={"name": name, "options": {}}))
        packed = pickle.loads(pickle.dumps(_Packed(Beside(PEOPLE, loaded, dict[str, Any]().update))))
        assert (packed.beside is not None) is built
