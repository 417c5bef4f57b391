from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from numpy.testing import assert_allclose

from drawn_frames import DrawnClip, draw_person, frames_of, ground, later
from drawn_videos import write_truncated_video, write_video
from tennalytix.core.court_view import CourtStretch, CourtTrack, Lens
from tennalytix.core.tables import PeopleTable
from tennalytix.metrics.labels import ClipLabels, OtherLabels, PlayerLabels
from tennalytix.training.options import FootageOptions
from tennalytix.training.people_footage import Boxes, hand_made, near_court, sample_clip, teacher_boxes
from tennalytix.training.people_samples import PersonSample
from tennalytix.video.clip import Clip
from tennalytix.video.file_check import OutOfReachError
from tennalytix.video.frame import Frame
from tennalytix.video.scan import scan_frames
from tennalytix.video.source import VideoSource

A, B, C = [10.0, 10, 30, 60], [100.0, 10, 120, 60], [200.0, 40, 220, 100]


def boxes(*xyxy: list[float], ignored: Sequence[bool] | None = None) -> Boxes:
    flags = np.zeros(len(xyxy), bool) if ignored is None else np.array(ignored)
    return Boxes(np.array(xyxy, dtype=np.float64).reshape(-1, 4), flags)


def table(*rows: tuple[int, list[float], float]) -> PeopleTable:
    return PeopleTable(
        np.array([r[0] for r in rows], dtype=np.int64),
        np.array([r[1] for r in rows], dtype=np.float64).reshape(-1, 4),
        np.array([r[2] for r in rows], dtype=np.float64),
    )


def labels(players: dict[int, list[list[float]]], others: dict[int, list[list[float]]] | None = None) -> ClipLabels:
    rows = [(i, box) for i, found in players.items() for box in found]
    xyxy = np.array([box for _, box in rows]).reshape(-1, 4)
    index = np.array([i for i, _ in rows], dtype=np.int64)
    absent = np.isnan(xyxy).any(axis=1)
    made = PlayerLabels(index, np.array(["near"] * len(rows)), np.where(absent, 0, 1), xyxy, xyxy)
    more = [(i, box) for i, found in (others or {}).items() for box in found]
    kids = OtherLabels(
        np.array([i for i, _ in more], dtype=np.int64),
        np.array([box for _, box in more]).reshape(-1, 4),
        np.array(["ball_kid"] * len(more)),
    )
    return ClipLabels("final", players=made, others=kids if others else None)


class TestTeacher:
    def test_sure_boxes_count_and_doubtful_ones_do_not(self) -> None:
        found = teacher_boxes(table((3, A, 0.9), (3, B, 0.2), (3, C, 0.05), (5, A, 0.35)), FootageOptions())

        assert set(found) == {3, 5}
        assert_allclose(found[3].xyxy, [A, B])
        assert found[3].ignored.tolist() == [False, True]
        assert found[5].ignored.tolist() == [False]

    def test_a_doubtful_part_of_somebody_sure_is_nobody(self) -> None:
        arm = [25.0, 20, 34, 30]  # 5 of its 9 pixels lie in A; of the second one all do
        found = teacher_boxes(table((0, A, 0.9), (0, [12.0, 20, 20, 40], 0.2), (0, arm, 0.2)), FootageOptions())

        assert_allclose(found[0].xyxy, [A, arm])

    def test_a_frame_with_nothing_but_noise_shows_nobody(self) -> None:
        assert len(teacher_boxes(table((0, A, 0.01)), FootageOptions())[0].xyxy) == 0

    def test_no_table_gives_no_frames(self) -> None:
        assert teacher_boxes(table(), FootageOptions()) == {}


class TestHandMade:
    def test_labels_replace_what_means_the_same_person(self) -> None:
        drawn = [12.0, 12, 31, 63]
        made = hand_made({0: boxes(A, B, ignored=[True, True])}, labels({0: [drawn]}))

        assert_allclose(made[0].xyxy, [drawn, B])
        assert made[0].ignored.tolist() == [False, True]

    def test_other_people_are_people(self) -> None:
        made = hand_made({0: boxes(A)}, labels({0: [A]}, {0: [B], 1: [C]}))

        assert_allclose(made[0].xyxy, [A, B])
        assert_allclose(made[1].xyxy, [C])

    def test_frames_without_labels_stay(self) -> None:
        teacher = {0: boxes(A), 1: boxes(B)}

        assert hand_made(teacher, labels({0: [A]}))[1] is teacher[1]

    def test_who_is_absent_has_no_box(self) -> None:
        made = hand_made({}, labels({0: [[np.nan] * 4, A], 1: [[np.nan] * 4]}))

        assert_allclose(made[0].xyxy, [A])
        assert 1 not in made

    def test_labels_of_other_things_change_nothing(self) -> None:
        assert hand_made({}, ClipLabels("final")) == {}


