from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tennalytix.core.boxes import iou
from tennalytix.core.court_view import CourtTrack, Lens
from tennalytix.core.tables import PeopleTable, PlayerTrack
from tennalytix.tracking.people_place import size_likelihood
from tennalytix.tracking.players import PlayerOptions, choose_players, link_people


def choose(scene, rng=None, options=None):
    return choose_players(scene.people(rng), scene.frames, scene.court, scene.size_wh, options)


def overlaps(track: PlayerTrack, scene, truth) -> np.ndarray:
    """Intersection over union with the true boxes, one a row of the track."""
    rows = track.frame_index - scene.frames.frame_index[0]
    return np.array([iou(a[None], b[None])[0, 0] for a, b in zip(track.xyxy, truth[rows], strict=True)])


def by_role(tracks: list[PlayerTrack]) -> dict[str, PlayerTrack]:
    assert [t.role for t in tracks] == ["near", "far"]
    return {t.role: t for t in tracks}


def test_both_players_are_found_in_every_frame_and_no_official(make_singles: Callable):
    scene = make_singles()

    found = by_role(choose(scene))

    assert [found[role].track_id for role in ("near", "far")] == [1, 2]
    for role, track in found.items():
        assert len(track.frame_index) == len(scene.frames)
        assert overlaps(track, scene, scene.boxes[role]).min() > 0.9
        assert not track.interpolated.any()


def test_no_court_no_players(make_singles: Callable):
    scene = make_singles()

    assert choose_players(scene.people(), scene.frames, CourtTrack(), scene.size_wh) == []


def test_no_people_no_players(make_scene: Callable):
    scene = make_scene()

    assert choose(scene) == []


def test_no_frames_no_players(make_singles: Callable):
    scene = make_singles()

    assert choose_players(scene.people(), scene.frames.between(-2, -1), scene.court, scene.size_wh) == []


def test_officials_alone_are_no_players(make_singles: Callable):
    scene = make_singles()
    del scene.boxes["near"], scene.boxes["far"]

    assert choose(scene) == []


def test_the_only_player_keeps_his_number(make_singles: Callable):
    scene = make_singles()
    del scene.boxes["near"]

    tracks = choose(scene)

    assert [(t.track_id, t.role) for t in tracks] == [(2, "far")]


def test_the_order_of_detections_within_a_frame_changes_nothing(make_singles: Callable):
    scene = make_singles().merge("far", "judge_far_left", slice(40, 46)).cut("near", slice(0, 20), legs=0.4)

    straight, shuffled = choose(scene), choose(scene, np.random.default_rng(0))

    for a, b in zip(straight, shuffled, strict=True):
        np.testing.assert_array_equal(a.xyxy, b.xyxy)
        np.testing.assert_array_equal(a.frame_index, b.frame_index)


def test_a_later_clip_gives_the_same_players_later(make_singles: Callable):
    early, late = make_singles(), make_singles(first_frame=1000, start_s=40.0)

    for a, b in zip(choose(early), choose(late), strict=True):
        np.testing.assert_array_equal(a.frame_index + 1000, b.frame_index)
        np.testing.assert_allclose(a.xyxy, b.xyxy, atol=1e-6)


def test_the_mirrored_clip_gives_the_mirrored_players(make_singles: Callable):
    plain, mirrored = make_singles(), make_singles(mirrored=True)

    for a, b in zip(choose(plain), choose(mirrored), strict=True):
        flipped = a.xyxy.copy()
        flipped[:, [0, 2]] = plain.size_wh[0] - 1 - a.xyxy[:, [2, 0]]
        assert a.role == b.role
        np.testing.assert_allclose(flipped, b.xyxy, atol=1e-6)


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_the_size_of_the_picture_changes_nothing(make_singles: Callable, scale: float):
    scene = make_singles(scale=scale)

    for role, track in by_role(choose(scene)).items():
        assert overlaps(track, scene, scene.boxes[role]).min() > 0.9


@pytest.mark.parametrize("rate", [25.0, 30.0, 50.0, 60.0])
def test_the_frame_rate_changes_nothing(make_singles: Callable, rate: float):
    scene = make_singles(rate=rate)

    for role, track in by_role(choose(scene)).items():
        assert len(track.frame_index) == len(scene.frames)
        assert overlaps(track, scene, scene.boxes[role]).min() > 0.9


def test_short_gaps_are_filled_and_say_so(make_singles: Callable):
    scene = make_singles()
    truth = scene.boxes["far"].copy()
    scene.lose("far", slice(50, 58))

    far = by_role(choose(scene))["far"]

    assert np.flatnonzero(far.interpolated).tolist() == list(range(50, 58))
    assert overlaps(far, scene, truth).min() > 0.6


def test_long_gaps_stay_open(make_singles: Callable):
    scene = make_singles().lose("far", slice(50, 80))

    far = by_role(choose(scene))["far"]

    assert not set(range(50, 80)) & set(far.frame_index.tolist())
    assert set(range(0, 50)) | set(range(80, len(scene.frames))) == set(far.frame_index.tolist())
    assert not far.interpolated.any()


def test_a_ball_kid_who_crosses_the_court_is_not_the_player(make_singles: Callable, paths):
    scene = make_singles()
    scene.add("kid_net", paths["cross"]((7.4, -0.6), (-7.4, -0.6), 1.0, 3.5), height_m=1.5)
    scene.add("kid_far", paths["cross"]((-8.0, 18.0), (4.0, 6.0), 2.0, 3.5), height_m=1.5)

    for role, track in by_role(choose(scene)).items():
        assert overlaps(track, scene, scene.boxes[role]).min() > 0.9


def test_the_empty_place_that_a_player_left_is_not_the_player(make_singles: Callable, paths):
    scene = make_singles()
    scene.add("near", paths["cross"]((1.0, -12.5), (-1.5, -16.2), 3.0, 4.2))
    scene.boxes["ghost"] = scene.boxes["near"][:1].repeat(len(scene.frames), axis=0)
    scene.lose("ghost", slice(0, 80))
    people = scene.people()
    is_ghost = (people.xyxy == scene.boxes["ghost"][-1]).all(axis=1) & (people.frame_index >= 80)
    people = PeopleTable(people.frame_index, people.xyxy, np.where(is_ghost, 0.65, people.score))

    near = by_role(choose_players(people, scene.frames, scene.court, scene.size_wh))["near"]

    assert overlaps(near, scene, scene.boxes["near"]).min() > 0.8


def test_who_is_on_court_first_does_not_decide(make_singles: Callable, paths):
    scene = make_singles().lose("far", slice(0, 20))
    scene.add("kid_far", paths["cross"]((2.0, 10.0), (8.5, 19.0), 0.2, 1.8), height_m=1.6)

    far = by_role(choose(scene))["far"]

    assert overlaps(far, scene, scene.boxes["far"])[far.frame_index > 40].min() > 0.9


def test_a_line_judge_who_leans_beside_the_far_player_is_not_him(make_singles: Callable, paths):
    scene = make_singles()
    scene.add("far", paths["sway"](-2.5, 15.0, reach_m=1.5))
    scene.add("judge_far_left", paths["stand"](-4.0, 18.3))
    scene.lose("far", slice(60, 66))

    far = by_role(choose(scene))["far"]

    truth = overlaps(far, scene, scene.boxes["far"])
    assert np.nanmin(truth[~far.interpolated]) > 0.8


def test_a_player_merged_with_an_official_is_still_found(make_singles: Callable, paths):
    scene = make_singles()
    scene.add("far", paths["sway"](-2.5, 15.0, reach_m=1.0))
    truth = scene.boxes["far"].copy()
    scene.merge("far", "judge_far_left", slice(60, 66))

    far = by_role(choose(scene))["far"]

    assert len(far.frame_index) == len(scene.frames)
    assert overlaps(far, scene, truth).min() > 0.5


@pytest.mark.parametrize(("legs", "head"), [(0.45, 0.0), (0.0, 0.45)])
def test_a_box_without_legs_or_head_is_completed(make_singles: Callable, legs: float, head: float):
    scene = make_singles()
    truth = {role: scene.boxes[role].copy() for role in ("near", "far")}
    for role in truth:
        scene.cut(role, slice(50, 62), legs=legs, head=head)

    for role, track in by_role(choose(scene)).items():
        assert overlaps(track, scene, truth[role]).min() > 0.65


