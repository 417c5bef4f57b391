"""Videos and label files, written and read back; the command line."""

import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from tennalytix.metrics.label_files import local_label_files, read_labels
from tennalytix.synthetic import RallyOptions, RallyTruth, render_rally, write_labels, write_rally
from tennalytix.synthetic.__main__ import main

OPTIONS = RallyOptions(size_wh=(192, 108), duration_s=2.4, first_serve_s=1.3, seed=1, noise=0.0)


@pytest.fixture(scope="module")
def truth() -> RallyTruth:
    return render_rally(OPTIONS).truth


def test_labels_read_back_are_the_truth(truth: RallyTruth, tmp_path: Path) -> None:
    write_labels(truth, tmp_path / "rally")
    labels = read_labels(local_label_files(tmp_path), "rally")
    assert labels.ball is not None
    assert labels.players is not None
    assert labels.others is not None
    seen = [f.ball for f in truth.frames if f.ball.visibility]

    assert labels.ball.frame_index.tolist() == [f.frame_index for f in truth.frames]
    assert labels.ball.visibility.tolist() == [f.ball.visibility for f in truth.frames]
    assert labels.ball.status.tolist() == [f.ball.status for f in truth.frames]
    assert labels.ball.xy[labels.ball.visibility > 0] == pytest.approx(np.array([b.xy for b in seen]), abs=0.006)
    boxes = {(f.frame_index, p.role): p.xyxy for f in truth.frames for p in f.players}
    keys = zip(labels.players.frame_index.tolist(), labels.players.role.tolist(), strict=True)

    assert len(labels.players.frame_index) == len(boxes)
    assert labels.players.xyxy == pytest.approx(np.array([boxes[k] for k in keys]), abs=0.06)
    assert sorted(labels.others.role) == sorted(p.role for f in truth.frames for p in f.others)


def test_the_court_of_a_still_camera_is_written_once(truth: RallyTruth, tmp_path: Path) -> None:
    write_labels(truth, tmp_path / "rally")
    labels = read_labels(local_label_files(tmp_path), "rally")
    assert labels.court is not None
    points = labels.court.points[0]

    assert labels.court.static
    assert list(labels.court.points) == [0]
    for name, xy in truth.frames[0].keypoints.items():
        assert points[name] == pytest.approx(xy, abs=0.001)


def test_the_net_is_written_where_the_camera_sees_it(truth: RallyTruth, tmp_path: Path) -> None:
    write_labels(truth, tmp_path / "rally")
    points = json.loads((tmp_path / "rally" / "court.json").read_text())["frames"]["0"]

    assert points["net_left_post_top"][1] < points["net_left_post_base"][1]
    assert points["net_left_post_base"][0] < points["net_centre_top"][0] < points["net_right_post_base"][0]


def test_the_court_of_a_moving_camera_is_written_again_and_again(tmp_path: Path) -> None:
    moving = render_rally(replace(OPTIONS, duration_s=0.4, shake_px=2.0, officials=False)).truth
    write_labels(moving, tmp_path / "rally", courts_every=4)
    labels = read_labels(local_label_files(tmp_path), "rally")
    assert labels.court is not None

    assert not labels.court.static
    assert list(labels.court.points) == [0, 4, 8]
    assert labels.court.points[0] != labels.court.points[4]


def test_boxes_can_be_written_for_some_frames_only(truth: RallyTruth, tmp_path: Path) -> None:
    write_labels(truth, tmp_path / "rally", boxes_every=10)
    labels = read_labels(local_label_files(tmp_path), "rally")
    assert labels.players is not None

    assert np.unique(labels.players.frame_index).tolist() == [0, 10, 20, 30, 40, 50]


@pytest.mark.parametrize("name", ["boxes_every", "courts_every"])
def test_steps_must_be_at_least_one(truth: RallyTruth, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        write_labels(truth, tmp_path, **{name: 0})


def test_a_rally_becomes_a_video_with_labels(tmp_path: Path) -> None:
    short = replace(OPTIONS, duration_s=0.4, officials=False)
    truth = write_rally(short, tmp_path / "rally.mp4", tmp_path / "rally", preset="ultrafast")
    with av.open(str(tmp_path / "rally.mp4")) as container:
        images = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    drawn = render_rally(short).image(5)

    assert len(images) == len(truth.frames) == 10
    assert images[5].shape == (108, 192, 3)
    assert np.abs(images[5].astype(int) - drawn).mean() < 8
    assert {p.name for p in (tmp_path / "rally").iterdir()} == {"ball.csv", "players.csv", "others.csv", "court.json"}


def test_without_a_folder_no_labels_are_written(tmp_path: Path) -> None:
    write_rally(replace(OPTIONS, duration_s=0.08, officials=False), tmp_path / "rally.mp4", preset="ultrafast")

    assert [p.name for p in tmp_path.iterdir()] == ["rally.mp4"]


def test_the_command_line_renders_what_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    video = tmp_path / "new" / "clip.mp4"
    arguments = f"{video} --labels {tmp_path / 'clip'} --size 128x72 --frame-rate 30000/1001 --duration 0.2"
    status = main(f"{arguments} --surface clay --camera amateur --venue club --no-score-box".split())
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        found = (stream.width, stream.height, str(stream.average_rate))

    assert status == 0
    assert found == (128, 72, "30000/1001")
    assert (tmp_path / "clip" / "court.json").exists()
    assert "clip.mp4: 6 frames, 0 hits, 0 bounces" in capsys.readouterr().out


def test_the_command_line_explains_what_it_cannot_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path / "x.mp4"), "--shutter", "7"])

    assert "shutter must lie in [0, 1], got 7.0" in capsys.readouterr().err
    assert not (tmp_path / "x.mp4").exists()
