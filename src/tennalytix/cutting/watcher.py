"""What cutting needs to see of every frame, in the one pass over a video."""

from dataclasses import dataclass, field

import av
import numpy as np
from numpy.typing import NDArray

from tennalytix.cutting.activity import ActivityMeter, SmallPicture
from tennalytix.cutting.jumps import JumpFinder
from tennalytix.cutting.shots import ShotFinder
from tennalytix.video.camera_motion import CameraFollower
from tennalytix.video.orientation import Orientation
from tennalytix.video.thumbnail import thumbnail


@dataclass(frozen=True, slots=True)
class CuttingWatcher:
    """A `video.scan.FrameWatcher`.

    Attributes:
        shots: finds them.
        activity: measures it.
        jumps: finds where people are all at once elsewhere.
    """

    shots: ShotFinder = field(default_factory=ShotFinder)
    activity: ActivityMeter = field(default_factory=ActivityMeter)
    jumps: JumpFinder = field(default_factory=JumpFinder)

    def watch(
        self,
        frame: av.VideoFrame,
        luma: NDArray[np.uint8],
        orientation: Orientation,
        time_s: float,
        follower: CameraFollower,
    ) -> None:
        """Takes the next frame."""
        self.shots.feed(thumbnail(frame, luma, orientation), time_s, follower.segments)
        small = SmallPicture.of(luma, time_s, follower)
        self.activity.feed(small)
        self.jumps.feed(small)