@pytest.mark.parametrize("role", ["near", "far"])
def test_who_dives_is_not_made_to_stand(make_singles: Callable, role: str):
    scene = make_singles()
    dive = scene.boxes[role][60:85]
    height, middle = dive[:, 3] - dive[:, 1], (dive[:, 0] + dive[:, 2]) / 2
    dive[:, 1] = dive[:, 3] - 0.5 * height
    dive[:, 0], dive[:, 2] = middle - 0.5 * height, middle + 0.5 * height

    track = by_role(choose(scene))[role]

    assert overlaps(track, scene, scene.boxes[role])[62:83].min() > 0.7


def test_legs_that_were_never_seen_at_the_start_are_added(make_singles: Callable):
    scene = make_singles()
    truth = scene.boxes["far"].copy()
    scene.cut("far", slice(0, 30), legs=0.45)

    far = by_role(choose(scene))["far"]

    assert len(far.frame_index) == len(scene.frames)
    assert overlaps(far, scene, truth).min() > 0.7


def test_a_body_in_two_pieces_is_joined(make_singles: Callable):
    scene = make_singles()
    truth = scene.boxes["near"].copy()
    scene.boxes["near_legs"] = np.full_like(truth, np.nan)
    scene.boxes["near_legs"][40:80] = truth[40:80]
    scene.cut("near_legs", slice(40, 80), head=0.55).cut("near", slice(40, 80), legs=0.5)

    near = by_role(choose(scene))["near"]

    assert overlaps(near, scene, truth).min() > 0.85


def test_a_player_deep_behind_the_baseline_is_followed_back_into_the_court(make_singles: Callable, paths):
    scene = make_singles()
    scene.add("far", paths["cross"]((0.5, 18.0), (1.0, 10.0), 2.0, 4.0))

    far = by_role(choose(scene))["far"]

    assert len(far.frame_index) == len(scene.frames)
    assert overlaps(far, scene, scene.boxes["far"]).min() > 0.9


def test_a_player_cut_by_the_lower_edge_is_found(make_singles: Callable, paths):
    scene = make_singles()
    scene.add("near", paths["sway"](0.0, -15.0, reach_m=1.0))
    scene.boxes["near"][:, 3] = np.minimum(scene.boxes["near"][:, 3], scene.size_wh[1] - 0.5)

    near = by_role(choose(scene))["near"]

    assert len(near.frame_index) == len(scene.frames)
    assert overlaps(near, scene, scene.boxes["near"]).min() > 0.85


def test_repeated_frames_carry_the_same_boxes(make_singles: Callable):
    scene = make_singles(rate=30.0, repeated_every=6)

    for track in choose(scene):
        assert len(track.frame_index) == len(scene.frames)
        repeats = np.flatnonzero(scene.frames.repeated)
        np.testing.assert_array_equal(track.xyxy[repeats], track.xyxy[repeats - 1])
        assert not track.interpolated.any()


def test_a_panning_camera_moves_nobody(make_singles: Callable):
    scene = make_singles(pan_px=25.0)

    for role, track in by_role(choose(scene)).items():
        assert len(track.frame_index) == len(scene.frames)
        assert overlaps(track, scene, scene.boxes[role]).min() > 0.9


def test_pairs_are_found_two_a_side(make_scene: Callable, paths):
    scene = make_scene()
    scene.add("near_back", paths["sway"](2.5, -12.0, 1.5)).add("near_net", paths["sway"](-2.0, -3.0, 1.0))
    scene.add("far_back", paths["sway"](-2.5, 12.5, 1.5)).add("far_net", paths["sway"](2.0, 3.5, 1.0))
    scene.add("judge", paths["stand"](0.0, 19.0))

    tracks = choose(scene)

    assert sorted((t.track_id, t.role) for t in tracks) == [(1, "near"), (2, "far"), (3, "near"), (4, "far")]
    for track in tracks:
        names = [f"{track.role}_back", f"{track.role}_net"]
        assert max(overlaps(track, scene, scene.boxes[n]).min() for n in names) > 0.85


def test_a_partner_who_stands_wide_and_is_hidden_at_times_is_one(make_scene: Callable, paths):
    scene = make_scene()
    scene.add("near_back", paths["sway"](2.5, -12.0, 1.5)).add("near_net", paths["sway"](-2.0, -3.0, 0.2))
    scene.add("far_back", paths["sway"](-7.2, 12.5, 0.8)).add("far_net", paths["sway"](2.0, 3.5, 0.2))
    scene.lose("far_back", slice(20, 60))

    tracks = choose(scene)

    assert sorted((t.track_id, t.role) for t in tracks) == [(1, "near"), (2, "far"), (3, "near"), (4, "far")]


