from dataclasses import replace

import numpy as np
import pytest

from flown_rally import FlownRally
from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import BallTable, BallTrajectory, FrameTable
from tennalytix.tracking.ball import BallLinkOptions, link_ball

NOWHERE = CourtTrack()


def link(rally: FlownRally, candidates: BallTable | None = None, **options: float) -> BallTrajectory:
    candidates = rally.candidates() if candidates is None else candidates
    return link_ball(
        candidates, rally.frames, rally.court, rally.players, rally.size_wh, BallLinkOptions(**options)  # type: ignore[arg-type]
    )  # fmt: skip


def errors_px(rally: FlownRally, ball: BallTrajectory) -> np.ndarray:
    """Distances from the truth in 720p pixels; infinite where there is no ball."""
    truth = rally.xy[ball.frame_index - rally.first_frame]
    return np.nan_to_num(np.hypot(*(ball.xy - truth).T) / rally.scale, nan=np.inf)


def assert_same(one: BallTrajectory, other: BallTrajectory, *, shift: int = 0, scale: float = 1.0) -> None:
    assert (other.frame_index - shift).tolist() == one.frame_index.tolist()
    assert other.xy == pytest.approx(one.xy * scale, abs=1e-6)
    assert other.score.tolist() == one.score.tolist()
    assert other.interpolated.tolist() == one.interpolated.tolist()


@pytest.mark.parametrize("seed", [0, 1, 2, 5])
def test_the_ball_is_found_among_false_candidates_and_things_that_stand_still(seed: int) -> None:
    rally = FlownRally(seed=seed)
    ball = link(rally)
    in_flight = int(np.isfinite(rally.xy[:, 0]).sum())

    assert len(ball.frame_index) >= 0.97 * in_flight
    assert errors_px(rally, ball).max() < 5


@pytest.mark.parametrize(
    "changes",
    [{"rate": 50}, {"rate": 30, "repeat_every": 6}, {"pan_px": 40.0}, {"scale": 1.5}, {"scale": 0.5}],
)
def test_it_is_found_whatever_the_video(changes: dict) -> None:
    rally = FlownRally(**changes)
    ball = link(rally)
    in_flight = int(np.isfinite(rally.xy[:, 0]).sum())

    assert len(ball.frame_index) >= 0.96 * in_flight
    assert np.quantile(errors_px(rally, ball), 0.99) < 4


@pytest.mark.parametrize("seed", [0, 1, 2, 5])
def test_no_ball_in_nothing_out(seed: int) -> None:
    rally = FlownRally(seed=seed)

    assert len(link(rally, rally.candidates(ball=False)).frame_index) == 0


@pytest.mark.parametrize("rate", [25, 50])
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("false_per_frame", [0.0, 3.0])
def test_things_that_stand_still_are_no_ball_however_much_they_look_like_one(
    seed: int, rate: int, false_per_frame: float
) -> None:
    rally = FlownRally(seed=seed, rate=rate)
    candidates = rally.candidates(ball=False, static_score=(0.5, 0.99), false_per_frame=false_per_frame)

    assert len(link(rally, candidates).frame_index) == 0


@pytest.mark.parametrize("seed", [0, 1, 2, 5])
def test_beside_them_the_ball_is_found(seed: int) -> None:
    rally = FlownRally(seed=seed)
    ball = link(rally, rally.candidates(static_score=(0.5, 0.99)))
    in_flight = int(np.isfinite(rally.xy[:, 0]).sum())

    assert len(ball.frame_index) >= 0.96 * in_flight
    assert errors_px(rally, ball).max() < 5


@pytest.mark.parametrize("last", [8, 15, 40])
def test_what_lights_up_in_one_place_for_a_while_is_no_ball(last: int) -> None:
    rally = FlownRally()
    candidates = rally.candidates(ball=False, static=1, static_score=(0.9, 0.99), false_per_frame=0)
    lit = (candidates.frame_index >= 30) & (candidates.frame_index < 30 + last)
    light = BallTable(candidates.frame_index[lit], candidates.xy[lit], candidates.score[lit])

    assert len(link(rally, light).frame_index) == 0
    if last < 10:
        assert len(link(rally, light, max_still_share=1.0).frame_index) > 0