class TestNearCourt:
    # A pixel is a metre, seen from above, the middle of the net in the corner of the picture.
    VIEW = CourtStretch(0, 9, np.eye(3)[None], Lens.pinhole((64, 36)), 1.0, 1.0)
    PLAYER, STANDS, BEHIND = [3.0, 1, 5, 5], [20.0, 1, 22, 5], [3.0, 20, 5, 28]

    def test_who_stands_far_from_the_court_does_not_count(self) -> None:
        known = {3: boxes(self.PLAYER, self.STANDS, self.BEHIND)}
        found = near_court(known, CourtTrack((self.VIEW,)))

        assert found[3].ignored.tolist() == [False, True, True]
        assert_allclose(found[3].xyxy, known[3].xyxy)

    def test_it_is_the_feet_that_count(self) -> None:
        tall = [3.0, -40, 5, 15]

        assert near_court({3: boxes(tall)}, CourtTrack((self.VIEW,)))[3].ignored.tolist() == [False]

    def test_doubtful_people_stay_doubtful(self) -> None:
        found = near_court({3: boxes(self.PLAYER, ignored=[True])}, CourtTrack((self.VIEW,)))

        assert found[3].ignored.tolist() == [True]

    @pytest.mark.parametrize("track", [CourtTrack(), CourtTrack((VIEW,))], ids=["no court", "not in this frame"])
    def test_where_no_court_is_known_nothing_changes(self, track: CourtTrack) -> None:
        known = {30: boxes(self.PLAYER, self.STANDS), 31: boxes()}

        assert near_court(known, track) == known

    def test_no_frames_are_none(self) -> None:
        assert near_court({}, CourtTrack((self.VIEW,))) == {}

    def test_a_frame_without_people_stays_one(self) -> None:
        assert near_court({3: boxes()}, CourtTrack((self.VIEW,)))[3].ignored.shape == (0,)


def walk(frames: int = 40, rate: float = 25.0) -> list[Frame]:
    images = [draw_person(ground((160, 90)), (20 + 3 * k, 70), 40)[0] for k in range(frames)]
    return frames_of(images, rate)


def clip_of(frames: Sequence[Frame], lacking: Sequence[int] = ()) -> Clip:
    """A clip some of whose frames do not decode."""

    class Damaged(DrawnClip):
        def frames_at(self, frame_indices: Sequence[int]) -> Iterator[Frame]:
            return (f for f in super().frames_at(frame_indices) if f.index not in lacking)

    return cast(Clip, Damaged(frames))


def everywhere(frames: Sequence[Frame]) -> dict[int, Boxes]:
    """The walking person in every frame."""
    return {f.index: boxes([19.5 + 3 * k - 6, 29.5, 19.5 + 3 * k + 6, 69.5]) for k, f in enumerate(frames)}


def sampled(clip: Clip, known: dict[int, Boxes], **options: int) -> list[PersonSample]:
    return list(sample_clip(clip, known, "final", FootageOptions(**options)))


def moves(sample: PersonSample) -> tuple[bool, bool]:
    """Whether it was compared with a look before and with one after."""
    _, motion = sample.pictures()
    return bool(motion[0].max() > 40), bool(motion[1].max() > 40)


