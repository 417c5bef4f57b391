from tennalytix.metrics.cutting import CuttingScores, score_cutting

SHOTS = [(0, 99), (100, 199), (200, 299)]


def test_what_is_found_exactly_scores_one() -> None:
    scores = score_cutting(SHOTS, [(100, 199)], SHOTS, [(110, 180)])

    assert (scores.shot_f1, scores.rally_recall, scores.alone, scores.false_clips) == (1.0, 1.0, 1, 0)


def test_a_border_may_lie_a_few_frames_off_but_counts_once() -> None:
    shots = [(0, 95), (96, 103), (104, 210), (211, 299)]
    scores = score_cutting(shots, [], SHOTS, [])

    assert (scores.found, scores.given, scores.true) == (1, 3, 2)
    assert scores.rally_recall is None


def test_a_rally_that_is_cut_is_not_whole() -> None:
    assert score_cutting(SHOTS, [(100, 150), (151, 199)], SHOTS, [(110, 180)]).rally_recall == 0.0


def test_two_rallies_in_a_clip_are_whole_but_not_alone() -> None:
    scores = score_cutting(SHOTS, [(100, 199), (200, 299)], SHOTS, [(110, 130), (150, 180)])

    assert (scores.whole, scores.alone, scores.false_clips) == (2, 0, 1)


def test_scores_add_up() -> None:
    one = CuttingScores(1, 2, 2, 3, 3, 2, 1)

    assert one + one == CuttingScores(2, 4, 4, 6, 6, 4, 2)
    assert CuttingScores().shot_f1 is None
