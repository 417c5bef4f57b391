import json
import shutil
from pathlib import Path

import pytest

from tennalytix.pipelines.stage import StageError

POINT = '<points frame="{frame}" outside="0" points="690.46,487.01"/>'
XML = f'<annotations><track label="ball">{POINT}</track></annotations>'


@pytest.fixture
def root(tracked_sample, tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for folder in ("02_intermediate", "07_model_output"):
        shutil.copytree(tracked_sample[0] / folder, root / folder)
    (root / "01_raw/label_exports").mkdir(parents=True)
    return root


def test_labels_of_both_tools_are_measured_with(root: Path, run) -> None:
    exports = root / "01_raw/label_exports"
    (exports / "sample_rally.xml").write_text(XML.format(frame=3))
    box = {"frame": 1, "enabled": False, "x": 50, "y": 50, "width": 5, "height": 20}
    result = [{"type": "videorectangle", "value": {"sequence": [box], "labels": ["near"]}}]
    task = {"data": {"video": "/upload/sample_rally.mp4"}, "annotations": [{"result": result}]}
    (exports / "studio.json").write_text(json.dumps([task]))

    summary = run(root, "label_import")
    run(root, "evaluation")

    folder = root / "01_raw/labels/sample_rally"
    assert summary["failures"] == []
    assert (folder / "ball.csv").read_text() == "frame,visibility,x,y,status\n3,1,689.96,486.51,0\n"
    assert (folder / "players.csv").read_text().splitlines()[1].startswith("0,near,")
    assert json.loads((root / "08_reporting/evaluation.json").read_text())["all"]["ball"]["visible_frames"] == 1


def test_labels_that_are_there_are_kept_unless_told_otherwise(root: Path, run) -> None:
    export = root / "01_raw/label_exports/sample_rally.xml"
    ball = root / "01_raw/labels/sample_rally/ball.csv"
    export.write_text(XML.format(frame=3))
    run(root, "label_import")
    export.write_text(XML.format(frame=4))
    before = ball.read_bytes()

    with pytest.raises(StageError, match=r"ball\.csv must not hold other labels already"):
        run(root, "label_import")
    assert ball.read_bytes() == before

    run(root, "label_import", label_import={"overwrite": True})
    assert ball.read_bytes() != before


def test_a_second_export_of_a_video_does_not_replace_the_first(root: Path, run) -> None:
    for folder, frame in (("first half", 3), ("second half", 4), ("third, like the first", 3)):
        (root / f"01_raw/label_exports/{folder}").mkdir()
        (root / f"01_raw/label_exports/{folder}/sample_rally.xml").write_text(XML.format(frame=frame))
    ball = root / "01_raw/labels/sample_rally/ball.csv"

    for overwrite in (False, True):
        summary = run(root, "label_import", label_import={"overwrite": overwrite})

        assert [failure["error"] for failure in summary["failures"]] == [
            "sample_rally/ball.csv must come of one export, got first half/sample_rally.xml and second "
            "half/sample_rally.xml. Join or remove one."
        ]
        assert ball.read_text().splitlines()[1:] == ["3,1,689.96,486.51,0"]


def test_ball_and_players_of_a_video_may_come_of_two_exports(root: Path, run) -> None:
    exports = root / "01_raw/label_exports"
    box = '<box frame="3" outside="0" xtl="10" ytl="10" xbr="20" ybr="40"/>'
    for folder, text in (("ball", XML.format(frame=3)), ("players", XML.replace(POINT, box).replace("ball", "near"))):
        (exports / folder).mkdir()
        (exports / folder / "sample_rally.xml").write_text(text)

    assert run(root, "label_import")["failures"] == []
    assert {p.name for p in (root / "01_raw/labels/sample_rally").iterdir()} == {"ball.csv", "players.csv"}


def test_nothing_to_import_and_other_files_are_told(root: Path, run) -> None:
    with pytest.raises(StageError, match="must have exports of CVAT or Label Studio in 01_raw/label_exports, got none"):
        run(root, "label_import")

    (root / "01_raw/label_exports/task.zip").write_bytes(b"PK")
    with pytest.raises(StageError, match=r"task\.zip must be \.xml of CVAT or \.json of Label Studio"):
        run(root, "label_import")
