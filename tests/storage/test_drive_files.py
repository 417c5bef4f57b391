import io
import logging
import pickle
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from pathlib import Path

import fsspec
import pytest
from kedro_datasets.json import JSONDataset

from tennalytix.datasets.partitions import PartitionsDataset

MIB = 2**20
BYTES = random.Random(1).randbytes(20 * MIB + 12345)


@pytest.mark.parametrize("size", [0, 1, 256 * 1024, 8 * MIB, 8 * MIB + 1, 16 * MIB, len(BYTES)])
def test_what_is_written_is_read_back_whatever_its_size(files, size: int) -> None:
    files.pipe_file("a/b.bin", BYTES[:size])

    assert files.cat_file("a/b.bin") == BYTES[:size]
    assert files.info("a/b.bin")["size"] == size


def test_files_go_up_and_down(files, tmp_path: Path) -> None:
    (tmp_path / "up.mp4").write_bytes(BYTES)
    files.put_file(str(tmp_path / "up.mp4"), "videos/match.mp4")
    files.get_file("videos/match.mp4", str(tmp_path / "deep" / "down.mp4"))

    assert (tmp_path / "deep" / "down.mp4").read_bytes() == BYTES


def test_odd_writes_arrive_in_order(files) -> None:
    sizes = random.Random(2)
    with files.open("odd.bin", "wb") as file:
        source = io.BytesIO(BYTES)
        while piece := source.read(sizes.randrange(1, 3 * MIB)):
            file.write(piece)

    assert files.cat_file("odd.bin") == BYTES


def test_any_range_can_be_read(files) -> None:
    files.pipe_file("a.bin", BYTES[: 9 * MIB])

    assert files.cat_file("a.bin", 5, 15) == BYTES[5:15]
    assert files.cat_file("a.bin", -100) == BYTES[9 * MIB - 100 : 9 * MIB]
    assert files.cat_file("a.bin", 9 * MIB - 3, 2**40) == BYTES[9 * MIB - 3 : 9 * MIB]
    assert files.cat_file("a.bin", 7, 7) == b""
    with files.open("a.bin") as file:
        file.seek(8 * MIB - 2)
        assert file.read(4) == BYTES[8 * MIB - 2 : 8 * MIB + 2]
        assert file.read() == BYTES[8 * MIB + 2 : 9 * MIB]
        assert file.read() == b""


def test_overwriting_keeps_one_file_with_its_id(files, drive) -> None:
    files.pipe_file("tracks/a.json", b"old")
    file_id = files.info("tracks/a.json")["id"]
    files.pipe_file("tracks/a.json", b"new")

    assert files.cat_file("tracks/a.json") == b"new"
    assert [item.id for item in drive.named("a.json")] == [file_id]


def test_readers_see_the_old_content_until_the_new_is_complete(files) -> None:
    files.pipe_file("a.bin", b"old")
    with files.open("a.bin", "wb") as file:
        file.write(BYTES[: 17 * MIB])

        assert files.cat_file("a.bin") == b"old"
    assert files.cat_file("a.bin") == BYTES[: 17 * MIB]


def test_a_write_that_fails_leaves_what_was_there(files, drive) -> None:
    files.pipe_file("a.bin", b"old")
    for size in (10, 17 * MIB):
        with pytest.raises(ZeroDivisionError):
            write_half_way(files, BYTES[:size])

    assert files.cat_file("a.bin") == b"old"
    assert all(upload.done for upload in drive.uploads.values())


def write_half_way(files, content: bytes) -> None:
    with files.open("a.bin", "wb") as file:
        file.write(content)
        raise ZeroDivisionError


def test_folders_list_find_and_glob(files, drive) -> None:
    drive.page_size = 2
    for name in ("d/1.json", "d/2.json", "d/e/3.json", "d/e/f/4.json", "d/5.txt"):
        files.pipe_file(name, b"{}")

    assert files.ls("d", detail=False) == ["d/1.json", "d/2.json", "d/5.txt", "d/e"]
    assert files.find("gdrive://d") == ["d/1.json", "d/2.json", "d/5.txt", "d/e/3.json", "d/e/f/4.json"]
    assert files.glob("d/*.json") == ["d/1.json", "d/2.json"]
    assert files.glob("d/**/*.json") == ["d/1.json", "d/2.json", "d/e/3.json", "d/e/f/4.json"]
    assert files.ls("d/1.json", detail=False) == ["d/1.json"]
    assert files.ls("", detail=False) == ["d"]
    assert files.find("none") == []
    assert files.isdir("d/e")
    assert files.isdir("")
    assert files.isfile("d/5.txt")
    assert not files.exists("d/6")
    assert not files.exists("d/5.txt/x")
    with pytest.raises(FileNotFoundError, match="none is not on Google Drive"):
        files.ls("none")


