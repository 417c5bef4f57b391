"""What is drawn, seen as a whole: small pictures, few frames."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import get_args

import numpy as np
import pytest

from tennalytix.synthetic.options import CAMERAS, Light, RallyOptions, Surface, Venue
from tennalytix.synthetic.render import RenderedRally, render_rally
from tennalytix.synthetic.truth import ABSENT, CLEAR, HIT, FrameTruth

SMALL = RallyOptions(size_wh=(320, 180), duration_s=3.0, seed=3)
PLAIN = replace(SMALL, officials=False, noise=0.0, score_box=False, light="flat")
Changed = Callable[..., RenderedRally]


def ground_colour(image: np.ndarray) -> np.ndarray:
    """In front of the net, left of the middle line."""
    return np.median(image[100:118, 120:150].reshape(-1, 3), axis=0)


def test_images_are_pictures_in_colour_one_a_frame() -> None:
    rally = render_rally(replace(PLAIN, duration_s=0.12))
    images = list(rally)

    assert len(rally) == len(images) == 3
    assert {(i.shape, i.dtype) for i in images} == {((180, 320, 3), np.dtype(np.uint8))}
    assert all(i.std() > 15 for i in images)


def test_the_same_options_give_the_same_pixels_and_truth() -> None:
    one, two = render_rally(SMALL), render_rally(SMALL)
    two.image(9)  # whatever was drawn before

    assert np.array_equal(one.image(50), two.image(50))
    assert np.array_equal(one.frame_truth(50).ball.xy, two.frame_truth(50).ball.xy)


def test_another_seed_gives_another_picture() -> None:
    assert not np.array_equal(render_rally(SMALL).image(50), render_rally(replace(SMALL, seed=4)).image(50))


def test_drawing_one_by_one_gives_what_iterating_gives() -> None:
    options = replace(SMALL, duration_s=0.28, repeat_every=3, frame_rate=Fraction(30))
    by_index, in_order = render_rally(options), list(render_rally(options))

    assert all(np.array_equal(by_index.image(i), image) for i, image in enumerate(in_order))


@pytest.mark.parametrize("surface", get_args(Surface))
def test_every_surface_has_its_colour(surface: Surface) -> None:
    red, green, blue = ground_colour(render_rally(replace(PLAIN, surface=surface)).image(0))
    leading = {"hard_blue": blue > red, "hard_green": green > red, "clay": red > blue, "grass": green > blue}

    assert leading.get(surface, True)
    assert 20 < max(red, green, blue) < 235


def test_surfaces_differ() -> None:
    colours = [tuple(ground_colour(render_rally(replace(PLAIN, surface=s)).image(0))) for s in get_args(Surface)]

    assert len(set(colours)) == len(colours)


@pytest.mark.parametrize("camera", list(CAMERAS))
@pytest.mark.parametrize("venue", get_args(Venue))
def test_from_every_camera_court_and_players_are_in_view(camera: str, venue: Venue) -> None:
    truth = render_rally(replace(SMALL, camera=CAMERAS[camera], venue=venue)).frame_truth(60)

    assert {p.role for p in truth.players} == {"near", "far"}
    assert len(truth.keypoints) == 14
    assert all(_inside(p.xyxy) for p in truth.players)
    assert bool(truth.others) == (venue == "stadium")


def _inside(xyxy: np.ndarray) -> bool:
    x1, y1, x2, y2 = xyxy
    return bool(-0.5 <= x1 < x2 <= 319.5 and -0.5 <= y1 < y2 <= 179.5)


@pytest.mark.parametrize("light", [light for light in get_args(Light) if light != "shadowless"])
def test_players_cast_shadows_in_every_light(light: Light) -> None:
    rally = render_rally(replace(PLAIN, light=light, size_wh=(640, 360)))
    image, truth = rally.image(30), rally.frame_truth(30)
    near = next(p for p in truth.players if p.role == "near")
    x1, y1, x2, y2 = (near.xyxy + 0.5).astype(int)
    around = image[y1 - 10 : min(y2 + 10, 360), x1 - 60 : x2 + 60].astype(int).sum(axis=2)

    assert around.min() < 0.75 * np.median(around)


def test_doubles_shows_four_players() -> None:
    truth = render_rally(replace(PLAIN, doubles=True)).frame_truth(40)

    assert sorted(p.role for p in truth.players) == ["far", "far", "near", "near"]
    assert len({p.track_id for p in truth.players}) == 4


def test_a_score_box_is_laid_over_everything() -> None:
    without, with_box = render_rally(PLAIN).image(40), render_rally(replace(PLAIN, score_box=True)).image(40)
    rows, columns = np.nonzero((without != with_box).any(axis=2))

    assert rows.min() > 140
    assert columns.max() < 100


def test_noise_has_the_wanted_strength_and_changes_from_frame_to_frame() -> None:
    clean, noisy = render_rally(PLAIN), render_rally(replace(PLAIN, noise=4.0))
    first, second = (noisy.image(i).astype(float) - clean.image(i) for i in (0, 1))

    assert first.std() == pytest.approx(4, rel=0.15)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.1


def test_a_repeated_frame_repeats_picture_and_truth() -> None:
    options = replace(PLAIN, frame_rate=Fraction(30), repeat_every=6)
    rally = render_rally(options)
    pairs = {}
    for index, (image, truth) in enumerate(rally.pairs()):
        pairs[index] = (image, truth)
        if index == 12:
            break

    assert [i for i, (_, t) in pairs.items() if t.repeated] == [5, 11]
    assert np.array_equal(pairs[5][0], pairs[4][0])
    assert not np.array_equal(pairs[5][0], pairs[6][0])
    assert pairs[5][1].time_s == pytest.approx(5 / 30)
    assert np.array_equal(pairs[5][1].ball.xy, pairs[4][1].ball.xy, equal_nan=True)


def test_the_picture_behind_a_moving_camera_moves_as_the_court_view_says() -> None:
    rally = render_rally(replace(PLAIN, pan_px=30.0))
    early, late = rally.frame_truth(0).keypoints, rally.frame_truth(74).keypoints
    shifts = [late[k][0] - early[k][0] for k in early]

    assert max(abs(s) for s in shifts) > 3
    assert np.std(shifts) < 0.2 * max(abs(s) for s in shifts)
    assert not np.array_equal(rally.image(0), rally.image(74))


def test_without_shutter_the_ball_is_a_point_in_time() -> None:
    sharp, long = (render_rally(replace(PLAIN, shutter=s)).frame_truth(53) for s in (0.0, 0.8))

    assert sharp.ball.xy == pytest.approx(long.ball.xy, abs=1.0)
    assert np.array_equal(sharp.ball.xyz_m, long.ball.xyz_m)


@pytest.fixture(scope="module")
def truths() -> list[FrameTruth]:
    rally = render_rally(replace(PLAIN, size_wh=(192, 108), seed=0))
    return list(rally.truth.frames)


def test_the_ball_is_absent_before_it_is_in_hand_and_visible_in_flight(truths: list[FrameTruth]) -> None:
    held_from = render_rally(replace(PLAIN, first_serve_s=2.9)).frame_truth(10)
    flying = [t.ball for t in truths[51:60]]

    assert held_from.ball.visibility == ABSENT
    assert np.isnan(held_from.ball.xy).all()
    assert all(b.visibility != ABSENT for b in flying)
    assert any(b.visibility == CLEAR for b in flying)


def test_the_serve_is_marked_on_its_frame(truths: list[FrameTruth]) -> None:
    assert next(t.frame_index for t in truths if t.ball.status == HIT) == 50


def test_truth_lists_every_frame_and_event_once() -> None:
    rally = render_rally(replace(PLAIN, size_wh=(192, 108)))
    truth = rally.truth

    assert [f.frame_index for f in truth.frames] == list(range(75))
    assert truth.hits[0].time_s == pytest.approx(2.0)
    assert all(0 <= e.frame <= 74 for e in (*truth.hits, *truth.bounces))
    assert (truth.size_wh, truth.moving_camera) == ((192, 108), False)
    assert {h.player for h in truth.hits} <= {"near", "far"}


def test_a_frame_outside_the_clip_is_refused() -> None:
    with pytest.raises(ValueError, match=r"frame_index must lie in \[0, 75\), got 75"):
        render_rally(PLAIN).image(75)
