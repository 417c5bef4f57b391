"""A source is hashed again exactly when it may have changed."""

import hashlib
import os
import shutil
import uuid
from pathlib import Path

import fsspec
import pytest
from kedro.io.core import DatasetError

from tennalytix.datasets.hash_cache import HashCache, HashCacheDataset
from tennalytix.datasets.remote_video import RemoteVideoSource
from tennalytix.datasets.video_cache import RemoteVideo, VideoCache
from tennalytix.video.source import VideoSource


def _video(folder: Path, content: bytes, mtime_s: int = 1_000_000) -> VideoSource:
    path = folder / "a.mp4"
    path.write_bytes(content)
    os.utime(path, (mtime_s, mtime_s))
    return VideoSource(str(path))


def _cache(folder: Path) -> HashCache:
    return HashCacheDataset(filepath=str(folder / "h.json")).load()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_unchanged_is_not_read_again(tmp_path, monkeypatch):
    source, cache = _video(tmp_path, b"one"), _cache(tmp_path)
    assert cache.of_video(source) == _sha256(b"one")
    monkeypatch.setattr(VideoSource, "sha256", lambda _: pytest.fail("hashed again"))
    assert cache.of_video(source) == _sha256(b"one")


@pytest.mark.parametrize(("content", "mtime_s"), [(b"three", 1_000_000), (b"two", 1_000_001)])
def test_other_size_or_time_is_hashed_again(tmp_path, content, mtime_s):
    cache = _cache(tmp_path)
    cache.of_video(_video(tmp_path, b"one"))
    assert cache.of_video(_video(tmp_path, content, mtime_s)) == _sha256(content)


def test_just_changed_is_not_remembered(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"one")
    _cache(tmp_path).of_video(VideoSource(str(tmp_path / "a.mp4")))
    assert not (tmp_path / "h.json").exists()


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff"])
def test_damaged_cache_costs_time_only(tmp_path, content):
    (tmp_path / "h.json").write_bytes(content)
    assert _cache(tmp_path).of_video(_video(tmp_path, b"one")) == _sha256(b"one")


def test_a_remote_video_is_fetched_once_a_version(tmp_path):
    memory, folder = fsspec.filesystem("memory"), f"/{uuid.uuid4()}"

    def remote() -> RemoteVideoSource:
        video = RemoteVideo.of_info(memory, memory.info(f"{folder}/a.mp4"))
        return RemoteVideoSource(video, VideoCache(tmp_path / "videos", 10**6))

    memory.pipe_file(f"{folder}/a.mp4", b"one")
    assert _cache(tmp_path).of_video(remote()) == _sha256(b"one")
    shutil.rmtree(tmp_path / "videos")
    assert _cache(tmp_path).of_video(remote()) == _sha256(b"one")
    assert not (tmp_path / "videos").exists()

    memory.pipe_file(f"{folder}/a.mp4", b"other")
    assert _cache(tmp_path).of_video(remote()) == _sha256(b"other")


def test_is_never_saved(tmp_path):
    with pytest.raises(DatasetError, match="must only be read"):
        HashCacheDataset(filepath=str(tmp_path / "h.json")).save(0)
