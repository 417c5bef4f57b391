"""The camera of each instant: it stands on its place and turns."""

from dataclasses import dataclass, field

import numpy as np

from tennalytix.core.camera import Camera
from tennalytix.core.court_view import Lens
from tennalytix.synthetic.options import RallyOptions
from tennalytix.synthetic.physics import Floats
from tennalytix.synthetic.script import Script

_PAN_LAG_S = 0.8
_SHAKE_HZ = (0.7, 1.9, 3.7, 6.1)
_SHAKE_WEIGHTS = (1.0, 0.7, 0.35, 0.15)


@dataclass(frozen=True, eq=False, slots=True)
class CameraPath:
    """Turns a camera after the ball and lets it tremble.

    Attributes:
        reference: the camera at rest.
        pan_px: largest shift of the picture while following the ball.
        shake_px: root mean square of the trembling.
        times_s, pan_share: samples of the smoothed wish to turn, in [-1, 1].
        phases: (2, 4): of the trembling's tones, down and across.
    """

    reference: Camera
    pan_px: float
    shake_px: float
    times_s: Floats = field(repr=False)
    pan_share: Floats = field(repr=False)
    phases: Floats = field(repr=False)

    @classmethod
    def of(cls, options: RallyOptions, script: Script) -> "CameraPath":
        """The path for a script."""
        times = np.arange(0.0, options.duration_s + 1.0, 0.05)
        share = _follow(script, times) if options.pan_px else np.zeros(len(times))
        phases = np.random.default_rng([options.seed, 2]).uniform(0, 2 * np.pi, (2, len(_SHAKE_HZ)))
        return cls(reference_camera(options), options.pan_px, options.shake_px, times, share, phases)

    def at(self, time_s: float) -> Camera:
        """The camera at an instant."""
        across = self.pan_px * float(np.interp(time_s, self.times_s, self.pan_share))
        shake = self.shake_px * self._tremble(time_s)
        yaw, pitch = (across + shake[1]) / self.reference.focal_px, shake[0] / self.reference.focal_px
        turn = _turn_down(pitch) @ _turn_right(yaw)
        return Camera(self.reference.focal_px, turn @ self.reference.camera_from_world, self.reference.lens)

    def reach_px(self) -> float:
        """No turn shifts the picture further than this."""
        return self.pan_px + 4 * self.shake_px

    def _tremble(self, time_s: float) -> Floats:
        weights = np.array(_SHAKE_WEIGHTS) * np.sqrt(2 / np.sum(np.square(_SHAKE_WEIGHTS)))
        result: Floats = (weights * np.sin(2 * np.pi * np.array(_SHAKE_HZ) * time_s + self.phases)).sum(axis=1)
        return result


def reference_camera(options: RallyOptions) -> Camera:
    """The camera at rest."""
    lens = Lens.pinhole(options.size_wh, options.k1)
    place = options.camera
    focal_px = place.focal_heights * options.size_wh[1]
    return Camera.look_at(place.position_m, place.target_m, focal_px, lens, np.deg2rad(place.roll_deg))


def _follow(script: Script, times: Floats) -> Floats:
    """Where an operator who lags behind the ball points the camera, [-1, 1]."""
    share, pointed = np.zeros(len(times)), 0.0
    for i, time_s in enumerate(times):
        ball = script.ball_m(float(time_s))
        wish = 0.0 if ball is None else float(np.clip(ball[0] / 4.0, -1.0, 1.0))
        pointed += (wish - pointed) * 0.05 / _PAN_LAG_S
        share[i] = pointed
    largest = float(np.abs(share).max())
    return share / largest if largest > 0 else share


def _turn_right(angle: float) -> Floats:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]])


def _turn_down(angle: float) -> Floats:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