def test_no_candidates_nothing_out() -> None:
    rally, none = FlownRally(seconds=2.0), BallTable(np.zeros(0, dtype=np.int64), np.zeros((0, 2)), np.zeros(0))

    assert len(link(rally, none).frame_index) == 0


def test_no_frames_nothing_out() -> None:
    empty = FlownRally(seconds=2.0).frames.between(-2, -1)
    candidates = FlownRally(seconds=2.0).candidates()
    ball = link_ball(candidates, empty, NOWHERE, [], (1280, 720))

    assert (len(ball.frame_index), ball.xy.shape) == (0, (0, 2))


def test_before_the_serve_there_is_no_ball() -> None:
    rally = FlownRally()

    assert link(rally).frame_index[0] >= np.flatnonzero(np.isfinite(rally.xy[:, 0]))[0]


def test_a_short_gap_in_a_flight_is_filled_and_flagged() -> None:
    rally = FlownRally()
    ball = link(rally, rally.candidates(missing=slice(96, 100)))
    filled = np.isin(ball.frame_index, np.arange(96, 100))

    assert ball.frame_index[filled].tolist() == [96, 97, 98, 99]
    assert ball.interpolated[filled].all()
    assert not ball.interpolated[(ball.frame_index > 80) & ~filled & (ball.frame_index < 105)].any()
    assert errors_px(rally, ball)[filled].max() < 4
    assert (ball.score[filled] <= ball.score[ball.frame_index == 95]).all()


def test_gaps_are_filled_from_single_points_too() -> None:
    rally = FlownRally()
    whole = rally.candidates(false_per_frame=0, static=0)
    kept = np.isin(whole.frame_index % 3, [0]) & (whole.frame_index > 40)
    ball = link(rally, BallTable(whole.frame_index[kept], whole.xy[kept], whole.score[kept]), miss=-0.1)

    assert ball.interpolated.any()
    assert np.median(errors_px(rally, ball)[ball.interpolated]) < 4


@pytest.mark.parametrize("rate", [25, 30, 50, 60])
def test_a_gap_as_long_is_filled_at_any_frame_rate(rate: int) -> None:
    rally = FlownRally(rate=rate, seconds=6.0)
    gap = slice(round(3.85 * rate), round(3.97 * rate))
    ball = link(rally, rally.candidates(missing=gap, false_per_frame=0, static=0))

    assert np.isin(np.arange(gap.start, gap.stop), ball.frame_index).all()


@pytest.mark.parametrize(("rate", "lasts_s"), [(50, 0.08), (60, 0.1), (120, 0.1)])
def test_what_flies_for_a_moment_is_no_ball_at_any_frame_rate(rate: int, lasts_s: float) -> None:
    rally = FlownRally(rate=rate, seconds=4.0)
    index = np.arange(round(2 * rate), round((2 + lasts_s) * rate) + 1)
    xy = np.column_stack([400 + 500 * index / rate, np.full(len(index), 300.0)])
    ball = link(rally, BallTable(rally.frames.frame_index[index], xy, np.full(len(index), 0.99)))

    assert len(index) >= BallLinkOptions().min_points
    assert not len(ball.frame_index)


@pytest.mark.parametrize("frames", [10, 20, 40])
def test_a_long_gap_stays_empty(frames: int) -> None:
    rally = FlownRally()
    ball = link(rally, rally.candidates(missing=slice(70, 70 + frames), false_per_frame=0, static=0))

    assert not np.isin(ball.frame_index, np.arange(70, 70 + frames)).any()
    assert np.isin([68, 69, 70 + frames, 71 + frames], ball.frame_index).all()


def test_max_gap_of_a_frame_fills_nothing() -> None:
    rally = FlownRally()
    ball = link(rally, rally.candidates(missing=slice(96, 100)), max_gap_s=0.05)

    assert not ball.interpolated.any()


def test_a_repeated_frame_takes_the_position_of_the_frame_before() -> None:
    rally = FlownRally(rate=30, repeat_every=6)
    ball = link(rally)
    at = dict(zip(ball.frame_index.tolist(), ball.xy.tolist(), strict=True))
    repeated = [i for i in np.flatnonzero(rally.frames.repeated).tolist() if i in at and i > 60]

    assert len(repeated) > 20
    assert all(at[i] == at[i - 1] for i in repeated)


