"""`python -m tennalytix` and the `tennalytix` command: `kedro run` for the installed package."""

import sys
from pathlib import Path
from typing import Any

from kedro.framework.cli.utils import find_run_command
from kedro.framework.project import configure_project


def main(*args: Any, **kwargs: Any) -> Any:
    """Runs the project; takes the options of `kedro run`."""
    package_name = Path(__file__).parent.name
    configure_project(package_name)
    run = find_run_command(package_name)
    kwargs["standalone_mode"] = not hasattr(sys, "ps1")
    return run(*args, **kwargs)


if __name__ == "__main__":
    main()
