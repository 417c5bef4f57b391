from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tennalytix.core.tables import PlayerTrack
from tennalytix.metrics.labels import ABSENT, CLEAR, HARD, HIDDEN, OtherLabels, PlayerLabels
from tennalytix.metrics.players import BoxScores, PlayerScores, pool_players, score_players

HD = (1280, 720)
Box = tuple[float, float, float, float]
NOWHERE: Box = (np.nan, np.nan, np.nan, np.nan)
NEAR: Box = (100, 400, 150, 500)
FAR: Box = (600, 100, 620, 140)
ELSEWHERE: Box = (900, 300, 950, 400)


def labels_of(*rows: tuple[int, str, int, Box], amodal: dict[int, Box] | None = None) -> PlayerLabels:
    frame, role, visibility, xyxy = zip(*rows, strict=True)
    whole = [(amodal or {}).get(i, NOWHERE) for i in range(len(rows))]
    return PlayerLabels(
        np.array(frame), np.array(role), np.array(visibility), np.array(xyxy, float), np.array(whole, float)
    )


def track_of(track_id: int, role: str, boxes: dict[int, Box]) -> PlayerTrack:
    frame, n = np.array(list(boxes), dtype=np.int64), len(boxes)
    return PlayerTrack(
        track_id, role, frame, np.array(list(boxes.values())).reshape(n, 4), np.ones(n), np.zeros(n, bool)
    )


def score(tracks: Sequence[PlayerTrack], labels: PlayerLabels, others: OtherLabels | None = None) -> PlayerScores:
    return score_players(tracks, labels, others, HD, min_iou=0.5)


def shifted(box: Box, dx: float, dy: float = 0) -> Box:
    return box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy


def test_scores_by_hand() -> None:
    labels = labels_of(
        (0, "near", CLEAR, NEAR), (0, "far", CLEAR, FAR), (5, "near", HARD, NEAR), (5, "far", CLEAR, FAR)
    )
    tracks = [
        track_of(1, "near", {0: NEAR, 3: ELSEWHERE, 5: shifted(NEAR, 10)}),
        track_of(2, "far", {0: shifted(FAR, 10)}),
    ]
    scores = score(tracks, labels)

    # Shifted by 10 of 50: 40 / 60; by 10 of 20: 10 / 30.
    assert (scores.near.visible, scores.near.found) == (2, 2)
    assert scores.near.ious == pytest.approx((1, 2 / 3))
    assert scores.near.errors_px == pytest.approx((0, 10))
    assert (scores.far.visible, scores.far.found, scores.far.recall) == (2, 0, 0)
    assert scores.far.ious == pytest.approx((1 / 3,))
    assert scores.boxes == BoxScores(boxes=3, on_player=2, loose=1)


def test_centre_errors_go_by_the_diagonal() -> None:
    tracks, labels = [track_of(1, "near", {0: shifted(NEAR, 3, 4)})], labels_of((0, "near", CLEAR, NEAR))

    assert score_players(tracks, labels, None, (2560, 1440), min_iou=0.5).near.errors_px == pytest.approx((2.5,))


def test_hidden_players_are_not_demanded() -> None:
    labels = labels_of((0, "near", HIDDEN, NEAR))

    assert score([], labels).near.visible == 0
    on_it = score([track_of(1, "near", {0: NEAR})], labels)
    assert (on_it.near.visible, on_it.near.ious, on_it.boxes) == (0, (), BoxScores(boxes=1, on_player=1))
    assert score([track_of(1, "near", {0: shifted(NEAR, 30)})], labels).boxes == BoxScores()
    assert score([track_of(1, "near", {0: ELSEWHERE})], labels).boxes == BoxScores(boxes=1, on_nobody=1)


def test_absent_players_are_counted_where_a_box_is_given() -> None:
    labels = labels_of((0, "near", ABSENT, NOWHERE), (1, "near", ABSENT, NOWHERE), (0, "far", CLEAR, FAR))
    scores = score([track_of(1, "near", {0: ELSEWHERE})], labels)

    assert (scores.near.visible, scores.near.absent, scores.near.given_while_absent) == (0, 2, 1)
    assert scores.boxes.on_nobody == 1


def test_boxes_around_the_whole_body_are_right_too() -> None:
    visible_part, whole = (100, 400, 150, 430), (100, 400, 150, 500)
    labels = labels_of((0, "near", HARD, visible_part), amodal={0: whole})

    assert score([track_of(1, "near", {0: whole})], labels).near.ious == pytest.approx((1,))
    assert score([track_of(1, "near", {0: whole})], labels).near.errors_px == pytest.approx((0,))
    assert score([track_of(1, "near", {0: visible_part})], labels).near.errors_px == pytest.approx((0,))


