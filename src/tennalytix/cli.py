"""`kedro run` and `tennalytix`: Kedro's own command, after a look at the names it is given."""

import os
from copy import copy
from functools import wraps
from pathlib import Path
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.project import pipelines, settings
from kedro.utils import find_kedro_project

from tennalytix.checks.names import ConfigurationError, hint
from tennalytix.hooks import say_plainly


@wraps(kedro_run.callback)  # type: ignore[arg-type]
def _checked(**options: Any) -> Any:
    say_plainly()
    # From the settings Kedro takes paths alone.
    if not options["conf_source"] and _is_address(settings.CONF_SOURCE):
        options["conf_source"] = settings.CONF_SOURCE
    _check_environment(options["env"] or os.environ.get("KEDRO_ENV"), options["conf_source"])
    for name in [options["pipeline"] or "__default__", *options["pipelines"]]:
        if name not in pipelines:
            raise ConfigurationError(f"{name} is no pipeline. {hint(name, pipelines.keys())}")
    return kedro_run.callback(**options)  # type: ignore[misc]


def _is_address(conf: str) -> bool:
    """Whether `--conf-source` takes it as it is, as a bucket, and not for a path."""
    return "://" in conf and not conf.startswith("file://")


def _check_environment(name: str | None, conf_source: str | None) -> None:
    """Refuses an environment that has no folder; archives and buckets are left to Kedro."""
    project = find_kedro_project(Path.cwd()) or Path.cwd()
    conf = Path(conf_source or project / settings.CONF_SOURCE)
    if not conf_source and not conf.exists():
        raise ConfigurationError(
            f"The configuration must be a folder or an archive, got {conf}. "
            "Start in the project's folder, or set TENNALYTIX_CONF."
        )
    if name and conf.is_dir() and not (conf / name).is_dir():
        known = [path.name for path in conf.iterdir() if path.is_dir()]
        raise ConfigurationError(f"{name} is no environment, as {conf} has no such folder. {hint(name, known)}")


run = copy(kedro_run)
run.callback = _checked

cli = click.Group("tennalytix", commands={"run": run})
