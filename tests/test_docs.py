import dataclasses
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import tennalytix
from drawn_videos import write_video
from tennalytix.export.boxes import tracks_to_coco

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def options_table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("options_table", PROJECT / "tools/options_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_options_is_that_of_the_code(options_table: ModuleType) -> None:
    _, mark, below = options_table.PAGE.read_text(encoding="utf-8").partition(options_table.MARK)

    assert mark
    assert below == options_table.tables(), "Run: python tools/options_table.py"


def test_every_option_says_what_it_means(options_table: ModuleType) -> None:
    for kind in options_table.option_kinds().values():
        meanings = options_table.described(kind)[1]
        assert [f.name for f in dataclasses.fields(kind) if not meanings.get(f.name)] == [], kind.__name__


def test_units_follow_names(options_table: ModuleType) -> None:
    units = {"max_gap_s": "s", "max_speed_px_s": "px/s", "edge_acceleration_mps2": "m/s²", "run_off_m": "m", "cut": ""}

    assert {name: options_table.unit(name) for name in units} == units


def test_the_example_of_pictures_for_coco_makes_those_that_it_names(
    tracked_sample: tuple[Path, dict], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = tracked_sample[0]
    page = (PROJECT / "docs/export.md").read_text(encoding="utf-8")
    code = next(code for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "imwrite" in code)
    code = code.replace("data/01_raw", f"{PROJECT}/data/01_raw").replace("data/07_", f"{root}/07_")
    monkeypatch.chdir(tmp_path)

    exec(compile(code, "export.md", "exec"), {})

    tracks = tennalytix.load_tracks(str(root / "07_model_output/tracks/sample_rally__0000.json"))
    named = [image["file_name"] for image in json.loads(tracks_to_coco(tracks))["images"]]
    assert sorted(str(p.relative_to("images")) for p in Path("images").rglob("*.jpg")) == named


def test_the_page_on_python_names_every_function() -> None:
    page = (PROJECT / "docs/python.md").read_text(encoding="utf-8")

    assert sorted(re.findall(r"^\| `(\w+)\(", page, re.MULTILINE)) == sorted(tennalytix.__all__)


def test_a_run_in_which_single_videos_failed_ends_well_and_names_them(tmp_path: Path) -> None:
    write_video(tmp_path / "01_raw/videos/good.mp4", frames=12)
    (tmp_path / "01_raw/videos/bad.mp4").write_text("no video")
    command = [sys.executable, "-m", "kedro", "run", "--pipelines=ingestion", f"--params=root={tmp_path}"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TENNALYTIX_")}
    environment |= {"PYTHONPATH": str(PROJECT / "src"), "PYTHONWARNINGS": "ignore"}

    status = subprocess.run(command, capture_output=True, check=False, env=environment, cwd=PROJECT).returncode

    summary = json.loads((tmp_path / "08_reporting/run_summary.json").read_text())
    assert (status, summary["status"]) == (0, "completed")
    assert [failure["item"] for failure in summary["failures"]] == ["bad"]
