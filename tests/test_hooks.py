import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.io.core import DatasetError
from kedro.pipeline import node

from tennalytix.datasets import PartitionsDataset
from tennalytix.datasets.places import Places
from tennalytix.datasets.storage_errors import StorageError
from tennalytix.hooks import InterruptHooks, LoggingHooks, ParallelHooks, RunSummaryHooks
from tennalytix.pipelines.parallel import Parallel
from tennalytix.pipelines.stage import report_failure

PROJECT = Path(__file__).parents[1]


def kedro(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "src"), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "kedro", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=PROJECT)


def test_bad_input_is_one_sentence_and_an_exit_code(tmp_path: Path) -> None:
    result = kedro("run", "--pipelines=ingestion", f"--params=root={tmp_path},videos={tmp_path}/none")

    assert result.returncode == 1
    assert "videos must be an existing folder or file" in result.stderr
    assert "Check the path, or name another: VIDEOS=<path> for make, --params=videos=<path>" in result.stderr
    assert "Repeat the previous command" not in result.stderr
    assert "Traceback" not in result.stderr + result.stdout


def test_a_wrong_option_is_one_sentence(tmp_path: Path) -> None:
    result = kedro("run", "--pipelines=postprocessing", f"--params=root={tmp_path},ball.min_points=-3")

    assert result.returncode == 1
    assert "min_points must be positive, got -3" in result.stderr
    assert "Traceback" not in result.stderr + result.stdout


def test_other_errors_keep_their_traceback(monkeypatch) -> None:
    seen = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: seen.append(error))
    LoggingHooks().after_context_created()

    sys.excepthook(KeyError, KeyError("a bug"), None)

    assert seen[0][0] is KeyError


def test_names_of_files_are_not_markup() -> None:
    record = logging.LogRecord("tennalytix.video", logging.INFO, "f", 1, "scan [red]x[/red]", None, None)
    LoggingHooks().after_context_created()
    for handler in logging.getLogger().handlers:
        handler.filter(record)

    assert record.markup is False


def test_only_kedros_advice_on_resuming_is_left_out() -> None:
    LoggingHooks().after_context_created()

    def passes(name: str, text: str) -> bool:
        record = logging.LogRecord(name, logging.WARNING, "f", 1, text, None, None)
        return all(handler.filter(record) for handler in logging.getLogger().handlers)

    assert not passes("kedro.runner.runner", "No nodes ran. Repeat the previous command to attempt a new run.")
    assert not passes("kedro.runner.runner", 'There are 10 nodes that have not run.\nResume: --from-nodes "a"')
    assert passes("kedro.runner.runner", "Something else.")
    assert passes("tennalytix.x", "No nodes ran. Repeat the previous command to attempt a new run.")


def test_a_dataset_that_cannot_be_made_is_told_in_its_own_words(caplog) -> None:
    LoggingHooks().after_context_created()
    wrapped = DatasetError("\nno such class..\nFailed to instantiate dataset 'ball_detector'")
    wrapped.__cause__ = DatasetError("no such class.")

    sys.excepthook(DatasetError, wrapped, None)
    sys.excepthook(DatasetError, DatasetError("\nno such argument.\nDataset 'a  b' is wrong."), None)

    assert caplog.messages == ["no such class.", "no such argument. Dataset 'a  b' is wrong."]


def test_workers_store_where_the_catalog_says(tmp_path: Path) -> None:
    folder = PartitionsDataset(path=str(tmp_path), dataset="tennalytix.datasets.FileDataset")
    catalog = DataCatalog({"people": folder, "params:parallel": MemoryDataset(Parallel())})
    step = node(lambda parallel: {}, "params:parallel", "people", name="detect")
    given = ParallelHooks().before_node_run(step, catalog, {"params:parallel": Parallel("process")})
    given["params:parallel"].save({"a": b"1"})

    assert given == {"params:parallel": Parallel("process")}
    assert (tmp_path / "a").read_bytes() == b"1"


