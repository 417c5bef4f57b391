"""Training of the ball network on videos drawn here: one with labels, one that was tracked; and two rendered scenes."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import yaml

from drawn_frames import frames_of, ground
from drawn_videos import write_video
from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import BallTable, BallTrajectory
from tennalytix.datasets import ClipsDataset
from tennalytix.datasets.table import StoredTable, TableDataset
from tennalytix.detectors.ball_network import NetworkBallDetector
from tennalytix.pipelines.stage import StageError
from tennalytix.pipelines.training.ball_nodes import render_balls, sample_balls, train_ball_network
from tennalytix.schema.tracks import Provenance
from tennalytix.tracking.assemble import build_tracks
from tennalytix.training.ball_samples import ball_samples_from_bytes, ball_samples_to_bytes
from tennalytix.training.options import BallFootageOptions, BallOptions, FitOptions, RenderedOptions

PROJECT = Path(__file__).parents[2]
FRAMES = 20
SMALL = {
    "training_ball_footage": {"per_clip": 6, "clutter": 1},
    # Two scenes in small pictures.
    "training_ball_rendered": {"first_seed": 21, "scenes": 2, "per_scene": 2},
    "training_ball": {"batch_size": 4, "held_out": ["labelled"]},
    "training_ball_fit": {"steps": 4, "validate_every": 2, "patience": 8, "threads": 1, "device": "cpu"},
}


def place(index: int) -> tuple[float, float]:
    """The middle of the bright square of `write_video`."""
    return (4.0 * index + 5.5, 50.5)


def write_labels(root: Path) -> None:
    folder = root / "01_raw/labels/labelled"
    folder.mkdir(parents=True)
    rows = [f"{k},1,{place(k)[0]},{place(k)[1]},0\n" for k in range(FRAMES)]
    (folder / "ball.csv").write_text("frame,visibility,x,y,status\n" + "".join(rows))


def write_tracked(root: Path, clip_id: str) -> None:
    """Candidates, a false one beside each true one, and the tracks that the true ones were linked to."""
    index = np.arange(FRAMES)
    xy = np.array([place(k) for k in index])
    both = np.stack([xy, np.broadcast_to([120.0, 15.0], xy.shape)], axis=1).reshape(-1, 2)
    table = BallTable(np.repeat(index, 2), both, np.tile([0.9, 0.2], FRAMES))
    path = root / f"03_primary/ball/{clip_id}.parquet"
    TableDataset(filepath=str(path), table="tennalytix.core.tables.BallTable").save(StoredTable(table, ""))
    item = ClipsDataset(path=str(root / "02_intermediate"), videos={"path": str(root / "01_raw/videos")}).load()
    stored = item[clip_id]()
    ball = BallTrajectory(index, xy, np.full(FRAMES, 0.9), np.zeros(FRAMES, bool))
    made_by = Provenance(tennalytix="0", fingerprint="", models={})
    tracks = build_tracks(clip_id, stored.video, stored.clip.table, CourtTrack(()), [], ball, [], made_by)
    path = root / f"07_model_output/tracks/{clip_id}.json"
    path.parent.mkdir(parents=True)
    path.write_text(tracks.model_dump_json())


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, run_once) -> tuple[Path, dict]:
    pytest.importorskip("torch").set_num_threads(1)
    root: Path = tmp_path_factory.mktemp("trained_ball")
    for name in ("labelled", "watched"):
        write_video(root / f"01_raw/videos/{name}.mp4", frames=FRAMES)
    run_once(root, "ingestion")
    write_labels(root)
    write_tracked(root, "watched__0000")
    return root, run_once(root, "training", tags=["ball"], **SMALL)


def test_the_tag_makes_the_ball_network_alone(trained) -> None:
    root, summary = trained

    assert summary["status"] == "completed"
    assert summary["failures"] == []
    assert summary["stored"]["ball_samples"] == ["labelled__0000", "watched__0000"]
    assert summary["stored"]["ball_rendered"] == ["scene_00021", "scene_00022"]
    assert sorted(path.name for path in (root / "06_models").iterdir()) == ["ball.json", "ball.md", "ball.onnx"]


def test_a_detector_runs_the_network_by_the_reports_digest(trained) -> None:
    root, _ = trained
    report = json.loads((root / "06_models/ball.json").read_text())
    digest = report["network"]["sha256"]
    detector = NetworkBallDetector(weights=str(root / "06_models/ball.onnx"), weights_sha256=digest, threads=1)

    assert digest in (root / "06_models/ball.md").read_text()
    assert len(list(detector.detect(frames_of([ground((160, 90))] * 2)))) == 2


def test_labels_and_tracks_give_the_same_balls(trained) -> None:
    root, _ = trained
    found = {}
    for name in ("labelled", "watched"):
        samples = ball_samples_from_bytes((root / f"05_model_input/ball/{name}__0000.npz").read_bytes())
        found[name] = [s for s in samples if s.has_ball and abs(s.xy - 47.5).max() < 2]

        assert len({s.frame_index for s in samples}) == 6
        for s in samples:
            if s.has_ball:
                x, y = s.xy.round().astype(int)
                assert s.windows[2, y - 6 : y + 7, x - 6 : x + 7].mean() > 200

    # Where the ball lies near the picture's edge, it is not in the middle of its window.
    assert len(found["labelled"]) >= 2
    assert len(found["watched"]) >= 2


def test_the_false_candidate_is_a_sample_without_a_ball(trained) -> None:
    root, _ = trained
    counts = {}
    for name in ("labelled", "watched"):
        samples = ball_samples_from_bytes((root / f"05_model_input/ball/{name}__0000.npz").read_bytes())
        counts[name] = len(samples)

    # The ball, a false candidate where there are candidates, and any place.
    assert counts == {"labelled": 12, "watched": 18}


def test_report_tells_what_it_was_made_from(trained) -> None:
    root, _ = trained
    report = json.loads((root / "06_models/ball.json").read_text())

    assert {(s["name"], s["held_out"]) for s in report["sources"]} == {
        ("labelled", True),
        ("watched", False),
        ("2 rendered scenes", False),
    }
    assert report["fit"]["steps"] == 4


def test_the_same_samples_and_options_give_the_same_network(trained) -> None:
    root, _ = trained
    samples, rendered = (
        {path.stem: path.read_bytes for path in sorted((root / "05_model_input" / folder).iterdir())}
        for folder in ("ball", "ball_rendered")
    )
    network, _, card = train_ball_network(
        samples,
        rendered,
        RenderedOptions(**SMALL["training_ball_rendered"]),
        BallOptions(**SMALL["training_ball"]),
        FitOptions(**SMALL["training_ball_fit"]),
    )

    assert network == (root / "06_models/ball.onnx").read_bytes()
    assert card == (root / "06_models/ball.md").read_text()


def test_no_ball_known_is_one_sentence(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(StageError, match=r"^training must have videos in which the ball is known, got none\. Run"):
        train_ball_network(
            {"empty": lambda: ball_samples_to_bytes([])}, {}, RenderedOptions(), BallOptions(), FitOptions()
        )

    assert "training: empty has no frames in which the ball is known." in caplog.text


def test_labels_that_cannot_be_read_are_one_sentence() -> None:
    with pytest.raises(StageError, match=r"final/ball\.csv"):
        list(sample_balls({}, {}, {}, {"final/ball.csv": lambda: b"frame,x\n0,1\n"}, BallFootageOptions()))


def test_a_damaged_file_of_samples_is_named() -> None:
    with pytest.raises(StageError, match=r"^final: samples must be a file that the training pipeline wrote, got .* De"):
        train_ball_network({"final": lambda: b"x"}, {}, RenderedOptions(), BallOptions(), FitOptions())


def test_no_scenes_no_samples() -> None:
    assert list(render_balls(RenderedOptions(scenes=0))) == []


def test_without_torch_training_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n == "torch" or n.startswith(("torch.", "tennalytix.training."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)

    with pytest.raises(StageError, match=r'^training must have Torch and ONNX: pip install "tennalytix\[train\]" \('):
        train_ball_network({}, {}, RenderedOptions(), BallOptions(), FitOptions())


@pytest.mark.parametrize(("group", "options"), [("footage", BallFootageOptions()), ("", BallOptions())])
def test_the_configuration_shows_every_option_with_its_default(group: str, options: object) -> None:
    name = "_".join(filter(None, ("training_ball", group)))
    shown = yaml.safe_load((PROJECT / "conf/base/parameters_training.yml").read_text())[name]
    defaults = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(options).items()}  # type: ignore[call-overload]

    assert shown == defaults


@pytest.mark.parametrize(("group", "options"), [("rendered", RenderedOptions()), ("fit", FitOptions())])
def test_the_configuration_names_every_option(group: str, options: object) -> None:
    shown = yaml.safe_load((PROJECT / "conf/base/parameters_training.yml").read_text())[f"training_ball_{group}"]

    assert set(shown) == set(asdict(options))  # type: ignore[call-overload]
