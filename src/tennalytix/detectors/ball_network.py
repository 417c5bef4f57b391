"""Ball candidates of motion and of a small network of our own that looks closely at what motion proposes."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.picture import DIAGONAL_720P_PX
from tennalytix.detectors.ball_motion import MotionBallDetector
from tennalytix.detectors.ball_network_input import CHANNELS, MOMENTS, STEP_S, Look, look_at, moments, windows
from tennalytix.detectors.ball_network_places import best_places
from tennalytix.detectors.base import BallCandidates
from tennalytix.detectors.onnx_session import Device, Network, open_network
from tennalytix.detectors.weights import network_file
from tennalytix.video.frame import Frame
from tennalytix.video.prefetch import prefetch

Floats = NDArray[np.float64]

EMBEDDED = "ball.onnx"
"""File in `tennalytix.models`; its model card lies beside it."""
_REACH_PX = 6.0
"""So far from a proposal the network looks for the ball that was proposed; pixels of a look."""
_UNSURE = 0.5
_SURE = 1e-5
"""Scores nearer to 0 or 1 count as this: nobody is surer."""
_AHEAD = 2
"""Frames whose windows may wait for the network."""
_BEHIND_S = 8 * STEP_S
"""Looks so much older than the one to be answered next are not needed again, unless frames are few and far between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkBallDetector:
    """Finds balls in flight: motion proposes places, the network looks at each over five moments and decides.

    The network sees windows at the video's own resolution, so that no ball is lost to reduction, and its work grows
    with the number of places, not with the picture. What it knows of balls comes from linked tracks on footage, from
    balls drawn into footage, and from rendered rallies (`training`). Motion has its say in the score, since the two
    err in different places, and gives the place where both mean the same spot: its centroid is the finer one.

    Attributes:
        weights: path or address of an ONNX file that the training pipeline wrote; None for the shipped one.
        weights_sha256: its digest; that of the shipped one is filled in.
        folder: where fetched weights are kept.
        max_proposals: places of a frame that the network looks at.
        min_proposal: what looks to the motion detector like a ball with a lower score is not looked at.
        max_candidates: the best so many of a frame.
        min_score: leave out what scores less.
        motion_weight: so much of motion's log odds is added to the network's; 0 for the network's alone.
        motion_px: the place is motion's if it lies so near to the network's, in pixels of a 1280x720 picture, or where
            the network is unsure; 0 for the network's where it is sure.
        separation_px: candidates nearer than this to a better one are the same, likewise.
        device: `auto` (a CUDA device if onnxruntime has one), `cpu`, `cuda`.
        threads: of the network; 0 for as many as there are cores.

    Examples:
        A network trained on one's own footage, as a catalog entry::

            ball_detector:
              type: tennalytix.datasets.DetectorDataset
              detector: tennalytix.detectors.ball_network.NetworkBallDetector
              options: {weights: data/06_models/ball.onnx, weights_sha256: 0f3a...}
    """

    weights: str | None = None
    weights_sha256: str | None = None
    folder: str = "data/06_models"
    max_proposals: int = 16
    min_proposal: float = 0.002
    max_candidates: int = 8
    min_score: float = 0.02
    motion_weight: float = 0.3
    motion_px: float = 2.5
    separation_px: float = 6.0
    device: Device = "auto"
    threads: int = 0
    _network: Network = field(init=False, repr=False, compare=False)
    _proposer: MotionBallDetector = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("max_proposals", "max_candidates"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}.")
        for name in ("min_proposal", "min_score"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie in [0, 1], got {getattr(self, name)}.")
        if self.separation_px <= 0:
            raise ValueError(f"separation_px must be positive, got {self.separation_px}.")
        for name in ("motion_weight", "motion_px"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}.")
        if self.threads < 0:
            raise ValueError(f"threads must not be negative, got {self.threads}. Use 0 for all cores.")
        content = network_file(EMBEDDED, self.weights, self.weights_sha256, self.folder)
        network = open_network(
            content,
            inputs=((None, CHANNELS, None, None),),
            outputs=((None, None, None), (None, 2, None, None)),
            device=self.device,
            threads=self.threads,
        )
        proposer = MotionBallDetector(max_candidates=self.max_proposals, min_score=self.min_proposal)
        object.__setattr__(self, "_network", network)
        object.__setattr__(self, "_proposer", proposer)
        object.__setattr__(self, "weights_sha256", hashlib.sha256(content).hexdigest())

    def detect(self, frames: Iterable[Frame]) -> Iterator[BallCandidates]:
        """One answer a frame, in order; reads as far ahead as the motion detector and a few frames more.

        A thread watches what moves while the network looks at what moved before.
        """
        last = BallCandidates.none()
        for seen in prefetch(self._seen(frames), _AHEAD):
            if seen is not None:
                last = self._decided(seen)
            yield last

    def _seen(self, frames: Iterable[Frame]) -> "Iterator[_Seen | None]":
        """What the network is to look at, frame by frame; None for one that shows nothing new."""
        near = _Near()
        for number, proposed in enumerate(self._proposer.detect(near.pass_on(frames))):
            if near.is_new(number):
                now = near.look()
                planes, corners = windows(near.moments(), now.to_look(proposed.xy))
                yield _Seen(planes, corners, proposed, now, near.size_wh)
            else:
                yield None

    def _decided(self, seen: "_Seen") -> BallCandidates:
        if not len(seen.proposed.score):
            return seen.proposed
        score, offset = self._network.run(seen.planes)
        return self._candidates(score, offset, seen.corners, seen.proposed, seen.now, seen.size_wh)

    def _candidates(
        self,
        score: NDArray[np.float32],
        offset: NDArray[np.float32],
        corners: NDArray[np.int64],
        proposed: BallCandidates,
        now: Look,
        size_wh: tuple[int, int],
    ) -> BallCandidates:
        """The best place around each proposal, and the best of its whole window: that may be a ball motion missed."""
        around, around_score = best_places(score, offset, now.to_look(proposed.xy) - corners, _REACH_PX)
        anywhere, anywhere_score = best_places(score, offset)
        xy = now.to_frame(np.concatenate([around + corners, anywhere + corners]))
        unit_px = float(np.hypot(*size_wh)) / DIAGONAL_720P_PX
        xy, scores = self._together(
            np.clip(xy, -0.5, np.array(size_wh) - 0.5),
            np.concatenate([around_score, anywhere_score]).astype(np.float64),
            proposed,
            unit_px,
        )
        return self._best(xy, scores, self.separation_px * unit_px)

    def _together(self, xy: Floats, score: Floats, proposed: BallCandidates, unit_px: float) -> tuple[Floats, Floats]:
        """What motion says of the network's places: it adds to the score, and corrects the place."""
        gap_px = np.hypot(*(xy[:, None] - proposed.xy[None]).transpose(2, 0, 1))
        rows, nearest = np.arange(len(xy)), gap_px.argmin(axis=1)
        # Of a place at which it proposes nothing, motion says what it says of its least proposal.
        there = gap_px[rows, nearest] < self.separation_px * unit_px
        motion = np.where(there, proposed.score[nearest], self.min_proposal)
        odds = _log_odds(score) + self.motion_weight * _log_odds(motion)
        # Where the network is unsure, its places are too.
        same = gap_px[rows, nearest] < np.where(score < _UNSURE, self.separation_px, self.motion_px) * unit_px
        return np.where(same[:, None], proposed.xy[nearest], xy), 1 / (1 + np.exp(-odds))

    def _best(self, xy: Floats, score: Floats, apart_px: float) -> BallCandidates:
        rows: list[int] = []
        for row in np.argsort(-score, kind="stable").tolist():
            if score[row] < self.min_score or len(rows) == self.max_candidates:
                break
            if not (np.hypot(*(xy[rows] - xy[row]).T) < apart_px).any():
                rows.append(row)
        return BallCandidates(xy[rows], score[rows])


@dataclass(frozen=True, eq=False, slots=True)
class _Seen:
    """What motion proposes in a frame, and the windows around it."""

    planes: NDArray[np.uint8]
    corners: NDArray[np.int64]
    proposed: BallCandidates
    now: Look
    size_wh: tuple[int, int]


class _Near:
    """The looks around the frame to be answered next, kept while the frames pass on to the motion detector."""

    def __init__(self) -> None:
        self.size_wh = (1, 1)
        self._looks: deque[Look] = deque()
        self._dropped = 0
        # The look of each frame that is not yet answered, by the frame's number.
        self._look_of: dict[int, int] = {}
        self._answered = -1

    def pass_on(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        for number, frame in enumerate(frames):
            new = not (frame.repeated and self._looks and self._looks[-1].segment == frame.segment)
            if new:
                self.size_wh = frame.size_wh
                self._looks.append(look_at(frame))
            self._look_of[number] = self._dropped + len(self._looks) - 1
            yield frame

    def is_new(self, number: int) -> bool:
        """Whether the frame shows something other than the one answered last; forgets what is not needed again."""
        at = self._look_of.pop(number)
        new, self._answered = at != self._answered, at
        while at - self._dropped > MOMENTS // 2 and self._looks[0].time_s < self.look().time_s - _BEHIND_S:
            self._looks.popleft()
            self._dropped += 1
        return new

    def look(self) -> Look:
        """What the frame that `is_new` was asked about last looks like."""
        return self._looks[self._answered - self._dropped]

    def moments(self) -> list[Look | None]:
        looks = list(self._looks)
        rows = moments(
            [look.time_s for look in looks], [look.segment for look in looks], self._answered - self._dropped
        )
        return [None if row is None else looks[row] for row in rows]


def _log_odds(score: Floats) -> Floats:
    p = np.clip(score, _SURE, 1 - _SURE)
    odds: Floats = np.log(p / (1 - p))
    return odds