def test_results_that_the_catalog_does_not_keep_come_back() -> None:
    step = node(lambda parallel: {}, "params:parallel", "people", name="detect")

    assert ParallelHooks().before_node_run(step, DataCatalog({}), {"params:parallel": Parallel()}) is None
    assert ParallelHooks().before_node_run(step, DataCatalog({}), {}) is None


def test_an_interrupt_stays_pythons_own_where_no_command_runs() -> None:
    before = signal.getsignal(signal.SIGINT)
    InterruptHooks().before_pipeline_run()

    assert signal.getsignal(signal.SIGINT) is before


def test_a_wrong_parallel_option_is_one_sentence(tmp_path: Path) -> None:
    result = kedro("run", "--pipelines=ingestion", f"--params=root={tmp_path},parallel.shard=5/4")

    assert result.returncode == 1
    assert "shard must be like 1/8, from 1/8 to 8/8, got '5/4'." in result.stderr
    assert "Traceback" not in result.stderr + result.stdout


def test_what_the_storage_said_is_all_that_is_shown(caplog) -> None:
    LoggingHooks().after_context_created()
    wrapped = DatasetError("Failed to instantiate dataset 'corrections'")
    wrapped.__cause__ = StorageError("gs://tennis may not be used by the account in use.")

    sys.excepthook(DatasetError, wrapped, None)

    assert caplog.messages == ["gs://tennis may not be used by the account in use."]


class NoStorage(dict):
    def save(self, name: str, data: str) -> None:
        raise DatasetError("bucket missing")


@pytest.mark.parametrize("ended_by", [None, DatasetError("no access")])
def test_a_summary_that_cannot_be_stored_hides_no_earlier_error(ended_by: Exception | None, caplog) -> None:
    hooks = RunSummaryHooks()
    hooks.before_pipeline_run({}, {})
    if ended_by is None:
        with pytest.raises(DatasetError, match="bucket missing"):
            hooks.after_pipeline_run({}, NoStorage(run_summary=None))
    else:
        hooks.on_pipeline_error(ended_by, {}, NoStorage(run_summary=None))

        assert "The run summary could not be stored either: bucket missing" in caplog.messages


def test_a_step_that_reads_the_summary_finds_what_was_done_so_far() -> None:
    hooks, catalog = RunSummaryHooks(), DataCatalog({"run_summary": MemoryDataset()})
    step = node(lambda: {}, None, "tracks", name="build_tracks")
    hooks.before_pipeline_run({"run_id": "7"}, catalog)
    hooks.before_node_run(step)
    hooks.after_dataset_saved("tracks", {"a__0000": 1}, step)
    hooks.before_dataset_loaded("tracks")
    assert not catalog["run_summary"].exists()

    hooks.before_dataset_loaded("run_summary")
    summary = json.loads(catalog.load("run_summary"))
    assert summary["status"] == "running"
    assert summary["stored"] == {"tracks": ["a__0000"]}
    assert list(summary["node_seconds"]) == ["build_tracks"]


def test_the_last_line_says_why_videos_failed_and_where_more_is_told(caplog: pytest.LogCaptureFixture) -> None:
    hooks = RunSummaryHooks()
    places = MemoryDataset(Places("/data", "/videos"))
    catalog = DataCatalog({"run_summary": MemoryDataset(), "places": places})
    hooks.before_pipeline_run({}, catalog)
    for name in ("a", "b", "c", "d"):
        report_failure("ingestion", name, ValueError(f"{name}.mp4 is\nempty."))
    report_failure("figures", "a", ValueError("Nothing to draw."))
    hooks.after_pipeline_run({}, catalog)

    assert caplog.messages[-1] == (
        "Failed: a (a.mp4 is empty), b (b.mp4 is empty), c (c.mp4 is empty) and 1 more. "
        "All of it: /data/08_reporting/run_summary.json"
    )