def test_people_who_run_over_both_sides_for_half_the_time_make_no_pairs(make_singles: Callable, paths):
    scene = make_singles()
    half = len(scene.frames) // 2
    scene.add("kid_near", paths["sway"](2.0, -6.0, 2.0)).add("kid_far", paths["sway"](-2.0, 7.0, 2.0))
    for name in ("kid_near", "kid_far"):
        scene.lose(name, slice(half, None))

    assert len(choose(scene)) == 2


def test_someone_at_the_baseline_beside_each_player_makes_no_pair(make_singles: Callable, paths):
    scene = make_singles()
    scene.add("coach_near", paths["stand"](-4.0, -13.5)).add("coach_far", paths["stand"](4.5, 14.5))

    assert len(choose(scene)) == 2


def test_a_guest_on_one_side_alone_makes_no_pair(make_singles: Callable, paths):
    scene = make_singles().add("guest", paths["sway"](2.0, -4.0, 1.0))

    assert len(choose(scene)) == 2


@pytest.mark.parametrize("to_the_edge", [False, True])
def test_a_shadow_below_the_near_player_is_left_out(make_singles: Callable, paths, to_the_edge: bool) -> None:
    scene = make_singles()
    scene.add("near", paths["sway"](1.0, -9.0, 1.0))
    truth = scene.boxes["near"].copy()
    height = truth[:, 3] - truth[:, 1]
    shaded = slice(20, 45)
    scene.boxes["near"][shaded, 3] = scene.size_wh[1] if to_the_edge else (truth[:, 3] + 0.42 * height)[shaded]

    near = by_role(choose(scene))["near"]

    assert (truth[shaded, 3] < scene.size_wh[1] - 0.5 * height[shaded]).all()
    assert overlaps(near, scene, truth)[shaded].mean() > 0.7


def test_a_player_whom_the_side_of_the_picture_cuts_is_as_narrow_as_he_looks() -> None:
    box = np.array([[0.0, 400.0, 35.0, 900.0]])

    assert size_likelihood(box, np.array([520.0]))[0] < 0.2
    assert size_likelihood(box, np.array([520.0]), np.array([True]))[0] > 0.9


@pytest.mark.parametrize("count", [1, 3, 10, 14])
def test_a_moment_has_its_players_too(make_singles: Callable, count: int) -> None:
    scene = make_singles()
    first = int(scene.frames.frame_index[0])
    frames = scene.frames.between(first, first + count - 1)

    assert [t.role for t in choose_players(scene.people(), frames, scene.court, scene.size_wh)] == ["near", "far"]


def test_nobody_is_reported_who_was_hardly_seen(make_singles: Callable):
    scene = make_singles()
    scene.lose("far", slice(5, None))

    assert [t.role for t in choose(scene)] == ["near"]


def test_noise_becomes_less(make_singles: Callable):
    scene = make_singles()
    truth = scene.boxes["near"].copy()
    noise = np.random.default_rng(3).normal(0, 4.0, truth.shape)
    scene.boxes["near"] += noise

    near = by_role(choose(scene))["near"]

    assert np.abs(near.xyxy - truth).mean() < 0.7 * np.abs(noise).mean()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_gap_s": -1}, r"max_gap_s must be at least 0, got -1\."),
        ({"doubles_share": 1.5}, r"doubles_share must be at most 1, got 1\.5\."),
        ({"run_off_back_m": float("nan")}, r"run_off_back_m must be at least 0, got nan\."),
    ],
)
def test_options_are_checked(options: dict[str, float], message: str):
    with pytest.raises(ValueError, match=message):
        PlayerOptions(**options)


def test_a_line_judge_who_bends_is_not_completed_to_a_player(make_singles: Callable, paths):
    scene = make_singles()
    scene.add("judge_far_left", paths["stand"](-2.0, 18.6)).cut("judge_far_left", slice(None), head=0.4)
    scene.lose("far", slice(90, None))

    far = by_role(choose(scene))["far"]

    assert far.frame_index.max() < 90


