import contextlib
import io
import json
from pathlib import Path

import pytest

from tennalytix import to_supervision
from tennalytix.export.boxes import tracks_to_coco, tracks_to_mot
from viz.conftest import ball, make_tracks, player, tracked

NEAR = player("near", (99.5, 199.5, 139.5, 299.5))
FAR = player("far", (600.0, 50.0, 620.0, 100.0))
FRAMES = [tracked(0, (NEAR, FAR), ball((320.5, 40.25))), tracked(1), tracked(2, (NEAR,))]
TRACKS = make_tracks(FRAMES)


@pytest.mark.filterwarnings("ignore:Operation with tuple is deprecated")  # motmetrics 1.4 with pandas 3
def test_motmetrics_reads_the_players_back(tmp_path: Path) -> None:
    motmetrics = pytest.importorskip("motmetrics", reason="motmetrics is not installed")
    path = tmp_path / "mot.txt"
    path.write_text(tracks_to_mot(TRACKS))

    read = motmetrics.io.loadtxt(str(path), fmt="mot15-2D")

    assert list(read.index) == [(1, 1), (1, 2), (3, 1)]
    # The reader takes the format's count from 1 off again: the box's corner lies 100 pixels from the picture's.
    assert read.loc[(1, 1), ["X", "Y", "Width", "Height"]].tolist() == [100.0, 200.0, 40.0, 100.0]


def test_mot_frames_count_from_the_clip_s_first() -> None:
    clip = make_tracks().clip.model_copy(update={"first_frame": 50, "last_frame": 52})
    late = make_tracks([tracked(51, (NEAR,))], clip=clip)

    assert tracks_to_mot(late).startswith("2,1,101.00,201.00,40.00,100.00,")


def test_pycocotools_reads_players_and_ball_back(tmp_path: Path) -> None:
    coco = pytest.importorskip("pycocotools.coco", reason="pycocotools is not installed")
    path = tmp_path / "coco.json"
    path.write_text(tracks_to_coco(TRACKS))

    with contextlib.redirect_stdout(io.StringIO()):
        read = coco.COCO(str(path))

    assert read.getImgIds() == [0, 1, 2]
    names = {c["id"]: c["name"] for c in read.loadCats(read.getCatIds())}
    first = read.loadAnns(read.getAnnIds(imgIds=[0]))
    assert [names[a["category_id"]] for a in first] == ["player", "player", "ball"]
    assert first[0]["bbox"] == [100.0, 200.0, 40.0, 100.0]
    assert first[2]["keypoints"] == [320.5, 40.25, 2]
    assert read.getAnnIds(imgIds=[1]) == []


def test_annotation_ids_are_unique_and_from_one() -> None:
    ids = [a["id"] for a in json.loads(tracks_to_coco(TRACKS))["annotations"]]

    assert ids == [1, 2, 3, 4]


def test_supervision_takes_every_frame() -> None:
    supervision = pytest.importorskip("supervision", reason="supervision is not installed")

    frames = list(to_supervision(TRACKS))

    assert [index for index, _ in frames] == [0, 1, 2]
    first, second = frames[0][1], frames[1][1]
    assert isinstance(first, supervision.Detections)
    assert first.xyxy[0].tolist() == [100.0, 200.0, 140.0, 300.0]
    assert first.tracker_id.tolist() == [1, 2]
    assert first.data["role"].tolist() == ["near", "far"]
    assert len(second) == 0
