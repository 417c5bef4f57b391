"""The notebooks run from top to bottom on the tracked sample, but for what only Colab has."""

import json
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
SAMPLE = PROJECT / "data/01_raw/videos/sample_rally.mp4"


def run_notebook(path: Path) -> list[dict]:
    """The cells that ran, with their outputs."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "colab" not in cell.metadata.get("tags", [])]
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(PROJECT)}}).execute()
    return notebook.cells


@pytest.fixture
def root(tracked_sample: tuple[Path, dict], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TENNALYTIX_ROOT", str(tracked_sample[0]))
    monkeypatch.setenv("TENNALYTIX_VIDEOS", str(SAMPLE))
    monkeypatch.setenv("PYTHONPATH", str(PROJECT / "src"))
    return tracked_sample[0]


def shown(cells: list[dict]) -> str:
    return "\n".join(
        "".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", ""))
        for cell in cells
        for output in cell.get("outputs", [])
    )


# Jupyter's own libraries warn of their own age.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning", "ignore::ResourceWarning")
def test_the_quick_start_tracks_and_shows(root: Path) -> None:
    text = shown(run_notebook(PROJECT / "notebooks/colab_quickstart.ipynb"))

    assert "near_coverage=1.0" in text
    assert "bounce" in text


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning", "ignore::ResourceWarning")
def test_the_analysis_draws_and_counts(root: Path) -> None:
    cells = run_notebook(PROJECT / "notebooks/analysis.ipynb")

    pictures = [o for cell in cells for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
    assert len(pictures) == 2
    assert "sample_rally__0000" in shown(cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_what_is_installed_can_be_imported_at_once(path: Path) -> None:
    """A kernel that runs reads no .pth files, by which a package that is installed editable is found."""
    lines = [line for cell in json.loads(path.read_text())["cells"] for line in cell["source"]]
    installs = [line.split() for line in lines if "pip install" in line]

    assert path.name != "colab_quickstart.ipynb" or installs
    assert [words for words in installs if {"-e", "--editable"} & set(words)] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_notebooks_are_stored_without_outputs(path: Path) -> None:
    cells = json.loads(path.read_text())["cells"]

    assert [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []
