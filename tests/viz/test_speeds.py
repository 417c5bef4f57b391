from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import tennalytix
from tennalytix.core.camera import Camera
from tennalytix.core.court_view import Lens
from tennalytix.core.speed import GroundSpeed
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.render import render_rally
from tennalytix.viz.speeds import (
    Shot,
    certain_moments,
    fastest,
    fastest_shot,
    is_low_camera,
    player_speeds,
    shots,
)


def hit_and_bounce(make: SimpleNamespace, role: str = "near", bounce_at: int = 20) -> tuple[list, list]:
    frames = [make.frame(k, (make.player(role, (600, 500, 660, 640)),)) for k in range(60)]
    hit = make.event("hit", 0, (630, 560)).model_copy(update={"player": role, "court_xy_m": None})
    return frames, [hit, make.event("bounce", bounce_at, (700, 300))]


def test_speeds_of_the_sample_are_within_their_intervals(tracked_sample: tuple[Path, dict]) -> None:
    tracks = tennalytix.load_tracks(str(tracked_sample[0] / "07_model_output/tracks/sample_rally__0000.json"))
    truth = render_rally(RallyOptions(seed=7, k1=-0.03)).truth
    for (_, role), speed in player_speeds(tracks).items():
        places = [next((p.court_xy_m for p in f.players if p.role == role), (np.nan,) * 2) for f in truth.frames]
        true = np.hypot(*np.gradient(np.array(places), speed.time_s, axis=0).T)
        low, high = speed.interval()
        known = np.isfinite(low) & np.isfinite(true)

        assert known.mean() > 0.9
        assert ((true >= low) & (true <= high))[known].mean() > 0.9
        assert np.nanmedian(speed.sigma_mps) < 0.6

    flown = shots(tracks)
    assert len(flown) == 5
    for shot in flown:
        ball = [f for f in truth.frames if shot.start_s + 0.02 <= f.time_s <= shot.end_s]
        ball = [f for f in ball if np.isfinite(f.ball.xyz_m).all()]
        way = (ball[-1].ball.xyz_m - ball[0].ball.xyz_m)[:2]
        low, high = shot.interval()

        assert low <= np.hypot(*way) / (ball[-1].time_s - ball[0].time_s) <= high


def test_a_shot_is_distance_over_time(make: SimpleNamespace) -> None:
    frames, events = hit_and_bounce(make)
    (shot,) = shots(make.tracks(frames, events=events, court=make.court()))

    assert shot.player == "near"
    assert shot.speed_mps == pytest.approx(np.hypot(2 - 1, 5 + 12) / 0.8)
    assert 0.5 < shot.sigma_mps < 5


def test_a_worse_court_and_a_shorter_flight_are_less_sure(make: SimpleNamespace) -> None:
    def sigma(residual_px: float, bounce_at: int) -> float:
        frames, events = hit_and_bounce(make, bounce_at=bounce_at)
        court = make.court().model_copy(update={"residual_px": residual_px})
        return shots(make.tracks(frames, events=events, court=court))[0].sigma_mps

    assert sigma(0.5, 20) < sigma(9.0, 20)
    assert sigma(0.5, 20) < sigma(0.5, 10)


def test_no_speed_of_what_is_not_a_shot(make: SimpleNamespace) -> None:
    frames, events = hit_and_bounce(make)
    court = make.court()
    nameless = [events[0].model_copy(update={"player": None}), events[1]]
    nowhere = [events[0], events[1].model_copy(update={"court_xy_m": None})]
    pair = [
        make.frame(k, tuple(make.player("near", (600, 500, 660, 640), track_id=i) for i in (1, 2))) for k in range(60)
    ]
    late = hit_and_bounce(make, bounce_at=2)[1]

    for some_frames, some_events in (
        (frames, nameless), (frames, nowhere), (pair, events), (frames, events[::-1]), (frames, late), ([], events),
    ):  # fmt: skip
        assert shots(make.tracks(some_frames, events=some_events, court=court)) == []


def test_places_filled_in_and_repeated_frames_are_no_measurements(make: SimpleNamespace) -> None:
    def walk(source: str, repeated: bool) -> np.ndarray:
        box = (600, 500, 660, 640)
        steps = [make.player("near", box, source).model_copy(update={"court_xy_m": (0.1 * k, -12)}) for k in range(40)]
        frames = [make.frame(k, (p,)).model_copy(update={"repeated": repeated}) for k, p in enumerate(steps)]
        return player_speeds(make.tracks(frames, court=make.court()))[1, "near"].speed_mps

    assert walk("detected", False)[20] == pytest.approx(2.5)
    assert walk("corrected", False)[20] == pytest.approx(2.5)
    assert np.isnan(walk("interpolated", False)).all()
    assert np.isnan(walk("detected", True)).all()


def runner(speed_mps: float, sigma_mps: float) -> GroundSpeed:
    return GroundSpeed(np.arange(2.0), np.full(2, speed_mps), np.full(2, sigma_mps))


def test_the_fastest_is_of_the_speeds_that_are_certain() -> None:
    speed = GroundSpeed(np.arange(4.0), np.array([4.0, 9.0, np.nan, 30.0]), np.array([0.5, 3.0, np.nan, 1.0]))

    assert fastest(speed) == pytest.approx((4.0, 0.98))
    assert fastest(runner(9.0, 20.0)) == pytest.approx((9.0, 39.2))
    assert fastest(runner(np.nan, np.nan)) is None


def test_a_certain_shot_is_told_rather_than_a_fast_one() -> None:
    sure, wild = Shot("near", 0, 1, 20.0, 2.0), Shot("far", 1, 1.3, 90.0, 30.0)

    assert fastest_shot([wild, sure]) == pytest.approx((20.0, 3.92))
    assert fastest_shot([wild]) == pytest.approx((90.0, 58.8))
    assert fastest_shot([]) is None


def test_standing_is_drawn_and_what_nobody_can_run_is_not() -> None:
    assert certain_moments(runner(0.2, 0.5)).all()
    for speed in (runner(2.0, 1.0), runner(14.0, 0.5), runner(np.nan, np.nan)):
        assert not certain_moments(speed).any()


@pytest.mark.parametrize(("height_m", "low"), [(9.0, False), (2.0, True)])
def test_metres_are_uncertain_from_a_low_camera(make: SimpleNamespace, height_m: float, low: bool) -> None:
    camera = Camera.look_at((0.0, -20.0, height_m), (0.0, 0.0, 0.0), 1000.0, Lens.pinhole((1280, 720), 0.0))
    view = camera.court_view()
    court = make.court().model_copy(update={"court_from_image": view.court_from_image.tolist()})
    x, y = view.court_to_image([(1.0, 12.0)])[0]
    far = make.player("far", (x - 10, y - 60, x + 10, y)).model_copy(update={"court_xy_m": (1.0, 12.0)})

    assert is_low_camera(make.tracks([make.frame(0, (far,))], court=court)) is low
    assert not is_low_camera(make.tracks([make.frame(0, (far,))]))
    assert not is_low_camera(make.tracks([make.frame(0)], court=court))
