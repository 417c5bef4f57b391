from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from numbered_videos import spoil
from tennalytix.video.damage import Evidence
from tennalytix.video.losses import Loss, LossFinder, describe_end, describe_losses
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


def test_a_picture_that_is_partly_made_up_is_left_out_with_all_that_builds_on_it(
    numbered: Numbered, number_of: NumberOf
) -> None:
    path = numbered(60, options=GROUPS)
    spoil(path, [30], share=0.5)
    losses: list[Loss] = []
    table = scan_frames(VideoSource(str(path)), losses=losses)

    assert losses == [Loss(29 / 25, 40 / 25, 10)]
    assert [number_of(f.image) for f in VideoSource(str(path)).frames(table)] == [*range(30), *range(40, 60)]


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


NOTHING, SILENT, LOUD = Evidence(0, False), Evidence(2, False), Evidence(2, True)


def losses_of(times_s: list[float], evidence: dict[int, Evidence]) -> list[Loss]:
    finder = LossFinder()
    found = [finder.before(time_s, evidence.get(k, NOTHING)) for k, time_s in enumerate(times_s)]
    return [loss for loss in found if loss is not None]


STEADY = [k / 25 for k in range(20)]
GAP = [*STEADY, *(0.84 + k / 25 for k in range(20))]  # two frames are not there


def test_packets_without_frames_are_no_loss_where_no_moment_is_empty() -> None:
    assert losses_of(STEADY, {15: SILENT}) == []
    assert losses_of(STEADY, {15: LOUD}) == []


def test_an_empty_moment_is_a_loss_where_something_speaks_for_it() -> None:
    gap = Loss(STEADY[-1], GAP[20], 1)

    assert losses_of(GAP, {}) == []
    assert losses_of(GAP, {20: SILENT}) == losses_of(GAP, {20: LOUD}) == [gap]
    assert losses_of(GAP, {20: Evidence(0, True)}) == [gap]


def test_a_long_hole_in_a_steady_video_is_one_without_more() -> None:
    late = [*STEADY, *(1.0 + k / 25 for k in range(20))]
    uneven = np.cumsum([0.02, 0.05, 0.1, 0.033] * 5).tolist()

    assert losses_of(late, {}) == [Loss(STEADY[-1], 1.0, 5, damaged=False)]
    assert losses_of([*uneven, uneven[-1] + 0.5], {}) == []


def test_where_the_rate_varies_complaints_decide() -> None:
    assert losses_of([0.0, 0.04, 0.2], {2: LOUD}) == [Loss(0.04, 0.2, 2)]
    assert losses_of([0.0, 0.04, 0.2], {2: SILENT}) == []
    assert losses_of([0.0, 0.04], {0: LOUD}) == [Loss(None, 0.0, 2)]


def test_the_end_counts_what_is_listed_and_not_there() -> None:
    finder = LossFinder()
    finder.before(0.0, NOTHING)

    assert finder.at_end(NOTHING, 0) is None
    assert finder.at_end(SILENT, 0) is None
    assert finder.at_end(LOUD, 0) == Loss(0.0, None, 2)
    assert finder.at_end(SILENT, 30) == Loss(0.0, None, 32)


def test_losses_are_one_sentence_a_kind() -> None:
    some = [Loss(None, 0.0, 2), Loss(1.0, 1.5, 3), Loss(2.0, 2.5, 1), Loss(3.0, 3.5, 1), Loss(9.0, None, 4)]

    assert describe_losses([]) == []
    assert describe_losses([Loss(1.0, 1.5, 1)]) == [
        "The file is damaged: 1 frame could not be decoded, 1 between 1.00 s and 1.50 s."
    ]
    assert describe_losses([*some, Loss(4.0, 5.0, 24, damaged=False)]) == [
        "The file is damaged: 11 frames could not be decoded, 2 at the start, 3 between 1.00 s and 1.50 s, "
        "1 between 2.00 s and 2.50 s, in 2 more places.",
        "The video has gaps: 24 frames missing, 24 between 4.00 s and 5.00 s.",
    ]


def test_a_header_that_claims_much_more_is_told() -> None:
    assert describe_end(None, 5.0) == describe_end(5.9, 5.0) == describe_end(1015.0, 1000.0) == []
    assert describe_end(9.0, 5.0) == ["The file may be cut short: its header claims 9.0 s, its pictures last 5.0 s."]