def test_a_player_who_runs_wide_remains_the_player(make_singles: Callable, paths):
    scene = make_singles()
    scene.add("far", paths["cross"]((0.0, 12.5), (8.6, 5.0), 3.0, 4.5))

    far = by_role(choose(scene))["far"]

    assert len(far.frame_index) == len(scene.frames)
    assert overlaps(far, scene, scene.boxes["far"]).min() > 0.9


def test_a_leap_in_time_is_neither_bridged_nor_smoothed(make_singles: Callable):
    scene = make_singles()
    box = scene.boxes["far"]
    box[75:, [0, 2]] += 2 * (box[75:, 3] - box[75:, 1]).mean()

    far = by_role(choose(scene))["far"]

    assert len(far.frame_index) == len(scene.frames)
    assert overlaps(far, scene, scene.boxes["far"]).min() > 0.9


def test_who_was_long_merged_with_someone_behind_is_cut_out(make_singles: Callable, paths):
    scene = make_singles()
    scene.add("far", paths["sway"](-3.2, 14.5, reach_m=0.4)).add("judge_far_left", paths["stand"](-4.1, 18.3))
    truth = scene.boxes["far"].copy()
    scene.merge("far", "judge_far_left", slice(60, 100))

    far = by_role(choose(scene))["far"]

    assert len(far.frame_index) == len(scene.frames)
    assert overlaps(far, scene, truth).min() > 0.5


def test_a_player_whose_track_goes_over_to_the_judge_behind_him_was_the_player(make_scene: Callable, paths):
    scene = make_scene(seconds=14).add("near", paths["sway"](0.5, -12.5))
    scene.add("far", paths["cross"]((0.0, 13.0), (-4.0, 13.0), 2.4, 3.4)).add("judge", paths["stand"](0.0, 18.6))
    # One behind the other, they are one; then he who ran off is lost for a moment.
    scene.merge("far", "judge", slice(50, 58)).lose("judge", slice(0, 50)).lose("far", slice(58, 68))
    tracks = link_people(scene.people(), scene.frames)
    ends = [np.concatenate([track.xyxy[0], track.xyxy[-1]]) for track in tracks]
    assert any(np.allclose(e, [*scene.boxes["far"][0], *scene.boxes["judge"][-1]]) for e in ends)

    far = by_role(choose(scene))["far"]

    np.testing.assert_allclose(far.xyxy[:45], scene.boxes["far"][:45], atol=6)
    np.testing.assert_allclose(far.xyxy[-200:], scene.boxes["far"][-200:], atol=6)


def test_a_judge_whose_feet_a_player_hides_is_still_the_judge(make_scene: Callable, paths):
    scene = make_scene(seconds=10).add("near", paths["sway"](0.5, -12.5))
    scene.add("far", paths["cross"]((0.0, 13.5), (-4.0, 13.0), 2.4, 3.4)).add("judge", paths["stand"](0.0, 17.0))
    # While the player stands before him, there is one box for both, and it ends between their feet.
    judge, far = scene.boxes["judge"], scene.boxes["far"]
    judge[:60, 3] = (judge[:60, 3] + far[:60, 3]) / 2
    scene.lose("far", slice(0, 60))

    far = by_role(choose(scene))["far"]

    assert far.frame_index[0] >= 60


def test_no_official_steps_in_for_a_player_who_is_not_seen(make_singles: Callable, paths):
    scene = make_singles(seconds=9.0).lose("near", slice(0, 75)).lose("far", slice(75, 225))
    for number, x_m in enumerate((-5.5, 0.0, 5.5)):
        scene.add(f"judge_back_{number}", paths["stand"](x_m, 17.6)).add(
            f"judge_front_{number}", paths["stand"](x_m, -17.4)
        )

    for role, track in by_role(choose(scene)).items():
        assert np.isfinite(overlaps(track, scene, scene.boxes[role])).all()
        assert overlaps(track, scene, scene.boxes[role]).min() > 0.5


def test_a_player_run_far_off_the_court_is_kept(make_singles: Callable, paths):
    scene = make_singles()
    scene.add("far", paths["cross"]((0.0, 12.5), (9.3, 4.5), 1.5, 3.5))
    scene.lose("far", slice(86, 90))

    far = by_role(choose(scene))["far"]

    assert len(far.frame_index) == len(scene.frames)
    assert overlaps(far, scene, scene.boxes["far"])[~far.interpolated].min() > 0.8


