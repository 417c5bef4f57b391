"""Kedro's project settings."""

import os
import warnings

os.environ.setdefault("KEDRO_DISABLE_TELEMETRY", "1")  # Read by kedro-telemetry when its hooks first run.

from kedro.config import OmegaConfigLoader
from omegaconf.resolvers import oc

from tennalytix.checks.hooks import CheckHooks
from tennalytix.checks.place import expanded
from tennalytix.hooks import InterruptHooks, LoggingHooks, ParallelHooks, RunSummaryHooks

# `kedro run --pipeline=tracking` is how everyone knows it; kedro 1.7 takes it and warns each time.
warnings.filterwarnings("ignore", message="Option '--pipeline' is deprecated")

# Before a run, those further right come first.
HOOKS = (LoggingHooks(), RunSummaryHooks(), ParallelHooks(), CheckHooks(), InterruptHooks())
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-telemetry",)
CONF_SOURCE = os.environ.get("TENNALYTIX_CONF", "conf")
CONFIG_LOADER_CLASS = OmegaConfigLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "custom_resolvers": {"oc.env": oc.env, "place": expanded},
    "merge_strategy": {"parameters": "soft", "globals": "soft"},
}
