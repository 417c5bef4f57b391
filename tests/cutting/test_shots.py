import numpy as np

from tennalytix.cutting.shots import MOST_LOOKS, Shot, ShotFinder


def found(frames: np.ndarray, segments: list[int], step_s: float = 0.04) -> list[Shot]:
    finder = ShotFinder()
    for i, frame in enumerate(frames):
        finder.feed(frame, i * step_s, segments[: i + 1])
    return finder.finish(segments)


def pictures(*counts: int) -> tuple[np.ndarray, list[int]]:
    """A still scene for each count, and the segments that cuts between them make."""
    rng = np.random.default_rng(0)
    scenes = [np.kron(rng.uniform(20, 235, (6, 8, 3)), np.ones((3, 4, 1))).astype(np.uint8) for _ in counts]
    frames = np.concatenate([np.repeat(scene[None], n, axis=0) for scene, n in zip(scenes, counts, strict=True)])
    return frames, [i for i, n in enumerate(counts) for _ in range(n)]


def spans(shots: list[Shot]) -> list[tuple[int, int]]:
    return [(shot.first, shot.last) for shot in shots]


def test_shots_cover_the_video_without_gaps() -> None:
    shots = found(*pictures(30, 50, 20))

    assert spans(shots) == [(0, 29), (30, 79), (80, 99)]
    assert [shot.entered for shot in shots] == [None, "cut", "cut"]
    assert [shot.left for shot in shots] == ["cut", "cut", None]


def test_long_videos_are_cut_as_short_ones() -> None:
    counts = [300, 37, 411, 90, 700, 55, 260, 1000, 31, 140]

    shots = found(*pictures(*counts))

    assert [shot.first for shot in shots] == [0, *np.cumsum(counts)[:-1].tolist()]
    assert shots[-1].last == sum(counts) - 1


def test_a_shot_remembers_its_looks() -> None:
    frames, segments = pictures(300, 1500, 400)

    shots = found(frames, segments)

    assert all((shot.looks == frames[(shot.first + shot.last) // 2]).all() for shot in shots)


def test_a_video_of_many_shots_or_of_one_long_one_keeps_few_thumbnails() -> None:
    frames, segments = pictures(*[90] * 60, 12000, 40)
    finder = ShotFinder()
    for i, frame in enumerate(frames):
        finder.feed(frame, i * 0.04, segments[: i + 1])
        assert len(finder._looks) <= 2 * MOST_LOOKS

    shots = finder.finish(segments)

    assert len(shots) == 62
    assert all((shot.looks == frames[(shot.first + shot.last) // 2]).all() for shot in shots)


def test_shots_shorter_than_a_step_have_looks() -> None:
    frames, segments = pictures(*[9] * 300)

    shots = found(frames, segments)

    assert all(np.abs(frames - shot.looks.astype(int)).max(axis=(1, 2, 3)).min() == 0 for shot in shots)


def test_black_between_two_shots_belongs_to_both() -> None:
    frames, segments = pictures(60, 20, 60)
    frames[60:80] = [16, 128, 128]

    shots = found(frames, segments)

    assert len(shots) == 2
    assert abs(shots[1].first - 70) <= 1
    assert (shots[0].clean_last, shots[1].clean_first) == (59, 80)
    assert shots[1].entered == "fade"


def test_what_the_camera_was_followed_across_is_no_cut() -> None:
    frames, _ = pictures(60, 60)

    assert spans(found(frames, [0] * 120)) == [(0, 119)]


def test_one_frame_is_one_shot() -> None:
    frames, segments = pictures(1)

    assert spans(found(frames, segments)) == [(0, 0)]
