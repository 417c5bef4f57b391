from pathlib import Path

import pytest
from kedro.io.core import DatasetError

from tennalytix.datasets.places import Places, PlacesDataset


def test_addresses_hold_wherever_they_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    places = PlacesDataset(path="data", videos={"path": "file:///my/videos"}).load()

    assert places == Places(f"{tmp_path}/data", "/my/videos")
    assert places.below("05_corrections/day 1/a.json") == f"{tmp_path}/data/05_corrections/day 1/a.json"


def test_folders_are_made_on_this_machine_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    local = PlacesDataset(path=str(tmp_path / "root"), videos={"path": "videos"}, folders=["05_corrections"])
    assert not list(tmp_path.iterdir())

    local.load()
    PlacesDataset(path="gs://tennis", videos={"path": "gs://tennis/v"}, folders=["05_corrections"]).load()
    assert [p.name for p in tmp_path.iterdir()] == ["root"]
    assert (tmp_path / "root/05_corrections").is_dir()


def test_what_a_shell_would_take_apart_is_quoted() -> None:
    assert Places("/a b", "/v").command("x").endswith("'--params=root=/a b,videos=/v'")
    assert Places("/a,b", "/v'").command("x").startswith("TENNALYTIX_ROOT=/a,b TENNALYTIX_VIDEOS='/v")
    assert Places("gs://a", "gs://b", "gcs").command("x").startswith("kedro run --env=gcs --pipelines=x ")


def test_places_are_only_read() -> None:
    with pytest.raises(DatasetError, match="places must only be read"):
        PlacesDataset(path="a", videos={"path": "b"}).save(Places("a", "b"))
