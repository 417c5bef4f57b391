from dataclasses import replace

import numpy as np
import pytest

from flown_rally import FlownRally
from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import BallEvent, BallTrajectory, PlayerTrack
from tennalytix.tracking.ball import link_ball
from tennalytix.tracking.events import EventOptions, find_events

NOWHERE = CourtTrack()
NO_BALL = BallTrajectory(np.zeros(0, dtype=np.int64), np.zeros((0, 2)), np.zeros(0), np.zeros(0, dtype=bool))


def find(rally: FlownRally, ball: BallTrajectory | None = None, **options: float) -> list[BallEvent]:
    return find_events(
        rally.trajectory() if ball is None else ball,
        rally.frames,
        rally.court,
        rally.players,
        rally.size_wh,
        EventOptions(**options),
    )


def nearest(events: list[BallEvent], kind: str, time_s: float) -> BallEvent:
    return min((e for e in events if e.kind == kind), key=lambda e: abs(e.time_s - time_s))


SERVE = 1  # The first hit is the serve: the trajectories begin with it, so that no flight comes before it.


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 0},
        {"seed": 1},
        {"seed": 2},
        {"seed": 3},
        {"rate": 50},
        {"rate": 30, "repeat_every": 6},
        {"pan_px": 40.0},
    ],
)
def test_hits_and_bounces_are_found_at_their_time_and_hits_know_who(changes: dict) -> None:
    rally = FlownRally(**changes)
    events = find(rally)

    for kind, skipped in (("hit", SERVE), ("bounce", 0)):
        for time_s, frame_index, role in rally.events(kind)[skipped:]:
            found = nearest(events, kind, time_s)

            assert abs(found.frame_index - frame_index) <= 1
            assert abs(found.time_s - time_s) < 1.2 / rally.rate
            assert found.player == role


def test_times_lie_between_frames_and_are_better_than_half_a_frame() -> None:
    errors, fractions = [], []
    for seed in range(4):
        rally = FlownRally(seed=seed)
        events = find(rally)
        for kind, skipped in (("hit", SERVE), ("bounce", 0)):
            for time_s, _, _ in rally.events(kind)[skipped:]:
                found = nearest(events, kind, time_s)
                errors.append(abs(found.time_s - time_s))
                fractions.append(found.time_s * rally.rate % 1)

    assert np.median(errors) < 0.25 / 25
    assert np.std(fractions) > 0.15


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_nothing_is_found_where_nothing_happens(seed: int) -> None:
    rally = FlownRally(seed=seed)
    truth = [t for kind in ("hit", "bounce") for t, _, _ in rally.events(kind)]
    last_s = max(truth) + 0.1
    false = [e for e in find(rally) if e.time_s < last_s and min(abs(e.time_s - t) for t in truth) > 0.12]

    assert false == []


def test_events_hold_on_linked_candidates() -> None:
    rally = FlownRally()
    ball = link_ball(rally.candidates(), rally.frames, rally.court, rally.players, rally.size_wh)
    events = find(rally, ball)
    wanted = [(k, t, r) for k, skipped in (("hit", SERVE), ("bounce", 0)) for t, _, r in rally.events(k)[skipped:]]
    good = [abs(nearest(events, k, t).time_s - t) < 0.08 and nearest(events, k, t).player == r for k, t, r in wanted]

    assert np.mean(good) >= 0.85


def test_events_are_in_order_inside_the_picture_and_scored() -> None:
    rally = FlownRally()
    events = find(rally, min_score=0.0)

    assert [e.time_s for e in events] == sorted(e.time_s for e in events)
    assert all(0 <= e.score <= 1 for e in events)
    assert all(0 <= e.xy[0] <= 1279 and 0 <= e.xy[1] <= 719 for e in events)
    assert {e.player for e in events if e.kind == "bounce"} == {None}


