"""The checks, at the moments at which Kedro knows enough for each."""

import logging
from pathlib import Path
from typing import Any

from kedro.config import MissingConfigException
from kedro.framework.hooks import hook_impl
from kedro.framework.project import pipelines

from tennalytix.checks.detectors import check_detectors
from tennalytix.checks.names import nearest
from tennalytix.checks.parameters import check_parameters, known_parameters, top_level_names
from tennalytix.checks.place import check_text, check_writable

logger = logging.getLogger(__name__)


class CheckHooks:
    """Refuses what cannot be meant so before anything is done."""

    def __init__(self) -> None:
        self._context: Any = None

    @hook_impl
    def after_context_created(self, context: Any) -> None:
        """Names and types of parameters."""
        self._context = context
        conf, named = Path(context.config_loader.conf_source), dict(pipelines)
        given, typed = _loaded(context, "parameters"), context.config_loader.runtime_params or {}
        check_text(typed)
        if conf.is_dir():
            known = known_parameters(named, conf, _environments(context))
        else:  # An archive or a bucket: what it holds is taken to be meant.
            known = known_parameters(named) | (set(given) - set(typed))
        check_parameters(given, known, named)

    @hook_impl
    def after_catalog_created(self, conf_catalog: dict[str, Any]) -> None:
        """Entries that nobody reads and that are nearly called like one that is: a warning, they may be meant so."""
        if self._context is None:
            return
        conf = Path(self._context.config_loader.conf_source)
        used = {name for pipeline in dict(pipelines).values() for name in pipeline.datasets()}
        known = top_level_names(conf / _environments(self._context)[0], "catalog") if conf.is_dir() else set()
        for name in set(conf_catalog) - used - known if known else ():
            near = nearest(name, used)
            if near:
                logger.warning("%s in the catalog is read by no pipeline. Did you mean %s?", name, near)

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Any, catalog: Any) -> None:
        """The storage root, and the detectors."""
        root = (run_params.get("runtime_params") or {}).get("root") or self._configured("globals", "root")
        if root and pipeline.outputs():
            credentials = self._configured("credentials")
            check_writable(str(root), credentials or {}, self._context.project_path)
        check_detectors(pipeline.inputs(), catalog)

    def _configured(self, kind: str, name: str | None = None) -> Any:
        """What the configuration says of `storage`."""
        storage = _loaded(self._context, kind).get("storage") or {}
        return storage.get(name) if name else storage


def _loaded(context: Any, kind: str) -> dict[str, Any]:
    try:
        return dict(context.config_loader[kind])
    except MissingConfigException:  # Nobody need have files of every kind.
        return {}


def _environments(context: Any) -> tuple[str, ...]:
    loader = context.config_loader
    return loader.base_env, loader.env or loader.default_run_env
