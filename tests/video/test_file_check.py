import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tennalytix.video.file_check import OutOfReachError, VideoError, check_file

Numbered = Callable[..., Path]


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")

    with pytest.raises(VideoError, match=r"^pipe\.mp4 is not a video file: it is a pipe or a device\.$"):
        check_file(str(tmp_path / "pipe.mp4"))


def test_links_are_followed(numbered: Numbered, tmp_path: Path) -> None:
    numbered(2, name="real.mp4")
    (tmp_path / "link.mp4").symlink_to("real.mp4")
    (tmp_path / "broken.mp4").symlink_to("gone.mp4")
    (tmp_path / "loop.mp4").symlink_to("loop.mp4")
    check_file(str(tmp_path / "link.mp4"))

    with pytest.raises(FileNotFoundError, match=r"^broken\.mp4 is a link to a file that does not exist\.$"):
        check_file(str(tmp_path / "broken.mp4"))
    with pytest.raises(VideoError, match=r"^loop\.mp4 cannot be opened: "):
        check_file(str(tmp_path / "loop.mp4"))


@contextmanager
def without_rights() -> Iterator[None]:
    """As nobody, where the tests run as root, who may read everything."""
    if os.geteuid():
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has other rights")
def test_a_file_that_may_not_be_read_says_so(numbered: Numbered) -> None:
    path = numbered(2)
    path.chmod(0)

    with pytest.raises(VideoError, match=r"^video\.mp4 may not be read\.$"), without_rights():
        check_file(str(path))


def test_a_file_whose_drive_fails_is_out_of_reach(numbered: Numbered, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(numbered(2))
    for where in ("read_claims", "os.stat"):
        with monkeypatch.context() as patch:
            patch.setattr(f"tennalytix.video.file_check.{where}", fail)
            with pytest.raises(OutOfReachError, match=r"^video\.mp4 cannot be (read|opened): .*Input/output error\.$"):
                check_file(path)


def fail(*_: object, **__: object) -> None:
    raise OSError(errno.EIO, "Input/output error")
