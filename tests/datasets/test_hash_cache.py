"""A source is hashed again exactly when it may have changed."""

import hashlib
import os
from pathlib import Path

import pytest
from kedro.io.core import DatasetError

from tennalytix.datasets.hash_cache import HashCacheDataset


def _video(folder: Path, content: bytes, mtime_s: int = 1_000_000) -> str:
    path = folder / "a.mp4"
    path.write_bytes(content)
    os.utime(path, (mtime_s, mtime_s))
    return str(path)


def test_unchanged_is_not_read_again(tmp_path, monkeypatch):
    path, cache = _video(tmp_path, b"one"), HashCacheDataset(filepath=str(tmp_path / "h.json")).load()
    assert cache.sha256(path) == hashlib.sha256(b"one").hexdigest()
    monkeypatch.setattr(hashlib, "file_digest", lambda *_: pytest.fail("hashed again"))
    assert cache.sha256(path) == hashlib.sha256(b"one").hexdigest()


@pytest.mark.parametrize(("content", "mtime_s"), [(b"three", 1_000_000), (b"two", 1_000_001)])
def test_other_size_or_time_is_hashed_again(tmp_path, content, mtime_s):
    cache = HashCacheDataset(filepath=str(tmp_path / "h.json")).load()
    cache.sha256(_video(tmp_path, b"one"))
    assert cache.sha256(_video(tmp_path, content, mtime_s)) == hashlib.sha256(content).hexdigest()


def test_other_etag_is_hashed_again(tmp_path):
    cache = HashCacheDataset(filepath=str(tmp_path / "h.json")).load()
    cache.sha256(_video(tmp_path, b"one"), "x")
    assert cache.sha256(_video(tmp_path, b"two"), "y") == hashlib.sha256(b"two").hexdigest()


def test_just_changed_is_not_remembered(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"one")
    HashCacheDataset(filepath=str(tmp_path / "h.json")).load().sha256(str(tmp_path / "a.mp4"))
    assert not (tmp_path / "h.json").exists()


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff"])
def test_damaged_cache_costs_time_only(tmp_path, content):
    (tmp_path / "h.json").write_bytes(content)
    cache = HashCacheDataset(filepath=str(tmp_path / "h.json")).load()
    assert cache.sha256(_video(tmp_path, b"one")) == hashlib.sha256(b"one").hexdigest()


def test_is_never_saved(tmp_path):
    with pytest.raises(DatasetError, match="must only be read"):
        HashCacheDataset(filepath=str(tmp_path / "h.json")).save(0)
