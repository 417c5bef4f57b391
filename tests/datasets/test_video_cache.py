import errno
import os
import pickle
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from drawn_videos import write_video
from tennalytix.datasets import VideosDataset
from tennalytix.datasets.remote_video import RemoteVideoSource
from tennalytix.datasets.storage_errors import StorageError
from tennalytix.datasets.video_cache import GIB, RemoteVideo, VideoCache
from tennalytix.video.source import VideoSource


class Remote(MemoryFileSystem):
    """A storage that counts what is fetched and can go wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.errors: list[OSError] = []
        self.meanwhile: list[Callable[[], object]] = []

    def get_file(self, rpath: str, lpath: str, **kwargs: object) -> None:
        self.fetched.append(rpath.rpartition("/")[2])
        super().get_file(rpath, lpath, **kwargs)
        if self.meanwhile:
            self.meanwhile.pop()()
        if self.errors:
            raise self.errors.pop(0)


@pytest.fixture
def remote() -> Iterator[Remote]:
    remote = Remote(skip_instance_cache=True)
    yield remote
    if remote.exists("/videos"):
        remote.rm("/videos", recursive=True)


@pytest.fixture
def cache(tmp_path: Path) -> VideoCache:
    return VideoCache(tmp_path / "cache", 250)


def listed(remote: Remote, name: str, content: bytes | None = None) -> RemoteVideo:
    if content is not None:
        remote.pipe_file(f"/videos/{name}", content)
    return RemoteVideo.of_info(remote, remote.info(f"/videos/{name}"))


def names(cache: VideoCache) -> set[str]:
    return {path.name for path in cache.folder.rglob("*.mp4")}


def test_a_video_is_fetched_once(remote, cache) -> None:
    video = listed(remote, "a.mp4", b"content")
    paths = {cache.copy_of(video), cache.copy_of(listed(remote, "a.mp4"))}

    assert [Path(path).read_bytes() for path in paths] == [b"content"]
    assert remote.fetched == ["a.mp4"]


def test_a_list_and_a_single_look_see_the_same_version(remote) -> None:
    single = listed(remote, "a.mp4", b"content")

    assert [RemoteVideo.of_info(remote, info) for info in remote.find("/videos", detail=True).values()] == [single]


def test_a_changed_video_takes_the_place_of_the_old(remote, cache) -> None:
    old = cache.copy_of(listed(remote, "a.mp4", b"old"))
    new = cache.copy_of(listed(remote, "a.mp4", b"new"))

    assert Path(new).read_bytes() == b"new"
    assert not Path(old).exists()
    assert remote.fetched == ["a.mp4", "a.mp4"]


def test_videos_of_one_name_in_two_folders_are_two(remote, cache) -> None:
    remote.pipe_file("/videos/x/a.mp4", b"one")
    remote.pipe_file("/videos/y/a.mp4", b"two")

    assert Path(cache.copy_of(listed(remote, "x/a.mp4"))).read_bytes() == b"one"
    assert Path(cache.copy_of(listed(remote, "y/a.mp4"))).read_bytes() == b"two"


def test_what_was_used_longest_ago_goes_first(remote, cache) -> None:
    for index, name in enumerate(("a.mp4", "b.mp4")):
        copy = cache.copy_of(listed(remote, name, bytes(100)))
        os.utime(Path(copy).parent, (index, index))
    cache.copy_of(listed(remote, "a.mp4"))
    cache.copy_of(listed(remote, "c.mp4", bytes(100)))

    assert names(cache) == {"a.mp4", "c.mp4"}


def test_one_video_is_kept_however_large(remote, cache) -> None:
    cache.copy_of(listed(remote, "a.mp4", bytes(100)))
    large = cache.copy_of(listed(remote, "b.mp4", bytes(1000)))

    assert Path(large).stat().st_size == 1000
    assert names(cache) == {"b.mp4"}


def test_what_is_in_use_stays(remote, cache) -> None:
    video = listed(remote, "a.mp4", bytes(200))
    with cache.held(video) as path:
        cache.copy_of(listed(remote, "b.mp4", bytes(200)))
        cache.copy_of(listed(remote, "c.mp4", bytes(200)))

        assert Path(path).read_bytes() == bytes(200)
        assert names(cache) == {"a.mp4", "c.mp4"}
    cache.copy_of(listed(remote, "d.mp4", bytes(200)))
    assert names(cache) == {"d.mp4"}


def test_what_is_being_fetched_stays(remote, cache) -> None:
    first, second = listed(remote, "a.mp4", bytes(200)), listed(remote, "b.mp4", bytes(200))
    remote.meanwhile.append(lambda: cache.copy_of(second))
    copy = cache.copy_of(first)

    assert Path(copy).read_bytes() == bytes(200)
    assert names(cache) == {"a.mp4", "b.mp4"}
    assert remote.fetched == ["a.mp4", "b.mp4"]


@pytest.mark.parametrize("threads", [4])
def test_several_that_fetch_into_a_cache_that_is_too_small_get_theirs(remote, cache, threads: int) -> None:
    videos = [listed(remote, f"{k}.mp4", bytes([k]) * 200) for k in range(threads)]
    remote.meanwhile += [lambda: time.sleep(0.05)] * threads

    def read(video: RemoteVideo) -> set[int]:
        with cache.held(video) as path:
            return set(Path(path).read_bytes())

    for _ in range(3):
        with ThreadPoolExecutor(threads) as pool:
            assert list(pool.map(read, videos)) == [{k} for k in range(threads)]


def test_a_copy_that_is_removed_while_it_is_made_is_a_storage_that_fails(remote, cache) -> None:
    video = listed(remote, "a.mp4", b"content")
    remote.meanwhile.append(lambda: shutil.rmtree(cache.folder))

    with pytest.raises(StorageError, match=r"^The local copy of memory:///videos/a\.mp4 was removed while it was made"):
        cache.copy_of(video)
    assert Path(cache.copy_of(video)).read_bytes() == b"content"


def test_a_copy_that_is_removed_before_it_is_held_is_fetched_again(remote, cache, monkeypatch) -> None:
    video, utime, lost = listed(remote, "a.mp4", b"content"), os.utime, []

    def lose_once(path: Path) -> None:
        if not lost:
            lost.append(path)
            shutil.rmtree(path)
        utime(path)

    monkeypatch.setattr("tennalytix.datasets.video_cache.os.utime", lose_once)
    with cache.held(video) as path:
        assert Path(path).read_bytes() == b"content"
    assert remote.fetched == ["a.mp4", "a.mp4"]


def test_what_had_to_go_is_fetched_again(remote, cache) -> None:
    video = listed(remote, "a.mp4", bytes(200))
    for other in ("b.mp4", "c.mp4"):
        with cache.held(video) as path:
            assert Path(path).exists()
        cache.copy_of(listed(remote, other, bytes(200)))

    assert remote.fetched == ["a.mp4", "b.mp4", "a.mp4", "c.mp4"]


def test_threads_that_want_the_same_video_fetch_it_once(remote, cache) -> None:
    video = listed(remote, "a.mp4", bytes(100))
    barrier = threading.Barrier(6)

    def read(_: int) -> bytes:
        barrier.wait()
        return Path(cache.copy_of(video)).read_bytes()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(read, range(6))) == {bytes(100)}
    assert remote.fetched == ["a.mp4"]


def test_a_full_disk_makes_the_others_go(remote, cache) -> None:
    cache.copy_of(listed(remote, "a.mp4", bytes(10)))
    remote.errors.append(OSError(errno.ENOSPC, "No space left on device"))
    copy = cache.copy_of(listed(remote, "b.mp4", bytes(10)))

    assert Path(copy).read_bytes() == bytes(10)
    assert names(cache) == {"b.mp4"}


def test_a_full_disk_is_said_in_one_sentence_and_leaves_nothing(remote, cache) -> None:
    remote.errors += [OSError(errno.ENOSPC, "No space left on device") for _ in range(2)]

    with pytest.raises(StorageError, match=r"cache has no space for memory:///videos/a\.mp4 .*\(TENNALYTIX_CACHE\)\.$"):
        cache.copy_of(listed(remote, "a.mp4", bytes(10)))
    assert not [path for path in cache.folder.rglob("*") if path.is_file() and path.name != "lock"]


def test_a_video_that_is_gone_is_said_in_one_sentence(remote, cache) -> None:
    video = listed(remote, "a.mp4", b"content")
    remote.rm("/videos/a.mp4")

    with pytest.raises(FileNotFoundError, match=r"memory:///videos/a\.mp4 is gone since the run began\. Put it back"):
        cache.copy_of(video)
    assert names(cache) == set()


def test_a_video_that_changed_since_it_was_listed_is_said_in_one_sentence(remote, cache) -> None:
    video = listed(remote, "a.mp4", b"old")
    time.sleep(0.001)
    remote.pipe_file("/videos/a.mp4", b"new")

    with pytest.raises(OSError, match=r"memory:///videos/a\.mp4 was changed since the run began\. Start again"):
        cache.copy_of(video)
    assert names(cache) == set()


def test_half_a_video_is_never_kept(remote, cache) -> None:
    remote.errors.append(ConnectionResetError("cut"))

    with pytest.raises(OSError, match=r"a\.mp4 could not be reached: ConnectionResetError, cut\. Start again"):
        cache.copy_of(listed(remote, "a.mp4", b"content"))
    assert names(cache) == set()
    assert Path(cache.copy_of(listed(remote, "a.mp4"))).read_bytes() == b"content"


def test_a_negative_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cache_gib must not be negative, got -1\.0"):
        VideoCache(tmp_path, -GIB)


# --- handles ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def drawn(remote, tmp_path: Path) -> Path:
    path = write_video(tmp_path / "drawn.mp4", frames=6)
    remote.pipe_file("/videos/drawn.mp4", path.read_bytes())
    return path


def test_a_remote_video_reads_like_a_local_one(remote, cache, drawn: Path) -> None:
    local, source = VideoSource(str(drawn)), RemoteVideoSource(listed(remote, "drawn.mp4"), cache)

    assert remote.fetched == []
    assert source.probe() == local.probe()
    assert [f.image.tolist() for f in source.frames()] == [f.image.tolist() for f in local.frames()]
    assert source.sha256() == local.sha256()
    assert [item.time_s for item in source.timed()] == [item.time_s for item in local.timed()]
    assert remote.fetched == ["drawn.mp4"]


def test_frames_are_read_to_the_end_whatever_else_is_fetched(remote, cache, drawn: Path) -> None:
    frames = RemoteVideoSource(listed(remote, "drawn.mp4"), cache).frames()
    first = next(frames)
    cache.copy_of(listed(remote, "b.mp4", bytes(240)))

    assert "drawn.mp4" in names(cache)
    assert [first.index, *(frame.index for frame in frames)] == [0, 1, 2, 3, 4, 5]
    assert remote.fetched == ["drawn.mp4", "b.mp4"]


def test_handles_are_values_that_travel(cache, drawn: Path) -> None:
    source = RemoteVideoSource(listed(fsspec.filesystem("memory"), "drawn.mp4"), cache, thread_count=1)
    copy = pickle.loads(pickle.dumps(source))

    assert copy == source
    assert hash(copy) == hash(source)
    assert copy.thread_count == 1
    assert repr(copy) == "RemoteVideoSource('memory:///videos/drawn.mp4')"
    assert source != RemoteVideoSource(source.video, cache)
    assert source != VideoSource(source.path)
    with pytest.raises(ValueError, match="thread_count must not be negative"):
        RemoteVideoSource(source.video, cache, thread_count=-1)
    known = source.showing(3.5)
    assert known != source
    assert (known.shown_s, pickle.loads(pickle.dumps(known)).shown_s, source.shown_s) == (3.5, 3.5, None)


def test_the_catalog_says_where_copies_lie_and_how_many(remote, drawn: Path, tmp_path: Path) -> None:
    videos = VideosDataset(path="memory://videos", cache_folder=str(tmp_path / "here"), cache_gib=0.5).load()

    assert videos["drawn.mp4"].cache == VideoCache(tmp_path / "here", GIB // 2)
    assert Path(videos["drawn.mp4"].path).is_relative_to(tmp_path / "here")


def test_by_default_copies_lie_in_the_cache_of_the_user(monkeypatch: pytest.MonkeyPatch, remote, drawn: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/me")

    videos = VideosDataset(path="memory://videos/drawn.mp4").load()
    assert videos["drawn.mp4"].cache.folder == Path("/var/cache/me/tennalytix/videos")
