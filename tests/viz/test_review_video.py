from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tennalytix.core.tables import FrameTable
from tennalytix.video.clip import Clip
from tennalytix.video.source import VideoError, VideoSource
from tennalytix.viz.review_video import ReviewOptions, write_review_video


def test_every_frame_of_the_clip_is_there_at_its_time_from_the_first(small_clip: Clip, tmp_path: Path) -> None:
    table = small_clip.table.between(3, 8)
    clip = Clip("rally__0001", small_clip.source, table, small_clip.size_wh)
    seen: list[int] = []
    count = write_review_video(clip, "25/1", tmp_path / "out.mp4", progress=seen.append)
    with av.open(str(tmp_path / "out.mp4")) as container:
        frames = [(float(f.pts * f.time_base), int(np.median(f.to_ndarray(format="gray")))) for f in container.decode()]

    assert count == 6
    assert seen == [1, 2, 3, 4, 5, 6]
    assert [t for t, _ in frames] == pytest.approx(np.arange(6) / 25)
    assert np.diff([grey for _, grey in frames]) == pytest.approx(np.full(5, 5), abs=2.5)


def test_tall_pictures_are_made_smaller_and_key_frames_are_dense(small_clip: Clip, tmp_path: Path) -> None:
    options = ReviewOptions(max_height_px=90, key_frame_every=4)
    write_review_video(small_clip, "25/1", tmp_path / "out.mp4", options)
    with av.open(str(tmp_path / "out.mp4")) as container:
        keys = [k for k, frame in enumerate(container.decode()) if frame.key_frame]
        stream = container.streams.video[0]

    assert keys == [0, 4, 8]
    assert (stream.width, stream.height) == (160, 90)


def test_a_clip_without_decodable_frames_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    none = FrameTable(np.zeros(0, int), np.zeros(0), np.zeros(0, bool), np.zeros(0, int), np.zeros((0, 3, 3)))
    clip = Clip("gone__0000", VideoSource(str(tmp_path / "gone.mp4")), none, (320, 180))

    with pytest.raises(VideoError):
        write_review_video(clip, str(Fraction(25)), tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_height_px": 1}, "max_height_px must be at least 2, got 1"),
        ({"key_frame_every": 0}, "key_frame_every must be at least 1, got 0"),
        ({"crf": 52}, "crf must lie between 0 and 51, got 52"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ReviewOptions(**options)
