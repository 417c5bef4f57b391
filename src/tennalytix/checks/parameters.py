"""Parameters: every name known, every option of its type and in its range, before a pipeline is looked at."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from kedro.pipeline import Pipeline
from kedro.validation import TypeExtractor

from tennalytix.checks.names import ConfigurationError, hint
from tennalytix.checks.option_types import build
from tennalytix.checks.place import PLACES

RUNTIME = re.compile(r"\$\{runtime_params:\s*(\w+)")
"""How configuration takes a value such as `root` from `--params`."""


def check_parameters(given: Mapping[str, Any], known: set[str], pipelines: Mapping[str, Pipeline]) -> None:
    """Refuses what no pipeline would take.

    Args:
        given: parameters as configuration and command line give them.
        known: names of groups and other parameters.
        pipelines: by name; those whose nodes take a dataclass say what options there are.

    Raises:
        ConfigurationError: a name is unknown, or an option is not what its dataclass wants.
    """
    for name in given:
        if name not in known:
            raise ConfigurationError(f"{name} is no parameter. {hint(name, known)}")
    for name, kind in TypeExtractor(dict(pipelines)).extract_types_from_pipelines().items():
        choices = [choice for choice in get_args(kind) or (kind,) if dataclasses.is_dataclass(choice)]
        optional = type(None) in get_args(kind)
        if name in given and len(choices) == 1 and not (given[name] is None and optional):
            build(name, given[name], choices[0])  # type: ignore[arg-type]


def known_parameters(
    pipelines: Mapping[str, Pipeline], conf: Path | None = None, environments: tuple[str, ...] = ()
) -> set[str]:
    """Names of parameters that say where things lie, that pipelines take, that configuration has or refers to.

    Args:
        pipelines: by name.
        conf: the folder of the configuration; None to do without.
        environments: names of folders in it, the base one first.
    """
    inputs = {name for pipeline in pipelines.values() for name in pipeline.inputs()}
    known = {name.removeprefix("params:").partition(".")[0] for name in inputs if name.startswith("params:")}
    known |= set(PLACES)
    if conf is None:
        return known
    known |= top_level_names(conf / environments[0], "parameters")
    for environment in environments:
        for path in _files(conf / environment, ""):
            known |= set(RUNTIME.findall(path.read_text(encoding="utf-8")))
    return known


def top_level_names(folder: Path, kind: str) -> set[str]:
    """Top-level names in the files of a kind, such as `catalog`, as they stand there."""
    contents = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in _files(folder, kind))
    return {str(name) for content in contents if isinstance(content, dict) for name in content}


def _files(folder: Path, kind: str) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder).parts
        if path.suffix in (".yml", ".yaml", ".json") and any(part.startswith(kind) for part in below):
            yield path
