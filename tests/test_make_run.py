"""`make run`, as far as tools/run.py goes: names on the command line, and Ctrl-C."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
FAKE = """#!{python}
import signal, sys, time
def stop(*_):
    print("Stopped.", file=sys.stderr, flush=True)
    raise SystemExit({code})
signal.signal(signal.SIGINT, stop)
print("ready", flush=True)
time.sleep(60)
"""


def start(folder: Path, code: int) -> subprocess.Popen[str]:
    """tools/run.py with a `kedro` that ends with `code` when it is interrupted."""
    python = folder / "python"
    python.symlink_to(sys.executable)
    kedro = folder / "kedro"
    kedro.write_text(FAKE.format(python=sys.executable, code=code))
    kedro.chmod(0o755)
    command = [sys.executable, "-c", f"import sys; sys.executable = {str(python)!r}; sys.argv = ['run.py']\n"]
    command[-1] += f"import runpy; runpy.run_path({str(PROJECT / 'tools/run.py')!r}, run_name='__main__')"
    return subprocess.Popen(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, cwd=folder
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there is no process group to interrupt")
@pytest.mark.parametrize("code", [130, 1])
def test_an_interrupt_is_left_to_the_run_and_ends_with_130(code: int, tmp_path: Path) -> None:
    process = start(tmp_path, code)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=30)

    assert process.returncode == 130
    assert (out, said) == ("", "Stopped.\n")


@pytest.mark.parametrize(
    ("name", "advice"),
    [("VIDEO", "Did you mean VIDEOS?"), ("videos", "Did you mean VIDEOS?"), ("out", "Did you mean OUT?")],
)
def test_misspelled_settings_are_refused(name: str, advice: str, capsys: pytest.CaptureFixture[str]) -> None:
    specification = importlib.util.spec_from_file_location("run", PROJECT / "tools/run.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)

    assert module.main([name, "OUT"]) == 2
    assert capsys.readouterr().err == f"{name} is no setting of make run. {advice}\n"


def test_make_hands_on_what_its_command_line_sets() -> None:
    command = ["make", "--no-print-directory", "--dry-run", "--old-file=.venv/.run", "run", "VIDEO=x", "OUT=a b"]
    # The tests themselves may be run by make.
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    try:
        said = subprocess.run(command, text=True, capture_output=True, check=True, cwd=PROJECT, env=outside).stdout
    except FileNotFoundError:
        pytest.skip("needs make")

    assert set(said.split("tools/run.py")[1].split()) == {"VIDEO", "OUT"}
