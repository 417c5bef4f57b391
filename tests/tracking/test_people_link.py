from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tennalytix.core.tables import PeopleTable
from tennalytix.tracking.players import link_people


def link(scene, rng=None):
    return link_people(scene.people(rng), scene.frames)


def test_everybody_has_one_track_through_the_clip(make_singles: Callable):
    scene = make_singles()

    tracks = link(scene)

    assert len(tracks) == len(scene.boxes)
    for track in tracks:
        assert track.frame_index.tolist() == scene.frames.frame_index.tolist()
        assert any(np.allclose(track.xyxy, box) for box in scene.boxes.values())


def test_rows_point_at_the_table(make_singles: Callable):
    scene = make_singles()
    table = scene.people(np.random.default_rng(1))

    for track in link_people(table, scene.frames):
        np.testing.assert_array_equal(table.xyxy[track.row], track.xyxy)
        np.testing.assert_array_equal(table.frame_index[track.row], track.frame_index)


def test_a_short_absence_does_not_end_a_track(make_singles: Callable):
    scene = make_singles().lose("near", slice(60, 70))

    near = max(link(scene), key=lambda t: t.xyxy[:, 3].max())

    assert near.frame_index.tolist() == [i for i in range(150) if not 60 <= i < 70]


def test_a_long_absence_ends_a_track(make_singles: Callable):
    scene = make_singles().lose("near", slice(60, 90))

    assert len(link(scene)) == len(scene.boxes) + 1


def test_a_lost_head_or_lost_legs_do_not_end_a_track(make_singles: Callable):
    scene = make_singles().cut("near", slice(30, 40), legs=0.5).cut("near", slice(60, 70), head=0.5)

    assert len(link(scene)) == len(scene.boxes)


def test_two_people_who_pass_each_other_keep_their_tracks(make_scene: Callable, paths):
    scene = make_scene()
    scene.add("right", paths["cross"]((-5, -10), (5, -10), 1, 4)).add("left", paths["cross"]((5, -11), (-5, -11), 1, 4))

    tracks = link(scene)

    assert len(tracks) == 2
    assert {bool(t.xyxy[-1, 0] > t.xyxy[0, 0]) for t in tracks} == {True, False}


def test_a_piece_of_somebody_does_not_take_his_place(make_scene: Callable):
    scene = make_scene()
    # Middle of a runner of 45 x 74 pixels, frame by frame; in one frame two weak pieces are all that is seen of him.
    x = [100, 109, 118, 127, 136, 145, 154, 163, 164, None, 201, 192, 200, 216, 234, 249, 262, 274]
    runner = {i: (x_px - 22, 100, x_px + 22, 174) for i, x_px in enumerate(x) if x_px is not None}
    boxes = [(i, box, 0.35 if i == 10 else 0.92) for i, box in runner.items()]
    boxes += [(9, (120, 104, 166, 167), 0.2), (9, (203, 100, 236, 159), 0.35)]
    index, xyxy, score = (np.array(column) for column in zip(*boxes, strict=True))
    people = PeopleTable(scene.frames.frame_index[index], xyxy.astype(float), score)

    tracks = link_people(people, scene.frames)

    assert tracks[0].row.tolist() == list(range(len(runner)))


def test_no_track_crosses_a_cut(make_singles: Callable):
    scene = make_singles()
    frames = replace(scene.frames, segment=(np.arange(len(scene.frames)) >= 75).astype(np.int64))

    tracks = link_people(scene.people(), frames)

    assert len(tracks) == 2 * len(scene.boxes)
    assert {len(t.row) for t in tracks} == {75}


def test_repeated_frames_carry_the_row_of_the_frame_before(make_singles: Callable):
    scene = make_singles(repeated_every=5)

    for track in link(scene):
        assert track.frame_index.tolist() == scene.frames.frame_index.tolist()
        repeats = np.flatnonzero(scene.frames.repeated)
        np.testing.assert_array_equal(track.row[repeats], track.row[repeats - 1])


def test_a_moving_camera_moves_nobody(make_scene: Callable, paths):
    scene = make_scene(pan_px=600.0).add("a", paths["stand"](0, -10)).add("b", paths["stand"](3, -10))

    assert len(link(scene)) == 2


def test_the_order_of_detections_changes_nothing(make_singles: Callable):
    scene = make_singles().merge("far", "judge_far_left", slice(40, 50))

    for a, b in zip(link(scene), link(scene, np.random.default_rng(2)), strict=True):
        np.testing.assert_array_equal(a.xyxy, b.xyxy)


def test_nobody_gives_no_tracks(make_singles: Callable):
    scene = make_singles()
    nobody = PeopleTable(np.zeros(0, dtype=np.int64), np.zeros((0, 4)), np.zeros(0))

    assert link_people(nobody, scene.frames) == []


def test_a_player_who_turns_back_at_somebody_who_stands_leaves_him_standing(make_scene: Callable, paths):
    def there_and_back(t):
        return 3.1 - 3.0 * np.abs(t - 3.0), np.full_like(t, -11.0)

    scene = make_scene().add("stands", paths["stand"](3.4, -11.0)).add("turns", there_and_back)
    scene.lose("stands", slice(73, 78)).lose("turns", slice(73, 78))

    stands = [t for t in link(scene) if np.ptp(t.xyxy[:, 0]) < 1]

    assert [len(t.row) for t in stands] == [145]
