import os
import subprocess
import sys
from pathlib import Path

import pytest
from kedro.config import OmegaConfigLoader
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project
from kedro.utils import load_obj

import tennalytix
from tennalytix import settings

PROJECT = Path(__file__).parents[1]
STAGES = ["ingestion", "court_detection", "player_detection", "ball_detection", "postprocessing"]


@pytest.fixture(scope="module", autouse=True)
def _project() -> None:
    bootstrap_project(PROJECT)


def catalog(monkeypatch: pytest.MonkeyPatch, **params: str) -> dict:
    for name in ("TENNALYTIX_ROOT", "TENNALYTIX_VIDEOS"):
        monkeypatch.delenv(name, raising=False)
    loader = OmegaConfigLoader(str(PROJECT / "conf"), runtime_params=params, **settings.CONFIG_LOADER_ARGS)
    return loader["catalog"]


def test_the_registry_names_every_pipeline() -> None:
    assert set(pipelines) == {
        *STAGES,
        "visualization",
        "evaluation",
        "export",
        "export_clips",
        "label_import",
        "training",
        "tracking",
        "__default__",
    }


def test_tracking_is_its_five_stages_and_the_default_adds_pictures() -> None:
    def names(*which: str) -> set[str]:
        return {node.name for name in which for node in pipelines[name].nodes}

    assert names("tracking") == names(*STAGES)
    assert names("__default__") == names("tracking", "visualization")


def test_what_reads_edit_lists_comes_after_what_writes_them() -> None:
    order = [node.name for node in pipelines["__default__"].nodes]
    waits = {node.name: {n.name for n in before} for node, before in pipelines["__default__"].node_dependencies.items()}

    assert "ingest_videos" in waits["draw_shot_sheets"]
    assert order[-1] == "write_report"


def test_every_dataset_of_every_pipeline_is_in_the_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    known = set(catalog(monkeypatch))
    used = {name for pipeline in pipelines.values() for name in pipeline.datasets() if not name.startswith("param")}

    assert used <= known


def test_stages_meet_only_in_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = set(catalog(monkeypatch))
    for name in [*STAGES, "visualization", "evaluation"]:
        assert pipelines[name].inputs() - {i for i in pipelines[name].inputs() if i.startswith("param")} <= stored


def test_one_root_moves_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = catalog(monkeypatch, root="gs://tennis")
    paths = [entry.get("path") or entry.get("filepath") for entry in moved.values() if isinstance(entry, dict)]

    assert all(path.startswith("gs://tennis/") for path in paths if path)
    assert moved["clips"]["videos"]["path"] == "gs://tennis/01_raw/videos"


def test_the_environment_moves_root_and_videos_whatever_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = "/x y/a,b: {c}'\"<script>.mp4"
    monkeypatch.setenv("TENNALYTIX_VIDEOS", odd)
    monkeypatch.setenv("TENNALYTIX_ROOT", "/o ut")
    loader = OmegaConfigLoader(str(PROJECT / "conf"), **settings.CONFIG_LOADER_ARGS)

    assert loader["catalog"]["videos"]["path"] == odd
    assert loader["catalog"]["tracks"]["path"] == "/o ut/07_model_output/tracks"


def test_telemetry_is_off() -> None:
    assert "consent: false" in (PROJECT / ".telemetry").read_text()
    assert os.environ["KEDRO_DISABLE_TELEMETRY"] == "1"


def test_the_package_is_a_command() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tennalytix", "--help"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "src")},
        cwd=PROJECT,
    )

    assert result.returncode == 0
    assert "--pipelines" in result.stdout


def test_importing_the_library_needs_no_kedro() -> None:
    code = "import sys, tennalytix.video.source, tennalytix.core.camera; sys.exit('kedro' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(PROJECT / "src")}, check=False
    )

    assert result.returncode == 0
    assert tennalytix.__version__


def test_every_dataset_has_a_layer_a_description_and_a_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {name: entry for name, entry in catalog(monkeypatch).items() if isinstance(entry, dict)}
    layers = {"raw", "intermediate", "primary", "models", "corrections", "model_input", "model_output", "reporting"}
    descriptions = [entry["metadata"]["description"] for entry in entries.values()]

    assert len(entries) > 50
    assert {entry["metadata"]["kedro-viz"]["layer"] for entry in entries.values()} == layers
    assert all(text.endswith(".") and len(text) > 15 for text in descriptions)
    assert len(set(descriptions)) == len(descriptions)
    assert [name for name, entry in entries.items() if not hasattr(load_obj(_class_of(entry["type"])), "preview")] == []


def _class_of(kind: str) -> str:
    return kind if kind.startswith("tennalytix.") else f"kedro_datasets.{kind}"
