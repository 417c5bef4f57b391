from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline, node

from tennalytix.checks.hooks import CheckHooks
from tennalytix.checks.names import ConfigurationError

PROJECT = Path(__file__).parents[2]


class Loader(dict[str, Any]):
    conf_source, base_env, env, default_run_env = str(PROJECT / "conf"), "base", None, "local"
    runtime_params: Mapping[str, Any] | None = None


@pytest.fixture
def hooks() -> CheckHooks:
    bootstrap_project(PROJECT)
    made = CheckHooks()
    loader = Loader(parameters={}, globals={"storage": {"root": "data"}}, credentials={"storage": {}})
    made.after_context_created(SimpleNamespace(config_loader=loader, project_path=PROJECT))
    return made


def test_an_entry_that_is_nearly_called_like_one_that_is_read_is_warned_of(
    hooks: CheckHooks, caplog: pytest.LogCaptureFixture
) -> None:
    hooks.after_catalog_created({"ball_detecter": {}, "ball_detector": {}, "my_own_weather": {}, "play_detector": {}})

    assert caplog.messages == ["ball_detecter in the catalog is read by no pipeline. Did you mean ball_detector?"]


def test_only_runs_that_store_something_need_a_root_that_can_be_written(hooks: CheckHooks, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    given = {"runtime_params": {"root": str(tmp_path / "file")}}
    catalog = DataCatalog({"a": MemoryDataset(1)})
    hooks.before_pipeline_run(given, Pipeline([node(print, "a", None)]), catalog)

    with pytest.raises(ConfigurationError, match="root must be a folder that can be written"):
        hooks.before_pipeline_run(given, Pipeline([node(abs, "a", "b")]), catalog)


def test_without_a_project_nothing_is_checked(caplog: pytest.LogCaptureFixture) -> None:
    CheckHooks().after_catalog_created({"ball_detecter": {}})

    assert caplog.messages == []


def test_an_archive_of_configuration_hides_no_misspelt_parameter(hooks: CheckHooks) -> None:
    loader = Loader(parameters={"my_own": 1, "cuting": {"cut": False}})
    loader.conf_source, loader.runtime_params = "conf.tar.gz", {"cuting": {"cut": False}}

    with pytest.raises(ConfigurationError, match=r"cuting is no parameter\. Did you mean cutting\?"):
        hooks.after_context_created(SimpleNamespace(config_loader=loader, project_path=PROJECT))


def test_a_place_that_reads_as_a_number_is_refused(hooks: CheckHooks) -> None:
    loader = Loader(parameters={"root": 2024.1})
    loader.runtime_params = {"root": 2024.1}

    with pytest.raises(
        ConfigurationError, match=r"root must be a path, got 2024\.1, which is read as no text\. Write \./"
    ):
        hooks.after_context_created(SimpleNamespace(config_loader=loader, project_path=PROJECT))
