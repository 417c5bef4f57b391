"""One frame of a video, to show what it is."""

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from tennalytix.video.file_check import VideoError
from tennalytix.video.orientation import Orientation


def middle_frame(path: str) -> NDArray[np.uint8]:
    """A frame about the middle of a video file, upright, (h, w, 3) RGB: the key frame before it, so it is quick.

    Raises:
        FileNotFoundError: no such file.
        VideoError: not a video, or nothing that decodes.
    """
    try:
        with av.open(f"file:{path}") as container:
            stream = container.streams.video[0]
            if container.duration:
                container.seek(container.duration // 2)
            frame = next(container.decode(stream), None)
            if frame is None:
                raise VideoError(f"{path} has no decodable frame.")
            image: NDArray[np.uint8] = Orientation.of_frame(frame).apply(frame.to_ndarray(format="rgb24"))
            return image
    except (av.error.InvalidDataError, IndexError) as error:
        raise VideoError(f"{path} has no video stream.") from error
