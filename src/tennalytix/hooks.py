"""What happens around a run: readable logs and a summary of what was done."""

import json
import logging
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import FrameType, TracebackType
from typing import Any

import click
import rich
import yaml
from kedro.config import MissingConfigException
from kedro.framework.hooks import hook_impl
from kedro.io.core import DatasetError
from kedro.validation.exceptions import ParameterValidationError
from omegaconf.errors import OmegaConfBaseException
from rich.logging import RichHandler

from tennalytix.checks.names import ConfigurationError
from tennalytix.checks.place import FULL
from tennalytix.datasets.storage_errors import StorageError
from tennalytix.pipelines.ball_detection.nodes import STAGE as BALL_STAGE
from tennalytix.pipelines.ball_detection.nodes import detect_balls
from tennalytix.pipelines.beside import Companions
from tennalytix.pipelines.memory import give_back_memory, keep_freed_memory
from tennalytix.pipelines.parallel import Parallel
from tennalytix.pipelines.player_detection.nodes import STAGE as PEOPLE_STAGE
from tennalytix.pipelines.player_detection.nodes import detect_people
from tennalytix.pipelines.processes import end_workers, keep_workers
from tennalytix.pipelines.stage import StageError
from tennalytix.pipelines.tasks import first_cause, mind_libraries
from tennalytix.schema.clips import EditList, current_clips

logger = logging.getLogger(__name__)

CLIP_RESULTS = (
    *("courts", "people", "ball_candidates", "tracks", "overlays", "review_videos", "review_thumbnails"),
    *("sharing_pictures", "clip_facts", "clip_videos"),
)
"""Datasets that hold one partition a clip."""


MISCONFIGURED = (ConfigurationError, yaml.YAMLError, OmegaConfBaseException, MissingConfigException)
RESUMING = re.compile("^(No nodes ran. Repeat the previous command|There are [0-9]+ nodes that have not run)")
"""What Kedro advises after a failure; our stages skip what is done, so the same command goes on."""


class _PlainText(logging.Filter):
    """Our messages hold names of files: text, never markup such as `[a/b]`. Kedro's advice to resume is left out."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("kedro.runner") and RESUMING.search(record.getMessage()):
            return False
        if record.name.startswith("tennalytix"):
            record.markup = False
            record.highlighter = None
        return True


class _OneSentence:
    """Says what is wrong with the input or the configuration in one sentence; other errors keep their traceback."""

    def __init__(self, otherwise: Callable[..., Any]) -> None:
        self._otherwise = otherwise

    def __call__(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        cause = first_cause(error)
        if isinstance(error, DatasetError) and isinstance(cause, OSError) and cause.errno in FULL:
            logger.error("%s. Free some space and start the same command again to go on.", cause)
        elif isinstance(error, (StageError, DatasetError, ParameterValidationError, *MISCONFIGURED)):
            # What the storage or the dataset said, without kedro's wrapping.
            plain = DatasetError if isinstance(error, DatasetError) else StorageError
            said = error.__cause__ if isinstance(error.__cause__, plain) else error
            logger.error("%s", " ".join(line.strip() for line in str(said).splitlines() if line.strip()))
        else:
            self._otherwise(kind, error, traceback)


def say_plainly() -> None:
    """From now on, logs and errors read as described at `LoggingHooks`; a second time changes nothing."""
    if not isinstance(sys.excepthook, _OneSentence):
        sys.excepthook = _OneSentence(sys.excepthook)
    root = logging.getLogger()
    if not rich.get_console().is_terminal:
        for handler in [h for h in root.handlers if isinstance(h, RichHandler)]:
            root.removeHandler(handler)
            plain = logging.StreamHandler()
            plain.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
            root.addHandler(plain)
    for shown in root.handlers:
        if not any(isinstance(known, _PlainText) for known in shown.filters):
            shown.addFilter(_PlainText())


class LoggingHooks:
    """Rich logs on a terminal, plain lines elsewhere; names of files are never read as markup."""

    @hook_impl(tryfirst=True)
    def after_context_created(self) -> None:
        """Once logging is set up."""
        say_plainly()


class ParallelHooks:
    """Tells stages that run in parallel how their workers store results themselves, and how memory is to be kept.

    Tells people and ball, too, to go through frames together.
    """

    def __init__(self) -> None:
        self._companions = Companions({detect_balls: BALL_STAGE, detect_people: PEOPLE_STAGE})

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Any) -> None:
        """Stages that run in this process need what those in workers do; workers go on from stage to stage."""
        keep_freed_memory()
        keep_workers()
        # Where nodes run side by side, each does its own work.
        runner = str(run_params.get("runner"))
        one_by_one = "SequentialRunner" in runner or runner == "None"
        # Some nodes may be passed over later.
        all_of_them = not run_params.get("only_missing_outputs")
        self._companions.start(pipeline.nodes if one_by_one and all_of_them else [])

    @hook_impl
    def after_node_run(self) -> None:
        """Memory that a node has used, an hour of video's frame table say, is free for the workers of the next."""
        give_back_memory()

    @hook_impl
    def after_pipeline_run(self) -> None:
        """No worker outlives the run."""
        end_workers()
        mind_libraries()

    @hook_impl
    def on_pipeline_error(self) -> None:
        """Nor one that failed."""
        end_workers()
        mind_libraries()

    @hook_impl
    def before_node_run(self, node: Any, catalog: Any, inputs: dict[str, Any]) -> dict[str, Any] | None:
        """Gives `params:parallel` the dataset of the node's output, whatever the catalog says that is."""
        parallel = inputs.get("params:parallel")
        if parallel is None:  # Nothing for workers to do: their memory is free meanwhile.
            end_workers()
            keep_workers()
        if not isinstance(parallel, Parallel) or len(node.outputs) != 1 or node.outputs[0] not in catalog:
            return None
        save = catalog[node.outputs[0]].save
        beside = self._companions.take(node, catalog) if parallel.one_decode else None
        made = self._companions.made(node, inputs)
        return {"params:parallel": replace(parallel, save=save, beside=beside, made=made)}


