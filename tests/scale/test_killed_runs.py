"""Runs that are killed, that run at once, that are interrupted, and that find the disk full."""

import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

import pytest

from dask_client import survive
from killed_runs import finish, kill_sometime, results, start
from shortened_video import write_short_sample

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits are POSIX's")


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videos")
    write_short_sample(folder / "first.mp4")
    write_short_sample(folder / "second.mp4", first=60)
    return folder


@pytest.fixture(scope="module")
def undisturbed(videos: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    root = tmp_path_factory.mktemp("undisturbed")
    finish(start(root, videos))
    return results(root)


def test_a_run_that_was_killed_goes_on_to_the_same_bytes(
    videos: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    rng = random.Random(3)
    left = [kill_sometime(start(tmp_path, videos), tmp_path, 0.3, rng) for _ in range(3)]
    finish(start(tmp_path, videos))

    assert left == sorted(left)
    assert 0 < left[0] < len(undisturbed)
    assert results(tmp_path) == undisturbed
    assert "07_model_output/tracks/second__0000.json" in undisturbed


def test_a_dask_run_survives_the_death_of_its_workers_and_its_own(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    left = survive(tmp_path, clips=24, seconds=0.2, every_s=2.5, kill_client=True)

    assert left.workers_killed >= 1
    assert left.stored_at_kill is not None
    assert 6 <= left.stored_at_kill < 24
    assert left.right == left.files == sum(left.times.values()) == 24
    assert max(left.times) <= 4


def test_two_runs_at_once_on_one_root_leave_whole_files(
    videos: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    runs = [start(tmp_path, videos), start(tmp_path, videos, "process")]
    for run in runs:
        finish(run)

    assert results(tmp_path) == undisturbed


def test_ctrl_c_ends_a_run_with_one_sentence(videos: Path, tmp_path: Path) -> None:
    run = start(tmp_path, videos, "process")
    while run.poll() is None and not results(tmp_path):
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGINT)
    begin = time.monotonic()
    said = run.communicate()[0]

    assert time.monotonic() - begin < 5
    assert run.returncode == 130
    assert "Stopped. Start the same command again to go on." in said
    assert "Traceback" not in said


def test_a_full_disk_is_one_sentence(videos: Path, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # Inherited by the run: files cannot grow further.
    try:
        run = start(tmp_path, videos, pipeline="ingestion")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    said = run.communicate()[0]

    assert run.returncode == 1
    assert "File too large. Free some space and start the same command again to go on." in said
    assert "Traceback" not in said
    assert results(tmp_path) == {}
