from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from numbered_videos import spoil
from tennalytix.video.losses import Loss, LossCounter, describe_losses
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

Numbered = Callable[..., Path]
NumberOf = Callable[[np.ndarray], int]
GROUPS = {"preset": "veryfast", "x264-params": "keyint=20:scenecut=0:bframes=2"}


def test_nothing_is_carried_over_a_gap_in_a_still_picture(
    tmp_path: Path, write_video: Callable[..., Path], scene: Callable[..., np.ndarray]
) -> None:
    images = [scene((320, 180))] * 60
    path = write_video(tmp_path / "still.mp4", images, options={**GROUPS, "x264-params": "keyint=10:scenecut=0"})
    before = scan_frames(VideoSource(str(path)))
    after = scan_frames(VideoSource(str(spoil(path, range(25, 30)))))

    assert not before.segment.any()
    assert after.segment.tolist() == [0] * 25 + [1] * 30
    assert (after.reference_from_image == np.eye(3)).all()


@pytest.mark.parametrize("thread_count", [1, 2, 4])
def test_a_gap_is_counted_and_starts_a_segment(numbered: Numbered, number_of: NumberOf, thread_count: int) -> None:
    path = numbered(100, options=GROUPS)
    spoil(path, range(45, 60))
    source = VideoSource(str(path), thread_count)
    losses: list[Loss] = []
    table = scan_frames(source, losses=losses)
    frames = list(source.frames(table))

    assert losses == [Loss(44 / 25, 60 / 25, 15)]
    assert len(table) == len(frames) == 85
    assert table.frame_index.tolist() == list(range(85))
    assert [number_of(f.image) for f in frames] == [*range(45), *range(60, 100)]
    assert [round(t * 25) for t in table.time_s] == [*range(45), *range(60, 100)]
    assert table.segment[44] < table.segment[45]


def test_a_picture_that_is_partly_made_up_is_left_out(numbered: Numbered, number_of: NumberOf) -> None:
    path = numbered(60, options=GROUPS)
    spoil(path, [30], share=0.5)
    losses: list[Loss] = []
    table = scan_frames(VideoSource(str(path)), losses=losses)

    assert losses == [Loss(29 / 25, 31 / 25, 1)]
    assert len(table) == 59
    assert [number_of(f.image) for f in VideoSource(str(path)).frames()][:30] == list(range(30))


def test_damage_at_either_end_is_told(numbered: Numbered) -> None:
    path = numbered(60, options=GROUPS)
    spoil(path, [*range(20), *range(50, 60)])
    losses: list[Loss] = []
    scan_frames(VideoSource(str(path)), losses=losses)

    assert losses[0] == Loss(None, 0.0, 20)
    assert losses[1].until_s is None
    assert 10 <= losses[1].count <= 12  # B-frames before the damage lean on what lies behind it


def test_a_whole_video_has_no_losses(long_gop_video: Path) -> None:
    losses: list[Loss] = []
    scan_frames(VideoSource(str(long_gop_video)), losses=losses)

    assert losses == []


def test_a_silent_packet_is_no_loss() -> None:
    counter = LossCounter()
    for pts in (0, 1, 2):
        counter.sent(_packet(pts))

    assert [counter.came(_frame(0)), counter.came(_frame(2)), counter.ended()] == [0, 0, 0]


def test_complaints_count_where_there_are_no_times() -> None:
    counter = LossCounter()
    counter.complained()
    counter.complained()

    assert counter.came(_frame(None)) == 2
    assert counter.came(_frame(None)) == 0
    counter.complained()
    assert counter.ended() == 1


def test_losses_are_one_sentence() -> None:
    some = [Loss(None, 0.0, 2), Loss(1.0, 1.5, 3), Loss(2.0, 2.5, 1), Loss(3.0, 3.5, 1), Loss(9.0, None, 4)]

    assert describe_losses([]) == []
    assert describe_losses([Loss(1.0, 1.5, 1)]) == [
        "The file is damaged: 1 frame could not be decoded, 1 between 1.00 s and 1.50 s."
    ]
    assert describe_losses(some) == [
        "The file is damaged: 11 frames could not be decoded, 2 at the start, 3 between 1.00 s and 1.50 s, "
        "1 between 2.00 s and 2.50 s, in 2 more places."
    ]


def _packet(pts: int) -> av.Packet:
    packet = av.Packet(b"x")
    packet.pts, packet.time_base = pts, Fraction(1, 25)
    return packet


def _frame(pts: int | None) -> av.VideoFrame:
    frame = av.VideoFrame(16, 16, "gray")
    frame.pts = pts
    return frame
