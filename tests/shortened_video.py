"""The shipped sample, cut and made small: court, players and ball in a few frames."""

from fractions import Fraction
from itertools import islice
from pathlib import Path

import av

SAMPLE = Path(__file__).parents[1] / "data/01_raw/videos/sample_rally.mp4"


def write_short_sample(path: Path, first: int = 0, frames: int = 20, size_wh: tuple[int, int] = (480, 270)) -> Path:
    """`frames` frames of the sample from frame `first` on, H.264."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(SAMPLE)) as sample, av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(25), options={"preset": "ultrafast", "crf": "18"})
        stream.width, stream.height, stream.pix_fmt = *size_wh, "yuv420p"
        for frame in islice(sample.decode(video=0), first, first + frames):
            image = frame.reformat(*size_wh, format="rgb24").to_ndarray()
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    return path