class TestSampleClip:
    def test_boxes_are_in_pixels_of_the_networks_picture(self) -> None:
        frames = walk()
        sample = sampled(clip_of(frames), {20: everywhere(frames)[20]})[0]
        image, _ = sample.pictures()
        x1, y1, x2, y2 = sample.xyxy[0]

        # 160x90 is looked at in 240x135.
        assert image.shape == (135, 240, 3)
        assert_allclose(sample.xyxy, (everywhere(frames)[20].xyxy + 0.5) * 1.5 - 0.5)
        legs = image[round((y1 + y2) / 2) + 4 : round(y2) - 2, round(x1) + 3 : round(x2) - 2]
        assert legs.mean() < 60

    def test_samples_are_spread_evenly_over_what_is_known(self) -> None:
        frames = walk()
        found = sampled(clip_of(frames), everywhere(frames), per_clip=5)

        assert [s.frame_index for s in found] == [0, 10, 20, 29, 39]
        assert {s.source for s in found} == {"final"}
        assert [s.frame_index for s in sampled(clip_of(frames), {7: boxes(A), 8: boxes()}, per_clip=5)] == [7, 8]

    def test_they_are_compared_with_moments_before_and_after(self) -> None:
        frames = walk()
        found = sampled(clip_of(frames), everywhere(frames), per_clip=5)

        assert [moves(s) for s in found] == [(False, True), (True, True), (True, True), (True, True), (True, False)]

    def test_nothing_is_compared_across_a_cut(self) -> None:
        first = walk(2)
        frames = [*first, *later(walk(2), 2, 0.08, segment=1)]

        assert [moves(s) for s in sampled(clip_of(frames), everywhere(frames))] == [(False, False)] * 4

    def test_repeated_frames_are_not_taken(self) -> None:
        frames = [replace(f, repeated=f.index % 2 == 1) for f in walk(20)]

        assert [s.frame_index for s in sampled(clip_of(frames), everywhere(frames))] == list(range(0, 20, 2))

    def test_a_clip_from_the_middle_of_a_video_keeps_the_videos_indices(self) -> None:
        frames = later(walk(10), 500, 20.0)
        found = sampled(clip_of(frames), everywhere(frames))

        assert [s.frame_index for s in found] == list(range(500, 510))

    def test_the_same_seed_gives_the_same_samples(self) -> None:
        frames = walk()
        one, two, other = (
            [s.motion.tobytes() for s in sampled(clip_of(frames), everywhere(frames), per_clip=8, seed=seed)]
            for seed in (1, 1, 2)
        )

        assert one == two
        assert one != other

    @pytest.mark.parametrize("known", [{}, {99: boxes(A)}], ids=["nothing", "other frames"])
    def test_nothing_known_gives_no_samples(self, known: dict[int, Boxes]) -> None:
        assert sampled(clip_of(walk(5)), known) == []

    @pytest.mark.parametrize("lacking", [[0], [10], [39], [3, 4, 5, 10, 11, 30], list(range(20, 40)), list(range(40))])
    def test_frames_that_do_not_decode_cost_their_own_samples_alone(self, lacking: list[int]) -> None:
        frames = walk()
        found = sampled(clip_of(frames, lacking), everywhere(frames), per_clip=40)

        assert [s.frame_index for s in found] == [k for k in range(40) if k not in lacking]

    def test_a_missing_moment_to_compare_with_is_no_difference(self) -> None:
        frames = walk()
        whole = sampled(clip_of(frames), {20: boxes(A)})
        damaged = sampled(clip_of(frames, [k for k in range(40) if k > 20]), {20: boxes(A)})

        assert [moves(s) for s in whole + damaged] == [(True, True), (True, False)]

    def test_it_reads_no_further_than_it_must(self) -> None:
        frames = walk(75)
        known = everywhere(frames)
        read: list[int] = []

        class Counted(DrawnClip):
            def frames_at(self, frame_indices: Sequence[int]) -> Iterator[Frame]:
                for frame in super().frames_at(frame_indices):
                    read.append(frame.index)
                    yield frame

        for sample in sample_clip(cast(Clip, Counted(frames)), known, "final", FootageOptions(per_clip=75)):
            # No further than the moment after, which is 0.6 s away at most.
            assert read[-1] - sample.frame_index <= 17

    def test_a_video_that_was_cut_short_since_is_refused(self, tmp_path: Path) -> None:
        whole = write_video(tmp_path / "whole.mp4", frames=100)
        table_of_whole = scan_frames(VideoSource(str(whole)))
        short = write_truncated_video(tmp_path / "short.mp4")
        clip = Clip("short__0000", VideoSource(str(short)), table_of_whole, (160, 90))

        with pytest.raises(OutOfReachError, match=r"short\.mp4 ends before a frame at .* Run ingestion again"):
            sampled(clip, {k: boxes(A) for k in range(100)}, per_clip=100)
