"""What the command line refuses, as a user meets it: one sentence, and nothing done."""

import os
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


def run(module: str, *options: str, root: Path, conf: Path | str | None = None) -> str:
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


@pytest.fixture
def archive(conf: Path, tmp_path: Path) -> Path:
    """As `kedro package` makes it, but for a file in it that is broken: whoever names it has read the archive."""
    (conf / "base/catalog.yml").write_text("a: [1\n")
    path = tmp_path / "dist/conf-tennalytix.tar.gz"
    path.parent.mkdir()
    with tarfile.open(path, "w:gz") as packed:
        packed.add(conf, "conf")
    return path


@pytest.fixture
def address(archive: Path) -> Iterator[str]:
    pytest.importorskip("aiohttp", reason="fsspec reads no addresses without aiohttp")
    handler = partial(SimpleHTTPRequestHandler, directory=archive.parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{archive.name}"
        server.shutdown()


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


@pytest.mark.parametrize("module", ["kedro run", "tennalytix"])
def test_the_configuration_may_be_an_archive(module: str, archive: Path, tmp_path: Path) -> None:
    by_variable = run(module, root=tmp_path / "root", conf=archive)
    by_option = run(module, f"--conf-source={archive}", root=tmp_path / "root")

    assert by_variable == by_option
    assert by_option == "Invalid YAML or JSON file conf/base/catalog.yml, unable to read line 1, position 0."


def test_the_configuration_may_lie_at_an_address(address: str, tmp_path: Path) -> None:
    said = run("tennalytix", root=tmp_path / "root", conf=address)

    assert said == "Invalid YAML or JSON file conf/base/catalog.yml, unable to read line 1, position 0."


@pytest.mark.parametrize("conf", ["nowhere.tar.gz", "file:///nowhere"])
def test_a_configuration_that_is_not_there_is_refused(conf: str, tmp_path: Path) -> None:
    said = run("tennalytix", root=tmp_path / "root", conf=conf)

    assert said == (
        f"The configuration must be a folder or an archive, got {PROJECT / conf}. "
        "Start in the project's folder, or set TENNALYTIX_CONF."
    )


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
