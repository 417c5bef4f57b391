"""The protocols of person, ball and court detectors, and the values they answer with.

A person or ball detector maps a stream of frames to a stream of answers: one answer a frame, in the frames' order,
empty in gives empty out, the same frames twice give the same answers. It may read ahead of what it has answered, by a
bounded number of frames: a network collects a batch or a window, a motion detector the frames from which it learns the
background.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tennalytix.core.court_view import CourtTrack
from tennalytix.video.clip import Clip
from tennalytix.video.frame import Frame


@dataclass(frozen=True, eq=False, slots=True)
class People:
    """The people in one frame, best first.

    Attributes:
        xyxy: (n, 4), source pixels, pixel edges, inside the image.
        score: (n,), [0, 1].
        between: the detector did not look at this frame: the boxes lie on curves through those of frames around it.
    """

    xyxy: NDArray[np.float64]
    score: NDArray[np.float64]
    between: bool = False

    @classmethod
    def none(cls) -> "People":
        """No people."""
        return cls(np.zeros((0, 4)), np.zeros(0))


@dataclass(frozen=True, eq=False, slots=True)
class BallCandidates:
    """Where the ball may be in one frame, best first.

    Attributes:
        xy: (n, 2), middle of the ball or of its streak, source pixels.
        score: (n,), [0, 1].
    """

    xy: NDArray[np.float64]
    score: NDArray[np.float64]

    @classmethod
    def none(cls) -> "BallCandidates":
        """No candidates."""
        return cls(np.zeros((0, 2)), np.zeros(0))


class PersonDetector(Protocol):
    """Finds people."""

    def detect(self, frames: Iterable[Frame]) -> Iterator[People]:
        """One answer a frame, in order."""
        ...


class BallDetector(Protocol):
    """Finds ball candidates."""

    def detect(self, frames: Iterable[Frame]) -> Iterator[BallCandidates]:
        """One answer a frame, in order."""
        ...


class CourtDetector(Protocol):
    """Finds the court and follows it through a clip."""

    def detect(self, clip: Clip) -> CourtTrack:
        """No stretch where no court is in view: no court rather than a wrong one."""
        ...
