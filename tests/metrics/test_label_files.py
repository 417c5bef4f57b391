from pathlib import Path

import pytest

from tennalytix.metrics.label_files import find_labels, label_names, local_label_files, read_labels

BALL = b"frame,visibility,x,y,status\n1,1,2,3,0\n"
PLAYERS = b"frame,player,x1,y1,x2,y2,visibility\n1,near,1,1,5,5,2\n"
AMODAL = b"frame,player,x1,y1,x2,y2,visibility\n1,near,1,1,5,9,2\n"
OTHERS = b"frame,x1,y1,x2,y2,role\n1,1,1,5,5,umpire\n"
COURT = b'{"frames": {"0": {"near_left_doubles": [1, 2]}}, "static": true}'
TRACKNET = b"file name,visibility,x-coordinate,y-coordinate,status\n0004.jpg,1,2,3,2\n"


def write(root: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def test_all_kinds_of_labels_are_found_by_folder(tmp_path: Path) -> None:
    names = {
        "ball.csv": BALL,
        "players.csv": PLAYERS,
        "players_amodal.csv": AMODAL,
        "others.csv": OTHERS,
        "court.json": COURT,
    }
    root = write(tmp_path, {f"any/rome_final/{name}": content for name, content in names.items()})
    labels = find_labels(local_label_files(root))["rome_final"]

    assert labels.name == "rome_final"
    assert labels.ball is not None
    assert labels.ball.xy.tolist() == [[2, 3]]
    assert labels.players is not None
    assert labels.players.amodal_xyxy.tolist() == [[0.5, 0.5, 4.5, 8.5]]
    assert labels.others is not None
    assert labels.others.role.tolist() == ["umpire"]
    assert labels.court is not None
    assert labels.court.static


def test_kinds_without_a_file_are_none(tmp_path: Path) -> None:
    labels = read_labels(local_label_files(write(tmp_path, {"a/players.csv": PLAYERS})), "a")

    assert (labels.ball, labels.others, labels.court) == (None, None, None)
    assert labels.players is not None


def test_tracknet_folders_are_found_below_any_root(tmp_path: Path) -> None:
    root = write(tmp_path, {"set/game1/Clip2/Label.csv": TRACKNET, "game3_Clip4.csv": BALL, "set/game1/notes.csv": b""})
    labels = find_labels(local_label_files(root))

    assert list(labels) == ["game1_Clip2", "game3_Clip4"]
    assert labels["game1_Clip2"].ball is not None
    assert labels["game1_Clip2"].ball.frame_index.tolist() == [4]


def test_other_files_are_no_labels(tmp_path: Path) -> None:
    root = write(tmp_path, {"ball.csv": BALL, "a/notes.md": b"", "a/other.csv": b"", "Label.csv": TRACKNET})

    assert label_names(local_label_files(root)) == []


def test_byte_order_marks_do_not_matter(tmp_path: Path) -> None:
    root = write(tmp_path, {"a/ball.csv": b"\xef\xbb\xbf" + BALL.replace(b"\n", b"\r\n")})
    labels = read_labels(local_label_files(root), "a")

    assert labels.ball is not None
    assert labels.ball.frame_index.tolist() == [1]


def test_labels_in_two_places_are_refused(tmp_path: Path) -> None:
    files = local_label_files(write(tmp_path, {"2024/final/ball.csv": BALL, "2025/final/ball.csv": BALL}))

    with pytest.raises(
        ValueError, match=r"^Labels of final must lie in one folder, got 2024/final/ball.csv and 2025/final"
    ):
        read_labels(files, "final")


def test_errors_name_the_file_and_the_line(tmp_path: Path) -> None:
    files = local_label_files(write(tmp_path, {"final/ball.csv": BALL + b"2,1,x,3,0\n"}))

    with pytest.raises(ValueError, match=r"^final/ball.csv line 3 must have a number in column x, got 'x'\."):
        find_labels(files)


def test_files_must_be_utf8(tmp_path: Path) -> None:
    files = local_label_files(write(tmp_path, {"final/ball.csv": BALL + b"\xff"}))

    with pytest.raises(ValueError, match=r"^final/ball.csv must be text in UTF-8, got byte 0xff\."):
        read_labels(files, "final")


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"root must be a folder with labels, got .*none\. Put labels there"):
        local_label_files(tmp_path / "none")