class InterruptHooks:
    """Ctrl-C on the command line ends a run with one sentence and exit code 130."""

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Where no command runs, as in a notebook, an interrupt stays Python's own."""
        if click.get_current_context(silent=True) and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # What is being ended should not be interrupted.
    logger.error("Stopped. Start the same command again to go on.")
    raise SystemExit(128 + number)


class _Failures(logging.Handler):
    """Collects the failures of single videos and clips that the stages log."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.args[-1] if isinstance(record.args, tuple) and record.args else record.getMessage()
        self.found.append({"stage": record.stage, "item": record.item, "error": str(error)})  # type: ignore[attr-defined]


class RunSummaryHooks:
    """Stores `run_summary`: what ran, how long it took, what was stored, what failed and why."""

    def __init__(self) -> None:
        self._failures = _Failures()
        self._start_s = 0.0
        self._node_start_s: dict[str, float] = {}
        self._node_s: dict[str, float] = {}
        self._saved: dict[str, list[str]] = {}
        self._run_params: dict[str, Any] = {}
        self._catalog: Any = {}

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], catalog: Any) -> None:
        """Starts afresh."""
        self._run_params, self._catalog = run_params, catalog
        self._failures = _Failures()
        logging.getLogger("tennalytix.failures").addHandler(self._failures)
        self._start_s = time.perf_counter()
        self._node_start_s, self._node_s, self._saved = {}, {}, {}

    @hook_impl
    def before_node_run(self, node: Any) -> None:
        """Notes when a node starts."""
        self._node_start_s[node.name] = time.perf_counter()

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any, node: Any) -> None:
        """Notes what was stored; for nodes that yield partitions this is the only sign of progress."""
        self._node_s[node.name] = time.perf_counter() - self._node_start_s[node.name]
        self._saved.setdefault(dataset_name, []).extend(data if isinstance(data, dict) else [])

    @hook_impl
    def before_dataset_loaded(self, dataset_name: str) -> None:
        """A step that reads the summary, as the report does, finds what was done so far."""
        # A shard has a summary of its own: several at once would write the same file.
        wanted = dataset_name == "run_summary" and dataset_name in self._catalog
        if wanted and not (_shard(self._catalog) and self._catalog.exists(dataset_name)):
            summary = self._summary(self._run_params, "running", None)
            self._catalog.save("run_summary", _text(summary))

    @hook_impl
    def after_pipeline_run(self, run_params: dict[str, Any], catalog: Any) -> None:
        """The run went through."""
        self._finish(run_params, catalog, None)

    @hook_impl
    def on_pipeline_error(self, error: Exception, run_params: dict[str, Any], catalog: Any) -> None:
        """The run ended early."""
        self._finish(run_params, catalog, error)

    def _finish(self, run_params: dict[str, Any], catalog: Any, error: Exception | None) -> None:
        logging.getLogger("tennalytix.failures").removeHandler(self._failures)
        summary = self._summary(run_params, "failed" if error else "completed", error)
        # A storage that is gone is told as it is.
        summary["vanished"] = self._vanished(catalog) if error is None else {}
        self._store(_text(summary), catalog, error)
        failures = self._failures.found
        logger.info("Run %s in %.1f s.", summary["status"], summary["seconds"])
        if failures:
            logger.warning("Failed: %s All of it: %s", _failed_words(failures), self._place(catalog))
        if summary["vanished"]:
            logger.warning("Results of clips that are no more lie in storage; the run summary names them.")

    def _summary(self, run_params: dict[str, Any], status: str, error: Exception | None) -> dict[str, Any]:
        return {
            "run_id": run_params.get("run_id"),
            "pipelines": run_params.get("pipeline_names"),
            "status": status,
            "error": str(error) if error else None,
            "seconds": round(time.perf_counter() - self._start_s, 2),
            "node_seconds": {name: round(seconds, 2) for name, seconds in self._node_s.items()},
            "stored": {name: sorted(items) for name, items in self._saved.items()},
            "failures": self._failures.found,
        }

    def _vanished(self, catalog: Any) -> dict[str, list[str]]:
        """Stored results of clips that the videos ingested in this run no longer have, by dataset."""
        vanished: dict[str, list[str]] = {}
        edit_lists = self._lists_of_ingested(catalog)
        for name in CLIP_RESULTS if edit_lists else ():
            if name in catalog:
                stored = catalog.load(name)
                stale = set(stored) - set(current_clips(stored, edit_lists))
                vanished |= {name: sorted(stale)} if stale else {}
        return vanished

    def _lists_of_ingested(self, catalog: Any) -> dict[str, EditList]:
        """What the videos ingested in this run were cut into; workers may have stored it."""
        ingested = self._saved.get("clips", [])
        if not ingested or "edit_lists" not in catalog:
            return {}
        stored = catalog.load("edit_lists")
        return {name: stored[name]() for name in ingested if name in stored}

    def _place(self, catalog: Any) -> str:
        """Where the summary lies."""
        shard = _shard(catalog)
        name = f"08_reporting/run_summaries/{shard}.json" if shard else "08_reporting/run_summary.json"
        return str(catalog.load("places").below(name)) if "places" in catalog else name

    def _store(self, summary: str, catalog: Any, error: Exception | None) -> None:
        try:
            shard = _shard(catalog)
            if shard and "shard_summaries" in catalog:
                catalog.save("shard_summaries", {shard: summary})
            elif "run_summary" in catalog:
                catalog.save("run_summary", summary)
        except DatasetError as failure:
            if error is None:
                raise
            # What ended the run matters more.
            logger.warning("The run summary could not be stored either: %s", first_cause(failure))


def _failed_words(failures: list[dict[str, str]], most: int = 3) -> str:
    """Videos and clips that failed, each with its first reason.

    Examples:
        >>> _failed_words([{"stage": "ingestion", "item": "final", "error": "final.mp4 is empty."}])
        'final (final.mp4 is empty).'
    """
    reasons: dict[str, str] = {}
    for failure in failures:
        reasons.setdefault(failure["item"], " ".join(failure["error"].split()).removesuffix("."))
    told = [f"{item} ({reason})" for item, reason in list(reasons.items())[:most]]
    more = f" and {len(reasons) - most} more" if len(reasons) > most else ""
    return f"{', '.join(told)}{more}."


def _text(summary: dict[str, Any]) -> str:
    return json.dumps(summary, indent=2, ensure_ascii=False) + "\n"


def _shard(catalog: Any) -> str:
    """Which part of the videos a run took, as in `2_of_8`; empty if all."""
    options = catalog.load("params:parallel") if "params:parallel" in catalog else None
    return str(getattr(options, "shard", None) or "").replace("/", "_of_")
