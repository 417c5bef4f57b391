"""The knobs of following people and of choosing the players among them."""

from dataclasses import dataclass, fields

from tennalytix.core.court import BASELINE_Y_M, DOUBLES_WIDTH_M


@dataclass(frozen=True, slots=True)
class PlayerOptions:
    """Lengths in metres are on the ground, times in seconds, body heights in the picture.

    Attributes:
        max_gap_s: longest gap that is bridged when people are followed, and filled in a player's track.
        max_speed_mps: a sprint; what is faster is another person.
        person_height_m: a player in shoes, as the median of both tours.
        run_off_back_m: how far behind the baseline a player may stand; officials stand further back.
        run_off_side_m: how far beside the doubles sideline a player may run, at the baseline and behind.
        run_off_net_m: the same beside the net, where ball kids and the umpire are.
        wait_back_m: how far behind the baseline a player may stand still; who stands still further back is an official.
        wait_side_m: the same beside the doubles sideline.
        stay_window_s: time over which standing still is judged.
        history_s: time around a box over which its person's places count for or against it.
        restart_cost_s: seconds of good detections that a break in a player's path costs; half of it where he may have
            got there meanwhile.
        switch_cost_s: the same for going over from one followed person to another.
        min_seen_s: a player seen for less than this is not reported.
        doubles_share: share of the clip for which a second player a side must be seen before pairs are reported.
        min_guess_score: a person guessed inside a faulty box (cut, merged or torn) counts for nothing below this score.
        edge_acceleration_mps2: how fast the edges of a player's box change their speed; calmer values give steadier
            boxes, 0 leaves them as detected.
    """

    max_gap_s: float = 0.5
    max_speed_mps: float = 8.0
    person_height_m: float = 1.85
    run_off_back_m: float = 5.5
    run_off_side_m: float = 3.8
    run_off_net_m: float = 1.2
    wait_back_m: float = 4.5
    wait_side_m: float = 0.4
    stay_window_s: float = 16.0
    history_s: float = 30.0
    restart_cost_s: float = 0.6
    switch_cost_s: float = 0.04
    min_seen_s: float = 0.6
    doubles_share: float = 0.4
    min_guess_score: float = 0.15
    edge_acceleration_mps2: float = 15.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not value >= 0:
                raise ValueError(
                    f"{field.name} must be at least 0, got {value}. Give a length in the unit of its name."
                )
        if self.doubles_share > 1:
            raise ValueError(f"doubles_share must be at most 1, got {self.doubles_share}. Give a share of the clip.")

    @property
    def reach_xy_m(self) -> tuple[float, float]:
        """Half width and half length of the area in which people are looked at: run-off and where officials stand."""
        return DOUBLES_WIDTH_M / 2 + self.run_off_side_m + 3.0, BASELINE_Y_M + self.run_off_back_m + 3.5