def test_a_clip_that_begins_with_a_repeated_frame_has_no_ball_there() -> None:
    rally = FlownRally()
    repeated = rally.frames.repeated.copy()
    repeated[60] = True
    frames = replace(rally.frames, repeated=repeated).between(60, 120)
    ball = link_ball(rally.candidates(), frames, rally.court, rally.players, rally.size_wh)

    assert ball.frame_index[0] == 61


def test_segments_are_linked_on_their_own() -> None:
    rally = FlownRally(pan_px=40.0)
    cut = 92
    candidates, frames = rally.candidates(), rally.with_segments(cut)
    both = link_ball(candidates, frames, NOWHERE, [], rally.size_wh)
    parts = [
        link_ball(candidates, _of(frames, number), NOWHERE, [], rally.size_wh).frame_index.tolist() for number in (0, 1)
    ]

    assert both.frame_index.tolist() == parts[0] + parts[1]
    assert len(parts[0]) > 55
    assert len(parts[1]) > 75


def _of(frames: FrameTable, segment: int) -> FrameTable:
    rows = np.flatnonzero(frames.segment == segment)
    return frames.between(int(frames.frame_index[rows[0]]), int(frames.frame_index[rows[-1]]))


def test_shifting_the_video_in_time_only_renumbers() -> None:
    rally = FlownRally()
    later = rally.changed(first_frame=1234, start_s=321.0)

    assert_same(link(rally), link(later), shift=1234)


@pytest.mark.parametrize("scale", [0.5, 3.0])
def test_scaling_the_picture_only_scales(scale: float) -> None:
    rally = FlownRally()
    candidates = rally.candidates()
    larger = replace(candidates, xy=candidates.xy * scale)
    size_wh = (round(1280 * scale), round(720 * scale))

    assert_same(
        link_ball(candidates, rally.frames, NOWHERE, [], rally.size_wh),
        link_ball(larger, rally.frames, NOWHERE, [], size_wh),
        scale=scale,
    )


def test_the_order_of_candidates_within_a_frame_changes_nothing() -> None:
    rally = FlownRally()
    candidates = rally.candidates()
    order = np.random.default_rng(0).permutation(len(candidates.frame_index))
    order = order[np.argsort(candidates.frame_index[order], kind="stable")]
    mixed = BallTable(candidates.frame_index[order], candidates.xy[order], candidates.score[order])

    assert_same(link(rally), link(rally, mixed))


def test_court_and_players_are_not_needed() -> None:
    rally = FlownRally()
    ball = link_ball(rally.candidates(), rally.frames, NOWHERE, [], rally.size_wh)

    assert len(ball.frame_index) > 140
    assert errors_px(rally, ball).max() < 5


def test_inputs_stay_as_they_are_and_the_same_comes_out_twice() -> None:
    rally = FlownRally()
    candidates = rally.candidates()
    before = candidates.xy.copy()

    assert_same(link(rally, candidates), link(rally, candidates))
    assert np.array_equal(candidates.xy, before)


def test_a_path_of_few_candidates_is_not_believed() -> None:
    rally = FlownRally()
    whole = rally.candidates(false_per_frame=0, static=0)
    keep = (whole.frame_index >= 60) & (whole.frame_index < 68)
    short = BallTable(whole.frame_index[keep], whole.xy[keep], whole.score[keep])

    assert len(link(rally, short).frame_index) == 8
    assert len(link(rally, short, min_points=9).frame_index) == 0


@pytest.mark.parametrize("name", ["min_points", "max_gap_s", "max_speed_px_s", "position_px", "acceleration_px_s2"])
def test_lengths_and_times_must_be_positive(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be positive, got 0"):
        BallLinkOptions(**{name: 0})


@pytest.mark.parametrize("name", ["contact", "miss", "begin"])
def test_log_weights_must_not_be_positive(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must not be positive, got 0.5"):
        BallLinkOptions(**{name: 0.5})


def test_the_shortest_path_is_not_negative() -> None:
    with pytest.raises(ValueError, match="min_path_s must not be negative, got -1"):
        BallLinkOptions(min_path_s=-1)


def test_a_share_lies_between_nothing_and_all() -> None:
    with pytest.raises(ValueError, match=r"max_still_share must be in \[0, 1\], got 1.5"):
        BallLinkOptions(max_still_share=1.5)
