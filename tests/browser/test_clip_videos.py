"""Clips as files play in a browser, from their first frame to their last."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from numbered_videos import draw_number, encode, read_number
from review_clips import until
from tennalytix.export.clip_video import write_clip_video
from tennalytix.video.clip import Clip
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

SIZE_WH = (320, 192)
CLOSED = "keyint=24:min-keyint=24:scenecut=0:bframes=4:b-adapt=0"
VIDEO = "document.querySelector('video')"


@pytest.fixture
def show(open_page: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """A page with the clip from frame `first` to 79 of a video with sound, and whether it was copied."""

    def shown(first: int, x264: str, rotation_deg: float | None) -> tuple[Any, bool]:
        path = encode(
            tmp_path / "source.mp4",
            (draw_number(k, SIZE_WH) for k in range(80)),
            options={"preset": "medium", "x264-params": x264},
            audio=np.zeros(48_000 * 4, np.float32),
            rotation_deg=rotation_deg,
        )
        source = VideoSource(str(path))
        clip = Clip("source__0000", source, scan_frames(source).between(first, 79), SIZE_WH)
        made = write_clip_video(clip, "25/1", tmp_path / "clip.mp4")
        style = f"body{{margin:0}}video{{width:{SIZE_WH[0]}px;height:{SIZE_WH[1]}px;display:block}}"
        html = f'<!doctype html><title>Clip</title><style>{style}</style><video src="clip.mp4" muted></video>'
        (tmp_path / "page.html").write_text(html)
        page = open_page(tmp_path / "page.html")
        until(page, f"{VIDEO}.readyState >= 2")

        assert made.sound
        return page, made.copied

    return shown


def number_shown(page: Any, turned: bool = False) -> int:
    page.wait_for_timeout(200)
    image = cv2.imdecode(np.frombuffer(page.locator("video").screenshot(), np.uint8), cv2.IMREAD_COLOR)
    return read_number(image[::-1, ::-1] if turned else image)


@pytest.mark.parametrize(("first", "copied"), [(24, True), (31, False)], ids=["copied", "encoded"])
@pytest.mark.parametrize("turned", [False, True], ids=["upright", "turned"])
def test_a_browser_finds_the_frames_of_the_edit_list(
    show: Callable[..., Any], first: int, copied: bool, turned: bool
) -> None:
    page, was_copied = show(first, CLOSED, 180 if turned else None)
    looked_at, seen = (0, 1, 17, 79 - first), []
    for k in looked_at:
        page.evaluate(f"t => {{ {VIDEO}.currentTime = t }}", (k + 0.5) / 25)
        until(page, f"!{VIDEO}.seeking && {VIDEO}.readyState >= 2")
        seen.append(number_shown(page, turned))

    assert was_copied is copied
    assert page.evaluate(f"{VIDEO}.duration") == pytest.approx((80 - first) / 25, abs=0.05)
    assert seen == [first + k for k in looked_at]


def test_a_copy_that_starts_with_an_open_group_plays_to_its_end(show: Callable[..., Any]) -> None:
    page, copied = show(24, f"{CLOSED}:open-gop=1", None)
    first = number_shown(page)
    page.evaluate(f"{VIDEO}.play()")
    until(page, f"{VIDEO}.ended", timeout_s=30)

    assert copied
    assert (first, number_shown(page)) == (24, 79)
    assert page.evaluate(f"{VIDEO}.error") is None
