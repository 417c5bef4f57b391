"""The training pipeline on videos drawn here, a table of people, labels, and two rendered scenes."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import yaml
from kedro.io.core import DatasetError

from drawn_frames import frames_of, ground
from drawn_videos import write_video
from tennalytix.core.court_view import CourtStretch, CourtTrack, Lens
from tennalytix.core.tables import PeopleTable
from tennalytix.datasets import ClipsDataset
from tennalytix.datasets.table import StoredTable, TableDataset
from tennalytix.detectors.people_network import NetworkPersonDetector
from tennalytix.pipelines.stage import StageError
from tennalytix.pipelines.training.nodes import render_people, sample_people, train_person_network
from tennalytix.schema.courts import CourtFile
from tennalytix.schema.tracks import ModelProvenance
from tennalytix.training.options import FitOptions, FootageOptions, PeopleOptions, RenderedOptions
from tennalytix.training.people_samples import samples_from_bytes, samples_to_bytes

PROJECT = Path(__file__).parents[2]
FRAMES = 20
SMALL = {
    "training_footage": {"per_clip": 4},
    # Two scenes in small pictures.
    "training_rendered": {"first_seed": 21, "scenes": 2, "per_scene": 1},
    "training_people": {"crop_px": 64, "batch_size": 2, "held_out": ["labelled"]},
    "training_fit": {"steps": 6, "validate_every": 3, "threads": 1, "device": "cpu"},
}


def square(index: int) -> list[float]:
    """Edges of the bright square of `write_video` as a label file has them."""
    return [4.0 * index, 45.0, 4.0 * index + 12, 57.0]


def write_labels(root: Path, video: str) -> None:
    folder = root / "01_raw/labels" / video
    folder.mkdir(parents=True)
    rows = [f"{k},near,{','.join(map(str, square(k)))},1\n" for k in range(FRAMES)]
    (folder / "players.csv").write_text("frame,player,x1,y1,x2,y2,visibility\n" + "".join(rows))


def write_people(root: Path, clip_id: str) -> None:
    xyxy = np.array([square(k) for k in range(FRAMES)]) - 0.5
    table = PeopleTable(np.arange(FRAMES), xyxy, np.full(FRAMES, 0.9))
    path = root / "03_primary/people" / f"{clip_id}.parquet"
    TableDataset(filepath=str(path), table="tennalytix.core.tables.PeopleTable").save(StoredTable(table, ""))


def stored_in(folder: Path) -> dict[str, Callable[[], bytes]]:
    """Load functions by name, as the catalog gives them."""
    return {path.stem: path.read_bytes for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory, run_once) -> Path:
    """Two videos of a moving square; nobody knows yet who is in them."""
    root: Path = tmp_path_factory.mktemp("ingested")
    for name in ("labelled", "watched"):
        write_video(root / f"01_raw/videos/{name}.mp4", frames=FRAMES)
    run_once(root, "ingestion")
    return root


@pytest.fixture
def again(ingested: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ingested, tmp_path / "again"))


@pytest.fixture(scope="module")
def trained(ingested: Path, tmp_path_factory: pytest.TempPathFactory, run_once) -> tuple[Path, dict]:
    pytest.importorskip("torch").set_num_threads(1)
    root = Path(shutil.copytree(ingested, tmp_path_factory.mktemp("trained") / "root"))
    write_labels(root, "labelled")
    write_people(root, "watched__0000")
    # Left by an earlier run with other options.
    (root / "05_model_input/people_rendered").mkdir(parents=True)
    (root / "05_model_input/people_rendered/scene_00099.npz").write_bytes(b"no samples")
    return root, run_once(root, "training", tags=["people"], **SMALL)


def test_one_command_stores_samples_network_report_and_card(trained) -> None:
    root, summary = trained

    assert summary["status"] == "completed"
    assert summary["failures"] == []
    assert summary["stored"]["people_samples"] == ["labelled__0000", "watched__0000"]
    assert summary["stored"]["people_rendered"] == ["scene_00021", "scene_00022"]
    for name in ("people.onnx", "people_int8.onnx", "people.json", "people.md"):
        assert (root / "06_models" / name).stat().st_size > 0


def test_a_detector_runs_the_network_by_the_reports_digest(trained) -> None:
    root, _ = trained
    report = json.loads((root / "06_models/people.json").read_text())
    detector = NetworkPersonDetector(
        weights=str(root / "06_models/people.onnx"), weights_sha256=report["network"]["sha256"], threads=1
    )

    assert len(list(detector.detect(frames_of([ground((160, 90))] * 2)))) == 2


def test_report_and_card_tell_what_it_was_made_from(trained) -> None:
    root, _ = trained
    report = json.loads((root / "06_models/people.json").read_text())
    card = (root / "06_models/people.md").read_text()
    digest = hashlib.sha256((root / "05_model_input/people/watched__0000.npz").read_bytes()).hexdigest()

    assert {(s["name"], s["held_out"]) for s in report["sources"]} == {
        ("labelled", True),
        ("watched", False),
        ("2 rendered scenes", False),
    }
    assert next(s for s in report["sources"] if s["name"] == "watched")["sha256"] == digest
    assert report["fit"]["steps"] == 6
    assert report["network"]["sha256"] in card
    assert digest[:12] in card


@pytest.mark.parametrize("clip_id", ["labelled__0000", "watched__0000"])
def test_labels_and_tables_give_the_same_boxes(trained, clip_id: str) -> None:
    root, _ = trained
    samples = samples_from_bytes((root / f"05_model_input/people/{clip_id}.npz").read_bytes())

    assert len(samples) == 4
    for sample in samples:
        # 160x90 is looked at in 240x135.
        expected = np.array(square(sample.frame_index)) * 1.5 - 0.5
        np.testing.assert_allclose(sample.xyxy, [expected])
        x1, y1, x2, y2 = expected.round().astype(int)
        image = sample.pictures()[0]
        assert image[y1 + 2 : y2 - 2, x1 + 2 : x2 - 2].mean() > 200


def test_the_same_samples_and_options_give_the_same_network(trained) -> None:
    root, _ = trained
    samples, rendered = stored_in(root / "05_model_input/people"), stored_in(root / "05_model_input/people_rendered")
    scenes, people = RenderedOptions(**SMALL["training_rendered"]), PeopleOptions(**SMALL["training_people"])
    network, quantised, report, card = train_person_network(
        samples, rendered, scenes, people, FitOptions(**SMALL["training_fit"])
    )

    assert network == (root / "06_models/people.onnx").read_bytes()
    assert quantised == (root / "06_models/people_int8.onnx").read_bytes()
    assert report["network"] == json.loads((root / "06_models/people.json").read_text())["network"]
    assert card == (root / "06_models/people.md").read_text()


def test_nobody_known_is_one_sentence(again: Path, run, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(
        StageError, match=r"^training must have videos in which people are known, got none\. Run tracking on them"
    ):
        run(again, "training", tags=["people"], **SMALL | {"training_rendered": {"scenes": 0}})

    assert "training: watched__0000 has no pictures with people known in them." in caplog.text


def test_videos_that_were_not_ingested_are_one_sentence(run, tmp_path: Path) -> None:
    write_video(tmp_path / "01_raw/videos/new.mp4", frames=3)

    with pytest.raises(
        StageError, match=r"^training must have videos in which people are known, got none\. Run tracking on them"
    ):
        run(tmp_path, "training", tags=["people"], **SMALL | {"training_rendered": {"scenes": 0}})


def test_no_videos_are_one_sentence(run, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"videos must be an existing folder or file"):
        run(tmp_path, "training", tags=["people"], **SMALL)


def test_labels_that_cannot_be_read_are_one_sentence() -> None:
    labels = {"final/players.csv": lambda: b"frame,player\n0,near\n"}

    with pytest.raises(StageError, match=r"final/players\.csv"):
        list(sample_people({}, {}, {}, labels, FootageOptions()))


def test_people_far_from_the_court_do_not_count(trained) -> None:
    root, _ = trained
    clips = ClipsDataset(path=str(root / "02_intermediate"), videos={"path": str(root / "01_raw/videos")}).load()
    people = TableDataset(
        filepath=str(root / "03_primary/people/watched__0000.parquet"), table="tennalytix.core.tables.PeopleTable"
    )
    # Across, a pixel is a metre, and the net's middle lies at the left: right of 11 m are the stands.
    court_from_image = np.diag([1.0, 0.1, 1.0])[None]
    track = CourtTrack((CourtStretch(0, FRAMES - 1, court_from_image, Lens.pinhole((160, 90)), 1.0, 1.0),))
    model = ModelProvenance(name="drawn", weights_sha256=None, options={})
    court = CourtFile.from_track("watched__0000", track, "", model)
    tables, courts = {"watched__0000": people.load}, {"watched__0000": lambda: court}
    parts = list(sample_people(clips, tables, courts, {}, FootageOptions(per_clip=FRAMES)))
    samples = samples_from_bytes(parts[1]["watched__0000"])

    assert [bool(s.ignored[0]) for s in samples] == [4 * s.frame_index + 5.5 >= 11 for s in samples]
    assert len({bool(s.ignored[0]) for s in samples}) == 2


def test_a_video_that_fails_does_not_take_the_others_with_it(trained, caplog: pytest.LogCaptureFixture) -> None:
    root, _ = trained
    clips = ClipsDataset(path=str(root / "02_intermediate"), videos={"path": str(root / "01_raw/videos")}).load()

    def broken() -> None:
        raise OSError("disk gone")

    found = list(sample_people(clips | {"lost__0000": broken}, {}, {}, {}, FootageOptions()))  # type: ignore[dict-item]

    assert [list(part) for part in found] == [["labelled__0000"], ["watched__0000"]]
    assert "training: lost__0000: disk gone" in caplog.text


def test_a_damaged_file_of_samples_is_named() -> None:
    with pytest.raises(
        StageError, match=r"^final: samples must be a file that the training pipeline wrote, got .* Delete"
    ):
        train_person_network({"final": lambda: b"x"}, {}, RenderedOptions(), PeopleOptions(), FitOptions())


def test_a_court_that_there_is_not_cannot_be_held_out(trained) -> None:
    root, _ = trained
    files = stored_in(root / "05_model_input/people")

    with pytest.raises(
        StageError, match=r"^held_out must name videos that there are, got 'paris\*'\. There are: labelled"
    ):
        train_person_network(files, {}, RenderedOptions(), PeopleOptions(held_out=("paris*",)), FitOptions())


def test_without_torch_training_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n == "torch" or n.startswith(("torch.", "tennalytix.training."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)

    with pytest.raises(StageError, match=r'^training must have Torch and ONNX: pip install "tennalytix\[train\]" \('):
        train_person_network({}, {}, RenderedOptions(), PeopleOptions(), FitOptions())


def test_every_scene_is_a_file_of_its_own(trained) -> None:
    root, _ = trained
    rendered = root / "05_model_input/people_rendered"

    for seed in (21, 22):
        samples = samples_from_bytes((rendered / f"scene_{seed:05d}.npz").read_bytes())
        assert [s.source for s in samples] == [f"rendered_{seed:05d}"]
    assert list(render_people(RenderedOptions(scenes=0))) == []


def test_pipelines_and_detectors_load_without_torch() -> None:
    code = (
        "import sys, tennalytix.pipeline_registry as r; r.register_pipelines();"
        "from tennalytix.detectors.people_network import NetworkPersonDetector as D; D(threads=1);"
        "sys.exit('torch' in sys.modules or 'onnx' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT / "src", check=False).returncode == 0


@pytest.mark.parametrize(
    ("group", "options"),
    [
        ("footage", FootageOptions()),
        ("rendered", RenderedOptions()),
        ("people", PeopleOptions()),
        ("fit", FitOptions()),
    ],
)
def test_the_configuration_shows_every_option_with_its_default(group: str, options: object) -> None:
    shown = yaml.safe_load((PROJECT / "conf/base/parameters_training.yml").read_text())[f"training_{group}"]
    defaults = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(options).items()}  # type: ignore[call-overload]

    assert shown == defaults


def test_an_empty_file_of_samples_is_passed_over(trained, caplog: pytest.LogCaptureFixture) -> None:
    root, _ = trained
    files = stored_in(root / "05_model_input/people") | {"nobody": lambda: samples_to_bytes([])}
    options = PeopleOptions(crop_px=64, batch_size=1, held_out=("labelled",))
    fits = FitOptions(steps=1, threads=1, device="cpu")
    _, _, report, _ = train_person_network(files, {}, RenderedOptions(scenes=0), options, fits)

    assert {s["name"] for s in report["sources"]} == {"labelled", "watched"}  # type: ignore[attr-defined]
    assert "training: nobody has no pictures with people known in them." in caplog.text
