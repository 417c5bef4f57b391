"""What the command line refuses, as a user meets it: one sentence, and nothing done."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


def run(module: str, *options: str, root: Path, conf: Path | None = None) -> str:
    """Runs a command that is to fail, and returns its one line less the time."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "src"), "PYTHONWARNINGS": "ignore"}
    environment |= {"TENNALYTIX_ROOT": str(root)} | ({"TENNALYTIX_CONF": str(conf)} if conf else {})
    command = [sys.executable, "-m", *module.split(), *options]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=PROJECT)
    lines = (result.stdout + result.stderr).splitlines()

    assert result.returncode == 1
    assert len(lines) == 1, lines
    return lines[0].partition(" ERROR ")[2]


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROJECT / "conf", tmp_path / "conf"))


def test_names_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    pipeline = run("kedro run", "--pipeline=postproccesing", root=root)
    among = run("tennalytix", "--pipelines=postprocessing,foo", root=root)
    environment = run("kedro run", "--env=gsc", root=root)
    parameter = run("tennalytix", "--params=player.max_gap_s=0.3", root=root)

    assert pipeline == "postproccesing is no pipeline. Did you mean postprocessing?"
    assert among.startswith("foo is no pipeline. Known are __default__, ball_detection, ")
    assert environment == f"gsc is no environment, as {PROJECT}/conf has no such folder. Did you mean gcs?"
    assert parameter == "player is no parameter. Did you mean players?"
    assert not root.exists()


def test_wrong_types_are_told_once(tmp_path: Path) -> None:
    root = tmp_path / "root"
    said = run("kedro run", "--params=cutting.cut=maybe", root=root)

    assert said == "cutting.cut must be true or false, got 'maybe'."
    assert not root.exists()


def test_a_root_that_cannot_be_written_is_found_first(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    said = run("kedro run", root=tmp_path / "file")
    assert said.startswith(f"root must be a folder that can be written, got {tmp_path}/file: Not a directory. ")


@pytest.mark.parametrize("file", ["catalog", "globals"])
def test_broken_configuration_is_one_sentence(file: str, conf: Path, tmp_path: Path) -> None:
    (conf / f"local/{file}.yml").write_text("a: [1\n")

    said = run("kedro run", root=tmp_path / "root", conf=conf)
    assert said == f"Invalid YAML or JSON file {conf}/local/{file}.yml, unable to read line 1, position 0."


def test_parameters_of_a_file_are_checked_as_well(conf: Path, tmp_path: Path) -> None:
    (conf / "local/parameters.yml").write_text("players: {max_gap: 0.3}\n")

    said = run("kedro run", root=tmp_path / "root", conf=conf)
    assert said == "players.max_gap is no option. Did you mean max_gap_s?"


def test_detectors_are_checked_before_the_first_video(conf: Path, tmp_path: Path) -> None:
    entry = "{{type: tennalytix.datasets.DetectorDataset, detector: tennalytix.detectors.{}}}\n"
    local = conf / "local/catalog.yml"
    local.write_text("person_detector: " + entry.format("ball_motion.MotionBallDetector"))
    mistaken = run("kedro run", root=tmp_path / "root", conf=conf)
    local.write_text("person_detector: " + entry.format("nosuch.Nothing"))
    missing = run("kedro run", root=tmp_path / "root", conf=conf)

    assert mistaken.startswith("person_detector must find people, got tennalytix.detectors.ball_motion.MotionBallDet")
    assert missing.startswith("detector must name an importable class, got 'tennalytix.detectors.nosuch.Nothing': ")
    assert missing.endswith("'tennalytix.detectors.nosuch'.")
    assert not (tmp_path / "root").exists()