def test_a_crowd_changes_nothing(make_singles: Callable, paths):
    scene = make_singles()
    rng = np.random.default_rng(2)
    for number in range(40):
        x_m, y_m = rng.choice([-1, 1]) * rng.uniform(10, 16), rng.uniform(-15, 25)
        scene.add(f"spectator_{number}", paths["stand"](x_m, y_m), height_m=1.3)

    for role, track in by_role(choose(scene)).items():
        assert len(track.frame_index) == len(scene.frames)
        assert overlaps(track, scene, scene.boxes[role]).min() > 0.9


def test_a_change_of_ends_that_is_seen_keeps_the_ids_with_the_people(make_scene: Callable):
    scene = make_scene(seconds=40.0, rate=12.5)

    def around(sign: float, later_s: float):
        def path(t):
            s = t - later_s
            y = np.interp(s, [0, 10, 14, 22, 26], [-12.5, -12.5, -6, 6, 12.5])
            x = np.interp(s, [0, 10, 14, 22, 26], [0, 0, 7.6, 7.6, 0]) + 2 * np.sin(s) * (np.abs(y) > 12)
            return sign * x, sign * y

        return path

    scene.add("a", around(1.0, 0.0)).add("b", around(-1.0, 2.0))

    tracks = choose(scene)

    assert sorted((t.track_id, t.role) for t in tracks) == [(1, "far"), (1, "near"), (2, "far"), (2, "near")]
    for track in tracks:
        name = {1: "a", 2: "b"}[track.track_id]
        settled = (track.frame_index < 115) | (track.frame_index > 380)
        assert settled.sum() > 50
        assert overlaps(track, scene, scene.boxes[name])[settled].min() > 0.8


def test_partners_who_cross_keep_their_ids(make_scene: Callable, paths):
    scene = make_scene(seconds=8.0)
    for side, name in ((-1, "near"), (1, "far")):
        scene.add(f"{name}_1", paths["cross"]((-2.8, side * 11.5), (2.8, side * 11.5), 3.0, 4.2))
        scene.add(f"{name}_2", paths["cross"]((2.8, side * 4.0), (-2.8, side * 4.0), 3.1, 4.4))

    tracks = choose(scene)

    assert sorted(t.track_id for t in tracks) == [1, 2, 3, 4]
    for track in tracks:
        mine = [name for name in scene.boxes if overlaps(track, scene, scene.boxes[name])[0] > 0.8]
        assert overlaps(track, scene, scene.boxes[mine[0]]).min() > 0.5


@pytest.mark.parametrize("aspect", [4 / 3, 64 / 45])
@pytest.mark.parametrize("height_m", [1.7, 1.9, 2.2])
def test_players_are_whole_in_pixels_that_are_not_square(make_scene: Callable, paths, aspect: float, height_m: float):
    scene = make_scene(seconds=6)
    scene.add("near", paths["sway"](0, -12), height_m=height_m).add("far", paths["sway"](0, 12), height_m=height_m)
    squeeze = np.array([[1 / aspect, 0, 0.5 / aspect - 0.5], [0, 1, 0], [0, 0, 1.0]])
    (width, height), people, (stretch,) = scene.size_wh, scene.people(), scene.court.stretches
    size_wh = (round(width / aspect), height)
    matrix = stretch.court_from_image @ np.linalg.inv(squeeze)
    court = CourtTrack((replace(stretch, court_from_image=matrix, lens=Lens.pinhole(size_wh)),)).with_pixels(aspect)
    squeezed = PeopleTable(people.frame_index, _squeezed(people.xyxy, squeeze), people.score)

    found = by_role(choose_players(squeezed, scene.frames, court, size_wh))

    for role, track in found.items():
        assert overlaps(track, scene, _squeezed(scene.boxes[role], squeeze)).min() > 0.9


def _squeezed(xyxy: np.ndarray, squeeze: np.ndarray) -> np.ndarray:
    return np.hstack(
        [xyxy[:, :2] @ squeeze[:2, :2].T + squeeze[:2, 2], xyxy[:, 2:] @ squeeze[:2, :2].T + squeeze[:2, 2]]
    )
