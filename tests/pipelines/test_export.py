import json
import shutil
from pathlib import Path

import pyarrow.parquet

CLIP = "sample_rally__0000"


def test_one_command_writes_every_format(tracked_sample, run, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(tracked_sample[0] / "07_model_output", root / "07_model_output")

    summary = run(root, "export")

    folder = root / "08_reporting/export" / CLIP
    assert summary["failures"] == []
    assert {p.name for p in folder.iterdir()} == {
        *(f"{name}.{kind}" for name in ("players", "ball", "events") for kind in ("csv", "parquet")),
        "coco.json",
        "mot.txt",
    }
    assert pyarrow.parquet.read_table(folder / "ball.parquet").num_rows == 250
    assert len(json.loads((folder / "coco.json").read_text())["images"]) == 250


def test_nothing_tracked_exports_nothing(run, tmp_path: Path) -> None:
    summary = run(tmp_path, "export")

    assert summary["status"] == "completed"
    assert not (tmp_path / "08_reporting/export").exists()


def test_clips_of_an_earlier_cut_are_not_exported(tracked_sample, run, tmp_path: Path) -> None:
    root = tmp_path / "root"
    for folder in ("07_model_output", "02_intermediate/clips"):
        shutil.copytree(tracked_sample[0] / folder, root / folder)
    tracks = root / f"07_model_output/tracks/{CLIP}.json"
    for name in ("sample_rally__0001", "elsewhere__0000"):
        (tracks.parent / f"{name}.json").write_text(tracks.read_text().replace(CLIP, name))

    run(root, "export")

    assert {p.name for p in (root / "08_reporting/export").iterdir()} == {CLIP, "elsewhere__0000"}