def test_roles_that_are_swapped_are_not_found() -> None:
    labels = labels_of((0, "near", CLEAR, NEAR), (0, "far", CLEAR, FAR))
    scores = score([track_of(1, "near", {0: FAR}), track_of(2, "far", {0: NEAR})], labels)

    assert (scores.near.found, scores.near.swapped) == (0, 1)
    assert (scores.far.found, scores.far.swapped) == (0, 1)
    assert scores.boxes == BoxScores(boxes=2, on_player=2)


def test_identity_switches_count_changes_between_found_frames() -> None:
    labels = labels_of(*((i, "near", CLEAR, NEAR) for i in (0, 5, 10, 15)))
    first, second = {0: NEAR, 5: shifted(NEAR, 200)}, {10: NEAR, 15: NEAR}
    scores = score([track_of(1, "near", first), track_of(3, "near", second)], labels)

    assert scores.near.found == 3
    assert scores.near.switches == 1


def test_other_people_who_were_chosen_are_told_apart() -> None:
    others = OtherLabels(np.array([0]), np.array([ELSEWHERE], float), np.array(["ball_kid"]))
    labels = labels_of((0, "near", CLEAR, NEAR))

    on_other = score([track_of(1, "near", {0: shifted(ELSEWHERE, 30)})], labels, others)
    beside = score([track_of(1, "near", {0: shifted(ELSEWHERE, 49)})], labels, others)
    assert on_other.boxes == BoxScores(boxes=1, on_other=1)
    assert beside.boxes == BoxScores(boxes=1, on_nobody=1)
    assert on_other.near.ious == (0,)


def test_a_box_on_a_player_who_stands_before_another_person_is_right() -> None:
    others = OtherLabels(np.array([0]), np.array([shifted(NEAR, 10)], float), np.array(["ball_kid"]))

    assert score([track_of(1, "near", {0: NEAR})], labels_of((0, "near", CLEAR, NEAR)), others).boxes.on_player == 1


def test_boxes_of_a_role_nobody_labelled_on_a_frame_only_count_on_other_people() -> None:
    others = OtherLabels(np.array([0]), np.array([FAR], float), np.array(["line_judge"]))
    labels = labels_of((0, "near", CLEAR, NEAR))

    assert score([track_of(2, "far", {0: ELSEWHERE})], labels, others).boxes == BoxScores()
    assert score([track_of(2, "far", {0: FAR})], labels, others).boxes == BoxScores(boxes=1, on_other=1)
    assert score([track_of(2, "far", {0: shifted(FAR, 12)})], labels, others).boxes == BoxScores()


def test_doubles_pairs_both_players_of_a_side() -> None:
    partner = shifted(NEAR, 300)
    labels = labels_of((0, "near", CLEAR, NEAR), (0, "near", CLEAR, partner))
    scores = score([track_of(1, "near", {0: partner}), track_of(3, "near", {0: NEAR})], labels)

    assert scores.near.found == 2
    assert scores.near.switches == 0
    assert score([track_of(1, "near", {0: partner})], labels).near.ious == pytest.approx((1,))


@given(
    st.lists(st.tuples(st.sampled_from([ABSENT, CLEAR, HARD, HIDDEN]), st.floats(-60, 60), st.booleans()), min_size=1),
    st.integers(0, 40),
)
def test_shares_and_pooling_hold_for_any_track(rows: list[tuple[int, float, bool]], cut: int) -> None:
    labels = labels_of(*((i, "near", v, NOWHERE if v == ABSENT else NEAR) for i, (v, _, _) in enumerate(rows)))
    track = track_of(1, "near", {i: shifted(NEAR, dx) for i, (_, dx, given) in enumerate(rows) if given})
    whole = score([track], labels)
    parts = [score([track], labels.where(lambda i: i < cut)), score([track], labels.where(lambda i: i >= cut))]

    assert whole.near.found <= len(whole.near.ious) <= whole.near.visible
    assert sum((whole.boxes.on_player, whole.boxes.loose, whole.boxes.on_nobody)) == whole.boxes.boxes
    assert whole.near.switches == 0
    assert pool_players(parts) == whole


def test_summary_has_plain_values() -> None:
    summary = score([], labels_of((0, "near", CLEAR, NEAR))).summary()

    assert summary["near"]["recall"] == 0  # type: ignore[index]
    assert summary["near"]["mean_iou"] is None  # type: ignore[index]
    assert summary["far"]["recall"] is None  # type: ignore[index]
    assert summary["boxes"] == {"boxes": 0, "on_player": 0, "loose": 0, "on_other": 0, "on_nobody": 0}