def test_the_place_is_where_the_ball_is() -> None:
    rally = FlownRally()
    for time_s, frame_index, _ in rally.events("bounce"):
        found = nearest(find(rally), "bounce", time_s)
        around = rally.xy[frame_index - 1 : frame_index + 2]

        assert np.hypot(*(around - found.xy).T).min() < 12


def test_a_contact_just_outside_the_picture_is_placed_on_its_edge() -> None:
    rally = FlownRally()
    top = float(np.nanmin(rally.xy[:, 1])) + 8
    ball = rally.trajectory()
    shifted = replace(ball, xy=ball.xy - [0, top])
    events = find_events(shifted, rally.frames, NOWHERE, [], rally.size_wh, EventOptions(min_score=0.0))

    assert events
    assert all(e.xy[1] >= 0 for e in events)


def test_better_than_min_score_only() -> None:
    rally = FlownRally(seed=3)
    strict = find(rally, min_score=0.95)

    assert 0 < len(strict) < len(find(rally, min_score=0.0))
    assert all(e.score >= 0.95 for e in strict)


def test_no_ball_no_events() -> None:
    rally = FlownRally(seconds=2.0)

    assert find(rally, NO_BALL) == []
    assert find_events(NO_BALL, rally.frames.between(-2, -1), NOWHERE, [], rally.size_wh) == []


def test_three_positions_are_no_flight() -> None:
    rally = FlownRally()

    assert find(rally, rally.trajectory(np.isin(np.arange(175), [60, 61, 62])), min_score=0.0) == []


def test_no_event_in_a_gap() -> None:
    rally = FlownRally()
    for (time_s, frame_index, _), kind in ((rally.events("hit")[2], "hit"), (rally.events("bounce")[2], "bounce")):
        keep = np.abs(np.arange(175) - frame_index) > 6
        found = nearest(find(rally, rally.trajectory(keep)), kind, time_s)

        assert abs(found.time_s - time_s) > 6 / 25


@pytest.mark.parametrize("rate", [30, 60])
def test_an_event_while_the_ball_is_hidden_has_the_frame_of_its_time(rate: int) -> None:
    rally = FlownRally(rate=rate)
    time_s, frame_index, _ = rally.events("bounce")[2]
    keep = np.abs(np.arange(7 * rate) - frame_index - 1) > rate // 15
    found = nearest(find(rally, rally.trajectory(keep)), "bounce", time_s)

    assert abs(found.time_s - time_s) < 2 / rate
    assert abs(rally.frames.time_s[found.frame_index] - found.time_s) <= 0.5001 / rate


def test_flights_apart_are_rallies_of_their_own() -> None:
    rally = FlownRally()
    keep = np.abs(np.arange(175) - 95) > 14
    together = find(rally, rally.trajectory(keep))
    parts = [find(rally, rally.trajectory(keep & side)) for side in (np.arange(175) < 95, np.arange(175) > 95)]

    assert together == parts[0] + parts[1]


def test_segments_are_read_on_their_own() -> None:
    rally = FlownRally(pan_px=40.0)
    frames, ball, cut = rally.with_segments(95), rally.trajectory(), 95
    both = find_events(ball, frames, NOWHERE, [], rally.size_wh)
    first, second = (
        find_events(rally.trajectory(side), frames, NOWHERE, [], rally.size_wh)
        for side in (np.arange(175) < cut, np.arange(175) >= cut)
    )

    assert both == first + second


def test_repeated_frames_change_nothing_but_the_numbers() -> None:
    plain, pulled = FlownRally(seconds=6.0), FlownRally(seconds=6.0, rate=30, repeat_every=6)
    wanted, found = find(plain), find(pulled)
    known = {round(e.time_s, 1) for e in found}

    assert len(found) == pytest.approx(len(wanted), abs=1)
    assert all(any(abs(k - e.time_s) < 0.2 for k in known) for e in wanted)
    assert all(not pulled.frames.repeated[e.frame_index] for e in found)