def test_any_name_works(files) -> None:
    for name in ("it's", "a b", "é ü 网球", 'quo"te', "back\\slash", "per%20cent", "ques?tion", "ha#sh", "<x> & {y}"):
        files.pipe_file(f"{name}/{name}.json", name.encode())

        assert files.cat_file(f"{name}/{name}.json") == name.encode()
        assert files.find(name) == [f"{name}/{name}.json"]


def test_names_that_differ_in_case_are_two_files(files) -> None:
    files.pipe_file("A.json", b"big")
    files.pipe_file("a.json", b"small")

    assert files.cat_file("A.json") == b"big"
    assert files.cat_file("a.json") == b"small"


def test_of_several_files_of_one_name_the_newest_counts_and_is_told(files, drive, caplog) -> None:
    folder = drive.add("d")
    drive.add("a.json", folder.id, b"first")
    drive.add("a.json", folder.id, b"second")

    assert files.cat_file("d/a.json") == b"second"
    assert [(i["name"], i["size"]) for i in files.ls("d")] == [("d/a.json", 6)]
    assert caplog.messages == ["Google Drive: 2 files are named d/a.json. The newest counts; remove the others."]
    files.pipe_file("d/a.json", b"third")
    assert files.cat_file("d/a.json") == b"third"
    assert len(drive.named("a.json")) == 2
    files.rm("d/a.json")
    assert not files.exists("d/a.json")


def test_several_folders_of_one_name_count_as_one(files, drive) -> None:
    old, new = drive.add("d"), drive.add("d")
    drive.add("1.json", old.id, b"1")
    drive.add("2.json", new.id, b"2")
    files.pipe_file("d/3.json", b"3")

    assert files.find("d") == ["d/1.json", "d/2.json", "d/3.json"]
    assert files.cat_file("d/2.json") == b"2"
    assert drive.named("3.json")[0].parents == [old.id]
    assert files.ls("", detail=False) == ["d"]


