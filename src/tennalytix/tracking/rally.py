"""Players and ball of a clip, each of which tells of the other."""

from collections.abc import Sequence

import numpy as np

from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import BallTable, BallTrajectory, FrameTable, PeopleTable, PlayerTrack
from tennalytix.tracking.ball import BallLinkOptions, link_ball
from tennalytix.tracking.ball_turns import find_turns
from tennalytix.tracking.players import PlayerOptions, choose_players


def follow_rally(
    people: PeopleTable,
    balls: BallTable,
    frames: FrameTable,
    court: CourtTrack,
    size_wh: tuple[int, int],
    player_options: PlayerOptions | None = None,
    ball_options: BallLinkOptions | None = None,
) -> tuple[list[PlayerTrack], BallTrajectory]:
    """The players, and the ball between them.

    The ball is told from what moves on the players, so they are chosen first; where it turns back somebody hits it, so
    they are chosen once more with that.

    Args:
        people: boxes of all people.
        balls: candidates.
        frames: the clip.
        court: its court.
        size_wh: width and height of the picture.
        player_options: the defaults if None.
        ball_options: the defaults if None.
    """
    players = choose_players(people, frames, court, size_wh, player_options)
    ball = link_ball(balls, frames, court, players, size_wh, ball_options)
    again = choose_players(people, frames, court, size_wh, player_options, find_turns(ball, frames))
    if _same(players, again):
        return players, ball
    return again, link_ball(balls, frames, court, again, size_wh, ball_options)


def _same(one: Sequence[PlayerTrack], other: Sequence[PlayerTrack]) -> bool:
    return len(one) == len(other) and all(
        a.track_id == b.track_id
        and a.role == b.role
        and np.array_equal(a.frame_index, b.frame_index)
        and np.array_equal(a.xyxy, b.xyxy)
        for a, b in zip(one, other, strict=True)
    )
