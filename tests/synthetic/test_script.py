from itertools import pairwise

import numpy as np
import pytest

from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M, SERVICE_FROM_NET_M, SINGLES_WIDTH_M
from tennalytix.synthetic.officials import officials_of
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.physics import BALL_RADIUS_M
from tennalytix.synthetic.rally import write_script
from tennalytix.synthetic.script import HOLD_S, TOSS_S, Leg, Script
from tennalytix.synthetic.shots import net_height_m

SEEDS = range(4)


@pytest.fixture(scope="module", params=SEEDS)
def script(request: pytest.FixtureRequest) -> Script:
    return write_script(RallyOptions(seed=request.param, duration_s=12.0))


def answered(script: Script) -> list[Leg]:
    """Flights that end at another stroke."""
    struck = {s.time_s for s in script.strokes}
    return [leg for leg in script.legs if leg.end_s in struck]


def test_players_take_turns_and_serves_begin_points(script: Script) -> None:
    strokes = script.strokes

    assert strokes[0].kind == "serve"
    assert strokes[0].time_s == 2.0
    assert all(a.player != b.player for a, b in pairwise(strokes) if b.kind != "serve")
    assert [s.time_s for s in strokes] == sorted(s.time_s for s in strokes)


def test_answered_balls_cross_the_net_and_bounce_once_inside(script: Script) -> None:
    legs = answered(script)

    assert len(legs) >= 3
    for leg in legs:
        times = np.linspace(0, leg.end_s - leg.start_s, 400)
        places = leg.flight.at(times)
        crossing = int(np.flatnonzero(np.diff(np.sign(places[:, 1])))[0])
        (bounce,) = [b for b in script.bounces if leg.start_s < b.time_s < leg.end_s]
        x, y = bounce.court_xy_m

        assert places[crossing, 2] > net_height_m(places[crossing, 0]) + BALL_RADIUS_M - 0.1
        assert abs(x) <= SINGLES_WIDTH_M / 2 + 0.1
        assert abs(y) <= BASELINE_Y_M
        assert np.sign(y) == np.sign(places[-1, 1])


def test_serves_land_in_the_service_box_across(script: Script) -> None:
    for stroke in (s for s in script.strokes if s.kind == "serve"):
        x, y = min((b for b in script.bounces if b.time_s > stroke.time_s), key=lambda b: b.time_s).court_xy_m

        assert abs(y) <= SERVICE_FROM_NET_M
        assert x * stroke.ball_m[0] < 0
        assert y * stroke.ball_m[1] < 0


def test_the_ball_is_where_it_is_struck(script: Script) -> None:
    for stroke in script.strokes:
        assert script.ball_m(stroke.time_s) == pytest.approx(stroke.ball_m, abs=1e-6)
        assert script.ball_m(stroke.time_s - 1e-6) == pytest.approx(stroke.ball_m, abs=1e-3)


def test_the_ball_never_jumps_nor_sinks(script: Script) -> None:
    times = np.arange(2.0 - HOLD_S + 0.01, script.legs[0].end_s, 0.002)
    places = np.array([script.ball_m(float(t)) for t in times])

    assert np.linalg.norm(np.diff(places, axis=0), axis=1).max() < 0.002 * 75
    assert places[:, 2].min() > 0.9 * BALL_RADIUS_M


def test_before_a_serve_the_ball_is_tossed_and_before_that_held() -> None:
    script = write_script(RallyOptions(seed=0, duration_s=6.0, first_serve_s=4.0))
    serve = script.strokes[0]
    released, held = (script.ball_m(serve.time_s - TOSS_S + dt) for dt in (1e-4, -1e-4))

    assert script.ball_m(serve.time_s - HOLD_S - 0.01) is None
    assert released == pytest.approx(held, abs=0.01)
    assert script.ball_m(serve.time_s - TOSS_S / 2)[2] > serve.ball_m[2]  # type: ignore[index]
    assert script.ball_m(1e6) is None


def test_players_stay_on_their_side_and_run_no_faster_than_people(script: Script) -> None:
    times = np.arange(0, 12, 0.05)
    for player in script.players:
        moves = [player.walk.at(float(t)) for t in times]

        assert all(place @ player.forward < 0 for place, _ in moves)
        assert max(float(np.hypot(*velocity)) for _, velocity in moves) < 10.5
        assert np.diff([player.walk.distance(float(t)) for t in times]).min() >= 0


def test_another_seed_is_another_rally_and_the_same_seed_the_same() -> None:
    one, again, other = (write_script(RallyOptions(seed=s, duration_s=4.0)) for s in (7, 7, 8))

    assert [s.time_s for s in one.strokes] == [s.time_s for s in again.strokes]
    assert [s.time_s for s in one.strokes] != [s.time_s for s in other.strokes]


def test_a_long_clip_has_several_points_with_pauses() -> None:
    script = write_script(RallyOptions(seed=1, duration_s=30.0))
    serves = [s.time_s for s in script.strokes if s.kind == "serve"]

    assert len(serves) >= 2
    assert min(np.diff(serves)) > 4


def test_in_a_clip_that_ends_before_the_serve_everybody_is_in_place() -> None:
    options = RallyOptions(seed=1, duration_s=0.1)
    script = write_script(options)
    near, far = (p.walk.at(0.05)[0] for p in script.players)

    assert near[1] < -8
    assert far[1] > 8
    assert len(officials_of(options, script)) > 5


def test_doubles_has_four_players_two_a_side() -> None:
    script = write_script(RallyOptions(seed=3, duration_s=5.0, doubles=True))

    assert [p.role for p in script.players] == ["near", "near", "far", "far"]
    places = np.array([p.walk.at(2.0)[0] for p in script.players])

    assert (np.sign(places[:, 1]) == [-1, -1, 1, 1]).all()
    assert (np.abs(places[:, 0]) < DOUBLES_WIDTH_M / 2 + 1).all()
    assert len({tuple(p.round(1)) for p in places}) == 4


def test_without_slices_every_stroke_has_topspin() -> None:
    assert all(s.spin_rps > 0 for s in write_script(RallyOptions(seed=2, duration_s=20.0, slices=False)).strokes)


def test_officials_stand_outside_the_court_and_kids_fetch_balls() -> None:
    options = RallyOptions(seed=1, duration_s=12.0)
    script = write_script(options)
    people = officials_of(options, script)
    dead_s = next(leg.end_s for leg in script.legs if leg not in answered(script))
    kid = people[-1]

    assert {p.role for p in people} == {"umpire", "line_judge", "ball_kid"}
    assert all(max(abs(p.place(2.0)[0]) - 5.485, abs(p.place(2.0)[1]) - 11.885) > 1 for p in people)
    assert np.hypot(*(kid.place(dead_s + 1.2) - kid.place(2.0))) > 5
    assert kid.attitude(dead_s + 0.4) is None
    assert kid.moment(dead_s + 0.4)[1] is None


def test_officials_stir_and_then_stand_still() -> None:
    options = RallyOptions(seed=1, duration_s=12.0)
    umpire = officials_of(options, write_script(options))[0]
    names = [umpire.attitude(t) for t in np.arange(0, 30, 0.1)]

    assert None in names
    assert len(set(names)) > 3
    assert officials_of(RallyOptions(venue="club"), write_script(options)) == []
