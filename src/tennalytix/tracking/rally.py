"""Players and ball of a clip, each of which tells of the other."""

from collections.abc import Callable

from tennalytix.core.court_view import CourtTrack
from tennalytix.core.tables import BallTable, BallTrajectory, FrameTable, PeopleTable, PlayerTrack
from tennalytix.tracking.ball import BallLinkOptions, link_ball
from tennalytix.tracking.ball_turns import find_turns
from tennalytix.tracking.players import PlayerOptions, find_rivals, hitters_first, players_of

Correct = Callable[[list[PlayerTrack]], list[PlayerTrack]]
"""Puts right what a person knows better."""


def follow_rally(
    people: PeopleTable,
    balls: BallTable,
    frames: FrameTable,
    court: CourtTrack,
    size_wh: tuple[int, int],
    player_options: PlayerOptions | None = None,
    ball_options: BallLinkOptions | None = None,
    correct: Correct = lambda found: found,
) -> tuple[list[PlayerTrack], BallTrajectory]:
    """The players, and the ball between them.

    The ball is told from what moves on the players, so they are chosen first. Where it turns back somebody hits it: if
    that is another one of those who may be players, he is the player, and the ball is sought once more.

    Args:
        people: boxes of all people.
        balls: candidates.
        frames: the clip.
        court: its court.
        size_wh: width and height of the picture.
        player_options: the defaults if None.
        ball_options: the defaults if None.
        correct: is given the players before the ball is told from them.
    """
    rivals = find_rivals(people, frames, court, size_wh, player_options)
    players = correct([] if rivals is None else players_of(rivals, frames, player_options))
    ball = link_ball(balls, frames, court, players, size_wh, ball_options)
    if rivals is None:
        return players, ball
    again = hitters_first(rivals, find_turns(ball, frames))
    if again is rivals:
        return players, ball
    players = correct(players_of(again, frames, player_options))
    return players, link_ball(balls, frames, court, players, size_wh, ball_options)
