"""Random scenes and everybody in them."""

from dataclasses import replace

import numpy as np
import pytest

from tennalytix.synthetic.bystanders import bystanders_of
from tennalytix.synthetic.crowd_regions import crowd_mask
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.render import render_rally
from tennalytix.synthetic.scenery import random_options
from tennalytix.synthetic.wardrobe import varied_outfit

SMALL = RallyOptions(size_wh=(320, 180), duration_s=2.0, seed=3, noise=0.0, officials=False)


def test_many_seeds_give_valid_and_different_scenes() -> None:
    scenes = [random_options(seed) for seed in range(200)]

    assert len(set(scenes)) == 200
    for name in ("surface", "venue", "light", "staging", "ball_kids", "doubles", "officials", "size_wh"):
        assert len({getattr(scene, name) for scene in scenes}) >= 2
    assert any(s.size_wh[1] > s.size_wh[0] for s in scenes)
    assert all(640 * 360 <= s.size_wh[0] * s.size_wh[1] <= 1920 * 1080 for s in scenes)
    assert random_options(7) == scenes[7]


def test_size_and_length_can_be_given() -> None:
    scene = random_options(5, size_wh=(320, 180), duration_s=3.0)

    assert (scene.size_wh, scene.duration_s) == ((320, 180), 3.0)


@pytest.mark.parametrize("seed", range(2))
def test_any_frame_is_drawn_alone_and_boxes_lie_in_it(seed: int) -> None:
    options = random_options(seed, size_wh=(320, 180), duration_s=0.4)
    in_order, alone = render_rally(options), render_rally(options)
    image, truth = alone.pair(7)
    people = (*truth.players, *truth.others)

    assert np.array_equal(image, list(in_order)[7])
    assert np.array_equal(image, alone[7])
    assert np.array_equal(alone[-3], image)
    assert all((p.xyxy[:2] >= -0.5).all() and (p.xyxy[2:] <= [319.5, 179.5]).all() for p in people)
    assert all(0 < p.visible_share <= 1 for p in people)
    assert len({p.track_id for p in people}) == len(people)


def test_an_index_outside_the_clip_is_refused() -> None:
    with pytest.raises(IndexError, match=r"frame_index must lie in \[-50, 50\), got 50"):
        render_rally(SMALL)[50]


def test_the_crowd_is_where_spectators_sit() -> None:
    full, empty = (render_rally(replace(SMALL, crowd_share=share)) for share in (0.86, 0.0))
    (image, truth), (bare, nobody) = full.pair(0), empty.pair(0)
    mask = crowd_mask(truth.crowd, SMALL.size_wh)
    changed = np.abs(image.astype(int) - bare).max(axis=2) > 12

    assert mask.shape == (180, 320)
    assert nobody.crowd == ()
    assert changed.sum() > 1000
    assert (changed & mask).sum() > 0.97 * changed.sum()
    assert not mask[90:170, 60:260].any()


def test_the_crowd_moves_with_the_camera() -> None:
    rally = render_rally(replace(SMALL, shake_px=3.0))
    first, later = (crowd_mask(rally.frame_truth(i).crowd, SMALL.size_wh) for i in (0, 7))

    assert (first != later).any()
    assert (first != later).mean() < 0.1


def test_bystanders_and_standing_spectators_have_boxes() -> None:
    options = replace(SMALL, bystanders=4, standing_crowd=12)
    roles = [p.role for p in render_rally(options).frame_truth(10).others]

    assert roles.count("spectator") >= 9
    assert 1 <= roles.count("bystander") <= 4
    assert [p.role for p in bystanders_of(options)].count("bystander") == 4


def test_bystanders_walk_and_rest() -> None:
    people = bystanders_of(replace(SMALL, bystanders=12, duration_s=20.0))
    ways = [np.hypot(*(p.place(15.0) - p.place(0.0))) for p in people]

    assert any(w > 1 for w in ways)
    assert any(w == 0 for w in ways)
    assert all((np.abs(p.place(9.0)) <= [8.3, 16.9]).all() for p in people)


def test_varied_people_differ_in_build_and_dress() -> None:
    rng = np.random.default_rng(0)
    outfits = [varied_outfit(rng, "clay") for _ in range(60)]

    assert np.std([o.girth for o in outfits]) > 0.05
    assert {o.skirt for o in outfits} == {o.long_trousers for o in outfits} == {True, False}
    assert len({o.pattern for o in outfits}) == 4
    # Some wear the court's colour.
    assert any(np.abs(np.array(o.shirt) - (190, 98, 66)).max() < 40 for o in outfits)


def test_plain_and_varied_looks_differ_in_the_picture() -> None:
    plain, varied = (render_rally(replace(SMALL, looks=looks)).image(5) for looks in ("plain", "varied"))

    assert not np.array_equal(plain, varied)
