"""A player's joints at any instant: running legs, and a stroke's arms."""

import numpy as np

from tennalytix.synthetic.limbs import BodyFrame, Joints, add_arms, add_legs, to_world, trunk
from tennalytix.synthetic.physics import Floats
from tennalytix.synthetic.script import TOSS_S, Player, Stroke, tossing_hand
from tennalytix.synthetic.strokes import AFTER_S, BEFORE_S, Attitude, attitude, ready

_HIP_M = 0.93
_ANKLE_M = 0.085


def player_joints(player: Player, time_s: float, scale: float, offset_s: float) -> tuple[Joints, Floats]:
    """Joints in world metres and the unit vector from the racket's grip to its head.

    Args:
        player: with way and strokes.
        time_s: scene time.
        scale: body height relative to 1.85 m.
        offset_s: shifts the small swaying, so that two players do not sway alike.
    """
    root, velocity = player.walk.at(time_s)
    net_frame = BodyFrame(root, player.right * player.hand_sign, player.forward, scale)
    stroke, weight = _current(player, time_s)
    upper = _upper(net_frame, stroke, weight, time_s)
    speed = float(np.hypot(*velocity))
    turn = _turn(net_frame, velocity, speed) * (1 - weight)
    frame = net_frame.turned(turn)
    rocking = np.array([0.02 * np.sin(2.1 * time_s + offset_s), 0.0, 0.012 * np.sin(9.0 * time_s + offset_s)])
    jump = _jump(stroke, time_s)
    joints = _lower_and_trunk(frame, velocity, player.walk.distance(time_s), upper, rocking, jump)
    add_arms(joints, {"r": upper.hand + rocking, "l": upper.other + rocking})
    world = to_world(joints, frame)
    head = frame.world(joints["hand_r"] + upper.racket) - world["hand_r"]
    if stroke is not None and abs(time_s - stroke.time_s) < 0.02:
        head = stroke.ball_m - world["hand_r"]
    return world, head / np.linalg.norm(head)


def running_joints(frame: BodyFrame, velocity: Floats, walked_m: float, upper: Attitude) -> Joints:
    """Joints in world metres of somebody who runs without a racket, arms swinging."""
    joints = _lower_and_trunk(frame, velocity, walked_m, upper, np.zeros(3), 0.0)
    swing = 0.25 * np.sin(2 * np.pi * walked_m / (0.9 + 0.32 * float(np.hypot(*velocity))))
    add_arms(joints, {"r": np.array([0.26, 0.18 - swing, 1.05]), "l": np.array([-0.26, 0.18 + swing, 1.05])})
    return to_world(joints, frame)


def _current(player: Player, time_s: float) -> tuple[Stroke | None, float]:
    """The stroke that is going on, and how much it governs the body, [0, 1]."""
    for stroke in player.strokes:
        since = time_s - stroke.time_s
        before, after = BEFORE_S[stroke.kind], AFTER_S[stroke.kind]
        if -before < since < after:
            rise = min((since + before) / (0.35 * before), 1.0)
            fall = min((after - since) / (0.4 * after), 1.0)
            return stroke, _smooth(min(rise, fall))
    return None, 0.0


def _upper(frame: BodyFrame, stroke: Stroke | None, weight: float, time_s: float) -> Attitude:
    if stroke is None:
        return ready()
    ball = frame.local(stroke.ball_m)
    since = time_s - stroke.time_s
    upper = attitude(stroke.kind, since, (round(float(ball[0]), 4), round(float(ball[1]), 4), round(float(ball[2]), 4)))
    if stroke.kind == "serve" and since < -TOSS_S + 0.35:
        held = np.array(tossing_hand(since + TOSS_S)) / frame.scale
        upper = Attitude(upper.hand, held, upper.racket, upper.twist, upper.crouch, upper.lean)
    return upper


def _turn(frame: BodyFrame, velocity: Floats, speed: float) -> float:
    """Angle by which a runner turns from the net towards the way, to the right."""
    if speed < 0.8:
        return 0.0
    across, ahead = float(velocity @ frame.right), float(velocity @ frame.forward)
    angle = np.arctan2(across, ahead) if ahead > -0.4 * speed else np.arctan2(across, abs(ahead) + 0.3)
    return float(np.clip(angle, -1.25, 1.25) * _smooth((speed - 0.8) / 2.2))


def _jump(stroke: Stroke | None, time_s: float) -> float:
    """How far the feet have left the ground in a serve, metres."""
    if stroke is None or stroke.kind != "serve":
        return 0.0
    return 0.16 * max(0.0, 1 - ((time_s - stroke.time_s - 0.02) / 0.2) ** 2)


def _lower_and_trunk(
    frame: BodyFrame, velocity: Floats, walked_m: float, upper: Attitude, rocking: Floats, jump: float
) -> Joints:
    local_velocity = np.array([velocity @ frame.right, velocity @ frame.forward])
    speed = float(np.hypot(*local_velocity))
    running = _smooth(speed / 1.6)
    cycle_m = 0.9 + 0.32 * speed
    phase = 2 * np.pi * walked_m / cycle_m
    direction = local_velocity / max(speed, 1e-6)
    crouch = upper.crouch * (1 - 0.5 * running) + 0.02 * running * np.cos(2 * phase)
    pelvis = np.array([0.0, 0.0, _HIP_M - crouch + jump]) + 0.6 * rocking
    lean = np.array([0.05 * direction[0] * running, upper.lean * (1 - 0.4 * running) + 0.05 * running])
    joints = trunk(pelvis, lean, upper.twist + 0.15 * running * np.sin(phase), 0.45 * upper.twist)
    feet = {side: _foot(side, direction, running, phase, cycle_m, speed, upper.twist, jump) for side in ("r", "l")}
    add_legs(joints, feet, np.array([0.0, 1.0, 0.1]), np.array([0.0, 0.2, 0.0]))
    return joints


def _foot(
    side: str, direction: Floats, running: float, phase: float, cycle_m: float, speed: float, twist: float, jump: float
) -> Floats:
    """Where an ankle is: apart at rest, swinging along the way when running."""
    sign = 1.0 if side == "r" else -1.0
    angle = phase + (0.0 if side == "r" else np.pi)
    swing = min(0.25 * cycle_m, 0.55) * np.cos(angle)
    lift = max(0.0, -np.sin(angle)) * min(0.06 + 0.07 * speed, 0.38)
    rest = np.array([sign * 0.21, -sign * 0.20 * np.sin(twist), 0.0])
    moving = np.array([sign * 0.10 + swing * direction[0], swing * direction[1], lift])
    result: Floats = rest * (1 - running) + moving * running
    result[2] += _ANKLE_M + jump
    return result


def _smooth(x: float) -> float:
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)