def test_threads_that_miss_a_folder_make_one(open_drive, drive) -> None:
    barrier = threading.Barrier(8)

    def write(number: int) -> None:
        files = open_drive()
        barrier.wait()
        files.pipe_file(f"x/y/{number}.json", b"{}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))

    assert len(drive.named("x")) == len(drive.named("y")) == 1
    assert len(open_drive().find("x/y")) == 8


def test_shared_drives_and_folders_by_id(open_drive, drive) -> None:
    matches = drive.add_shared_drive("Matches")
    season = drive.add("2026", matches.id)
    open_drive(root_id=season.id).pipe_file("tracks/a.json", b"{}")

    assert open_drive(root_id=matches.id).find("") == ["2026/tracks/a.json"]
    address = f"https://drive.google.com/drive/folders/{season.id}?usp=sharing"
    assert open_drive(root_id=address).find("") == ["tracks/a.json"]
    assert drive.named("a.json")[0].drive_id == matches.id
    assert open_drive().find("") == []


def test_shortcuts_are_followed_and_documents_passed_over(files, drive, caplog) -> None:
    target = drive.add("elsewhere")
    drive.add("match.mp4", target.id, b"video")
    folder = drive.add("videos")
    kind, details = "application/vnd.google-apps.shortcut", {"targetId": target.id}
    link = drive.add("linked", folder.id, mime_type=kind, shortcut_details=details)
    drive.add("gone", folder.id, mime_type=kind, shortcut_details={"targetId": "nobody"})
    drive.add("Notes", folder.id, mime_type="application/vnd.google-apps.document")
    drive.add("a/b.mp4", folder.id, b"")

    assert files.find("videos") == ["videos/linked/match.mp4"]
    assert any("'a/b.mp4' in videos is passed over for the slash in its name" in m for m in caplog.messages)
    assert any("shortcut 'gone' in videos leads nowhere" in m for m in caplog.messages)
    files.rm("videos/linked", recursive=True)
    assert drive.items[link.id].trashed
    assert files.find("elsewhere") == ["elsewhere/match.mp4"]


def test_files_move_and_replace(files, drive) -> None:
    files.pipe_file("a/1.json", b"1")
    files.pipe_file("b/2.json", b"2")
    file_id = files.info("a/1.json")["id"]
    files.mv("a/1.json", "b/2.json")

    assert files.find("") == ["b/2.json"]
    assert files.cat_file("b/2.json") == b"1"
    assert files.info("b/2.json")["id"] == file_id
    files.mv("b/2.json", "b/3.json")
    files.mv("b/3.json", "b/3.json")
    files.mv("b", "c/d")
    assert files.find("") == ["c/d/3.json"]
    files.cp_file("c/d/3.json", "4.json")
    assert files.cat_file("4.json") == files.cat_file("c/d/3.json") == b"1"


def test_folders_are_made_and_removed(files, drive) -> None:
    files.mkdir("a/b")
    files.makedirs("a/b", exist_ok=True)

    assert files.isdir("a/b")
    with pytest.raises(FileExistsError, match="a/b is on Google Drive already"):
        files.mkdir("a/b")
    with pytest.raises(OSError, match="a must be empty to be removed"):
        files.rmdir("a")
    with pytest.raises(IsADirectoryError, match="a must be a file, got a folder"):
        files.rm("a")
    with pytest.raises(FileNotFoundError, match="none"):
        files.rm("none")
    files.rmdir("a/b")
    files.pipe_file("a/c.json", b"")
    files.rm("a", recursive=True)
    assert files.find("") == []
    assert not drive.named("c.json")
    files.pipe_file("a/c.json", b"new")
    assert files.cat_file("a/c.json") == b"new"


def test_misuse_is_said_in_one_sentence(files) -> None:
    files.pipe_file("a/b.json", b"")

    with pytest.raises(IsADirectoryError, match="a must be a file on Google Drive, got a folder"):
        files.cat_file("a")
    with pytest.raises(NotADirectoryError, match=r"a/b\.json must be a folder on Google Drive, got a file"):
        files.pipe_file("a/b.json/c", b"")
    with pytest.raises(ValueError, match="mode must be rb, wb or xb, got ab"):
        files.open("a/b.json", "ab")
    with pytest.raises(FileExistsError, match=r"a/b\.json is on Google Drive already"):
        files.open("a/b.json", "xb")
    with pytest.raises(IsADirectoryError, match="must have a name"):
        files.pipe_file("", b"")


def test_a_folder_made_anew_elsewhere_is_found(files, drive) -> None:
    files.pipe_file("a/b/1.json", b"1")
    for name in ("b", "a"):
        drive.named(name)[0].trashed = True
    other = drive.add("b", drive.add("a").id)
    drive.add("2.json", other.id, b"2")

    files.invalidate_cache("gdrive://x")
    assert files.find("a/b") == []
    files.invalidate_cache("gdrive://a")
    assert files.find("a/b") == ["a/b/2.json"]
    files.invalidate_cache()
    assert files.cat_file("a/b/2.json") == b"2"


def test_times_keys_and_pickles(files) -> None:
    files.pipe_file("a.json", b"1")
    key, modified = files.ukey("a.json"), files.modified("a.json")
    files.pipe_file("a.json", b"2")

    assert files.ukey("a.json") != key
    assert files.modified("a.json") > modified == files.created("a.json")
    assert modified.tzinfo == UTC
    assert pickle.loads(pickle.dumps(files)).cat_file("a.json") == b"2"


def test_kedro_reaches_it_by_address(drive) -> None:
    options = {"token": "anon", "endpoint_url": drive.url}
    JSONDataset(filepath="gdrive://Matches/report.json", credentials=options).save({"a": 1})
    tracks = PartitionsDataset(
        path="gdrive://Matches/tracks", filename_suffix=".json", dataset=JSONDataset, credentials=options
    )
    tracks.save({"x/a": {"b": 1}, "c": {"d": 2}})

    assert JSONDataset(filepath="gdrive://Matches/report.json", credentials=options).load() == {"a": 1}
    assert {name: load() for name, load in tracks.load().items()} == {"x/a": {"b": 1}, "c": {"d": 2}}
    assert fsspec.open("gdrive://Matches/report.json", **options).open().read().startswith(b"{")


@pytest.fixture(autouse=True)
def _warnings_only(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