def test_shifting_the_video_in_time_only_shifts() -> None:
    rally = FlownRally()
    later = rally.changed(first_frame=500, start_s=100.0)

    for one, other in zip(find(rally), find(later), strict=True):
        assert other.frame_index == one.frame_index + 500
        assert other.time_s == pytest.approx(one.time_s + 100, abs=1e-6)
        assert (other.kind, other.player, other.xy) == (one.kind, one.player, pytest.approx(one.xy, abs=1e-3))


@pytest.mark.parametrize("scale", [0.5, 3.0])
def test_scaling_the_picture_only_scales_the_places(scale: float) -> None:
    rally = FlownRally()
    larger = replace(rally.trajectory(), xy=rally.xy[np.isfinite(rally.xy[:, 0])] * scale)
    size_wh = (round(1280 * scale), round(720 * scale))
    plain = find_events(rally.trajectory(), rally.frames, NOWHERE, [], rally.size_wh)

    for one, other in zip(plain, find_events(larger, rally.frames, NOWHERE, [], size_wh), strict=True):
        assert (other.kind, other.player, other.frame_index) == (one.kind, one.player, one.frame_index)
        assert other.time_s == pytest.approx(one.time_s, abs=1e-6)
        assert other.xy == pytest.approx(np.array(one.xy) * scale, abs=1e-3)


def test_mirroring_the_picture_only_mirrors_the_places() -> None:
    rally = FlownRally()
    ball = rally.trajectory()
    mirrored = replace(ball, xy=[1279, 0] + ball.xy * [-1, 1])
    plain = find_events(ball, rally.frames, NOWHERE, [], rally.size_wh)

    for one, other in zip(plain, find_events(mirrored, rally.frames, NOWHERE, [], rally.size_wh), strict=True):
        assert (other.kind, other.player, other.frame_index) == (one.kind, one.player, one.frame_index)
        assert other.xy == pytest.approx((1279 - one.xy[0], one.xy[1]), abs=1e-3)


def test_without_court_and_players_most_is_still_found() -> None:
    rally = FlownRally()
    events = find_events(rally.trajectory(), rally.frames, NOWHERE, [], rally.size_wh)
    wanted = [(k, t) for k, skipped in (("hit", SERVE), ("bounce", 0)) for t, _, _ in rally.events(k)[skipped:]]

    assert np.mean([abs(nearest(events, k, t).time_s - t) < 0.08 for k, t in wanted]) >= 0.7


def test_nobody_hits_a_ball_that_is_far_away() -> None:
    rally = FlownRally()
    away = [replace(p, xyxy=p.xyxy + np.array([3000, 0, 3000, 0])) for p in rally.players]
    hits = [
        e
        for e in find_events(rally.trajectory(), rally.frames, rally.court, away, rally.size_wh)
        if e.kind == "hit"
    ]  # fmt: skip
    normal = [e for e in find(rally) if e.kind == "hit"]

    assert sum(e.score for e in hits) < sum(e.score for e in normal)


def test_a_player_never_seen_is_no_player() -> None:
    rally = FlownRally()
    never = [PlayerTrack(p.track_id, p.role, *(c[:0] for c in _columns(p))) for p in rally.players]
    with_them = find_events(rally.trajectory(), rally.frames, rally.court, never, rally.size_wh)

    assert with_them == find_events(rally.trajectory(), rally.frames, rally.court, [], rally.size_wh)


def _columns(player: PlayerTrack) -> list[np.ndarray]:
    return [player.frame_index, player.xyxy, player.score, player.interpolated]


@pytest.mark.parametrize("score", [-0.1, 1.1])
def test_min_score_must_be_a_score(score: float) -> None:
    with pytest.raises(ValueError, match=r"min_score must lie in \[0, 1\]"):
        EventOptions(min_score=score)


@pytest.mark.parametrize("name", ["max_gap_s", "split_s", "reach_bodies", "off_court_m"])
def test_lengths_and_times_must_be_positive(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be positive, got 0"):
        EventOptions(**{name: 0})
